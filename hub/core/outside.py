"""What comes from outside: JSON read once against its shape, and text as others may read it."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from hub.domain.refusals import Refused

T = TypeVar("T")
_PLACE = re.compile(r"^(?P<problem>.*?)(?: - at `\$\.?(?P<field>[^`]*)`)?$", re.DOTALL)


def decode(body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """The value. Raises ``Refused``: ``not-utf-8``, ``malformed-json``, ``too-deep``, ``bad-value`` with the field."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise _bad_value(str(error)) from None
    except msgspec.DecodeError as error:
        if not _is_utf8(body):
            raise Refused("not-utf-8") from None
        raise Refused("malformed-json", problem=str(error)[:200]) from None
    except UnicodeDecodeError:
        raise Refused("not-utf-8") from None
    except RecursionError:
        raise Refused("too-deep") from None


def plain(text: str) -> str:
    """A reason as others will read it: one line without characters that hide, turn round or control text."""
    return " ".join("".join(c if c.isprintable() else " " if c.isspace() else "" for c in text).split())


def _bad_value(message: str) -> Refused:
    found = _PLACE.match(message)
    assert found is not None
    missing = re.fullmatch(r"Object missing required field `(.*)`", found["problem"])
    if missing is not None:
        within = f"{found['field']}." if found["field"] else ""
        return Refused("bad-value", field=within + missing[1], problem="缺少 / missing")
    return Refused("bad-value", field=found["field"] or "body", problem=found["problem"][:200])


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
