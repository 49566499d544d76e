"""Laws of what is asked on the side: a preference in a header, an address to be told."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from understudy.conformance.asking import Unexamined
from understudy.conformance.laws.threads import ThreadLaw

PATCH, RUN = "PATCH /threads/{thread_id}", "POST /threads/{thread_id}/runs"
_LATER = 1_000_000
"""Seconds after which the run would start: the thread is deleted long before."""


class ThreadPatchMinimal(ThreadLaw):
    """A thread is patched by a client that wants no answer, as the SDKs do when told to."""

    name = "thread-patch-minimal"
    sentence = "A patch whose client prefers a minimal answer is made all the same, and says nothing or all (RFC 7240)."
    section = PATCH
    operations = (PATCH, "POST /threads", "GET /threads/{thread_id}")
    examples = 0.3

    @initialize()
    def create(self) -> None:
        self.thread_id = self.any_thread(0)

    @rule(value=st.integers(0, 9))
    def patch(self, value: int) -> None:
        body = {"metadata": {"preferred": value}}
        answer = self.ask(PATCH, body, headers={"Prefer": "return=minimal"}, thread_id=self.thread_id)

        self.hold(answer.ok, f"the patch was answered with {answer.status}: {answer.text[:200]}")
        found = self.told("GET /threads/{thread_id}", thread_id=self.thread_id)
        self.same(found["metadata"].get("preferred"), value, "what the patch put into the metadata")


class WebhooksAreTaken(ThreadLaw):
    """A run that never starts is given the address of whom to tell when it ends: nobody is ever told."""

    name = "webhooks-are-taken"
    sentence = "A run takes any address for its webhook that the document calls one."
    section = f"{RUN}, webhook"
    operations = (RUN, "POST /threads")
    contracts = ("published",)
    examples = 0.3
    steps = 1

    @rule(address=st.sampled_from(["http://localhost:2131/told", "/told"]))
    def run(self, address: str) -> None:
        if not self.stage.graphs:
            raise Unexamined("the deployment has no graph to run")
        graph = self.stage.graphs[0]
        thread_id = self.any_thread(0)
        body = {
            "assistant_id": graph.assistant_id,
            "input": graph.inputs[0],
            "after_seconds": _LATER,
            "webhook": address,
            "metadata": self.marked(),
        }
        answer = self.ask(RUN, body, thread_id=thread_id)

        self.hold(answer.ok, f"the webhook {address} was answered with {answer.status}: {answer.text[:200]}")
