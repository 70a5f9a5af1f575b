"""All cases in SQL: a row a case, its tasks, and what it adds to the figures, folded from ``case/…`` by the rules' own
``evolve``."""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from hub.domain.cases.events import CaseEvent
from hub.domain.catalogue.item import Item
from hub.domain.hall.clock_times import minutes_of
from hub.domain.hall.events import ProfilePublished
from hub.log.codec import Codec
from hub.log.cursors import Cursors
from hub.log.entry import Entry
from hub.views.cases import stored, tally
from hub.views.cases.folded import DayOf, Folded, Todo, fold, todos
from hub.views.cases.stored import COLUMNS, Value
from hub.views.cases.tally import Key

KEPT_CASES = 2_000
KEPT_ITEMS = 2_000
Counted = tuple[Key, tuple[int, ...]] | None
OPENING = ("case-opened", "external-case-registered")


@dataclass(frozen=True, slots=True)
class _Kept:
    """A case as it stands at ``position``, with what was written of it."""

    seq: int
    position: int
    folded: Folded
    values: tuple[Value, ...]
    tasks: tuple[Todo, ...]
    counted: Counted


class CaseIndex:
    """A ``Reader`` of ``case/`` streams, and of ``hall`` for where a business day begins.

    A case stands once as it was folded last, and the folded cases of late are kept, by position: a transaction that was
    undone leaves a position that does not agree, and the case is read again.
    """

    name = "cases"
    version = 2

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._items: OrderedDict[bytes, Item] = OrderedDict()
        self._hall: tuple[ZoneInfo, timedelta] | None = None

    def reset(self, db: sqlite3.Connection) -> None:
        for statement in (*stored.TABLES, *stored.INDEXES, *tally.TABLES):
            db.execute(statement)
        self._kept.clear()
        self._hall = None

    def take(self, entry: Entry, db: sqlite3.Connection) -> None:
        area, _, name = entry.stream.partition("/")
        if area == "case":
            self._take(entry, name, db)
        elif area == "hall" and entry.type.startswith("profile-published"):
            self._hall = None
            published = self._codec.decode(entry)
            assert isinstance(published, ProfilePublished)
            hall, hours = published.profile.hall, published.profile.hours
            db.execute("INSERT OR REPLACE INTO case_hall VALUES (1, ?, ?)", (hall.timezone, hours.day_starts))

    def _take(self, entry: Entry, id: str, db: sqlite3.Connection) -> None:
        event = cast(CaseEvent, self._codec.decode(entry))
        day_of = self._days(db)
        opening = entry.type.partition("/")[0] in OPENING
        before = None if opening else self._read(id, day_of, db)
        folded = Folded() if before is None else before.folded
        fold(folded, event, day_of)
        seq = entry.position if before is None else before.seq
        after = _Kept(seq, entry.position, folded, *_meaning(id, folded, day_of))
        if before is None:
            self._insert(seq, folded, after.values, db)
        else:
            _update(seq, before.values, after.values, db)
            _retask(seq, before.tasks, after.tasks, db)
            _recount(before.counted, after.counted, db)
        db.execute("INSERT OR REPLACE INTO case_fold VALUES (?, ?, ?)", (seq, entry.position, stored.packed(folded)))
        self._kept[id] = after
        self._kept.move_to_end(id)
        if len(self._kept) > KEPT_CASES:
            self._kept.popitem(last=False)

    def _insert(self, seq: int, folded: Folded, values: tuple[Value, ...], db: sqlite3.Connection) -> None:
        item = folded.case.item
        key, data = stored.packed_item(item)
        db.execute("INSERT OR IGNORE INTO case_item VALUES (?, ?, ?, ?, ?)", (key, item.code, item.zh, item.en, data))
        db.execute(stored.INSERT, (seq, key, *values))

    def _read(self, id: str, day_of: DayOf, db: sqlite3.Connection) -> _Kept:
        found = db.execute(
            "SELECT c.seq, c.item_key, f.position FROM cases AS c JOIN case_fold AS f USING (seq) WHERE c.id = ?", (id,)
        ).fetchone()
        if found is None:
            raise LookupError(f"case {id} was not opened")
        seq, key, position = found
        kept = self._kept.pop(id, None)
        if kept is not None and (kept.seq, kept.position) == (seq, position):
            return kept
        data = db.execute("SELECT data FROM case_fold WHERE seq = ?", (seq,)).fetchone()[0]
        folded = stored.unpacked(data, self._item(key, db))
        return _Kept(seq, position, folded, *_meaning(id, folded, day_of))

    def _item(self, key: bytes, db: sqlite3.Connection) -> Item:
        item = self._items.get(key)
        if item is None:
            item = stored.unpacked_item(db.execute("SELECT data FROM case_item WHERE key = ?", (key,)).fetchone()[0])
            self._items[key] = item
            if len(self._items) > KEPT_ITEMS:
                self._items.popitem(last=False)
        return item

    def _days(self, db: sqlite3.Connection) -> _Days:
        if self._hall is None:
            row = db.execute("SELECT timezone, day_starts FROM case_hall").fetchone()
            timezone, starts = ("UTC", "00:00") if row is None else row
            self._hall = ZoneInfo(timezone), timedelta(minutes=minutes_of(starts) or 0)
        return _Days(*self._hall)


class _Days:
    """The business day of a moment, in the hall as published last."""

    __slots__ = ("_starts", "_zone")

    def __init__(self, zone: ZoneInfo, starts: timedelta) -> None:
        self._zone = zone
        self._starts = starts

    def __call__(self, at: int) -> str:
        local = datetime.fromtimestamp(at // 1000, UTC).astimezone(self._zone).replace(tzinfo=None)
        return (local - self._starts).date().isoformat()


def _meaning(id: str, folded: Folded, day_of: DayOf) -> tuple[tuple[Value, ...], tuple[Todo, ...], Counted]:
    return stored.values_of(id, folded), todos(folded.case), tally.tally_of(folded, day_of)


def _update(seq: int, before: tuple[Value, ...], after: tuple[Value, ...], db: sqlite3.Connection) -> None:
    """Only what changed, so that only its indexes are touched."""
    changed = [n for n, value in enumerate(after) if value != before[n]]
    if changed:
        named = ", ".join(f"{COLUMNS[n]} = ?" for n in changed)
        db.execute(f"UPDATE cases SET {named} WHERE seq = ?", (*(after[n] for n in changed), seq))  # noqa: S608


def _retask(seq: int, before: tuple[Todo, ...], after: tuple[Todo, ...], db: sqlite3.Connection) -> None:
    if before == after:
        return
    db.execute("DELETE FROM case_task WHERE seq = ?", (seq,))
    db.executemany(stored.INSERT_TASK, [stored.task_values(seq, todo) for todo in after])


def _recount(before: Counted, after: Counted, db: sqlite3.Connection) -> None:
    if before == after:
        return
    if before is not None:
        db.execute(tally.ADD, (*before[0], *(-count for count in before[1])))
    if after is not None:
        db.execute(tally.ADD, (*after[0], *after[1]))


def known(cursors: Cursors) -> bool:
    """Whether the index was begun; its tables do not exist before."""
    return bool(cursors.read("SELECT 1 FROM sqlite_master WHERE name = 'cases'"))
