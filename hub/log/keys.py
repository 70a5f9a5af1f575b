"""Keys of subjects, in a file of their own: what makes a person in an append-only log forgettable.

Theory. No key is of two subjects, but a subject may have several: whoever is not in memory gets a new one, which saves
looking the old one up for each ticket; forgetting destroys all of them.

A key must be on the disk before the first entry that is sealed under it, and a sync of its own for each new subject
would double what a ticket with a phone costs. So keys are made and synced a few hundred ahead, and a new subject only
takes one of these: that needs no write, because each sealed value names its key. Who owns which key is written later,
with the next keys; after a crash what was not written is found again in the log's last entries. Without a log to find
it in (``follow`` was not called) every new owner is written and synced at once.

Keys lie in packs, a row each, and so do owners: a row of its own for each cost more than sealing. A destroyed key is
overwritten in its pack: no row ever moves or changes its size, so no copy stays behind in the file, and the write-ahead
log is truncated before a subject counts as forgotten.
"""

from __future__ import annotations

import os
import sqlite3
import struct
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
_BUSY_MS: Final = 2000
_LAG: Final = 10_000  # entries that a start may have to look through

PACK: Final = 64
_PAIR: Final = struct.Struct(">Q16s")  # a key's number and its subject

_TABLES: Final = (
    # pack n holds the keys numbered n * PACK to n * PACK + PACK - 1
    "CREATE TABLE key (pack INTEGER PRIMARY KEY, keys BLOB NOT NULL)",
    # read from end to end to forget somebody, so that writing it stays sequential
    "CREATE TABLE owner (id INTEGER PRIMARY KEY, pairs BLOB NOT NULL)",
    "CREATE TABLE forgotten (subject BLOB NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (subject, at)) WITHOUT ROWID",
    # settled: the owners of all keys used in entries up to this position are written; taken: their highest number
    "CREATE TABLE state (settled INTEGER NOT NULL, taken INTEGER NOT NULL)",
    "INSERT INTO state VALUES (0, 0)",
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
        self._taken: int = self._db.execute("SELECT taken FROM state").fetchone()[0]
        last = self._db.execute("SELECT max(pack) FROM key").fetchone()[0]
        # A file without keys counts from a random number, so that it never names a key as a lost file did.
        self._next_pack: int = int.from_bytes(os.urandom(5), "big") if last is None else last + 1
        if self._db.execute("SELECT 1 FROM forgotten LIMIT 1").fetchone() is not None:
            self._scrub()  # a crash may have come between the overwriting and the truncation

    def _open(self, path: Path | None) -> sqlite3.Connection:
        name = ":memory:" if path is None else str(path)
        db = sqlite3.connect(name, timeout=_BUSY_MS / 1000, isolation_level=None, check_same_thread=False)
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
            made = self._db.execute("SELECT pack, keys FROM key WHERE pack >= ? ORDER BY pack", (self._taken // PACK,))
            for pack, keys in made.fetchall():
                self._spare.extend((no, key) for no, key in _unpacked(pack, keys) if no > self._taken and any(key))
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
                self._write(self._position(), max(AHEAD if self._log is not None else PACK, len(new)))
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
            key = self._key(box.key)
        if key is None:
            return None
        return sealed.unseal(AESGCM(key), box.sealed, sealed.bound(stream, type, field, box.subject))

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

    def owns(self, subject: str) -> bool:
        """Whether a value of the subject was ever sealed in entries that are settled, forgotten or not."""
        wanted = bytes.fromhex(subject)
        with self._mutex:
            return any(
                pairs[at + 8 : at + _PAIR.size] == wanted
                for (pairs,) in self._db.execute("SELECT pairs FROM owner").fetchall()
                for at in range(0, len(pairs), _PAIR.size)
            )

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

    def _key(self, no: int) -> bytes | None:
        """None: destroyed, or not of this file."""
        row = self._db.execute("SELECT keys FROM key WHERE pack = ?", (no // PACK,)).fetchone()
        if row is None:
            return None
        key: bytes = row[0][no % PACK * KEY_BYTES :][:KEY_BYTES]
        return key if key != bytes(KEY_BYTES) else None

    def _write(
        self,
        position: int,
        make: int,
        forget: Iterable[tuple[str, int]] = (),
        owners: Iterable[tuple[int, str]] = (),
    ) -> None:
        """One synced transaction: owners so far, new keys, keys destroyed; ``position`` as for ``settled``."""
        db = self._db
        pairs = [*self._unsettled, *owners]
        taken = max(self._taken, *(no for no, _ in pairs)) if pairs else self._taken
        first = max(self._next_pack, taken // PACK + 1)  # higher when this file is older than the log
        packs = [os.urandom(KEY_BYTES * PACK) for _ in range(-(-make // PACK))]
        try:
            db.execute("BEGIN IMMEDIATE")
            if pairs:
                packed = b"".join([_PAIR.pack(no, bytes.fromhex(subject)) for no, subject in pairs])
                db.execute("INSERT INTO owner (pairs) VALUES (?)", (packed,))
            db.execute("UPDATE state SET settled = ?, taken = ?", (position, taken))
            db.executemany("INSERT INTO key VALUES (?, ?)", enumerate(packs, first))
            for subject, at in forget:
                self._destroy(bytes.fromhex(subject))
                db.execute("INSERT OR IGNORE INTO forgotten VALUES (?, ?)", (bytes.fromhex(subject), at))
            db.execute("COMMIT")
        except sqlite3.Error as error:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise failure(error, self._path) from error
        self._unsettled.clear()
        self._settled, self._taken, self._next_pack = position, taken, first + len(packs)
        for number, keys in enumerate(packs, first):
            self._spare.extend(_unpacked(number, keys))

    def _destroy(self, subject: bytes) -> None:
        for (pairs,) in self._db.execute("SELECT pairs FROM owner").fetchall():
            at = pairs.find(subject)
            while at >= 0:
                if at % _PAIR.size == 8:
                    self._overwrite(_PAIR.unpack_from(pairs, at - 8)[0])
                at = pairs.find(subject, at + 1)

    def _overwrite(self, no: int) -> None:
        row = self._db.execute("SELECT keys FROM key WHERE pack = ?", (no // PACK,)).fetchone()
        if row is not None:
            keys = bytearray(row[0])
            begin = no % PACK * KEY_BYTES
            keys[begin : begin + KEY_BYTES] = bytes(KEY_BYTES)
            self._db.execute("UPDATE key SET keys = ? WHERE pack = ?", (bytes(keys), no // PACK))

    def _scrub(self) -> bool:
        try:
            # not waiting for a reader here: whoever seals meanwhile would wait too
            self._db.execute("PRAGMA busy_timeout=0")
            try:
                busy, _, _ = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                self._db.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
        except sqlite3.Error as error:
            raise failure(error, self._path) from error
        return busy == 0


def _unpacked(pack: int, keys: bytes) -> list[tuple[int, bytes]]:
    """The keys of a pack with their numbers."""
    return [(pack * PACK + n, keys[n * KEY_BYTES : (n + 1) * KEY_BYTES]) for n in range(PACK)]
