"""An entry on the line: a CloudEvent 1.0 with all that the hash chain needs, and the entry's data or its digest.

Both sides import this and nothing of each other. Attributes follow CloudEvents: names of lower-case letters and digits,
binary values as base64. ``data_base64`` with ``salt`` is the entry's data as stored, to the byte; without them stands
``datadigest`` = SHA-256(salt ‖ data), and ``data`` is a projection that the message's signature vouches for, not the
chain. The salt of a denied entry never leaves the hall, so that nobody can guess what the digest stands for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from hub.log.chain import digest, header, link
from hub.log.entry import Entry, Head
from hub.sync.protocol import UNREADABLE

SPEC = "1.0"
BATCH_TYPE = "application/cloudevents-batch+json"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


class CloudEvent(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One entry of one hall. ``id``: its position; ``subject``: its stream; ``source``: ``/halls/{hall}/{epoch}``.

    ``time`` is ``occurred_at``, ``recordedtime`` is ``recorded_at``; ``causation`` and ``chainhash`` are bytes. Unknown
    attributes are ignored, so a later version may add some.
    """

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    recordedtime: datetime
    streamversion: int
    actor: str
    causation: bytes
    chainhash: bytes
    salt: bytes | None = None
    data_base64: bytes | None = None
    datadigest: bytes | None = None
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class BadEnvelope(ValueError):
    """An event that cannot stand for an entry; ``position`` where it broke the chain, else 0."""

    def __init__(self, problem: str, position: int = 0) -> None:
        super().__init__(problem)
        self.position = position


def whole(entry: Entry, source: str) -> CloudEvent:
    """The entry with its data and salt."""
    return CloudEvent(*_header(entry, source), salt=entry.salt, data_base64=entry.data)


def denied(entry: Entry, source: str, projection: bytes | None) -> CloudEvent:
    """The entry's header and digest; ``projection`` is JSON of what may leave of its data, None for nothing."""
    shown = msgspec.UNSET if projection is None else msgspec.Raw(projection)
    return CloudEvent(*_header(entry, source), datadigest=digest(entry.salt, entry.data), data=shown)


def _header(entry: Entry, source: str) -> tuple[str, str, str, str, str, datetime, datetime, int, str, bytes, bytes]:
    """What leaves of every entry, in the order of the attributes."""
    return (
        SPEC,
        str(entry.position),
        source,
        entry.type,
        entry.stream,
        moment(entry.occurred_at),
        moment(entry.recorded_at),
        entry.version,
        entry.actor,
        entry.cause,
        entry.hash,
    )


def position(event: CloudEvent) -> int:
    """Raises ``BadEnvelope``."""
    if not event.id.isascii() or not event.id.isdecimal() or len(event.id) > 18:
        raise BadEnvelope(f"id {event.id!r} is no position")
    return int(event.id)


def ms(time: datetime) -> int:
    """Milliseconds since 1970 in UTC. Raises ``BadEnvelope`` for a time without an offset."""
    if time.tzinfo is None:
        raise BadEnvelope("a time needs its offset")
    return (time - _EPOCH) // _MS


def moment(at: int) -> datetime:
    return _EPOCH + at * _MS


def chained(event: CloudEvent, previous: bytes) -> bytes:
    """The hash that the event must carry after one with hash ``previous``. Raises ``BadEnvelope``."""
    if event.data_base64 is not None and event.salt is not None:
        of_data = digest(event.salt, event.data_base64)
    elif event.datadigest is not None:
        of_data = event.datadigest
    else:
        raise BadEnvelope("neither data with its salt nor a digest")
    head = header(
        position(event),
        event.subject,
        event.streamversion,
        event.type,
        ms(event.time),
        ms(event.recordedtime),
        event.actor,
        event.causation,
    )
    return link(previous, head, of_data)


def follow(events: Iterable[CloudEvent], after: Head) -> Head:
    """The head after ``events``, which follow ``after`` without a gap. Raises ``BadEnvelope`` with the position."""
    at, previous = after.position, after.hash
    for event in events:
        found = position(event)
        if found != at + 1:
            raise BadEnvelope(f"position {found} where {at + 1} was due", at + 1)
        if chained(event, previous) != event.chainhash:
            raise BadEnvelope(f"position {found} does not follow from the one before it", found)
        at, previous = found, event.chainhash
    return Head(at, previous)


def encode_batch(events: Sequence[CloudEvent]) -> bytes:
    """A CloudEvents batch in JSON."""
    return _encode(events)


def decode_batch(body: bytes) -> list[CloudEvent]:
    """Raises ``BadEnvelope``."""
    try:
        return _decode(body)
    except UNREADABLE as error:
        raise BadEnvelope(str(error)) from error


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[CloudEvent]).decode
