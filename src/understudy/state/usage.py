"""Usage: which operations and stream modes were used, and how often."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from understudy.contract.operations import Operation
    from understudy.state.entries import Entry
    from understudy.wire import JsonObject


_REFUSED = 400


class Usage:
    """Counts answers by operation and status, and the stream modes that were asked for.

    What it counts is counted in `total` as well, if there is one.
    """

    def __init__(self) -> None:
        self.total: Usage | None = None
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.modes: Counter[str] = Counter()

    def count(self, entries: Collection[Entry]) -> None:
        """Count requests whose answers have begun. Those that reach no operation use nothing."""
        used = [(each.operation.id, each.status) for each in entries if each.operation is not None and each.status]
        modes = [mode for each in entries if each.modes and (each.status or 0) < _REFUSED for mode in each.modes]
        for usage in (self, self.total) if self.total else (self,):
            usage.statuses.update(used)
            if modes:
                usage.modes.update(modes)

    def told(self, operations: Iterable[Operation], modes: Iterable[str]) -> JsonObject:
        """Return how often each of these was used, as the control plane tells it (`Coverage` in `specs/control.yaml`).

        An operation that can only refuse, or send on, is there only if somebody asked for it.
        """
        used: dict[str, dict[str, int]] = {}
        for (operation, status), times in sorted(self.statuses.items()):
            used.setdefault(operation, {})[str(status)] = times
        return {
            "operations": [
                {
                    "operation": operation.id,
                    "api": operation.api,
                    "method": operation.method.upper(),
                    "path": operation.path,
                    "tag": operation.tags[0] if operation.tags else None,
                    "statuses": used.get(operation.id, {}),
                }
                for operation in operations
                if operation.can_succeed or operation.id in used
            ],
            "stream_modes": {mode: self.modes[mode] for mode in modes},
        }
