"""Form posts of pages: small, whole within 10 s, and nothing that is spooled to the disk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from urllib.parse import parse_qsl

from starlette.requests import Request

from hub.domain.refusals import Refused
from hub.web.api.body import read_body

KIND = "application/x-www-form-urlencoded"
_FIELDS = 20


def is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == KIND


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields, the first of a name counting; read once and kept for who asks again in the same request.

    Another content type has no fields. Raises ``Refused("too-large" | "too-slow" | "bad-value")``.
    """
    kept = getattr(request.state, "form", None)
    if kept is not None:
        return cast("Mapping[str, str]", kept)
    fields: dict[str, str] = {}
    if is_form(request):
        body = await read_body(request)
        try:
            pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_FIELDS)
        except ValueError:
            raise Refused("bad-value", field="form", problem=f"≤ {_FIELDS}") from None
        for name, value in pairs:
            fields.setdefault(name, value)
    request.state.form = fields
    return fields
