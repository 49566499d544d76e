"""What the nodes of one superstep wrote, taken in by the channels of a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.failures import HELP, InvalidUpdate
from understudy.agents.reducers import initial, merge, overwrites
from understudy.agents.results import merged

if TYPE_CHECKING:
    from collections.abc import Iterable

    from understudy.state.agents import Agent
    from understudy.state.ids import Ids
    from understudy.wire import Json, JsonObject

_CONCURRENT = f"{HELP}INVALID_CONCURRENT_GRAPH_UPDATE"


def empty(agent: Agent) -> JsonObject:
    """Return the values of a graph that nothing was written to."""
    return {name: initial(reducer) for name, reducer in agent.channels.items() if reducer != "last"}


def taken_in(
    agent: Agent, values: JsonObject, writes: Iterable[tuple[str, Json]], ids: Ids, *, stored: bool = False
) -> tuple[JsonObject, set[str]]:
    """Return the values after the writes of one superstep, in the order of the channels, and those written to.

    Writes to unknown channels are passed over. `stored` messages are kept as they come. Unacceptable when a channel
    cannot take a write.
    """
    values, known = dict(values), len(values)
    written: set[str] = set()
    settled: set[str] = set()
    for name, new in writes:
        reducer = agent.channels.get(name)
        if reducer is None:
            continue
        overwriting = overwrites(reducer, new)
        if name in written and reducer == "last":
            raise InvalidUpdate(
                f"At key '{name}': Can receive only one value per step. Use an Annotated key to handle "
                f"multiple values.{_CONCURRENT}"
            )
        if name in settled and overwriting:
            raise InvalidUpdate(f"Can receive only one Overwrite value per super-step.{_CONCURRENT}")
        if name not in settled:
            values[name] = (merged if stored else merge)(reducer, values.get(name), new, ids)
        written.add(name)
        if overwriting:
            settled.add(name)
    if len(values) > known:
        values = {name: values[name] for name in (*agent.channels, *values) if name in values}
    return values, written
