"""What a server is told at its start: a flag counts more than the environment, that more than the default."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from understudy.errors import SetupError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

APIS = ("agent-server", "computer-agents")
"""The APIs that can be served."""

LOG_LEVELS = ("critical", "error", "warning", "info", "debug")

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
_SIZE = re.compile(r"(\d+)\s*([A-Za-z]*)")
_FIRST_YEAR, _LAST_YEAR = 1970, 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which `apis` to serve, and how. `clock` is where a frozen clock stands, None for the machine's.

    `max_body` is in bytes. `control` says whether the server can be steered by requests, `control_key` what these have
    to carry, if anything; `world_per_key` that each API key has a world of its own; `watch` that scenario files are
    read when they change.
    """

    apis: tuple[str, ...] = ("agent-server",)
    scenarios: tuple[str, ...] = ("demo",)
    host: str = "127.0.0.1"
    port: int = 8123
    seed: int | None = None
    clock: datetime | None = None
    api_keys: tuple[str, ...] = ()
    strict: bool = False
    log_level: str = "warning"
    max_body: int = 300 * 2**20
    allow_loopback_webhooks: bool = False
    control: bool = True
    control_key: str | None = None
    world_per_key: bool = False
    watch: bool = False

    @property
    def is_public(self) -> bool:
        """Whether other machines can reach the server."""
        return not is_this_machine(self.host)


def is_this_machine(host: str) -> bool:
    """Return whether a name or an address can only mean the machine that asks."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def settings(flags: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """Return the settings that flags and environment say; a flag that is None was not given, nor an empty variable.

    The environment's `UNDERSTUDY_PORT` is the flag `--port`; of flags that may be given several times it holds all,
    with commas between them. SetupError names the flag or variable, its value, and what would be right.
    """
    told: dict[str, Any] = {}
    known = {field.name: f"UNDERSTUDY_{_NAMES.get(field.name, field.name).upper()}" for field in fields(Settings)}
    for name, variable in known.items():
        flag = "--" + _NAMES.get(name, name).replace("_", "-")
        if flags.get(name) is not None:
            told[name] = _read(name, flags[name], flag)
        elif environment.get(variable):
            told[name] = _read(name, environment[variable], variable)
    return Settings(**told)


def _read(name: str, value: Any, origin: str) -> Any:
    reader = _READERS.get(name)
    if reader is None or not isinstance(value, (str, list)):
        return value
    try:
        return reader(value)
    except SetupError as error:
        raise SetupError(f"{origin}: {error}") from None
    except ValueError as error:
        told = value if isinstance(value, str) else ", ".join(value)
        raise SetupError(f'{origin}: {error}, not "{told}"') from None


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise ValueError("a port is a number from 0 to 65535")
    return int(text)


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError("a seed is a whole number") from None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("a time is written like 2026-01-01T00:00:00Z") from None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(f"ids can tell times from {_FIRST_YEAR} to {_LAST_YEAR}")
    return moment


def _size(text: str) -> int:
    match = _SIZE.fullmatch(text.strip())
    if match is None or match[2].upper() not in _UNITS:
        raise ValueError("a size is a number of bytes, or one with a unit such as 10MB or 300MiB")
    return int(match[1]) * _UNITS[match[2].upper()]


def _yes(text: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}
    if text.lower() not in words:
        raise ValueError("yes or no")
    return words[text.lower()]


def _one_of(words: tuple[str, ...]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return text.lower()

    return read


def _several(value: str | list[str]) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    several = tuple(part.strip() for part in parts)
    if not all(several):
        raise ValueError("an empty text names nothing")
    return several


def apis_named(value: str | list[str]) -> tuple[str, ...]:
    """Return the APIs that are named, several of them with commas, in the order of `APIS`.

    SetupError for one that there is not, or that is named twice.
    """
    text = value if isinstance(value, str) else ",".join(value)
    named = [name.strip().lower() for name in text.split(",")]
    for at, name in enumerate(named):
        if name not in APIS:
            raise SetupError(f'there is no API "{name}".{did_you_mean(name, APIS)}')
        if name in named[:at]:
            raise SetupError(f'"{name}" is named twice; each API is served once')
    return tuple(api for api in APIS if api in named)


def _host(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("a host is a name or an address, such as 127.0.0.1")
    return text


def _key(value: str) -> str:
    [key] = _keys([value])
    return key


def _keys(value: str | list[str]) -> tuple[str, ...]:
    keys = _several(value)
    if not all(key.isascii() and key.isprintable() for key in keys):
        raise ValueError("a key is sent in a header, and so consists of printable ASCII characters")
    return keys


def _scenarios(value: str | list[str]) -> tuple[str, ...]:
    # Commas also stand between the options of a scenario: `large:threads=5,users=2,demo` are two.
    return _several(re.split(r",(?!\s*\w+=)", value) if isinstance(value, str) else value)


_NAMES = {"apis": "api", "scenarios": "scenario", "api_keys": "api_key"}

_READERS: dict[str, Callable[[Any], Any]] = {
    "apis": apis_named,
    "scenarios": _scenarios,
    "port": _port,
    "seed": _whole,
    "clock": _moment,
    "api_keys": _keys,
    "host": _host,
    "strict": _yes,
    "allow_loopback_webhooks": _yes,
    "log_level": _one_of(LOG_LEVELS),
    "max_body": _size,
    "control": _yes,
    "control_key": _key,
    "world_per_key": _yes,
    "watch": _yes,
}
