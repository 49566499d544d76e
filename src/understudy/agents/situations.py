"""What a node has at hand when no run is under way: its state is changed from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.agents.steps import Situation

if TYPE_CHECKING:
    from understudy.state.world import World
    from understudy.wire import JsonObject


def outside(world: World, thread_id: str, node: str, values: JsonObject) -> Situation:
    """Return what the conditions of a node may ask for when an update counts as the node's."""
    return Situation(
        node=node,
        input=values,
        state=values,
        run_input=None,
        config={"configurable": {"thread_id": thread_id}, "metadata": {}, "tags": []},
        context={},
        store=world.store,
        visit=world.runs.visits_of(thread_id, node),
        run_visit=0,
    )
