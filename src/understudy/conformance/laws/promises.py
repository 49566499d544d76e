"""Laws of what a document promises of requests: which are taken, and which are refused."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from understudy.conformance.laws.promising import UNTOUCHED, Promise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.conformance.laws.promising import Claim
    from understudy.wire import Json, JsonObject

_NOBODY = "understudy"
"""A word that no document lists."""


class RequestPromise(Promise):
    """A promise of the operations that can be asked."""

    def asked(self) -> Iterator[str]:
        """Yield the operations that succeed at all, but for those that are left alone."""
        document = self.document
        yield from (each for each in document.operations if each not in UNTOUCHED and document.succeeds(each))

    def ids(self, operation: str) -> list[str]:
        """Return the parameters of the path that name something, the outermost first."""
        return [name for name in self.document.parameters(operation, "path") if name.endswith("_id")]

    def path(self, operation: str, name: str, value: str) -> dict[str, Json]:
        """Return the path to something that is there, but for one of its parameters."""
        return {**self.smallest(operation)["path"], name: value}


class MissingIs404(RequestPromise):
    """Each operation is asked for what does not exist, also where no 404 is declared: its answer is checked."""

    name = "missing-is-404"
    sentence = "What does not exist is answered with the 404 that the document declares."
    section = "the answers 404 of the document"
    operations = ("GET /threads/{thread_id}",)
    contracts = ("published",)

    def claims(self) -> Iterator[Claim]:
        """Yield the operations on something by its id."""
        for operation in self.asked():
            ids = self.ids(operation)
            if ids:
                yield operation, ids[-1], partial(self._look, operation, ids[-1])

    def _look(self, operation: str, name: str) -> None:
        missing = self.new_id()
        answer = self.sent(operation, path=self.path(operation, name, missing))

        if "404" in self.document.answers(operation):
            self.same(answer.status, 404, f"the status for {name} {missing}, which does not exist")


class IdsAreUuids(RequestPromise):
    """Each operation is asked for an id that is no UUID, where the document says that ids are."""

    name = "ids-are-uuids"
    sentence = "An id that is no UUID is refused where the document says that it is one."
    section = "the paths of the document"
    operations = ("GET /threads/{thread_id}",)

    def claims(self) -> Iterator[Claim]:
        """Yield the parameters of paths that are UUIDs."""
        for operation in self.asked():
            for name, parameter in self.document.parameters(operation, "path").items():
                if parameter.get("schema", {}).get("format") == "uuid":
                    yield operation, name, partial(self._look, operation, name)

    def _look(self, operation: str, name: str) -> None:
        answer = self.sent(operation, path=self.path(operation, name, _NOBODY))

        self.hold(self.is_refused(answer), f"{name} {_NOBODY!r} answered {answer.status}: {answer.text[:200]}")


class RequiredIsRequired(RequestPromise):
    """Each member that a body must have, and each parameter of a query, is left out."""

    name = "required-is-required"
    sentence = "A request that lacks what the document requires is refused."
    section = "what the document requires"
    operations = ("POST /runs/crons",)

    def claims(self) -> Iterator[Claim]:
        """Yield members and parameters that are required."""
        for operation in self.asked():
            for name in self.document.required(operation):
                yield operation, name, partial(self._look_without_member, operation, name)
            for name, parameter in self.document.parameters(operation, "query").items():
                if parameter.get("required"):
                    yield operation, name, partial(self._look_without_parameter, operation, name)

    def _look_without_member(self, operation: str, name: str) -> None:
        body: JsonObject = self.smallest(operation)["body"]
        answer = self.sent(operation, body={member: value for member, value in body.items() if member != name})

        self.hold(self.is_refused(answer), f"without {name}, it answered {answer.status}: {answer.text[:200]}")

    def _look_without_parameter(self, operation: str, name: str) -> None:
        query = self.smallest(operation)["query"]
        answer = self.sent(operation, query={each: value for each, value in query.items() if each != name})

        self.hold(self.is_refused(answer), f"without {name}, it answered {answer.status}: {answer.text[:200]}")


class EnumsAreClosed(RequestPromise):
    """Each member and parameter that takes one of a few words is given another, also words of its likes elsewhere."""

    name = "enums-are-closed"
    sentence = "A word that is not among those the document lists is refused."
    section = "the enumerations of the document"
    operations = ("POST /threads/search",)

    def claims(self) -> Iterator[Claim]:
        """Yield parameters and members with words that they do not list."""
        places = [place for operation in self.asked() for place in self._listing(operation)]
        for operation, kind, name, schema in places:
            words = set(self.document.words(schema))
            alike = (set(self.document.words(other)) for _, _, _, other in places)
            others = set[str]().union(*(each for each in alike if len(each & words) > 1)) - words
            for word in (_NOBODY, *sorted(others)):
                value: Json = [word] if self.document.fits(schema, [next(iter(words))]) else word
                if not self.document.fits(schema, value):
                    yield operation, name, partial(self._look, operation, kind, name, value)

    def _listing(self, operation: str) -> Iterator[tuple[str, str, str, JsonObject]]:
        members = self.document.members(operation)
        queries = self.document.parameters(operation, "query")
        yield from ((operation, "body", name, told) for name, told in members.items() if self.document.words(told))
        for name, parameter in queries.items():
            if self.document.words(parameter.get("schema", {})):
                yield operation, "query", name, parameter["schema"]

    def _look(self, operation: str, kind: str, name: str, value: Json) -> None:
        smallest = self.smallest(operation)
        answer = self.sent(operation, **{kind: {**smallest[kind], name: value}})

        self.hold(self.is_refused(answer), f"{name} {value!r} answered {answer.status}: {answer.text[:200]}")


class DeclaredSuffices(RequestPromise):
    """Each operation is asked for something that is there, with what the document requires and no more."""

    name = "declared-suffices"
    sentence = "A request of just what the document requires is taken."
    section = "what the document requires"
    operations = ("POST /assistants/{assistant_id}/latest",)

    def claims(self) -> Iterator[Claim]:
        """Yield the operations, those that end something last, and what others live in at the very end."""
        asked = [operation for operation in self.asked() if operation not in _NEEDS_MORE]
        last = [operation for operation in asked if operation.startswith("DELETE ")]
        for operation in (*(each for each in asked if each not in last), *reversed(last)):
            yield operation, "", partial(self._look, operation)

    def _look(self, operation: str) -> None:
        answer = self.sent(operation)

        self.hold(answer.ok, f"it answered {answer.status}: {answer.text[:200]}")


_NEEDS_MORE = frozenset(
    {
        "POST /threads/{thread_id}/runs/{run_id}/cancel",
        "POST /threads/{thread_id}/commands",
        "POST /threads/{thread_id}/state",
        "PATCH /runs/crons/{cron_id}",
    }
)
"""Operations that the smallest request has nothing to do for: a run to stop, a method, values to write, a change."""


class GraphsCanBeRead(Promise):
    """What can be read of every graph of the deployment is read."""

    name = "graphs-can-be-read"
    sentence = "The graph, the subgraphs and the schemas of every assistant can be read."
    section = "GET /assistants/{assistant_id}/schemas"
    operations = ("GET /assistants/{assistant_id}/schemas",)

    def claims(self) -> Iterator[Claim]:
        """Yield what is read of an assistant, for every graph."""
        for operation in self.document.operations:
            if operation.startswith("GET /assistants/{assistant_id}/") and "{namespace}" not in operation:
                for graph in self.stage.graphs:
                    yield operation, graph.graph_id, partial(self._look, operation, graph.assistant_id)

    def _look(self, operation: str, assistant_id: str) -> None:
        answer = self.ask(operation, assistant_id=assistant_id)

        self.hold(answer.ok, f"it answered {answer.status}: {answer.text[:200]}")
