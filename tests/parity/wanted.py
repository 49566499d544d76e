"""The differences from the reference server that are meant, each with its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.parity.compare import Parting


@dataclass(frozen=True, slots=True)
class Wanted:
    """A difference that is meant: in the sequences of this name, at these places, and why.

    `sequences` and `at` are regular expressions for whole names and places, such as `/events/2/data/n` or
    `/body/status`; an empty place is the whole answer. `step` counts from 1; 0 is any.
    """

    sequences: str
    at: str
    why: str
    step: int = 0

    def covers(self, parting: Parting) -> bool:
        return (
            re.fullmatch(self.sequences, parting.sequence) is not None
            and re.fullmatch(self.at, parting.place) is not None
            and self.step in (0, parting.step)
        )


UNREADABLE = "a state stays readable after an input that cannot be taken in; the reference refuses to show it"

WANTED: tuple[Wanted, ...] = (
    Wanted("messages as (an unknown role|no content|no role|null|a number|a number among them)", "/.*|", UNREADABLE, 3),
    Wanted("messages as the removal of a message that is not there", "/.*|", UNREADABLE, 3),
    Wanted("(a message is|all messages are) removed by a run's input", "/.*|", UNREADABLE, 4),
    Wanted("steps is given (a value of the wrong type|a null value)", "/.*|", UNREADABLE, 4),
    Wanted("a jump in parent", "/.*|", UNREADABLE, 4),
    Wanted(
        "(update of nothing|update that is null|command of unknown words) on a (new thread|thread that has run)",
        ".*/(error|message)",
        "a command that says nothing is refused in words; in the reference a variable is missing, and it says that",
    ),
    Wanted("agent is answered with None", ".*/(error|message)", "as for a command that says nothing"),
    Wanted(
        "a run with (another graph|a graph of other channels) on the same thread",
        "/body/.*",
        "a history shows what was; the reference shows it with the channels and nodes of the graph that ran last",
        6,
    ),
    Wanted(
        "an answer with an update|an update and a jump while a question is open",
        "/body/1/values/messages/1/id",
        "a message that a command writes keeps its id; in the reference the state shows a new one",
        6,
    ),
    Wanted(
        "a pending run is rolled back and waited for",
        "/.*",
        "a run that is rolled back is gone, as is documented; the reference keeps it if it has not begun",
    ),
    Wanted(
        "agent is told hi and streams custom",
        "/body/1/tasks/0/result/messages/0/id",
        "a message shows the id it was given; the reference shows its task's result as it was before",
        5,
    ),
    Wanted(
        "a state update while a run is played is refused at once",
        "/body/detail",
        "a refusal names the runs that are in the way; the reference prints its own objects, with all they hold",
    ),
    Wanted(
        "runs are listed at the edges",
        "/body/detail",
        "a refused column is named alone; the reference adds a set of columns, in a different order each time",
    ),
    Wanted(
        "a cron of (an empty object|an assistant alone|a schedule alone)",
        "/.*",
        "what is missing is told; the reference fails",
    ),
    Wanted(
        "crons are searched by an end that some have not",
        "/.*",
        "crons without an end sort before all others; the reference fails",
        3,
    ),
    Wanted(
        "(running|all) runs are cancelled",
        "/body/.*",
        "a run that is cancelled by its status stops; the reference calls it interrupted and lets it go on",
    ),
    Wanted("a waiting run is deleted", "/body/status", "no thread stays busy for ever", 6),
    Wanted(
        "a run with an unknown disconnect mode", "/body/(status|error)", "runs are over before they can be looked at", 5
    ),
    Wanted("a stream of a deleted run is joined", "/events", "a run takes its events with it", 5),
    Wanted(
        "(custom|parent) streams all modes at once",
        "/events",
        "with `events`, whatever is streamed comes when it is streamed; the reference shows some of it after the node",
    ),
    Wanted(
        "storage after a run kept at its end",
        "/body/channel_values/.*",
        "what a step wrote that is not kept takes no room",
    ),
    Wanted("a2a: steps is given a number that is none", "/.*", UNREADABLE, 3),
    Wanted(
        "a2a: a task at work is looked at and cancelled",
        "/body/tasks/0/error",
        "a node that is stopped leaves no error; in the reference it leaves one while messages are streamed",
        9,
    ),
    Wanted(
        "a2a refuses what is no message", "/body/error/message", "too deep is told; the reference takes any depth", 15
    ),
    Wanted("mcp refuses what is no message", "/body/error", "as for A2A", 13),
    Wanted(
        "mcp refuses what is no message",
        "/body/(error|id)",
        "JSON is read as everywhere else: no byte order mark, no NaN, large integers as floats; the reference reads it "
        "with another library there",
    ),
    Wanted(
        "mcp and parameters of .+ that are no object",
        "/.*",
        "what is no object is refused in words; the reference fails",
    ),
    Wanted(
        "the card of an assistant with A2UI",
        "/body/.*",
        "A2UI is not imitated, so that no agent offers it",
    ),
    Wanted("storage after a deleted run", "/body/.*", "a run takes what it wrote with it"),
)


def unwanted(partings: list[Parting]) -> list[Parting]:
    """The differences that nobody meant."""
    return [parting for parting in partings if not any(wanted.covers(parting) for wanted in WANTED)]


def unmet(sequences: set[str], partings: list[Parting]) -> list[Wanted]:
    """The wanted differences that don't show any more, of those that have to do with these sequences."""
    return [
        wanted
        for wanted in WANTED
        if any(re.fullmatch(wanted.sequences, name) for name in sequences)
        and not any(wanted.covers(parting) for parting in partings)
    ]
