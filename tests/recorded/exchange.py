"""A recorded case: its file, and one request of it sent to a server."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any, NotRequired, TypedDict
from urllib.parse import urlsplit

from understudy.conformance.comparing.differences import SERVER

Json = Any

CASES = Path(__file__).parent / "agent_server"
RELEVANT = ("allow", "content-length", "content-location", "content-type", "location", "vary")
RELEVANT_FAMILIES = ("access-control-", "x-pagination-")


class Request(TypedDict):
    """`body` is sent as JSON; `raw` is sent as it stands, without a content type of its own."""

    method: str
    path: str
    headers: NotRequired[dict[str, str]]
    body: NotRequired[Json]
    raw: NotRequired[str]


class Event(TypedDict):
    """One event of a stream; `data` is parsed."""

    event: str
    data: Json
    id: NotRequired[str]


class Answer(TypedDict):
    """`body` where the content type says JSON, `events` where it says that they are streamed, `text` otherwise."""

    status: int
    headers: dict[str, str]
    body: NotRequired[Json]
    events: NotRequired[list[Event]]
    text: NotRequired[str]


class Leaves(TypedDict):
    """What a run left behind, in scenario form: thread rows, each with its `history`, oldest first."""

    threads: list[dict[str, Json]]


class Step(TypedDict):
    """A request and its answer; one that waited for a run on a thread tells what the run left behind."""

    request: Request
    answer: NotRequired[Answer]
    leaves: NotRequired[Leaves]


@dataclass(frozen=True)
class Recording:
    """One file: the server that answered, the scenario that describes its agents, and the steps in order."""

    server: dict[str, str]
    scenario: str
    steps: list[Step]


def load(path: Path) -> Recording:
    """The recording that `path` holds."""
    return Recording(**json.loads(path.read_text(encoding="utf-8")))


def save(recording: Recording, path: Path) -> None:
    """Write one line per part of a step and per checkpoint, so that a diff shows what changed."""
    head = f'{{"server": {_line(recording.server)}, "scenario": {_line(recording.scenario)}, "steps": [\n'
    steps = ",\n".join(_lines(step) for step in recording.steps)
    path.write_text(f"{head}{steps}\n]}}\n", encoding="utf-8")


def send(url: str, request: Request) -> Answer:
    """What the server at `url` answers: the status, the headers that clients rely on, and the body."""
    headers = dict(request.get("headers", {}))
    content = request.get("raw")
    if "body" in request:
        content = json.dumps(request["body"], ensure_ascii=False)
        headers.setdefault("content-type", "application/json")
    # One connection per request: the reference server hangs up after a 500 without announcing it.
    connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
    try:
        connection.request(
            request["method"],
            request["path"],
            body=None if content is None else content.encode(),
            headers=headers,
        )
        response = connection.getresponse()
        told = response.read()
        headers = relevant(response, url)
    finally:
        connection.close()
    answer = Answer(status=response.status, headers=headers)
    kind = headers.get("content-type", "").partition(";")[0]
    text = told.decode(errors="replace").replace(url, SERVER)
    if kind == "text/event-stream":
        answer["events"] = list(events(told.splitlines(keepends=True), url))
    elif text and kind == "application/json":
        answer["body"] = json.loads(text)
    else:
        answer["text"] = text
    return answer


def events(lines: Iterable[bytes], url: str) -> Iterator[Event]:
    """Each event that these lines of a stream tell; raises ValueError where they are not as any server writes them."""
    fields: dict[str, Json] = {}
    for line in lines:
        if not line.endswith(b"\r\n"):
            raise ValueError(f"a line of a stream ends in CR LF, not so {line!r}")
        name, _, value = line.decode().removesuffix("\r\n").partition(": ")
        if name:
            fields[name] = value
        elif "data" in fields:
            fields["data"] = json.loads(fields["data"].replace(url, SERVER))
            yield Event(**{name: fields[name] for name in ("event", "data", "id") if name in fields})  # type: ignore[typeddict-item]
            fields = {}


def relevant(response: HTTPResponse, url: str) -> dict[str, str]:
    """The headers that clients rely on, in alphabetical order."""
    headers = {name.lower(): value.replace(url, SERVER) for name, value in response.getheaders()}
    return {name: headers[name] for name in sorted(headers) if name in RELEVANT or name.startswith(RELEVANT_FAMILIES)}


def title(request: Request) -> str:
    """The request on one line, as differences name it: `POST /threads {"metadata": {}}`."""
    words = [request["method"], request["path"]]
    if "body" in request:
        words.append(_line(request["body"]))
    if "raw" in request:
        words.append(repr(request["raw"]))
    return " ".join(words)


def _line(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def _lines(step: Step) -> str:
    parts = [f'"request": {_line(step["request"])}']
    if "answer" in step:
        parts.append(f'"answer": {_answer_lines(step["answer"])}')
    if "leaves" in step:
        threads = ",\n  ".join(_thread_lines(thread) for thread in step["leaves"]["threads"])
        parts.append(f'"leaves": {{"threads": [{threads}]}}')
    return "{" + ",\n ".join(parts) + "}"


def _answer_lines(answer: Answer) -> str:
    if "events" not in answer:
        return _line(answer)
    head = _line({key: value for key, value in answer.items() if key != "events"})
    streamed = ",\n  ".join(_line(event) for event in answer["events"])
    return f'{head[:-1]}, "events": [\n  {streamed}]}}'


def _thread_lines(thread: dict[str, Json]) -> str:
    row = _line({key: value for key, value in thread.items() if key != "history"})
    history = ",\n   ".join(_line(state) for state in thread["history"])
    return f'{row[:-1]}, "history": [\n   {history}]}}'
