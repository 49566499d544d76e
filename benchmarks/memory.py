"""Resident memory of a process and everything it started."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")


def resident(pid: int) -> float:
    """Return the resident memory of a process and its descendants, in MB of a million bytes."""
    processes = _from_proc() if (PROC / "self" / "status").exists() else _from_ps()
    family = {pid}
    while grown := {child for child, (parent, _) in processes.items() if parent in family} - family:
        family |= grown
    return sum(kib for child, (_, kib) in processes.items() if child in family) * 1024 / 1e6


def _from_proc() -> dict[int, tuple[int, int]]:
    """Return the parent and the resident KiB of each process, as Linux tells them."""
    processes = {}
    for entry in PROC.glob("[0-9]*/status"):
        with suppress(OSError):  # gone in the meantime
            lines = dict(line.split(":", 1) for line in entry.read_text().splitlines())
            processes[int(entry.parent.name)] = (
                int(lines["PPid"]),
                int(lines.get("VmRSS", "0 kB").split()[0]),
            )
    return processes


def _from_ps() -> dict[int, tuple[int, int]]:
    """Return the parent and the resident KiB of each process, as ps tells them."""
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,rss="], check=True, capture_output=True, text=True)
    rows = (map(int, line.split()) for line in listing.stdout.splitlines())
    return {pid: (parent, kib) for pid, parent, kib in rows}
