FROM python:3.13-slim AS build
WORKDIR /source
COPY . .
RUN PIP_CONSTRAINT=constraints.txt pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.13-slim
COPY constraints.txt /tmp/constraints.txt
COPY --from=build /wheels /tmp/wheels
RUN pip install --no-cache-dir --constraint /tmp/constraints.txt /tmp/wheels/*.whl \
    && rm -r /tmp/wheels /tmp/constraints.txt \
    && useradd --create-home --uid 10001 understudy
USER understudy
WORKDIR /home/understudy
EXPOSE 8123
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8123/ok', timeout=2)"]
ENTRYPOINT ["understudy"]
CMD ["serve", "--host", "0.0.0.0"]
