"""Secrets do not get into recordings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.recording.conftest import Deployment
from understudy.cli import main
from understudy.scenarios import build, read
from understudy.wire import Json, JsonObject

Record: TypeAlias = "Callable[..., JsonObject]"

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"


def _recorded(deployment: Deployment, record: Record, value: JsonObject, *options: str) -> Json:
    """Return an item of the store as it is recorded."""
    deployment.put("/store/items", {"namespace": ["test"], "key": "k", "value": value}).raise_for_status()
    return record("--only", "store", "--namespace", "test", *options)["store"][0]["value"]


@pytest.mark.parametrize(
    "key",
    [
        *("api_key", "apiKey", "OPENAI_API_KEY", "x-api-key", "token", "access_token", "refreshToken", "password"),
        *("Authorization", "client_secret", "secret", "credentials", "private_key", "set-cookie"),
        *("accesstoken", "dbpassword", "openaiApiKey", "clientSecret"),
    ],
)
def test_what_stands_under_a_telling_name_is_hidden(deployment: Deployment, record: Record, key: str) -> None:
    assert _recorded(deployment, record, {key: "hunter2", "name": "ada"}) == {key: "[redacted-1]", "name": "ada"}


@pytest.mark.parametrize(
    "value",
    [
        {"max_tokens": 7, "input_tokens": 8, "tokens": ["a"], "tokenizer": "bpe"},
        {"secretary": "Ada", "password_hint": "a pet", "token": None, "has_password": True},
        {"text": "risk-averse people, the bearer of news, a basic income"},
        {"text": '{"max_tokens": 7, "token": 8, "name": "ada"}, token=none, https://shop.example/?page=2&q=token'},
    ],
)
def test_what_only_sounds_like_it_stays(deployment: Deployment, record: Record, value: JsonObject) -> None:
    assert _recorded(deployment, record, value) == value


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("use sk-proj-abcdefghijklmnopqrst now", "use [redacted-1] now"),
        (f"got {JWT}.", "got [redacted-1]."),
        ("Authorization: Bearer abcdef123456", "Authorization: [redacted-1]"),
        ("lsv2_pt_0123456789abcdef0123456789abcdef_0123456789", "[redacted-1]"),
        ("ghp_0123456789abcdefghij0123456789abcdef", "[redacted-1]"),
        ("AKIAIOSFODNN7EXAMPLE", "[redacted-1]"),
        ("postgres://ada:lovelace@db.example/shop", "postgres://[redacted-1]@db.example/shop"),
        ("sk_live_0123456789abcdefghij", "[redacted-1]"),
        ("hf_0123456789abcdefghij", "[redacted-1]"),
        ('{"user": "ada", "password": "hun\\"ter2"}', '{"user": "ada", "password": "[redacted-1]"}'),
        (r'"{\"apiKey\": \"hunter2\", \"n\": \"1\"}"', r'"{\"apiKey\": \"[redacted-1]\", \"n\": \"1\"}"'),
        ("{'token': 'hunter2', 'x': 1}", "{'token': '[redacted-1]', 'x': 1}"),
        ('{"Authorization": "Bearer abcdef123456"}', '{"Authorization": "[redacted-1]"}'),
        (
            "https://shop.example/?user=ada&access_token=hunter2#x",
            "https://shop.example/?user=ada&access_token=[redacted-1]#x",
        ),
        ("export OPENAI_API_KEY=hunter2", "export OPENAI_API_KEY=[redacted-1]"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n", "[redacted-1]\n"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(deployment: Deployment, record: Record, text: str, hidden: str) -> None:
    assert _recorded(deployment, record, {"text": text}) == {"text": hidden}


def test_equal_secrets_stay_equal_and_others_apart(deployment: Deployment, record: Record) -> None:
    several = [{"token": "two"}, {"password": "one"}]
    value = {"token": "one", "list": several, "secret": {"deep": ["two", 3, None, True]}}

    assert _recorded(deployment, record, value) == {
        "token": "[redacted-1]",
        "list": [{"token": "[redacted-2]"}, {"password": "[redacted-1]"}],
        "secret": {"deep": ["[redacted-2]", "[redacted-3]", None, True]},
    }


def test_secrets_are_hidden_the_same_way_every_time(deployment: Deployment, record: Record) -> None:
    value = {"token": "one", "password": "two"}

    assert _recorded(deployment, record, value) == _recorded(deployment, record, value)


def test_more_can_be_hidden_by_the_names_of_keys_and_by_expressions(deployment: Deployment, record: Record) -> None:
    value = {"email": "ada@example.com", "text": "the email is ada@example.com"}

    assert _recorded(deployment, record, value, "--redact", "email") == {**value, "email": "[redacted-1]"}
    assert _recorded(deployment, record, value, "--redact", r"\w+@example\.com") == {
        "email": "[redacted-1]",
        "text": "the email is [redacted-1]",
    }


def test_everything_is_kept_on_request(deployment: Deployment, record: Record) -> None:
    value = {"token": "one", "text": JWT}

    assert _recorded(deployment, record, value, "--no-redact") == value


def test_secrets_in_threads_assistants_and_crons_are_hidden(deployment: Deployment, record: Record) -> None:
    context = {"api_key": "sk-aaaaaaaaaaaaaaaaaaaaaaaa"}
    deployment.post("/assistants", {"graph_id": "support", "context": context}).raise_for_status()
    thread = deployment.create_thread(metadata={"graph_id": "support", "session_token": "abc"})
    messages = [{"role": "user", "content": "my key is sk-bbbbbbbbbbbbbbbbbbbbbbbb"}]
    update = {"values": {"messages": messages}, "as_node": "__start__"}
    deployment.post(f"/threads/{thread}/state", update).raise_for_status()
    cron = {"assistant_id": "support", "schedule": "@daily", "input": {"password": "hunter2"}}
    deployment.post("/runs/crons", cron).raise_for_status()

    record()

    text = Path("out.json").read_text()
    assert not [secret for secret in ("sk-aaaa", "sk-bbbb", "hunter2", '"abc"') if secret in text]


def test_names_in_schemas_are_no_secrets(deployment: Deployment, record: Record) -> None:
    schemas = {"state": {"type": "object", "properties": {"token": {"type": "string", "title": "Token"}}}}
    deployment.world = build([read({"agents": {"bot": {"schemas": schemas}}})])

    assert record()["agents"]["bot"]["schemas"]["state"] == schemas["state"]


def test_what_schemas_give_as_examples_of_secrets_is_hidden(deployment: Deployment, record: Record) -> None:
    properties = {
        "api_key": {"type": "string", "default": "hunter2"},
        "model": {"type": "object", "default": {"name": "m", "password": "hunter3"}},
    }
    agent = {"schemas": {"state": {"type": "object", "properties": properties}}}
    deployment.world = build([read({"agents": {"bot": agent}})])

    told = record()["agents"]["bot"]["schemas"]["state"]["properties"]

    assert told["api_key"] == {"type": "string", "default": "[redacted-1]"}
    assert told["model"]["default"] == {"name": "m", "password": "[redacted-2]"}


def test_what_is_sent_along_is_never_told(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--api-key", "key-4711-secret", "--header", "x-extra: value-4711-secret"]
    address = deployment.url.replace("http://", "http://ada:pass-4711@")
    deployment.between.trouble = lambda asked: "500" if asked.endswith("/history") else None

    status = main(["record", address, "-o", "out.yaml", *options])

    assert deployment.between.headers["x-api-key"] == "key-4711-secret"
    assert deployment.between.headers["authorization"].startswith("Basic ")
    told = capsys.readouterr()
    left = b"".join(file.read_bytes() for file in Path().iterdir())
    assert status == 2
    assert "4711" not in told.out + told.err
    assert b"4711" not in left


def test_what_is_noted_of_an_interrupted_recording_has_no_secrets_either(deployment: Deployment) -> None:
    deployment.put("/store/items", {"namespace": ["test"], "key": "k", "value": {"password": "hunter2"}})
    deployment.between.trouble = lambda asked: "500" if asked.endswith("/history") else None

    main(["record", deployment.url, "-o", "out.yaml", "--redact", "correct horse"])

    noted = Path("out.yaml.part")
    assert "hunter2" not in noted.read_text()
    assert "correct horse" not in noted.read_text()
    assert noted.stat().st_mode & 0o077 == 0
