"""Keys of subjects, in a file of their own: what makes a person in an append-only log forgettable.

Theory. No key is of two subjects, but a subject may have several: whoever is not in memory gets a new one, which saves
looking the old one up for each ticket; forgetting destroys all of them.

A key must be on the disk before the first entry that is sealed under it, and a sync of its own for each new subject
would double what a ticket with a phone costs. So keys are made and synced a few hundred ahead, and a new subject only
takes one of these: that needs no write, because each sealed value names its key. Who owns which key is written later,
with the next keys; after a crash what was not written is found again in the log's last entries. Without a log to find
it in (``follow`` was not called) every new owner is written and synced at once.

A destroyed key is overwritten in its row, never deleted: rows do not move, so no copy of them stays behind in the
file, and the write-ahead log is truncated before a subject counts as forgotten.
"""

from __future__ import annotations

import os
import sqlite3
from collections import OrderedDict, deque
from collections.abc import Iterable
from pathlib import Path
from threading import Lock as Mutex
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.log import sealed
from hub.log.port import LogReader
from hub.log.sqlite_file import failure

KEY_BYTES: Final = 32
AHEAD: Final = 512
_CACHED: Final = 8192
_LAG: Final = 10_000  # entries that a start may have to look through

_TABLES: Final = (
    "CREATE TABLE key (no INTEGER PRIMARY KEY, key BLOB NOT NULL)",
    # read from end to end to forget somebody, so that writing it stays sequential
    "CREATE TABLE owner (no INTEGER PRIMARY KEY, subject BLOB NOT NULL)",
    "CREATE TABLE forgotten (subject BLOB NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (subject, at)) WITHOUT ROWID",
    # settled: the owners of all keys used in entries up to this position are written
    "CREATE TABLE state (settled INTEGER NOT NULL)",
    "INSERT INTO state VALUES (0)",
)


class Keys:
    """All methods may be called from any thread. Failed writes raise ``NoRoom`` or ``LogBroken``."""

    def __init__(self, path: Path | None) -> None:
        """``None`` keeps the keys in memory, for tests."""
        self._path = path if path is not None else Path("memory")
        self._mutex = Mutex()
        self._log: LogReader | None = None
        self._spare: deque[tuple[int, bytes]] = deque()
        self._unsettled: list[tuple[int, str]] = []
        self._held: OrderedDict[str, tuple[int, AESGCM]] = OrderedDict()
        self._settled = 0
        if path is not None and not path.exists():
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        try:
            self._db = self._open(path)
        except sqlite3.Error as error:
            raise failure(error, self._path) from error
        # An owner's number is higher than any key's when this file is older than the log. A file without keys counts
        # from a random number, so that it never names a key as a lost file did.
        self._last: int = (
            self._db.execute(
                "SELECT max(ifnull((SELECT max(no) FROM key), 0), ifnull((SELECT max(no) FROM owner), 0))"
            ).fetchone()[0]
            or int.from_bytes(os.urandom(5), "big") << 10
        )
        if self._db.execute("SELECT 1 FROM forgotten LIMIT 1").fetchone() is not None:
            self._scrub()  # a crash may have come between the overwriting and the truncation

    def _open(self, path: Path | None) -> sqlite3.Connection:
        name = ":memory:" if path is None else str(path)
        db = sqlite3.connect(name, timeout=2, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA secure_delete=ON")
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        if db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            db.execute("BEGIN IMMEDIATE")
            for table in _TABLES:
                db.execute(table)
            db.execute("COMMIT")
        return db

    # Sealing

    def follow(self, log: LogReader) -> None:
        """Keys may be taken ahead of being written from here on, as ``log`` tells who took them.

        Call it before the first ``ensure``, with the log that the sealed entries go to. Reads what the log holds
        since the last ``settle``.
        """
        with self._mutex:
            head = log.head().position
            self._settled = min(self._db.execute("SELECT settled FROM state").fetchone()[0], head)
            if self._db.execute("SELECT 1 FROM key LIMIT 1").fetchone() is not None:
                position = self._settled
                while entries := log.read(position, 1000):
                    position = entries[-1].position
                    boxes = [box for entry in entries for box in sealed.sealed_in(entry.data).values()]
                    if boxes:
                        self._write(position, 0, owners=[(box.key, box.subject) for box in boxes])
            self._write(head, 0)
            # keys are taken in order; one that was skipped by a crash stays unused
            self._spare.extend(
                self._db.execute(
                    "SELECT no, key FROM key WHERE no > ifnull((SELECT max(no) FROM owner), 0) ORDER BY no"
                )
            )
            self._log = log

    def ensure(self, subjects: Iterable[str]) -> None:
        """After it values of these subjects can be sealed: keys are on the disk. Once for a batch, of 8,192 at most."""
        with self._mutex:
            new: list[str] = []
            for subject in set(subjects):
                if subject in self._held:
                    self._held.move_to_end(subject)
                else:
                    new.append(subject)
            if not new:
                return
            if len(self._spare) < len(new):
                self._write(self._position(), max(AHEAD if self._log is not None else 0, len(new)))
            for subject in new:
                no, key = self._spare.popleft()
                self._unsettled.append((no, subject))
                self._hold(subject, no, key)
            if self._log is None:
                self._write(0, 0)

    def seal(self, subject: str, clear: str, stream: str, type: str, field: str) -> sealed.Sealed:
        """Raises ``KeyError`` for a subject that was not ensured."""
        held = self._held.get(subject)
        if held is None:
            raise KeyError(f"no key was ensured for subject {subject}")
        no, cipher = held
        place = sealed.bound(stream, type, field, subject)
        return sealed.Sealed(subject, no, sealed.seal(cipher, clear, place))

    def unseal(self, box: sealed.Sealed, stream: str, type: str, field: str) -> str | None:
        """The clear value; None when its subject was forgotten. Raises ``SealBroken``."""
        with self._mutex:
            row = self._db.execute("SELECT key FROM key WHERE no = ? AND key <> zeroblob(32)", (box.key,)).fetchone()
        if row is None:
            return None
        return sealed.unseal(AESGCM(row[0]), box.sealed, sealed.bound(stream, type, field, box.subject))

    def settle(self) -> None:
        """Write down who owns which key. Call it every minute or so: a start after a crash reads the log from there."""
        position = self._position()
        with self._mutex:
            if self._unsettled or position - self._settled > _LAG:
                self._write(position, 0)

    # Forgetting

    def forget(self, subject: str, at: int) -> bool:
        """Destroy the subject's keys; ``at`` in ms. True when no byte of them is left in the files.

        False: they are destroyed, but another process still reads the file; ``finish_forgetting`` goes on.
        Whoever is forgotten may come again: later values have a new key.
        """
        position = self._position()
        with self._mutex:
            self._write(position, 0, [(subject, at)])
            self._held.pop(subject, None)
            return self._scrub()

    def finish_forgetting(self) -> bool:
        """Truncate the write-ahead log; True when it is done."""
        with self._mutex:
            return self._scrub()

    def forgotten(self) -> list[tuple[str, int]]:
        """Who was forgotten, and when (ms)."""
        with self._mutex:
            rows = self._db.execute("SELECT subject, at FROM forgotten ORDER BY at, subject").fetchall()
        return [(subject.hex(), at) for subject, at in rows]

    def replay(self, forgotten: Iterable[tuple[str, int]]) -> bool:
        """Forget again after a restore: ``forgotten`` is the list from before it. True as for ``forget``."""
        known = set(self.forgotten())
        lost = [each for each in forgotten if each not in known]
        with self._mutex:
            if lost:
                self._write(self._settled, 0, lost)
                for subject, _ in lost:
                    self._held.pop(subject, None)
            return self._scrub()

    def copy_to(self, path: Path) -> None:
        """A consistent copy of the file, for a backup taken after the log's and kept apart from it."""
        self.settle()
        with self._mutex:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            target = sqlite3.connect(path)
            try:
                self._db.backup(target)
            finally:
                target.close()

    def close(self) -> None:
        self.settle()
        with self._mutex:
            self._db.close()

    def _position(self) -> int:
        return self._settled if self._log is None else self._log.head().position

    def _hold(self, subject: str, no: int, key: bytes) -> None:
        self._held[subject] = (no, AESGCM(key))
        if len(self._held) > _CACHED:
            self._held.popitem(last=False)

    def _write(
        self,
        position: int,
        make: int,
        forget: Iterable[tuple[str, int]] = (),
        owners: Iterable[tuple[int, str]] = (),
    ) -> None:
        """One synced transaction: owners so far, new keys, keys destroyed; ``position`` as for ``settled``."""
        db = self._db
        made: list[tuple[int, bytes]] = []
        try:
            db.execute("BEGIN IMMEDIATE")
            pairs = [*self._unsettled, *owners]
            last = max(self._last, *(no for no, _ in pairs)) if pairs else self._last
            db.executemany(
                "INSERT OR IGNORE INTO owner VALUES (?, ?)", [(no, bytes.fromhex(subject)) for no, subject in pairs]
            )
            db.execute("UPDATE state SET settled = ?", (position,))
            if make:
                random = os.urandom(KEY_BYTES * make)
                made = [(last + n + 1, random[n * KEY_BYTES : (n + 1) * KEY_BYTES]) for n in range(make)]
                db.executemany("INSERT INTO key VALUES (?, ?)", made)
                last += make
            for subject, at in forget:
                row = (bytes.fromhex(subject),)
                db.execute(
                    "UPDATE key SET key = zeroblob(32) WHERE no IN (SELECT no FROM owner WHERE subject = ?)", row
                )
                db.execute("INSERT OR IGNORE INTO forgotten VALUES (?, ?)", (*row, at))
            db.execute("COMMIT")
        except sqlite3.Error as error:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise failure(error, self._path) from error
        self._unsettled.clear()
        self._settled, self._last = position, last
        self._spare.extend(made)

    def _scrub(self) -> bool:
        try:
            busy, _, _ = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as error:
            raise failure(error, self._path) from error
        return busy == 0
