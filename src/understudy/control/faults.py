"""A world's faults, from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from understudy.control.asking import Asking
    from understudy.wire import Json, JsonObject

__tracebackhide__ = True  # pytest shows the line of the test


class Fault:
    """A rule by which requests are answered wrongly, late or not at all."""

    def __init__(self, ask: Callable[..., Json], told: JsonObject) -> None:
        self._ask = ask
        self.id: str = told["fault_id"]
        self.kind: str = told["kind"]
        self.when: JsonObject = told["when"]
        """Which requests it is for."""

    @property
    def fitted(self) -> int:
        """How many requests were of those that it is for, spoiled or not."""
        fitted: int = self._ask("GET", f"/{self.id}")["fitted"]
        return fitted

    @property
    def fired(self) -> int:
        """How many requests it has spoiled so far."""
        fired: int = self._ask("GET", f"/{self.id}")["fired"]
        return fired

    def remove(self) -> None:
        """Let it fire no more. ControlError if it was removed already."""
        self._ask("DELETE", f"/{self.id}")

    def __str__(self) -> str:
        when = ", ".join(f"{name} {value}" for name, value in self.when.items())
        return f"{self.kind} ({when})" if when else self.kind

    def __repr__(self) -> str:
        return f"<Fault {self}>"


class Faults:
    """The faults of a world, in the order in which they are tried."""

    def __init__(self, asking: Asking, world: str) -> None:
        self._asking = asking
        self._world = world

    def add(
        self,
        kind: str,
        *,
        operation: str | None = None,
        path: str | None = None,
        method: str | None = None,
        thread_id: str | None = None,
        nth: int | None = None,
        probability: float | None = None,
        seed: int | None = None,
        when: JsonObject | None = None,
        times: int | None = None,
        **parameters: Json,
    ) -> Fault:
        """Let requests fail; return the rule.

        `operation` is an operation's id, or a method and path such as `POST /threads`; `path` a pattern with `*` for
        one segment and `**` for any. Of the requests that fit all of these the fault is for the `nth` only, or for
        some by `probability`, the same ones for the same `seed`; `when` takes what else can be said of requests, such
        as `{"after": 3}`. It fires so many `times` at most. `parameters` are those of the kind. ControlError says what
        is wrong with any of it.
        """
        said = {
            "operation": operation,
            "path": path,
            "method": method,
            "thread_id": thread_id,
            "nth": nth,
            "probability": probability,
            "seed": seed,
        }
        rule = {"kind": kind, "when": {**(when or {}), **_given(said)}, **_given({"times": times}), **parameters}
        return Fault(self._ask, self._ask("POST", body=rule))

    def all(self) -> list[Fault]:
        """Return the faults that there are."""
        return [Fault(self._ask, told) for told in self._ask("GET")]

    def unfired(self) -> list[Fault]:
        """Return the faults that have not fired yet."""
        return [Fault(self._ask, told) for told in self._ask("GET") if not told["fired"]]

    def clear(self) -> None:
        """Remove all faults."""
        self._ask("DELETE")

    def _ask(self, method: str, below: str = "", body: Json = None) -> Json:
        return self._asking.ask(method, f"/faults{below}", body, world=self._world)


def _given(values: JsonObject) -> JsonObject:
    return {name: value for name, value in values.items() if value is not None}
