"""The store on a SQL database: entries, epochs and the inbox. Rows of the views are ``hub.receiver.sql_rows``."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from hashlib import sha256
from typing import Final, cast

import msgspec

from hub.log.chain import GENESIS
from hub.log.entry import Head
from hub.receiver.database import Cursor, Database, Value
from hub.receiver.sql_rows import SqlRows
from hub.receiver.store import (
    Forked,
    HallStanding,
    LeftEpoch,
    NotForSale,
    OtherBase,
    OtherBody,
    OtherEpoch,
    Said,
    UnknownHall,
)
from hub.sync.envelope import SPEC, BadEnvelope, CloudEvent, follow, moment, ms
from hub.sync.inbox_chain import START, message_hash
from hub.sync.protocol import Message, Opening
from hub.sync.standing_rows import LEASED, UNIT, StandingSnapshot, UnitRow

_MOST: Final = (1 << 63) - 1

_HALL: Final = """SELECT h.no, h.name, e.name, h.committed, h.hash, h.inbox, h.inbox_hash, h.base, h.viewed,
    h.recorded_at, h.arrived_at, (SELECT count(*) FROM epoch c WHERE c.hall = h.no), h.lost, h.told,
    h.told_at, h.epoch, h.base_hash FROM hall h JOIN epoch e ON e.no = h.epoch"""
_LOCK: Final = "SELECT no FROM hall WHERE name = ?"
_ENTRY: Final = """SELECT position, stream, version, type, occurred_at, recorded_at, actor, cause, hash, salt, data,
    digest, projection FROM entry WHERE hall = ? AND epoch = ? AND position > ? AND position <= ? ORDER BY position
    LIMIT ?"""
_MESSAGE: Final = "SELECT n, id, type, at, data, hash FROM inbox WHERE hall = ?"


class _Hall(msgspec.Struct, frozen=True):
    """A hall's own row. ``epoch``: number of the current one, ``name`` its name."""

    no: int
    epoch: int
    base_hash: bytes
    said: HallStanding


class SqlStore(SqlRows):
    """A ``Store``."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def close(self) -> None:
        self._db.close()

    def halls(self) -> list[HallStanding]:
        with self._db.reading() as db:
            return [_hall(row).said for row in db.all(f"{_HALL} ORDER BY h.name")]

    def standing(self, hall: str) -> HallStanding | None:
        with self._db.reading() as db:
            found = _find(db, hall)
            return None if found is None else found.said

    def open_epoch(self, hall: str, epoch: str, opening: Opening, at: int) -> HallStanding:
        there = bytes.fromhex(opening.hash)
        if len(there) != len(GENESIS) or opening.after < 0:
            raise ValueError("after and hash must be a position and its hash")
        with self._db.writing() as db:
            db.alone()
            found = self._held(db, hall)
            if found is None:
                self._begin(db, hall, epoch, opening, there, at)
            else:
                self._go_over(db, found, epoch, opening, there, at)
            return _known(db, hall).said

    def _begin(self, db: Cursor, hall: str, epoch: str, opening: Opening, there: bytes, at: int) -> None:
        no = cast("int", db.one("SELECT coalesce(max(no), 0) + 1 FROM hall")[0])  # type: ignore[index]
        first = _add_epoch(db, no, epoch, 0, opening, there, at)
        db.run(
            "INSERT INTO hall VALUES (?, ?, ?, 0, ?, 0, ?, 0, ?, 0, 0, 0, 0, ?, ?)",
            (no, hall, first, GENESIS, START, GENESIS, opening.after, at),
        )

    def _go_over(self, db: Cursor, found: _Hall, epoch: str, opening: Opening, there: bytes, at: int) -> None:
        said = found.said
        if epoch == said.epoch:
            return
        # an opening that was under way all the time may come after that of the epoch which followed
        left = "SELECT no FROM epoch WHERE hall = ? AND (name = ? OR previous = ?)"
        if db.one(left, (found.no, epoch, epoch)) is not None:
            raise OtherEpoch(said.epoch)
        # nobody here can tell whether a history that begins past the end goes on from it, unless there is nothing yet
        fork = opening.after if said.committed else 0
        known = _hash_at(db, found, fork)
        if known is None or (opening.after == fork and known != there):
            raise Forked(said.committed, said.hash)
        number = _add_epoch(db, found.no, epoch, fork, opening, there, at)
        db.run(
            "UPDATE hall SET epoch = ?, committed = ?, hash = ?, lost = lost + ?, told = ?, told_at = ? WHERE no = ?",
            (number, fork, known, said.committed - fork, opening.after, at, found.no),
        )
        if fork < said.base:
            db.run("UPDATE hall SET base = 0, base_hash = ? WHERE no = ?", (GENESIS, found.no))
        if fork < said.viewed:
            self._refold(db, found.no)

    def append(self, hall: str, epoch: str, base: int, events: Sequence[CloudEvent], at: int, told: int) -> int:
        with self._db.writing() as db:
            found = self._held(db, hall)
            if found is None:
                raise UnknownHall(hall)
            said = found.said
            if said.epoch != epoch:
                raise OtherEpoch(said.epoch)
            if base != said.committed + 1:
                raise OtherBase(said.committed, said.hash)
            if not events:
                return said.committed
            head = _followed(events, said)
            db.add_entries(_rows(found, events, at))
            db.run(
                "UPDATE hall SET committed = ?, hash = ?, recorded_at = ?, arrived_at = ?, told = ?, told_at = ?"
                " WHERE no = ?",
                (head.position, head.hash, ms(events[-1].recordedtime), at, max(told, head.position), at, found.no),
            )
            return head.position

    def read(self, hall: str, after: int, limit: int) -> list[CloudEvent]:
        with self._db.reading() as db:
            found = _find(db, hall)
            if found is None:
                return []
            events: list[CloudEvent] = []
            for number, name, low, high in _segments(db, found):
                if high > after and len(events) < limit:
                    events += _entries(db, found, number, name, max(low, after), high, limit - len(events))
            return events

    def hash_at(self, hall: str, position: int) -> bytes | None:
        with self._db.reading() as db:
            found = _find(db, hall)
            return None if found is None else _hash_at(db, found, position)

    def epochs(self, hall: str) -> list[LeftEpoch]:
        with self._db.reading() as db:
            found = _find(db, hall)
            if found is None:
                return []
            rows = db.all("SELECT name, fork, at, no FROM epoch WHERE hall = ? ORDER BY no", (found.no,))
            return [LeftEpoch(*cast("tuple[str, int, int]", row[:3]), row[3] == found.epoch) for row in rows]

    def read_left(self, hall: str, epoch: str, after: int, limit: int) -> list[CloudEvent]:
        with self._db.reading() as db:
            found = _find(db, hall)
            row = found and db.one("SELECT no FROM epoch WHERE hall = ? AND name = ?", (found.no, epoch))
            if found is None or row is None:
                return []
            return _entries(db, found, cast("int", row[0]), epoch, after, _MOST, limit)

    def adopt(self, hall: str, epoch: str, snapshot: StandingSnapshot, at: int) -> HallStanding:
        with self._db.writing() as db:
            found = self._held(db, hall)
            if found is None:
                raise UnknownHall(hall)
            if found.said.epoch != epoch:
                raise OtherEpoch(found.said.epoch)
            if snapshot.position > found.said.committed:
                hash = bytes.fromhex(snapshot.hash)
                body = msgspec.json.encode(snapshot.rows)
                db.run("DELETE FROM standing WHERE hall = ?", (found.no,))
                kept = (found.no, snapshot.position, hash, body, at)
                db.run("INSERT INTO snapshot VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", kept)
                self._put_rows(db, found.no, snapshot.rows)
                db.run(
                    "UPDATE hall SET committed = ?, hash = ?, base = ?, base_hash = ?, viewed = ?, recorded_at = ?,"
                    " arrived_at = ? WHERE no = ?",
                    (*(snapshot.position, hash) * 2, snapshot.position, snapshot.recorded_at, at, found.no),
                )
            return _known(db, hall).said

    # the inbox

    def say(self, hall: str, id: str, type: str, data: bytes, at: int, unit: str = "") -> Said:
        fingerprint = sha256(f"{len(type)} {type} {unit} ".encode() + data).digest()
        with self._db.writing() as db:
            found = self._held(db, hall)
            if found is None:
                raise UnknownHall(hall)
            before = db.one("SELECT n, fingerprint FROM inbox WHERE hall = ? AND id = ?", (found.no, id))
            if before is not None:
                if before[1] != fingerprint:
                    raise OtherBody(cast("int", before[0]))
                return Said(cast("int", before[0]), again=True)
            if unit:
                self._sell(db, found.no, unit, id, at)
            n = found.said.inbox + 1
            hash = message_hash(found.said.inbox_hash, n, id, type, at, data)
            values: tuple[Value, ...] = (found.no, n, id, type, at, data, fingerprint, hash)
            db.run("INSERT INTO inbox VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
            db.run("UPDATE hall SET inbox = ?, inbox_hash = ? WHERE no = ?", (n, hash, found.no))
            return Said(n, again=False)

    def _sell(self, db: Cursor, hall: int, unit: str, id: str, at: int) -> None:
        row = self._rows(db, hall, UNIT, [unit]).get(unit)
        leased = None if row is None else msgspec.json.decode(row.data, type=UnitRow)
        if leased is None or leased.state != LEASED:
            raise NotForSale("unknown-unit")
        if db.one("SELECT id FROM sale WHERE hall = ? AND unit = ?", (hall, unit)) is not None:
            raise NotForSale("sold")
        if leased.expires <= at:
            raise NotForSale("lease-expired")
        db.run("INSERT INTO sale VALUES (?, ?, ?, ?)", (hall, unit, id, at))

    def inbox(self, hall: str, after: int, limit: int) -> list[Message]:
        with self._db.reading() as db:
            no = self._no(db, hall)
            rows = db.all(f"{_MESSAGE} AND n > ? ORDER BY n LIMIT ?", (no, after, limit))
            return [_message(row) for row in rows]

    def inbox_hash(self, hall: str, n: int) -> bytes | None:
        with self._db.reading() as db:
            if n == 0:
                return START
            row = db.one("SELECT hash FROM inbox WHERE hall = ? AND n = ?", (self._no(db, hall), n))
            return None if row is None else bytes(cast("bytes", row[0]))

    def message(self, hall: str, id: str) -> Message | None:
        with self._db.reading() as db:
            row = db.one(f"{_MESSAGE} AND id = ?", (self._no(db, hall), id))
            return None if row is None else _message(row)

    def _held(self, db: Cursor, hall: str) -> _Hall | None:
        """The hall, held until the transaction ends; a reader beside it is not."""
        return None if db.one(_LOCK + self._db.for_update, (hall,)) is None else _find(db, hall)


def _find(db: Cursor, hall: str) -> _Hall | None:
    row = db.one(f"{_HALL} WHERE h.name = ?", (hall,))
    return None if row is None else _hall(row)


def _known(db: Cursor, hall: str) -> _Hall:
    found = _find(db, hall)
    assert found is not None
    return found


def _hall(row: tuple[Value, ...]) -> _Hall:
    said = HallStanding(
        *cast("tuple[str, str, int, bytes, int, bytes, int, int, int, int, int, int, int, int]", row[1:15])
    )
    return _Hall(cast("int", row[0]), cast("int", row[15]), cast("bytes", row[16]), said)


def _add_epoch(db: Cursor, hall: int, epoch: str, fork: int, opening: Opening, there: bytes, at: int) -> int:
    row = db.one("SELECT coalesce(max(no), 0) + 1 FROM epoch")
    number = cast("int", row[0]) if row is not None else 1
    values = (number, hall, epoch, fork, opening.after, there, opening.previous, opening.program, at)
    db.run("INSERT INTO epoch VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    return number


def _segments(db: Cursor, hall: _Hall) -> list[tuple[int, str, int, int]]:
    """Of each epoch that has surviving entries: its number and name, and after which position up to which."""
    rows = cast(
        "list[tuple[int, str, int]]", db.all("SELECT no, name, fork FROM epoch WHERE hall = ? ORDER BY no", (hall.no,))
    )
    high, found = hall.said.committed, list[tuple[int, str, int, int]]()
    for number, name, fork in reversed(rows):
        if fork < high:
            found.append((number, name, fork, high))
        high = min(high, fork)
    return found[::-1]


def _hash_at(db: Cursor, hall: _Hall, position: int) -> bytes | None:
    if position == 0:
        return GENESIS
    if position == hall.said.committed:
        return hall.said.hash
    if position == hall.said.base:
        return hall.base_hash
    for number, _, low, high in _segments(db, hall):
        if low < position <= high:
            place = (hall.no, number, position)
            row = db.one("SELECT hash FROM entry WHERE hall = ? AND epoch = ? AND position = ?", place)
            return None if row is None else cast("bytes", row[0])
    return None


def _followed(events: Sequence[CloudEvent], said: HallStanding) -> Head:
    try:
        for event in events:
            if event.streamversion > _MOST or "\0" in event.subject or "\0" in event.type or "\0" in event.actor:
                raise BadEnvelope("a version or a text that no entry has")
        return follow(events, Head(said.committed, said.hash))
    except BadEnvelope as error:
        if error.position == said.committed + 1 and events[0].id == str(error.position):
            raise Forked(said.committed, said.hash) from error
        raise
    except (struct.error, OverflowError) as error:
        raise BadEnvelope(str(error)) from error


def _rows(hall: _Hall, events: Sequence[CloudEvent], at: int) -> list[tuple[Value, ...]]:
    no, epoch = hall.no, hall.epoch
    return [
        (
            no,
            epoch,
            position,
            event.subject,
            event.streamversion,
            event.type,
            ms(event.time),
            ms(event.recordedtime),
            at,
            event.actor,
            event.causation,
            event.chainhash,
            event.salt,
            event.data_base64,
            event.datadigest,
            None if isinstance(event.data, msgspec.UnsetType) else bytes(event.data),
        )
        for position, event in enumerate(events, hall.said.committed + 1)
    ]


def _entries(db: Cursor, hall: _Hall, number: int, epoch: str, low: int, high: int, limit: int) -> list[CloudEvent]:
    source = f"/halls/{hall.said.hall}/{epoch}"
    rows = cast(
        "list[tuple[int, str, int, str, int, int, str, bytes, bytes, *tuple[bytes | None, ...]]]",
        db.all(_ENTRY, (hall.no, number, low, high, limit)),
    )
    return [
        CloudEvent(
            SPEC,
            str(position),
            source,
            type,
            stream,
            moment(occurred),
            moment(recorded),
            version,
            actor,
            cause,
            hash,
            salt,
            data,
            digest,
            msgspec.UNSET if projection is None else msgspec.Raw(projection),
        )
        for (
            position,
            stream,
            version,
            type,
            occurred,
            recorded,
            actor,
            cause,
            hash,
            salt,
            data,
            digest,
            projection,
        ) in rows
    ]


def _message(row: tuple[Value, ...]) -> Message:
    n, id, type, at, data, hash = cast("tuple[int, str, str, int, bytes, bytes]", row)
    return Message(n, id, type, at, msgspec.Raw(data), hash.hex())
