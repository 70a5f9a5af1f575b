"""Rows that were folded from entries, and tokens, on a SQL database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

import msgspec

from hub.receiver.database import Cursor, Database, Value
from hub.receiver.store import HallStanding, Token
from hub.sync.standing_rows import TAKEN, Row, numbered

_ROW = "SELECT kind, key, data, sought FROM standing WHERE hall = ? AND kind = ?"
_PUT = """INSERT INTO standing (hall, kind, key, sought, data) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (hall, kind, key) DO UPDATE SET sought = excluded.sought, data = excluded.data"""
_TOKEN = "SELECT id, label, created_at, revoked_at FROM token"  # noqa: S105 (a table's name)
_VIEWED = "SELECT h.no, h.viewed, e.name FROM hall h JOIN epoch e ON e.no = h.epoch WHERE h.name = ?"
_ASKED = 200


class SqlRows:
    """Half of a ``Store``."""

    _db: Database

    def rows(self, hall: str, kind: str, keys: Sequence[str]) -> dict[str, Row]:
        with self._db.reading() as db:
            return self._rows(db, self._no(db, hall), kind, keys)

    def find(self, hall: str, kind: str, sought: str | None = None, after: str = "", limit: int = 100) -> list[Row]:
        with self._db.reading() as db:
            values: list[Value] = [self._no(db, hall), kind]
            sql = _ROW
            if sought is not None:
                sql, values = f"{sql} AND sought = ?", [*values, sought]
            rows = db.all(f"{sql} AND key > ? ORDER BY key LIMIT ?", (*values, after, limit))
            return [_row(row) for row in rows]

    def count(self, hall: str, kind: str) -> int:
        with self._db.reading() as db:
            row = db.one("SELECT count(*) FROM standing WHERE hall = ? AND kind = ?", (self._no(db, hall), kind))
            return 0 if row is None else cast("int", row[0])

    def keep(self, before: HallStanding, upto: int, changed: Iterable[Row], gone: Iterable[tuple[str, str]]) -> bool:
        with self._db.writing() as db:
            row = db.one(
                _VIEWED + (self._db.for_update and f"{self._db.for_update} OF h"),
                (before.hall,),
            )
            if row is None or row[1:] != (before.viewed, before.epoch):
                return False
            no = cast("int", row[0])
            away = [(no, kind, key) for kind, key in gone]
            if away:
                db.many("DELETE FROM standing WHERE hall = ? AND kind = ? AND key = ?", away)
            self._put_rows(db, no, changed)
            db.run("UPDATE hall SET viewed = ? WHERE no = ?", (upto, no))
            return True

    def refold(self, hall: str) -> None:
        with self._db.writing() as db:
            self._refold(db, self._no(db, hall))

    def unanswered(self, hall: str) -> int:
        with self._db.reading() as db:
            # the hall takes messages in order, so only those past the last one that it answered can be open
            row = db.one(
                "SELECT h.inbox, (SELECT max(key) FROM standing s WHERE s.hall = h.no AND s.kind = ? AND s.key <= ?)"
                " FROM hall h WHERE h.name = ?",
                (TAKEN, numbered(self._inbox(db, hall)), hall),
            )
            return 0 if row is None else cast("int", row[0]) - int(cast("str | None", row[1]) or 0)

    def _inbox(self, db: Cursor, hall: str) -> int:
        row = db.one("SELECT inbox FROM hall WHERE name = ?", (hall,))
        return 0 if row is None else cast("int", row[0])

    def sold(self, hall: str, units: Sequence[str]) -> set[str]:
        with self._db.reading() as db:
            no, found = self._no(db, hall), set[str]()
            for start in range(0, len(units), _ASKED):
                some = units[start : start + _ASKED]
                marks = ", ".join("?" * len(some))
                rows = db.all(f"SELECT unit FROM sale WHERE hall = ? AND unit IN ({marks})", (no, *some))  # noqa: S608
                found.update(cast("str", row[0]) for row in rows)
            return found

    def add_token(self, id: str, secret_hash: bytes, label: str, at: int) -> None:
        with self._db.writing() as db:
            db.run("INSERT INTO token VALUES (?, ?, ?, ?, 0)", (id, secret_hash, label, at))

    def token(self, secret_hash: bytes) -> Token | None:
        with self._db.reading() as db:
            row = db.one(f"{_TOKEN} WHERE secret = ? AND revoked_at = 0", (secret_hash,))
            return None if row is None else _token(row)

    def tokens(self) -> list[Token]:
        with self._db.reading() as db:
            return [_token(row) for row in db.all(f"{_TOKEN} ORDER BY created_at, id")]

    def revoke_token(self, id: str, at: int) -> bool:
        with self._db.writing() as db:
            if db.one("SELECT id FROM token WHERE id = ? AND revoked_at = 0", (id,)) is None:
                return False
            db.run("UPDATE token SET revoked_at = ? WHERE id = ?", (at, id))
            return True

    def _no(self, db: Cursor, hall: str) -> int:
        """The hall's number; 0, which no hall has, for an unknown one."""
        row = db.one("SELECT no FROM hall WHERE name = ?", (hall,))
        return 0 if row is None else cast("int", row[0])

    def _rows(self, db: Cursor, hall: int, kind: str, keys: Sequence[str]) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for start in range(0, len(keys), _ASKED):
            some = keys[start : start + _ASKED]
            marks = ", ".join("?" * len(some))
            for row in db.all(f"{_ROW} AND key IN ({marks})", (hall, kind, *some)):
                read = _row(row)
                found[read.key] = read
        return found

    def _put_rows(self, db: Cursor, hall: int, rows: Iterable[Row]) -> None:
        values = [(hall, row.kind, row.key, row.sought, bytes(row.data)) for row in rows]
        if values:
            db.many(_PUT, values)

    def _refold(self, db: Cursor, hall: int) -> None:
        db.run("DELETE FROM standing WHERE hall = ?", (hall,))
        row = db.one(
            "SELECT s.position, s.body FROM hall h JOIN snapshot s ON s.hall = h.no AND s.position = h.base"
            " AND s.hash = h.base_hash"
            " WHERE h.no = ?",
            (hall,),
        )
        if row is not None:
            self._put_rows(db, hall, msgspec.json.decode(cast("bytes", row[1]), type=list[Row]))
        db.run("UPDATE hall SET viewed = ? WHERE no = ?", (0 if row is None else row[0], hall))


def _row(row: tuple[Value, ...]) -> Row:
    kind, key, data, sought = cast("tuple[str, str, bytes, str]", row)
    return Row(kind, key, msgspec.Raw(data), sought)


def _token(row: tuple[Value, ...]) -> Token:
    return Token(*cast("tuple[str, str, int, int]", row))
