"""Settings: a flag counts more than the environment, that more than the default; mistakes say what would be right."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from understudy.config import Settings, settings
from understudy.errors import SetupError


def test_nothing_said_means_the_demo_on_this_machine_alone() -> None:
    told = settings({}, {})

    assert told == Settings()
    assert (told.scenarios, told.host, told.port, told.max_body) == (("demo",), "127.0.0.1", 8123, 300 * 2**20)
    assert not told.is_public


def test_a_flag_counts_more_than_the_environment() -> None:
    environment = {"UNDERSTUDY_PORT": "9000", "UNDERSTUDY_SEED": "7"}

    told = settings({"port": "9001", "seed": None}, environment)

    assert (told.port, told.seed) == (9001, 7)


# What the flag or the variable says, and what comes of it.
VALUES = [
    ("port", "0", 0),
    ("host", "0.0.0.0", "0.0.0.0"),
    ("clock", "2026-01-31T08:00:00Z", datetime(2026, 1, 31, 8, tzinfo=UTC)),
    ("clock", "2026-01-31T08:00:00+02:00", datetime(2026, 1, 31, 6, tzinfo=UTC)),
    ("clock", "2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
    ("seed", "-3", -3),
    ("max_body", "1000", 1000),
    ("max_body", "10MB", 10_000_000),
    ("max_body", "10 MiB", 10 * 2**20),
    ("max_body", "300mib", 300 * 2**20),
    ("log_level", "debug", "debug"),
]


@pytest.mark.parametrize(("name", "text", "value"), VALUES)
def test_a_text_means_the_same_as_flag_and_in_the_environment(name: str, text: str, value: Any) -> None:
    by_flag = settings({name: text}, {})
    by_environment = settings({}, {f"UNDERSTUDY_{name.upper()}": text})

    assert by_flag == by_environment
    assert getattr(by_flag, name) == value


SEVERAL = {
    "demo": ("demo",),
    "demo,mine.yaml": ("demo", "mine.yaml"),
    "large:threads=5,users=2, demo": ("large:threads=5,users=2", "demo"),
}


@pytest.mark.parametrize(("text", "scenarios"), SEVERAL.items())
def test_the_environment_tells_several_with_commas_between(text: str, scenarios: tuple[str, ...]) -> None:
    assert settings({}, {"UNDERSTUDY_SCENARIO": text}).scenarios == scenarios


@pytest.mark.parametrize(
    ("said", "apis"),
    [
        (["computer-agents"], ("computer-agents",)),
        (["Computer-Agents", "agent-server"], ("agent-server", "computer-agents")),
        (["computer-agents, agent-server"], ("agent-server", "computer-agents")),
    ],
)
def test_apis_are_named_one_by_one_or_with_commas_between(said: list[str], apis: tuple[str, ...]) -> None:
    assert settings({"apis": said}, {}).apis == apis
    assert settings({}, {"UNDERSTUDY_API": ",".join(said)}).apis == apis


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (["computer-agent"], 'there is no API "computer-agent". Did you mean "computer-agents"?'),
        (["control"], 'there is no API "control". Known: agent-server, computer-agents.'),
        (["agent-server", "agent-server"], '"agent-server" is named twice; each API is served once'),
        (["agent-server", ""], 'there is no API "". Known: agent-server, computer-agents.'),
    ],
)
def test_an_api_that_there_is_not_or_that_is_named_twice_is_refused(said: list[str], message: str) -> None:
    with pytest.raises(SetupError) as by_flag:
        settings({"apis": said}, {})
    with pytest.raises(SetupError) as by_environment:
        settings({}, {"UNDERSTUDY_API": ",".join(said)})

    assert str(by_flag.value) == f"--api: {message}"
    assert str(by_environment.value).startswith(f"UNDERSTUDY_API: {message.partition(', not ')[0]}")


def test_keys_may_hold_what_keys_hold() -> None:
    assert settings({}, {"UNDERSTUDY_API_KEY": "one==,two=="}).api_keys == ("one==", "two==")
    assert settings({"api_keys": ["a,b", "c"]}, {}).api_keys == ("a,b", "c")


def test_an_empty_variable_says_nothing() -> None:
    variables = ["PORT", "SCENARIO", "API_KEY", "STRICT", "SEED", "CLOCK", "HOST", "MAX_BODY", "LOG_LEVEL"]
    variables += ["ALLOW_LOOPBACK_WEBHOOKS"]

    assert settings({}, {f"UNDERSTUDY_{variable}": "" for variable in variables}) == Settings()


@pytest.mark.parametrize(("text", "strict"), {"1": True, "true": True, "yes": True, "0": False, "No": False}.items())
def test_the_environment_can_be_strict(text: str, strict: bool) -> None:
    assert settings({}, {"UNDERSTUDY_STRICT": text}).strict is strict


def test_the_environment_can_allow_webhooks_on_this_machine() -> None:
    assert settings({}, {"UNDERSTUDY_ALLOW_LOOPBACK_WEBHOOKS": "1"}).allow_loopback_webhooks is True
    assert settings({}, {}).allow_loopback_webhooks is False


WRONG = {
    "port": ("65536", 'a port is a number from 0 to 65535, not "65536"'),
    "seed": ("x", 'a seed is a whole number, not "x"'),
    "clock": ("noon", 'a time is written like 2026-01-01T00:00:00Z, not "noon"'),
    "max_body": ("10XB", 'a size is a number of bytes, or one with a unit such as 10MB or 300MiB, not "10XB"'),
    "host": (" ", 'a host is a name or an address, such as 127.0.0.1, not " "'),
    "log_level": ("loud", 'one of critical, error, warning, info, debug, not "loud"'),
}


@pytest.mark.parametrize(("name", "text", "message"), [(name, *rest) for name, rest in WRONG.items()])
def test_a_mistake_names_where_it_stands_and_what_would_be_right(name: str, text: str, message: str) -> None:
    with pytest.raises(SetupError) as by_flag:
        settings({name: text}, {})
    with pytest.raises(SetupError) as by_environment:
        settings({}, {f"UNDERSTUDY_{name.upper()}": text})

    assert str(by_flag.value) == f"--{name.replace('_', '-')}: {message}"
    assert str(by_environment.value) == f"UNDERSTUDY_{name.upper()}: {message}"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5"])
def test_other_machines_reach_what_is_not_loopback(host: str) -> None:
    assert Settings(host=host).is_public


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-05:00", "1969-12-31", "5001-01-01"])
def test_a_clock_that_ids_cannot_tell_is_refused(text: str) -> None:
    with pytest.raises(SetupError, match="--clock: "):
        settings({"clock": text}, {})


@pytest.mark.parametrize("key", ["", "  ", "schlüssel", "a\x00b"])
def test_a_key_that_no_client_can_send_is_refused(key: str) -> None:
    with pytest.raises(SetupError, match="--api-key: "):
        settings({"api_keys": ["good", key]}, {})


def test_a_scenario_without_a_name_is_refused() -> None:
    with pytest.raises(SetupError, match="--scenario: an empty text names nothing"):
        settings({"scenarios": [""]}, {})
