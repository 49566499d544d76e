"""Small OpenAPI documents, and what is told of the differences between two."""

from __future__ import annotations

import json
from typing import Any

from understudy.contract.differences import Difference, differences

Object = dict[str, Any]


def document(paths: Object, **components: Any) -> Object:
    return {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths, "components": components}


def answering(schema: Any, **components: Any) -> Object:
    """A document with one operation, whose answer has a schema."""
    answer = {"description": "It.", "content": {"application/json": {"schema": schema}}}
    return document({"/things": {"get": {"operationId": "get", "responses": {"200": answer}}}}, **components)


def asking(schema: Any, **components: Any) -> Object:
    """A document with one operation, whose request has a schema."""
    body = {"content": {"application/json": {"schema": schema}}}
    return document({"/things": {"post": {"operationId": "post", "requestBody": body, "responses": {}}}}, **components)


def operation(**keys: Any) -> Object:
    return document({"/things": {"get": {"responses": {"200": {"description": "It."}}, **keys}}})


def parameter(**keys: Any) -> Object:
    return operation(parameters=[{"name": "limit", "in": "query", **keys}])


def told(before: Object, after: Object) -> list[str]:
    """Return differences as lines; those that break clients begin with an exclamation mark."""
    return [line(difference) for difference in differences(before, after)]


def line(difference: Difference) -> str:
    values = f"{json.dumps(difference.before)} -> {json.dumps(difference.after)}"
    return f"{'! ' if difference.breaking else ''}{difference.where}: {difference.what} {difference.kind} {values}"


def props(**properties: Any) -> Object:
    return {"type": "object", "properties": properties}
