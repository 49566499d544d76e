"""Figures of the server, under the names that the Agent Server gives them."""

from __future__ import annotations

import platform
from statistics import median
from typing import TYPE_CHECKING

from understudy.state.clock import moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from understudy.exchange import Service
    from understudy.state.world import World
    from understudy.wire import JsonObject


def as_json(world: World, service: Service) -> JsonObject:
    """Return the figures as JSON."""
    counts = [
        {"method": method, "path": path, "status": status, "count": count}
        for (method, path, status), count in service.requests.items()
    ]
    return {"queue": _queue(world), "api": {"http_requests_total": counts}, "workers": _workers(world)}


def as_text(world: World, service: Service, version: str) -> bytes:
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
    for name, value in _workers(world).items():
        metric = f"lg_api_workers_{name}"
        lines += _metric(metric, "gauge", f"Workers: {name}", [_sample(metric, value)])
    return "".join(f"{line}\n" for line in lines).encode()


def _queue(world: World) -> JsonObject:
    """Return how many runs wait and are played, and for how many seconds those have waited that wait."""
    now = world.clock.now()
    active = world.runs.active()
    played = {row["thread_id"] for row in active if row["status"] == "running"}
    pending = [row for row in active if row["status"] == "pending"]
    waits = [(now - moment(row["created_at"])).total_seconds() for row in pending]
    unblocked = [wait for wait, row in zip(waits, pending, strict=True) if wait > 0 and row["thread_id"] not in played]
    return {
        "n_pending": len(pending),
        "pending_runs_wait_time_max_secs": max(waits, default=None),
        "pending_runs_wait_time_med_secs": median(waits) if waits else None,
        "pending_unblocked_runs_wait_time_max_secs": max(unblocked, default=None),
        "n_running": len(active) - len(pending),
    }


def _workers(world: World) -> JsonObject:
    """Return how many runs are played; there are as many workers as that takes, and one at least."""
    active = sum(row["status"] == "running" for row in world.runs.active())
    return {"max": max(active, 1), "active": active, "available": max(active, 1) - active}


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
