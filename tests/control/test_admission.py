"""Who may steer a server: everybody on this machine, from others who has the key, nobody where it is switched off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.conftest import Server
from understudy.config import Settings, settings
from understudy.errors import SetupError

WORLDS = "/_understudy/worlds"
STEERING = {"X-Understudy-World": "mine"}, {"X-Understudy-Fault": "status"}, {"x-understudy-key": "k"}


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    with closing(Server(Settings(control_key="open sesame", host="0.0.0.0"))) as server:
        yield server


@pytest.fixture(scope="module")
def public() -> Iterator[Server]:
    with closing(Server(Settings(host="0.0.0.0"))) as server:
        yield server


@pytest.fixture(scope="module")
def unsteered() -> Iterator[Server]:
    with closing(Server(Settings(control=False))) as server:
        yield server


def test_a_server_on_this_machine_is_steered_without_a_key(server: Server) -> None:
    assert server.get(WORLDS).status_code == 200


def test_a_server_with_a_key_is_steered_by_who_has_it(guarded: Server) -> None:
    assert guarded.get(WORLDS, headers={"X-Understudy-Key": "open sesame"}).status_code == 200


def test_who_has_no_key_is_told_which_header_to_send(guarded: Server) -> None:
    answer = guarded.get(WORLDS)

    assert answer.status_code == 401
    assert answer.json() == {"detail": "missing control key: send it in the x-understudy-key header"}


def test_another_key_is_refused_and_not_repeated(guarded: Server) -> None:
    answer = guarded.get(WORLDS, headers={"X-Understudy-Key": "open barley"})

    assert answer.status_code == 403
    assert "barley" not in answer.text


@pytest.mark.parametrize("path", ["/ok", "/assistants/search"])
def test_the_key_is_asked_for_where_a_request_names_a_world(guarded: Server, path: str) -> None:
    method = "GET" if path == "/ok" else "POST"

    def ask(**headers: str) -> int:
        return guarded.client.request(method, path, json={} if method == "POST" else None, headers=headers).status_code

    assert ask() == 200
    assert ask(**{"X-Understudy-World": "mine"}) == 401
    assert ask(**{"X-Understudy-World": "mine", "X-Understudy-Key": "open sesame"}) == 200


def test_a_public_server_without_a_key_is_not_steered(public: Server) -> None:
    answer = public.get(WORLDS)

    assert answer.status_code == 403
    assert "--control-key" in answer.json()["detail"]
    assert public.get("/ok").status_code == 200


@pytest.mark.parametrize("headers", STEERING)
def test_a_public_server_without_a_key_is_not_steered_by_headers_either(
    public: Server, headers: dict[str, str]
) -> None:
    assert public.get("/ok", headers=headers).status_code == 403


def test_a_server_that_is_not_steered_has_no_paths_for_it(unsteered: Server) -> None:
    answer = unsteered.get(WORLDS)

    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


@pytest.mark.parametrize("headers", STEERING)
def test_a_header_that_cannot_be_honoured_is_refused(unsteered: Server, headers: dict[str, str]) -> None:
    answer = unsteered.get("/ok", headers=headers)

    [name] = headers
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(name.lower())


def test_a_header_of_ours_that_nobody_knows_is_refused(server: Server) -> None:
    answer = server.get("/ok", headers={"X-Understudy-Wrold": "mine"})

    assert answer.status_code == 400
    assert 'Did you mean "x-understudy-world"?' in answer.json()["detail"]


@pytest.mark.parametrize("name", ["", "-a", "a b", "ä", "x" * 129, "a/b"])
def test_what_is_no_name_of_a_world_is_refused(server: Server, name: str) -> None:
    answer = server.get("/ok", headers=[(b"x-understudy-world", name.encode())])

    assert answer.status_code == 422
    assert "name of a world" in answer.json()["detail"]


def test_a_websocket_is_admitted_like_any_request(guarded: Server) -> None:
    thread_id = guarded.create_thread()
    url = guarded.url.replace("http", "ws") + f"/threads/{thread_id}/stream/events"

    with pytest.raises(InvalidStatus, match="403"):
        connect(url, additional_headers={"X-Understudy-World": "mine"})


@pytest.mark.parametrize("origin", ["https://example.com", "http://127.0.0.1.example.com", "null", "http://[", ""])
def test_a_page_from_elsewhere_does_not_steer_a_server_without_a_key(server: Server, origin: str) -> None:
    headers = {"Origin": origin}

    assert server.get(WORLDS, headers=headers).status_code == 403
    assert server.get("/ok", headers={**headers, "X-Understudy-World": "mine"}).status_code == 403
    assert server.get("/ok", headers=headers).status_code == 200


@pytest.mark.parametrize("origin", ["http://localhost:5173", "http://127.0.0.1:3000", "http://[::1]:80"])
def test_a_page_of_this_machine_does(server: Server, origin: str) -> None:
    assert server.get(WORLDS, headers={"Origin": origin}).status_code == 200


def test_a_page_from_elsewhere_steers_with_the_key(guarded: Server) -> None:
    headers = {"Origin": "https://example.com", "X-Understudy-Key": "open sesame"}

    assert guarded.get(WORLDS, headers=headers).status_code == 200


@pytest.mark.parametrize("key", ["", "ä", "a\nb"])
def test_a_key_that_no_header_can_carry_stops_the_start(key: str) -> None:
    with pytest.raises(SetupError, match="--control-key"):
        settings({"control_key": key}, {})


def test_the_environment_says_it_as_well() -> None:
    told = settings({}, {"UNDERSTUDY_CONTROL": "no", "UNDERSTUDY_CONTROL_KEY": "k", "UNDERSTUDY_WORLD_PER_KEY": "1"})

    assert (told.control, told.control_key, told.world_per_key) == (False, "k", True)
