"""Webhooks: which addresses a run may be sent to when it has ended, what is sent, and the sending."""

from __future__ import annotations

import asyncio
import logging
import socket
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlparse

from understudy.errors import Invalid, Unacceptable
from understudy.wire import dumps

if TYPE_CHECKING:
    import httpx

    from understudy.state.world import World
    from understudy.wire import JsonObject

log = logging.getLogger("understudy.webhooks")

LONGEST = 4096
"""Characters that the address of a webhook may have."""

PATIENCE = 30.0
"""Seconds that the receiver of a webhook may take, `CONNECTING` of them to be reached."""
CONNECTING = 5.0

# What the Agent Server sends nothing to (langgraph-api 0.16.7): ranges that are nobody's address on the internet …
_BLOCKED = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",
            "169.254.0.0/16",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "::/96",
            "::ffff:0:0/96",
            "64:ff9b::/96",
            "64:ff9b:1::/48",
            "fe80::/10",
            "ff00::/8",
        ),
    )
)
# … this machine, unless that is allowed …
_LOOPBACK: tuple[IPv4Network | IPv6Network, ...] = (ip_network("127.0.0.0/8"),)
_LOCAL_NAMES = frozenset({"localhost", "localhost.localdomain", "host.docker.internal"})
# … and what tells secrets to whoever is inside a cloud.
_METADATA_NAMES = frozenset({"metadata", "metadata.google.internal", "metadata.amazonaws.com", "instance-data"})
_METADATA_ADDRESSES = frozenset(map(ip_address, ("100.100.100.200", "fd00:ec2::254")))
_CLUSTER = ".svc.cluster.local"


async def refuse_or_accept(url: str, *, allow_loopback: bool) -> None:
    """Raise Invalid if a run may not be sent to this address, Unacceptable if the text is no address at all.

    Names are looked up: one that is not known, or that leads to a forbidden address, is refused. The checks and their
    order are those of the reference server. `allow_loopback` lets the machine's own names and addresses pass.
    """
    if len(url) > LONGEST:
        raise Invalid("Webhook URL too long")
    if url.startswith("/"):
        if allow_loopback:
            return
        raise Invalid(
            "Loopback webhooks (relative URLs and localhost) are disabled by default. They bypass authentication via "
            "the in-process ASGI transport and can be abused to invoke internal routes as an unauthenticated caller. "
            "Set webhooks.url.disable_loopback to false (in langgraph.json or via LANGGRAPH_WEBHOOKS) to opt back in — "
            "only do so when you control the mounted routes."
        )
    try:
        parts = urlparse(url)
        host = parts.hostname or ""
        _check_name(parts.scheme, host, allow_loopback=allow_loopback)
        if allow_loopback and host in _LOCAL_NAMES:
            return
        addresses = await _addresses(host, parts.port or (443 if parts.scheme == "https" else 80))
    except ValueError as error:
        raise Unacceptable(str(error)) from None
    for address in addresses:
        _check_address(address, allow_loopback=allow_loopback)


def payload(
    run: JsonObject,
    values: JsonObject | None,
    error: JsonObject | None,
    *,
    started_at: str,
    ended_at: str,
    sent_at: str,
) -> JsonObject:
    """Return what a webhook receives: the row of a run that has ended, its times as texts, and what came of it.

    `values` are those of its thread, None for a run whose thread was temporary. `error` has a class and a message;
    without one the key is absent.
    """
    told = {
        **run,
        "run_started_at": started_at,
        "run_ended_at": ended_at,
        "webhook_sent_at": sent_at,
        "values": values,
    }
    if error is not None:
        told["error"] = error
    return told


def post(world: World, url: str, body: JsonObject) -> None:
    """Send `body` to an address while everything else goes on."""
    task = asyncio.ensure_future(send(url, body, allow_loopback=world.allow_loopback_webhooks))
    world.sending.add(task)
    task.add_done_callback(world.sending.discard)


async def send(url: str, body: JsonObject, *, allow_loopback: bool) -> None:
    """Post `body` to an address, once. What goes wrong is logged and not raised.

    The address is checked again, and each one that it redirects to.
    """
    if url.startswith("/"):
        # The reference server looks for the path among routes of the user's own, which there are none of here.
        log.warning("webhook %s is not sent: there is no host in it", url)
        return

    async def check(request: httpx.Request) -> None:
        await refuse_or_accept(str(request.url), allow_loopback=allow_loopback)

    try:
        # Reading the certificates takes its time, and so does the first import.
        client = await asyncio.to_thread(_client)
        client.event_hooks = {"request": [check]}
        async with asyncio.timeout(PATIENCE), client:
            answer = await client.post(url, content=dumps(body), headers={"content-type": "application/json"})
            answer.raise_for_status()
    except Exception as failure:  # noqa: BLE001 - whatever it is, it must not become a failure of the run
        log.warning("webhook %s failed: %s", url, str(failure) or type(failure).__name__)


def _client() -> httpx.AsyncClient:
    """Return a client that takes no notice of proxies, as they would resolve names by themselves."""
    import httpx

    return httpx.AsyncClient(
        transport=httpx.AsyncHTTPTransport(verify=httpx.create_ssl_context()),
        timeout=httpx.Timeout(PATIENCE, connect=CONNECTING),
        follow_redirects=True,
        max_redirects=5,
    )


def _check_name(scheme: str, host: str, *, allow_loopback: bool) -> None:
    if not host:
        raise Invalid("Invalid webhook hostname ''")
    if scheme not in ("http", "https"):
        raise _blocked(f"scheme '{scheme}' not allowed")
    if host in _LOCAL_NAMES and not allow_loopback:
        raise _blocked("localhost address")
    if host in _METADATA_NAMES:
        raise _blocked("cloud metadata endpoint")
    if host.endswith(_CLUSTER):
        raise _blocked("Kubernetes internal DNS")


def _check_address(text: str, *, allow_loopback: bool) -> None:
    # A link-local address comes with the name of its network: fe80::1%eth0.
    address = ip_address(text.partition("%")[0])
    if any(address in network for network in _BLOCKED):
        raise _blocked("blocked IP range")
    if not allow_loopback and any(address in network for network in _LOOPBACK):
        raise _blocked("loopback IP range")
    if address in _METADATA_ADDRESSES:
        raise _blocked("cloud metadata endpoint")


async def _addresses(host: str, port: int) -> list[str]:
    """Return the addresses that a name has. Invalid if it has none; ValueError if it cannot be a name."""
    try:
        async with asyncio.timeout(CONNECTING):
            found = await asyncio.to_thread(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError):
        raise _blocked("DNS resolution failed") from None
    return [str(place[0]) for *_, place in found]


def _blocked(reason: str) -> Invalid:
    return Invalid(f"Webhook host blocked: {reason}")
