"""What is to be recorded: which kinds of things, and which of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import orjson

from understudy.errors import SetupError, did_you_mean
from understudy.state.clock import moment, timestamp
from understudy.wire import canonical

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from understudy.wire import Json, JsonObject

KINDS = ("assistants", "threads", "crons", "store")
"""What can be recorded and seeded, besides the agents."""

STATUSES = ("idle", "busy", "interrupted", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is to be recorded. Of several filters of a kind one has to fit, of several kinds each."""

    kinds: tuple[str, ...] = KINDS
    thread_ids: tuple[str, ...] = ()
    metadata: JsonObject
    statuses: tuple[str, ...] = ()
    assistants: tuple[str, ...] = ()
    graphs: tuple[str, ...] = ()
    namespace: tuple[str, ...] = ()
    since: str | None = None
    """Threads that were changed at this moment or later, as the API writes it."""
    limit: int | None = None
    """So many threads, those changed last."""
    runs: bool = False

    def as_json(self) -> JsonObject:
        """Return it as data; the same selections are the same data."""
        told: JsonObject = orjson.loads(orjson.dumps(self))
        return told

    def thread_searches(self) -> Iterator[JsonObject]:
        """Yield the bodies of searches that together find the threads meant, but for `since` and `limit`."""
        owners: list[JsonObject] = [{"assistant_id": each} for each in self.assistants]
        owners += [{"graph_id": each} for each in self.graphs]
        for status, owner in product(self.statuses or (None,), owners or ({},)):
            body: JsonObject = {"sort_by": "updated_at", "sort_order": "desc"}
            metadata = {**self.metadata, **owner}
            yield {**body, **({"metadata": metadata} if metadata else {}), **({"status": status} if status else {})}

    def has_assistant(self, row: JsonObject) -> bool:
        """Return whether an assistant is meant."""
        if not self.assistants and not self.graphs:
            return True
        return row["assistant_id"] in self.assistants or row["graph_id"] in self.graphs


def read(options: argparse.Namespace) -> Selection:
    """Return what a command line selects. SetupError names what is wrong with it."""
    return Selection(
        kinds=kinds(options.only, options.without),
        thread_ids=tuple(_uuid("--thread-id", text) for text in options.thread_id),
        metadata=dict(_pair(text) for text in options.metadata),
        statuses=tuple(_one_of("--status", word, STATUSES) for word in options.status),
        assistants=tuple(_uuid("--assistant", text) for text in options.assistant),
        graphs=tuple(options.graph),
        namespace=tuple(options.namespace.split(".")) if options.namespace else (),
        since=_time(options.since),
        limit=number("--limit", options.limit),
        runs=options.runs,
    )


def kinds(only: str | None, without: str | None) -> tuple[str, ...]:
    """Return the kinds of things that `--only` and `--without` leave."""
    wanted = _several("--only", only) or KINDS
    unwanted = _several("--without", without)
    return tuple(kind for kind in wanted if kind not in unwanted)


def _several(option: str, text: str | None) -> tuple[str, ...]:
    told = [word.strip() for word in (text or "").split(",") if word.strip()]
    return tuple(_one_of(option, word, KINDS) for word in told)


def _one_of(option: str, word: str, words: Sequence[str]) -> str:
    if word not in words:
        raise SetupError(f'{option}: there is no "{word}".{did_you_mean(word, words)}')
    return word


def _uuid(option: str, text: str) -> str:
    try:
        return canonical(text)
    except ValueError:
        raise SetupError(f'{option} is a UUID, like 11111111-1111-4111-8111-111111111111, not "{text}"') from None


def _pair(text: str) -> tuple[str, Json]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise SetupError(f'--metadata is of the form KEY=VALUE, not "{text}"')
    try:
        return name, orjson.loads(value)
    except ValueError:
        return name, value


def _time(text: str | None) -> str | None:
    try:
        return timestamp(moment(text)) if text else None
    except (OverflowError, ValueError):
        raise SetupError(f'--since is a time, like 2026-01-31 or 2026-01-31T08:00:00Z, not "{text}"') from None


def number(option: str, text: str | None) -> int | None:
    """Return the whole number that an option says, None if it says nothing. SetupError if it is none."""
    if text is not None and not (text.isascii() and text.isdigit() and int(text)):
        raise SetupError(f'{option} is a whole number, at least 1, not "{text}"')
    return int(text) if text else None
