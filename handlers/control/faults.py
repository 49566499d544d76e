"""Faults: rules by which requests to the world are answered wrongly, late or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from understudy.state.faults import Rule
    from understudy.state.world import World
    from understudy.wire import Json, JsonObject


async def find(world: World) -> list[JsonObject]:
    """Return the rules in the order in which they are tried."""
    return [rule.to_json() for rule in world.faults]


async def add(world: World, body: Json, read_fault: Callable[[Json], Rule]) -> JsonObject:
    """Let a rule be tried after those that there are."""
    return world.faults.add(read_fault(body)).to_json()


async def get(world: World, fault_id: str) -> JsonObject:
    """Return a rule, with how often it fired."""
    return world.faults.get(fault_id).to_json()


async def remove(world: World, fault_id: str) -> None:
    """Try a rule no more."""
    world.faults.remove(fault_id)


async def clear(world: World) -> None:
    """Try none any more."""
    world.faults.clear()
