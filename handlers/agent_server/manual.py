"""The document as a page for people: every operation under its tag, readable without scripts, styles or a network."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from understudy.wire import Json, JsonObject

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; }
code, .method, .path { font-family: ui-monospace, monospace; font-size: .9em; }
nav a { margin-right: .8rem; }
summary { cursor: pointer; padding: .3rem 0; }
summary > * { margin-right: .6rem; }
details { border-top: 1px solid #8884; padding: .1rem .5rem; }
.method { display: inline-block; font-weight: 700; min-width: 4rem; }
.summary, .missing { opacity: .75; }
.missing { font-style: italic; }
table { border-collapse: collapse; margin: .5rem 0; }
th, td { padding: .15rem .8rem .15rem 0; text-align: left; vertical-align: top; }
"""


def manual(document: JsonObject) -> str:
    """Return the HTML page of an OpenAPI document."""
    info = document["info"]
    tags = [*document.get("tags", []), {"name": _UNTAGGED}]
    chapters = [(tag, list(_operations(document, tag["name"]))) for tag in tags]
    chapters = [(tag, operations) for tag, operations in chapters if operations]
    links = " ".join(f'<a href="#{_anchor(tag["name"])}">{escape(tag["name"])}</a>' for tag, _ in chapters)
    body = "\n".join(_chapter(document, tag, operations) for tag, operations in chapters)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(info["title"])}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{escape(info["title"])} <small>{escape(info["version"])}</small></h1>
{_prose(info.get("description", ""))}
<p>The same for programs: <a href="openapi.json">openapi.json</a></p>
<nav>{links}</nav>
{body}
</body>
</html>
"""


_UNTAGGED = "Other"


def _operations(document: JsonObject, tag: str) -> Iterator[tuple[str, str, JsonObject]]:
    """Yield method, path and entry of each operation whose first tag this is."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item and (item[method].get("tags") or [_UNTAGGED])[0] == tag:
                yield method, path, item[method]


def _chapter(document: JsonObject, tag: JsonObject, operations: list[tuple[str, str, JsonObject]]) -> str:
    entries = "\n".join(_entry(document, *operation) for operation in operations)
    return (
        f'<section id="{_anchor(tag["name"])}">\n<h2>{escape(tag["name"])}</h2>\n'
        f"{_prose(tag.get('description', ''))}\n{entries}\n</section>"
    )


def _entry(document: JsonObject, method: str, path: str, operation: JsonObject) -> str:
    missing = "" if "x-handler" in operation else ' <span class="missing">not imitated: answers 501</span>'
    shared = document["paths"][path].get("parameters", [])
    parameters = [_resolved(document, entry) for entry in [*shared, *operation.get("parameters", [])]]
    asked = [
        (
            entry["name"],
            f"{entry['in']}{', required' if entry.get('required') else ''}",
            entry.get("description", ""),
        )
        for entry in parameters
    ]
    if "requestBody" in operation:
        body = _resolved(document, operation["requestBody"])
        asked.append((_kind(body), "body", body.get("description", "")))
    answers = []
    for status, response in sorted(operation["responses"].items()):
        answer = _resolved(document, response)
        answers.append((status, _kind(answer), answer.get("description", "")))
    return (
        f'<details id="{escape(operation["operationId"])}">\n'
        f'<summary><span class="method">{method.upper()}</span> <span class="path">{escape(path)}</span>'
        f' <span class="summary">{escape(operation.get("summary", ""))}</span>{missing}</summary>\n'
        f"{_prose(operation.get('description', ''))}\n"
        f"{_table('Takes', asked)}{_table('Answers', answers)}</details>"
    )


def _table(title: str, rows: list[tuple[str, str, str]]) -> str:
    if not rows:
        return ""
    lines = "\n".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(kind)}</td><td>{_inline(meaning)}</td></tr>"
        for name, kind, meaning in rows
    )
    return f"<table>\n<tr><th colspan=3>{title}</th></tr>\n{lines}\n</table>\n"


def _kind(part: JsonObject) -> str:
    """Return the name of the schema, or else the media types, of a body."""
    content: dict[str, Json] = part.get("content", {})
    for described in content.values():
        schema = described.get("schema", {})
        if "$ref" in schema:
            return str(schema["$ref"].rpartition("/")[2])
    return ", ".join(content)


def _resolved(document: JsonObject, value: JsonObject) -> JsonObject:
    while "$ref" in value:
        target: Json = document
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        value = target
    return value


def _prose(text: str) -> str:
    return f"<p>{_inline(text)}</p>" if text else ""


def _inline(text: str) -> str:
    """Return text as HTML; what stands between backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _anchor(tag: str) -> str:
    return "tag-" + re.sub(r"[^a-z0-9]+", "-", tag.lower())
