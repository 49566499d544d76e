"""Usage: which operations and stream modes were used, and how often."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from understudy.contract.operations import Operation
    from understudy.state.journal import Entry
    from understudy.wire import JsonObject


class Usage:
    """Counts answers by operation and status, and the stream modes that were asked for."""

    def __init__(self) -> None:
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.modes: Counter[str] = Counter()

    def count(self, entry: Entry) -> None:
        """Count a request whose answer begins. One that reaches no operation uses nothing."""
        if entry.operation is not None and entry.status is not None:
            self.statuses[entry.operation.id, entry.status] += 1
            if entry.modes and entry.status < 400:
                self.modes.update(entry.modes)

    def told(self, operations: Iterable[Operation], modes: Iterable[str]) -> JsonObject:
        """Return how often each of these was used, as the control plane tells it (`Coverage` in `specs/control.yaml`).

        An operation that this server does not play is there only if somebody asked for it.
        """
        used: dict[str, dict[str, int]] = {}
        for (operation, status), times in sorted(self.statuses.items()):
            used.setdefault(operation, {})[str(status)] = times
        return {
            "operations": [
                {
                    "operation": operation.id,
                    "method": operation.method.upper(),
                    "path": operation.path,
                    "tag": operation.tags[0] if operation.tags else None,
                    "statuses": used.get(operation.id, {}),
                }
                for operation in operations
                if operation.handler is not None or operation.id in used
            ],
            "stream_modes": {mode: self.modes[mode] for mode in modes},
        }
