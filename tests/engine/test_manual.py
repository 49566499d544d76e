"""The manual of documents that no vendor would publish."""

from __future__ import annotations

from importlib import import_module

# By name: a type checker reads the tree, where this package is not inside `understudy`.
manual = import_module("understudy.handlers.agent_server.manual").manual

DOCUMENT = {
    "info": {"title": "<Title>", "version": "1&2", "description": "Say `x < y`."},
    "paths": {
        "/things/{id}": {
            "parameters": [{"name": "<id>", "in": "path", "required": True, "description": "<b>Which</b>"}],
            "get": {
                "operationId": 'get"thing',
                "summary": "<script>alert(1)</script>",
                "responses": {"200": {"description": "One & all"}},
            },
        }
    },
}


def test_what_the_document_says_is_text_and_not_markup() -> None:
    page = manual(DOCUMENT)

    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert '<details id="get&quot;thing">' in page
    assert "<code>&lt;id&gt;</code>" in page
    assert "<code>x &lt; y</code>" in page


def test_operations_without_a_tag_come_under_other_ones() -> None:
    assert '<section id="tag-other">' in manual(DOCUMENT)


def test_an_operation_that_is_not_imitated_says_so() -> None:
    assert "answers 501" in manual(DOCUMENT)
