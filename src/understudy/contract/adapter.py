"""Documents for Connexion, which reads OpenAPI 3.0 only and is needed here for routing.

What it gets is the skeleton of a 3.1 document: paths, methods and operation ids. All else, schemas first of all, stays
in the 3.1 document, from which readers and validators are compiled; nothing is translated down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from understudy.contract.operations import operations

if TYPE_CHECKING:
    from understudy.wire import JsonObject


def routable(document: JsonObject) -> JsonObject:
    """Return an OpenAPI 3.0 document with the operations of a 3.1 document, in its order, and no schemas."""
    paths: JsonObject = {}
    for operation in operations(document):
        paths.setdefault(operation.path, {})[operation.method] = {
            "operationId": operation.id,
            "responses": {"default": {"description": "see the 3.1 document"}},
        }
    info = {"title": document["info"]["title"], "version": document["info"]["version"]}
    return {"openapi": "3.0.3", "info": info, "paths": paths}
