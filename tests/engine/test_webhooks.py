"""Webhooks: the addresses that are refused, in the words of the reference server, and what is sent to the others."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.receiver import Receiver
from understudy.agents.webhooks import payload, post, refuse_or_accept, send
from understudy.errors import Invalid, Refusal, Unacceptable
from understudy.state.world import World


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    yield server
    server.close()


def refused(url: str, *, allow_loopback: bool = False) -> tuple[type[Refusal], str] | None:
    """Return how an address is refused, or None if it is not."""
    try:
        asyncio.run(refuse_or_accept(url, allow_loopback=allow_loopback))
    except Refusal as refusal:
        return type(refusal), refusal.detail
    return None


BLOCKED = {
    "http://192.0.2.2:2131/hook": "blocked IP range",
    "http://169.254.169.254/": "blocked IP range",
    "http://0/": "blocked IP range",
    "http://224.0.0.1/": "blocked IP range",
    "http://255.255.255.255/": "blocked IP range",
    "http://[::1]/": "blocked IP range",
    "http://[::]/": "blocked IP range",
    "http://[::ffff:127.0.0.1]/": "blocked IP range",
    "http://[fe80::1]/": "blocked IP range",
    "http://[64:ff9b::7f00:1]/": "blocked IP range",
    "http://100.100.100.200/": "cloud metadata endpoint",
    "http://[fd00:ec2::254]/": "cloud metadata endpoint",
    "http://metadata/": "cloud metadata endpoint",
    "http://METADATA.google.internal/x": "cloud metadata endpoint",
    "http://pod.svc.cluster.local/": "Kubernetes internal DNS",
    "ftp://example.com/x": "scheme 'ftp' not allowed",
    "http://no-such-host.invalid/x": "DNS resolution failed",
}

LOOPBACK = {
    "https://127.0.0.1:2131/x": "loopback IP range",
    "http://127.1/": "loopback IP range",
    "http://2130706433/": "loopback IP range",
    "http://user:pw@127.0.0.1/": "loopback IP range",
    "http://localhost:2131/l": "localhost address",
    "http://LOCALHOST/": "localhost address",
    "http://localhost.localdomain/": "localhost address",
    "http://host.docker.internal:1/": "localhost address",
}


@pytest.mark.parametrize("allow_loopback", [False, True])
@pytest.mark.parametrize(("url", "reason"), BLOCKED.items())
def test_what_nobody_should_be_sent_to_is_refused_always(url: str, reason: str, allow_loopback: bool) -> None:
    assert refused(url, allow_loopback=allow_loopback) == (Invalid, f"Webhook host blocked: {reason}")


@pytest.mark.parametrize(("url", "reason"), LOOPBACK.items())
def test_this_machine_is_refused_unless_it_is_allowed(url: str, reason: str) -> None:
    assert refused(url) == (Invalid, f"Webhook host blocked: {reason}")
    assert refused(url, allow_loopback=True) is None


@pytest.mark.parametrize("url", ["/relative", "//example.com/x", "/hook?x=1"])
def test_an_address_without_a_host_is_refused_unless_this_machine_is_allowed(url: str) -> None:
    kind, detail = refused(url) or (None, "")

    assert kind is Invalid
    assert detail.startswith("Loopback webhooks (relative URLs and localhost) are disabled by default. They bypass ")
    assert refused(url, allow_loopback=True) is None


@pytest.mark.parametrize("url", ["not a url", "http://", "http:///x", "mailto:x@y", "?q", "#f", "javascript:alert(1)"])
def test_an_address_that_names_no_host_is_refused(url: str) -> None:
    assert refused(url) == (Invalid, "Invalid webhook hostname ''")


@pytest.mark.parametrize(
    ("url", "detail"),
    {
        "http://[::1": "Invalid IPv6 URL",
        "http://x:99999999/": "Port out of range 0-65535",
        "http://x:abc/": "Port could not be cast to integer value as 'abc'",
        "http://a..b/": "'idna' codec",  # the rest is in the words of the Python that runs
    }.items(),
)
def test_what_is_no_address_makes_no_sense(url: str, detail: str) -> None:
    kind, told = refused(url) or (None, "")

    assert kind is Unacceptable
    assert detail.partition(" (")[0] in told


def test_an_address_has_a_length() -> None:
    assert refused("http://10.0.0.1/" + "x" * 4081) == (Invalid, "Webhook URL too long")
    assert refused("http://10.0.0.1/" + "x" * 4080) is None


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "https://192.168.1.1:8443/x", "http://172.17.0.1/", "http://[fd12::1]/"]
)
def test_private_networks_may_be_sent_to(url: str) -> None:
    assert refused(url) is None


def test_a_name_is_refused_if_any_of_its_addresses_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def lookup(host: str, port: int, **_: Any) -> list[Any]:
        return [(None, None, 0, "", (address, port)) for address in ("93.184.216.34", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)

    assert refused("http://example.com/") == (Invalid, "Webhook host blocked: loopback IP range")
    assert refused("http://example.com/", allow_loopback=True) is None


RUN = {"run_id": "r", "thread_id": "t", "status": "success", "kwargs": {"webhook": "http://x/"}}
TIMES = {"started_at": "1", "ended_at": "2", "sent_at": "3"}


def test_a_webhook_tells_the_run_its_times_and_what_came_of_it() -> None:
    told = payload(RUN, {"n": 3}, None, **TIMES)

    assert list(told.items()) == [
        *RUN.items(),
        ("run_started_at", "1"),
        ("run_ended_at", "2"),
        ("webhook_sent_at", "3"),
        ("values", {"n": 3}),
    ]


def test_a_webhook_tells_what_went_wrong_last() -> None:
    error = {"error": "ValueError", "message": "boom"}

    told = payload({**RUN, "status": "error"}, None, error, **TIMES)

    assert list(told.items())[-2:] == [("values", None), ("error", error)]


def test_a_webhook_is_a_post_of_json(receiver: Receiver) -> None:
    asyncio.run(send(f"{receiver.url}/hook?x=1", {"a": "é"}, allow_loopback=True))

    ((path, headers, body),) = receiver.got
    assert (path, body) == ("/hook?x=1", {"a": "é"})
    assert headers["content-type"] == "application/json"
    assert int(headers["content-length"]) == len('{"a":"é"}'.encode())


def test_a_webhook_follows_where_it_is_sent_on(receiver: Receiver) -> None:
    other = Receiver()
    receiver.status, receiver.location = 307, f"{other.url}/there"

    asyncio.run(send(receiver.url, {}, allow_loopback=True))
    other.close()

    assert [path for path, _, _ in receiver.got + other.got] == ["/", "/there"]


@pytest.mark.parametrize("status", [404, 500])
def test_a_refusal_of_the_receiver_is_logged_and_not_repeated(
    receiver: Receiver, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.status = status

    with caplog.at_level(logging.WARNING, "understudy.webhooks"):
        asyncio.run(send(receiver.url, {}, allow_loopback=True))

    assert len(receiver.got) == 1
    assert f"webhook {receiver.url} failed: " in caplog.text
    assert str(status) in caplog.text


def test_a_receiver_that_is_not_there_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # taken and not listened to: nobody answers here
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"

        with caplog.at_level(logging.WARNING, "understudy.webhooks"):
            asyncio.run(send(url, {}, allow_loopback=True))

    assert f"webhook {url} failed: " in caplog.text


def test_what_may_not_be_sent_to_is_not_sent_to_by_a_detour_either(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.status, receiver.location = 307, "http://169.254.169.254/secrets"

    with caplog.at_level(logging.WARNING, "understudy.webhooks"):
        asyncio.run(send(receiver.url, {}, allow_loopback=False))
        assert receiver.got == []
        asyncio.run(send(receiver.url, {}, allow_loopback=True))

    assert len(receiver.got) == 1
    assert f"webhook {receiver.url} failed: Webhook host blocked: loopback IP range" in caplog.text
    assert f"webhook {receiver.url} failed: Webhook host blocked: blocked IP range" in caplog.text


def test_an_address_without_a_host_reaches_nobody(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "understudy.webhooks"):
        asyncio.run(send("/hook", {}, allow_loopback=True))

    assert "webhook /hook is not sent: there is no host in it" in caplog.text


def test_sending_holds_up_nothing(receiver: Receiver) -> None:
    world = World()
    world.allow_loopback_webhooks = True

    async def scene() -> None:
        post(world, receiver.url, {"a": 1})
        assert (receiver.got, len(world.sending)) == ([], 1)
        await asyncio.gather(*world.sending)

    asyncio.run(scene())

    assert [body for _, _, body in receiver.got] == [{"a": 1}]
    assert world.sending == set()
