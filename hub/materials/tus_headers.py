"""What tus 1.0 says in headers, read the same for papers at the desk and for files from a hall."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from hub.domain.refusals import Refused

DIGITS = 15
"""Of a length or an offset: a thousand terabytes."""


def number_in(headers: Mapping[str, str], name: str) -> int:
    """Raises ``Refused("bad-value")`` naming the header."""
    text = headers.get(name, "")
    if not text.isascii() or not text.isdecimal() or len(text) > DIGITS:
        raise Refused("bad-value", field=name, problem="应为整数 / an integer")
    return int(text)


def metadata_in(headers: Mapping[str, str]) -> dict[str, str]:
    """``name base64, …`` of ``Upload-Metadata``. Raises ``Refused("bad-value")``."""
    found: dict[str, str] = {}
    for pair in headers.get("upload-metadata", "").split(","):
        name, _, value = pair.strip().partition(" ")
        try:
            found[name.lower()] = base64.b64decode(value, validate=True).decode("utf-8", "replace")
        except binascii.Error:
            raise Refused("bad-value", field="upload-metadata", problem="base64") from None
    return found
