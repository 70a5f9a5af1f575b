"""What OpenAPI says of routes that read and write with msgspec: schemas from the types that decode and encode."""

from __future__ import annotations

from typing import Any

import msgspec

_REF = "#/components/schemas/{name}"
_types: dict[int, object] = {}


class Problem(msgspec.Struct):
    """A refusal (RFC 9457). ``code`` is stable; ``detail`` holds the sentences for people."""

    type: str
    title: str
    status: int
    code: str
    detail: dict[str, str]
    facts: dict[str, str | int | float | bool | None]


_KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
    "description": "New for each act, the same for its retries. A repeat gets the stored answer for seven days.",
}


def documented(
    reply: object = None, *, body: object = None, status: int = 200, key: bool | None = None
) -> dict[str, Any]:
    """``openapi_extra`` of a route. ``key``: True when the header is needed, False when it may be left out."""
    extra: dict[str, Any] = {
        "responses": {
            str(status): {"description": "OK", **({} if reply is None else _json(reply))},
            "default": {
                "description": "Refused",
                "content": {"application/problem+json": {"schema": _schema(Problem)}},
            },
        },
        "security": [{"bearer": []}, {"session": []}],
    }
    if body is not None:
        extra["requestBody"] = {"required": status == 201, **_json(body)}
    if key is not None:
        extra["parameters"] = [{**_KEY_PARAMETER, "required": key}]
    return extra


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Add the collected schemas and the ways to sign in to FastAPI's document."""
    _, schemas = msgspec.json.schema_components(list(_types.values()), ref_template=_REF)
    components = document.setdefault("components", {})
    components.setdefault("schemas", {}).update(schemas)
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "hallhub token create ROLE"},
        "session": {"type": "apiKey", "in": "cookie", "name": "__Host-hall"},
    }
    paths: dict[str, dict[str, dict[str, Any]]] = document.get("paths", {})
    for operations in paths.values():
        for operation in operations.values():
            operation["responses"].pop("422", None)
    return document


def _json(kind: object) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": _schema(kind)}}}


def _schema(kind: object) -> dict[str, Any]:
    _types[id(kind)] = kind
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=_REF)
    return schema
