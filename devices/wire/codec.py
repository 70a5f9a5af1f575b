"""Bytes to values and back at the wire: one decoder a wire name, every fault a `Malformed` that names the field."""

import re
from datetime import UTC, datetime
from typing import Annotated, Final, Generic, TypeVar

import msgspec

MAX_PAYLOAD: Final = 16 * 1024
MAX_SEQ: Final = 2**53 - 1

Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{1,64}\Z")]
Seq = Annotated[int, msgspec.Meta(ge=1, le=MAX_SEQ)]
Count = Annotated[int, msgspec.Meta(ge=0, le=MAX_SEQ)]
Time = Annotated[datetime, msgspec.Meta(tz=True)]
Short = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Long = Annotated[str, msgspec.Meta(max_length=2000)]

T = TypeVar("T")

_AT: Final = re.compile(r"^(?P<why>.*?)(?: - at `\$?(?P<path>[^`]*)`)?$", re.DOTALL)
_MISSING: Final = re.compile(r"missing required field `(?P<name>[^`]*)`")


class Malformed(ValueError):
    """A payload or a part of it that is not what the contract says.

    `field` is a dotted path inside the payload ("" for the whole of it); `why` is an English half sentence.
    """

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field or 'payload'}: {why}")
        self.field = field
        self.why = why


class UnknownType(Malformed):
    """A well-formed event, command or desired state of a name that this kind does not have."""


def malformed(error: Exception) -> Malformed:
    """The `Malformed` for what msgspec raised."""
    if isinstance(error, RecursionError):
        return Malformed("", "nested too deeply")
    if isinstance(error, UnicodeDecodeError):
        return Malformed("", "not UTF-8")
    found = _AT.match(str(error))
    path, why = (found["path"] or "", found["why"]) if found else ("", str(error))
    if missing := _MISSING.search(why):
        path, why = f"{path}.{missing['name']}", "missing"
    return Malformed(path.lstrip("."), why)


class Decoder(Generic[T]):
    """Reads one wire name. Unknown fields are ignored; raises `Malformed` and nothing else, whatever the bytes are."""

    __slots__ = ("_decode",)

    def __init__(self, shape: type[T]) -> None:
        self._decode = msgspec.json.Decoder(shape).decode

    def __call__(self, payload: bytes | msgspec.Raw) -> T:
        if type(payload) is bytes:  # a Raw was a part of a payload that was looked at already
            _require_text(payload)
        try:
            return self._decode(payload)
        except (ValueError, RecursionError) as error:  # msgspec's errors and UnicodeDecodeError are ValueErrors
            raise malformed(error) from None


def _require_text(payload: bytes) -> None:
    # msgspec skips over unknown fields and `Raw` values without looking at their bytes.
    if len(payload) > MAX_PAYLOAD:
        raise Malformed("", f"more than {MAX_PAYLOAD} bytes")
    if not payload.isascii():
        try:
            payload.decode()
        except UnicodeDecodeError:
            raise Malformed("", "not UTF-8") from None


encode = msgspec.json.Encoder().encode


def utc(at: datetime) -> datetime:
    """`at` in UTC, so that it is written with a Z. Raises `ValueError` for a time without a zone."""
    if at.tzinfo is UTC:
        return at
    if at.tzinfo is None:
        raise ValueError("a time on the wire has a zone")
    return at.astimezone(UTC)
