"""Figures of the server, under the names that the Agent Server gives them."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from understudy.exchange import Service
    from understudy.wire import JsonObject

# Nothing waits here and one run at a time is what the imitated server plays by default.
_QUEUE = {
    "n_pending": 0,
    "pending_runs_wait_time_max_secs": None,
    "pending_runs_wait_time_med_secs": None,
    "pending_unblocked_runs_wait_time_max_secs": None,
    "n_running": 0,
}
_WORKERS = {"max": 1, "active": 0, "available": 1}


def as_json(service: Service) -> JsonObject:
    """Return the figures as JSON."""
    counts = [
        {"method": method, "path": path, "status": status, "count": count}
        for (method, path, status), count in service.requests.items()
    ]
    return {"queue": _QUEUE, "api": {"http_requests_total": counts}, "workers": _WORKERS}


def as_text(service: Service, version: str) -> bytes:
    """Return the figures as Prometheus reads them, latencies in milliseconds.

    The imitated server has more labels, all of them empty or the same everywhere, which says the same to Prometheus.
    """
    requests = [
        _sample("lg_api_http_requests_total", count, method=method, path=path, status=str(status))
        for (method, path, status), count in service.requests.items()
    ]
    python = {"implementation": platform.python_implementation(), "version": platform.python_version()}
    target = {"api_version": version, "service_name": "lsd_langgraph_api"}
    lines = [
        *_metric("python_info", "gauge", "Python platform information", [_sample("python_info", 1, **python)]),
        *_metric("target_info", "gauge", "Target metadata", [_sample("target_info", 1, **target)]),
        *_metric("lg_api_http_requests_total", "counter", "HTTP requests answered", requests),
        *_metric(
            "lg_api_http_requests_latency",
            "histogram",
            "HTTP request latency in milliseconds",
            _latencies(service),
        ),
    ]
    for name, value in _WORKERS.items():
        metric = f"lg_api_workers_{name}"
        lines += _metric(metric, "gauge", f"Workers: {name}", [_sample(metric, value)])
    return "".join(f"{line}\n" for line in lines).encode()


def _latencies(service: Service) -> list[str]:
    """Return a histogram of one bucket for each operation: counts and sums are kept, their distribution is not."""
    name = "lg_api_http_requests_latency"
    samples = []
    for (method, path), seconds in service.seconds.items():
        count = sum(number for (by, at, _), number in service.requests.items() if (by, at) == (method, path))
        samples += [
            _sample(f"{name}_bucket", count, le="+Inf", method=method, path=path),
            _sample(f"{name}_count", count, method=method, path=path),
            _sample(f"{name}_sum", seconds * 1000, method=method, path=path),
        ]
    return samples


def _metric(name: str, kind: str, meaning: str, samples: Iterable[str]) -> list[str]:
    return [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}", *samples]


def _sample(name: str, value: float, **labels: str) -> str:
    pairs = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{name}{{{pairs}}} {float(value)}" if pairs else f"{name} {float(value)}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
