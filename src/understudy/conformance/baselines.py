"""What is known of a server and does not fail a check: baselines that ship by its version, or of one's own."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from schemathesis.baseline import Baseline

from understudy.errors import SetupError, did_you_mean

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from understudy.conformance.settings import Settings

AUTO, NONE = "auto", "none"
_SUFFIX = ".json"


def shipped(api: str) -> dict[str, Traversable]:
    """Return the baselines that ship for an API, by name, such as `langgraph-api-0.16.7`."""
    folder = files("understudy.specs") / "baselines" / api
    if not folder.is_dir():
        return {}
    return {each.name.removesuffix(_SUFFIX): each for each in folder.iterdir() if each.name.endswith(_SUFFIX)}


def find(settings: Settings, version: str | None) -> Path | None:
    """Return the file of the baseline that settings name; None where there is none to be.

    SetupError if it is not there or is none, and if it ships and were to be written to.

    What ships tells what a version does otherwise than its published document says; so `auto` finds it only where a
    deployment is held to that.
    """
    if settings.update_baseline and settings.baseline in (AUTO, NONE, *shipped(settings.api)):
        raise SetupError(
            f"--update-baseline writes into a file of your own, not into --baseline {settings.baseline}: "
            "name one, as in --baseline known.json"
        )
    if settings.baseline == NONE:
        return None
    there = shipped(settings.api)
    if settings.baseline == AUTO:
        name = next((name for name in there if version and name.endswith(f"-{version}")), None)
        promised = settings.contract == "published" and settings.spec is None
        return Path(str(there[name])) if name is not None and promised else None
    if settings.baseline in there:
        return Path(str(there[settings.baseline]))
    own = Path(settings.baseline)
    if own.exists() or settings.update_baseline:
        return _readable(own)
    hint = did_you_mean(settings.baseline, there)
    raise SetupError(f'there is no baseline "{settings.baseline}", neither a file nor one that ships.{hint}')


def _readable(path: Path) -> Path:
    try:
        Baseline.load(path)
    except OSError as error:
        raise SetupError(f"cannot read the baseline {path}: {error.strerror}") from None
    except ValueError as error:
        raise SetupError(f"{path} is no baseline: {error}") from None
    return path
