"""Record the cases anew: send their requests to a running reference server and keep what it answers."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.recorded.compare import NOT_KEPT
from tests.recorded.exchange import CASES, Json, Recording, Request, Step, load, save, send, title
from tests.recorded.replay import Replayed, replay

EPILOG = """\
The server must be a fresh one, started for this: it is refused if it holds anything, and what a file made is
removed before the next file. Only the names of store namespaces stay, so record store.json on a server of its own.

To add a case, write a step with nothing but a request at its place in a file, then record that file:
  {"request": {"method": "GET", "path": "/threads/33333333-3333-4333-8333-333333333333"}}
Ids that the server made are written as an earlier answer of the file shows them; the recorder puts in the
ids that the new server gives. A run is waited for (runs/wait); what it leaves on its thread is recorded with it.
Where an answer says "<not kept>", it stays so: what stands there is no evidence.

Exit status: 0 recorded, or nothing differs; 1 --check found differences; 2 could not record.
"""


class CannotRecord(Exception):
    """The server is not one to record from."""


def main(arguments: list[str] | None = None) -> int:
    """Record or check the files named on the command line; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.recorded.record",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("url", metavar="URL", help="the reference server, such as http://127.0.0.1:2024")
    parser.add_argument("files", metavar="FILE", nargs="*", type=Path, help="default: every recorded file")
    parser.add_argument("--check", action="store_true", help="write nothing; print where the answers differ")
    options = parser.parse_args(arguments)
    differing = 0
    try:
        for path in options.files or sorted(CASES.glob("*.json")):
            differing += record(options.url.rstrip("/"), path, write=not options.check)
    except (CannotRecord, OSError, ValueError) as error:
        print(f"cannot record from {options.url}: {error}", file=sys.stderr)
        return 2
    return 1 if options.check and differing else 0


def record(url: str, path: Path, *, write: bool) -> int:
    """Replay the file at `path`, print what differs, and write it anew if asked; return how many steps differ."""
    recording = load(path)
    refuse_unless_fresh(url, recording)
    steps = list(replay(recording, url))
    differing = [step for step in steps if step.differences]
    for step in differing:
        print(f"{path.stem}: {step}")
    print(f"{path.stem}: {len(steps)} steps, {len(differing)} answered differently than before")
    if write:
        save(Recording(_told_by(url), recording.scenario, [kept(step) for step in steps]), path)
    clear(url)
    return len(differing)


def kept(step: Replayed) -> Step:
    """The live step, without what the recorded one says is no evidence."""
    live = step.live.copy()
    if "answer" in step.recorded:
        live["answer"] = _withheld(step.recorded["answer"], live["answer"])
    return live


def refuse_unless_fresh(url: str, recording: Recording) -> None:
    """Raise CannotRecord if the server holds rows that the requests of `recording` could meet."""
    stored = any(step["request"]["path"].startswith("/store") for step in recording.steps)
    refuse_unless_empty(url, store=stored)


def refuse_unless_empty(url: str, *, store: bool = False) -> None:
    """Raise CannotRecord if the server holds threads, assistants or crons, or, if asked, names in its store."""
    held = {
        "threads": _ask(url, "POST", "/threads/count", {}),
        "assistants of its own": len(_own_assistants(url)),
        "crons": len(_crons(url)),
    }
    if store:
        held["store namespaces"] = len(_ask(url, "POST", "/store/namespaces", {})["namespaces"])
    if any(held.values()):
        counts = ", ".join(f"{count} {what}" for what, count in held.items())
        raise CannotRecord(f"it holds {counts}; start a fresh server, for a recording must meet no other rows")


def clear(url: str) -> None:
    """Remove what was made while recording; that nothing else was there has been seen before."""
    for cron in _crons(url):
        _ask(url, "DELETE", f"/runs/crons/{cron}")
    threads = _ask(url, "POST", "/threads/search", {"limit": 1000, "select": ["thread_id"]})
    _ask(url, "POST", "/threads/prune", {"thread_ids": [row["thread_id"] for row in threads]})
    for identity in _own_assistants(url):
        _ask(url, "DELETE", f"/assistants/{identity}")
    for item in _ask(url, "POST", "/store/items/search", {"namespace_prefix": [], "limit": 1000})["items"]:
        _ask(url, "DELETE", "/store/items", {"namespace": item["namespace"], "key": item["key"]})


def _told_by(url: str) -> dict[str, str]:
    """Name and version of the server: which API it serves is known, which version it says."""
    return {"name": "langgraph-api", "version": _ask(url, "GET", "/info")["version"]}


def _own_assistants(url: str) -> list[str]:
    """Ids of the assistants that are not as the server made them from its graphs."""
    rows = _ask(url, "POST", "/assistants/search", {"limit": 1000})
    return [row["assistant_id"] for row in rows if row["name"] != row["graph_id"] or row["version"] != 1]


def _crons(url: str) -> list[str]:
    rows = _ask(url, "POST", "/runs/crons/search", {"limit": 1000, "select": ["cron_id"]})
    return [row["cron_id"] for row in rows]


def _ask(url: str, method: str, path: str, body: Json = None) -> Json:
    request = Request(method=method, path=path)
    if body is not None:
        request["body"] = body
    answer = send(url, request)
    if answer["status"] >= 400:
        raise CannotRecord(f"{title(request)} was answered {answer['status']} {answer.get('body')}")
    return answer.get("body")


def _withheld(recorded: Json, live: Json) -> Json:
    if recorded == NOT_KEPT:
        return NOT_KEPT
    if isinstance(recorded, dict) and isinstance(live, dict):
        return {key: _withheld(recorded.get(key), value) for key, value in live.items()}
    return live


if __name__ == "__main__":
    sys.exit(main())
