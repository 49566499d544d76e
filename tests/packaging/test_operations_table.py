"""What the README says is imitated is what the documents and the recordings say.

An operation counts as imitated if something answers it, and at least one request to it was recorded at the real
server: each of these is replayed by a test, which fails where the fake answers otherwise.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.parity.sequence import Ask, Open
from tests.parity.table import GROUPS
from tests.recorded.exchange import CASES, load
from understudy.contract.documents import load_contract
from understudy.contract.operations import Operation, operations

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
TABLE = re.compile(r"(?<=<!-- operations -->\n\n).*?(?=\n<!-- end of operations -->)", re.DOTALL)
WORDS = re.compile(r"^\| ([^|]+) \| \d+ of \d+ \|(.*)\|$", re.MULTILINE)
"""What the last column of a row says, in words of ours."""

CONTRACT = load_contract("agent-server")
PUBLISHED = list(operations(CONTRACT.published))
HANDLED = {str(operation) for operation in operations(CONTRACT.observed) if operation.handler is not None}


def test_every_operation_is_imitated() -> None:
    assert {str(operation) for operation in PUBLISHED} - imitated() == set()


def test_the_readme_tells_how_many_operations_of_each_group_are_imitated() -> None:
    shown = TABLE.search(README)
    assert shown, "the README has lost the marks of its table of operations"

    belongs = table(dict(WORDS.findall(shown[0])))

    assert shown[0] == belongs, f"this is the table that belongs into the README:\n\n{belongs}"


def table(words: dict[str, str]) -> str:
    """Return the table: a row for each tag, with what the README says of it in words, and one for all."""
    there = Counter(tag(operation) for operation in PUBLISHED)
    reached = imitated()
    played = Counter(tag(operation) for operation in PUBLISHED if str(operation) in reached)
    rows = [f"| {name} | {played[name]} of {number} |{words.get(name, ' ')}|" for name, number in there.items()]
    head = "| group | imitated | operations |\n|---|---|---|\n"
    return head + "\n".join(rows) + f"\n| all | {played.total()} of {there.total()} |{words.get('all', ' ')}|\n"


def imitated() -> set[str]:
    """Return the operations that are answered, and held to what the real server answered."""
    asked = set(recorded())
    return {
        str(operation)
        for operation in PUBLISHED
        if str(operation) in HANDLED and any(asks_for(operation).fullmatch(request) for request in asked)
    }


def recorded() -> Iterator[str]:
    """Yield each request that was recorded at the real server, as in `GET /threads/{thread}`, without its query."""
    for path in CASES.glob("*.json"):
        for exchange in load(path).steps:
            yield f"{exchange['request']['method']} {exchange['request']['path']}".partition("?")[0]
    for sequences in GROUPS.values():
        for step in (step for sequence in sequences for step in sequence.steps):
            if isinstance(step, Ask | Open):
                ask = step if isinstance(step, Ask) else step.ask
                yield ask.request.partition("?")[0]


def asks_for(operation: Operation) -> re.Pattern[str]:
    """Return what requests for an operation look like."""
    return re.compile(f"{operation.method.upper()} {re.sub('{[^}]+}', '[^/]+', operation.path)}")


def tag(operation: Operation) -> str:
    """Return the group that an operation belongs to."""
    return operation.tags[0]
