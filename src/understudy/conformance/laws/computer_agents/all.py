"""All laws of the Computer Agents API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.conformance.laws.computer_agents import (
    agents,
    computers,
    copies,
    files,
    forks,
    messages,
    refusals,
    threads,
)

if TYPE_CHECKING:
    from understudy.conformance.laws.law import Law

COMPUTER_AGENTS: tuple[type[Law], ...] = (
    copies.CopyKeepsMessages,
    copies.CopiedMessagesAreNew,
    copies.CopyStatus,
    copies.CopyBeginsLikeItsSource,
    copies.CopyInherits,
    copies.CopyIsIndependent,
    forks.ForkHasItsOwnComputer,
    forks.ForkIsConfiguredAsItsSource,
    forks.ForkModeTells,
    forks.ExistingComputerIsUsed,
    forks.ForkFromMessageCutsBefore,
    forks.ForkFromMessageFindsTheLast,
    forks.EmptyThreadForks,
    files.StepForkIsAFork,
    files.StepForkKeepsUpToIt,
    files.RevertKeepsMessages,
    files.ForkHasTheFiles,
    files.SnapshotForkBegins,
    threads.ThreadTellsItsMessages,
    threads.ThreadUpdateKeeps,
    threads.ThreadPagesPartition,
    threads.ThreadsInOrder,
    threads.ThreadFilters,
    threads.DeletedThreadIsGone,
    threads.SearchFinds,
    threads.SearchTellsTheBestFirst,
    messages.MessagePagesPartition,
    messages.StepsInOrder,
    messages.ExecutionAddsTwoMessages,
    messages.EditReplaces,
    messages.SameKeyIsCarriedOutOnce,
    messages.StatusAgrees,
    messages.NothingToCancel,
    messages.CancelEnds,
    messages.StreamIsWhole,
    messages.StreamTellsWhatIsStored,
    messages.StreamInOrder,
    computers.ComputerReadsBack,
    computers.ComputerIsReplaced,
    computers.SecretsAreKept,
    computers.ComputersOfAProject,
    computers.ComputerRunsAsTold,
    computers.DefaultIsTold,
    computers.DefaultMoves,
    agents.AgentReadsBack,
    agents.MetadataAreReplaced,
    agents.DeletedAgentIsGone,
    agents.TakenIdIsAConflict,
    agents.ProjectReadsBack,
    agents.DeletedProjectIsGone,
    refusals.MissingIs404,
    refusals.UnknownTargetIs404,
    refusals.MistakesAreTold,
)
"""In the order in which they are tried."""
