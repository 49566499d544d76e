"""The files of a computer at one time: what is in a folder, what changed, and a name for what there is.

Trees are never edited, so they can be shared. Paths begin with no slash; folders are there as far as files are in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import unified_diff
from hashlib import sha1
from itertools import islice
from posixpath import normpath
from typing import TYPE_CHECKING, TypeAlias

from understudy.wire import dumps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from understudy.wire import JsonObject


@dataclass(frozen=True, slots=True)
class File:
    """A text, and when it was written, as the API tells times."""

    content: str
    modified: str


Tree: TypeAlias = Mapping[str, File]

EMPTY: Tree = {}


@dataclass(frozen=True, slots=True)
class Change:
    """What differs between two trees: which paths, in the unified format of diffs, and how many lines came and went."""

    paths: tuple[str, ...]
    diff: str
    additions: int
    deletions: int


def normal(path: str) -> str:
    """Return a path as trees have it: from the uppermost folder, which is empty, without `.` and `..`."""
    return normpath(f"/{path.lstrip('/')}").strip("/")


def written(tree: Tree, contents: Mapping[str, str | None], moment: str) -> Tree:
    """Return a tree with these contents in it; None for a file that is removed. A folder is removed with its files."""
    files = dict(tree)
    for path, content in contents.items():
        name = normal(path)
        if content is None:
            for gone in [inner for inner in files if inner == name or inner.startswith(f"{name}/")]:
                del files[gone]
        else:
            files[name] = File(content, moment)
    return files


def listing(tree: Tree, folder: str | None = None) -> list[JsonObject]:
    """Return the entries of one folder by name, the uppermost one if none is named. One that is not there is empty."""
    prefix = normal(folder or "")
    start = f"{prefix}/" if prefix else ""
    entries: dict[str, JsonObject] = {}
    for path, file in tree.items():
        if not path.startswith(start):
            continue
        name, _, below = path.removeprefix(start).partition("/")
        entry = {
            "path": start + name,
            "size": 0 if below else len(file.content.encode(errors="surrogatepass")),
            "lastModified": file.modified,
            "type": "directory" if below else "file",
            "hasChildren": bool(below),
        }
        if name in entries:
            entry["lastModified"] = max(file.modified, entries[name]["lastModified"])
        entries[name] = entry
    return [entries[name] for name in sorted(entries)]


def change(before: Tree, after: Tree, path: str | None = None) -> Change:
    """Return what is different, in all files or in one."""
    paths = tuple(_changed(before, after) if path is None else _changed(before, after, [normal(path)]))
    texts = [_diff(name, before.get(name), after.get(name)) for name in paths]
    lines = [line for text in texts for line in islice(text, 2, None)]
    return Change(
        paths,
        "".join(line for text in texts for line in text),
        additions=sum(line.startswith("+") for line in lines),
        deletions=sum(line.startswith("-") for line in lines),
    )


def commit(tree: Tree) -> str:
    """Return 40 hexadecimal digits, the same for the same files whenever they were written."""
    return sha1(dumps([[path, tree[path].content] for path in sorted(tree)]), usedforsecurity=False).hexdigest()


def _changed(before: Tree, after: Tree, paths: Iterable[str] | None = None) -> Iterator[str]:
    for path in sorted(before.keys() | after.keys() if paths is None else paths):
        old, new = before.get(path), after.get(path)
        if old is not new and (old is None or new is None or old.content != new.content):
            yield path


def _diff(path: str, before: File | None, after: File | None) -> list[str]:
    """Return the lines of a diff, of which the first two name the file."""
    names = ("/dev/null" if before is None else f"a/{path}", "/dev/null" if after is None else f"b/{path}")
    lines = list(unified_diff(_lines(before), _lines(after), *names)) or [f"--- {names[0]}\n", f"+++ {names[1]}\n"]
    return [line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines]


def _lines(file: File | None) -> list[str]:
    """Return the lines with their ends; only a line feed ends one."""
    if file is None or not file.content:
        return []
    *whole, rest = file.content.split("\n")
    return [f"{line}\n" for line in whole] + ([rest] if rest else [])
