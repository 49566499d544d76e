"""What is done of a piece of work, line by line in a file: whoever is interrupted goes on from there."""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING

import orjson

from understudy import wire
from understudy.errors import SetupError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from understudy.wire import Json, JsonObject


class Part:
    """A file of JSON lines that only grows; the first says of what work it is. A torn last line never was.

    Nobody but its owner may read it. One process at a time works with it.
    """

    def __init__(self, path: Path, work: JsonObject, *, instead: str) -> None:
        """Open or make the file. SetupError if it is of other work, then with `instead`: what to do about it."""
        self.path = path
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise SetupError(f"cannot write {path}: {error.strerror or error}") from None
        self._is_empty = False
        try:
            self._lock()
            lines = self._read()
            if not lines:
                self._write(work)
            elif lines[0] != work:
                raise SetupError(f"{path} was left by other work than this: {instead}")
        except BaseException:
            self.close()
            raise
        self.lines: list[JsonObject] = lines[1:]
        """What was done before."""
        self._is_empty = not self.lines

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, line: JsonObject) -> None:
        """Note what was done."""
        self._is_empty = False
        self._write(line)

    def close(self) -> None:
        """Leave the file for another time, if anything was done."""
        if self._is_empty:
            self.path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            os.close(self._file)

    def remove(self) -> None:
        """Remove the file: all is done."""
        self._is_empty = True

    def _write(self, line: JsonObject) -> None:
        try:
            text = wire.dumps(line)
        except TypeError as error:
            raise SetupError(f"what was answered cannot be noted in {self.path}: {error}") from None
        try:
            with os.fdopen(os.dup(self._file), "ab") as file:
                file.write(text + b"\n")
        except OSError as error:
            raise SetupError(f"cannot write {self.path}: {error.strerror or error}") from None

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SetupError(f"{self.path} is in use: the same is being done already") from None

    def _read(self) -> list[JsonObject]:
        with os.fdopen(os.dup(self._file), "rb") as file:
            file.seek(0)
            content = file.read()
        whole = content.rfind(b"\n") + 1
        os.ftruncate(self._file, whole)
        lines: list[Json] = []
        for text in content[:whole].splitlines():
            try:
                lines.append(orjson.loads(text))
            except ValueError:
                raise SetupError(f"{self.path} is damaged at line {len(lines) + 1}; remove it to begin anew") from None
        return lines


def replace(path: Path, content: bytes) -> None:
    """Write a file at once: whoever reads it finds what was there before, or all that is there now."""
    new = path.parent / f".{path.name}.new"
    try:
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise SetupError(f"cannot write {path}: {error.strerror or error}") from None
