"""The project's own files, as a build should see them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

LISTING = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]


def files() -> list[str]:
    """Return the path of every file of the project, from the root: what git knows or would take in."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listing = subprocess.run(LISTING, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        paths = [Path(name) for name in listing.split("\0") if name]
    else:
        paths = [path.relative_to(ROOT) for path in ROOT.rglob("*")]
    return sorted(path.as_posix() for path in paths if (ROOT / path).is_file() and not _is_made(path))


def copy(to: Path) -> None:
    """Copy the project's files to the folder `to`."""
    for name in files():
        target = to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)


def _is_made(path: Path) -> bool:
    """Return whether a file comes from a tool; without git there is nothing but its name to tell by."""
    return path.suffix == ".pyc" or any(
        part in {".git", ".venv", "__pycache__", "build", "dist"} or part.endswith(("_cache", ".egg-info"))
        for part in path.parts
    )
