"""Device steps in the log's SQLite file: how far each device was taken, and what a repeat is answered with."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

import msgspec

from hub.log.entry import DeviceStep, LogBroken, Outcome, Progress

MARK_EVERY: Final = 32


class Place(msgspec.Struct, frozen=True, gc=False):
    """A device's present epoch: its row, how far it was taken, and the row of its last step."""

    no: int
    progress: Progress
    last: int


class Steps:
    """All on the writer's connection, inside the writer's transactions.

    The present epoch of every device is kept in memory, so taking a step reads nothing from the file.
    ``write`` leaves memory as it was; ``keep`` takes its result over once the transaction is committed.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._present = {
            device: Place(no, Progress(device, epoch, seq), last)
            for no, device, epoch, seq, last in connection.execute(
                "SELECT no, device, epoch, seq, last FROM epoch WHERE left_at IS NULL"
            )
        }
        self._next: int = connection.execute(
            "SELECT max(ifnull((SELECT max(no) FROM step), 0), ifnull((SELECT max(last) FROM epoch), 0)) + 1"
        ).fetchone()[0]

    def write(self, steps: Sequence[DeviceStep]) -> dict[str, Place]:
        """Store steps; returns the places of the devices that moved. Raises ``LogBroken`` for a seq taken before."""
        moved: dict[str, Place] = {}
        rows: list[tuple[object, ...]] = []
        marks: list[tuple[int, int, int]] = []
        no = self._next
        for step in steps:
            device, seq = step.device, step.seq
            place = moved.get(device) or self._present.get(device)
            if place is None or place.progress.epoch != step.epoch:
                epoch, before = self._enter(place, step), 0
            elif seq > place.progress.seq:
                epoch, before = place.no, place.last
            else:
                raise LogBroken(f"{device}: seq {seq} of epoch {step.epoch} was taken already")
            outcome = step.outcome
            rows.append(
                (no, epoch, seq, before, step.fingerprint, outcome.ok, outcome.reply, outcome.position, step.at)
            )
            if seq % MARK_EVERY == 0:
                marks.append((epoch, seq, no))
            moved[device] = Place(epoch, Progress(device, step.epoch, seq), no)
            no += 1
        self._db.executemany("INSERT INTO step VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        self._db.executemany("INSERT INTO mark VALUES (?, ?, ?)", marks)
        self._db.executemany(
            "UPDATE epoch SET seq = ?, last = ? WHERE no = ?",
            [(place.progress.seq, place.last, place.no) for place in moved.values()],
        )
        return moved

    def keep(self, moved: dict[str, Place]) -> None:
        self._present.update(moved)
        self._next = max(self._next, *(place.last + 1 for place in moved.values())) if moved else self._next

    def progress(self, device: str) -> Progress | None:
        place = self._present.get(device)
        return None if place is None else place.progress

    def knows(self, device: str, epoch: str) -> bool:
        return self._epoch(device, epoch) is not None

    def find(self, device: str, epoch: str, seq: int) -> DeviceStep | None:
        """At most ``MARK_EVERY`` rows are read."""
        known = self._epoch(device, epoch)
        if known is None:
            return None
        epoch_no, at = known
        mark = self._db.execute(
            "SELECT step FROM mark WHERE epoch = ? AND seq >= ? ORDER BY seq LIMIT 1", (epoch_no, seq)
        ).fetchone()
        no: int = at if mark is None else mark[0]
        while True:
            row = self._db.execute(
                "SELECT epoch, seq, before, fingerprint, ok, reply, position, at FROM step WHERE no = ?", (no,)
            ).fetchone()
            if row is None or row[0] != epoch_no or row[1] < seq:
                return None
            if row[1] == seq:
                fingerprint, ok, reply, position, at = row[3:]
                return DeviceStep(device, epoch, seq, fingerprint, Outcome(bool(ok), reply, position), at)
            no = row[2]

    def prune(self, before: int, limit: int) -> int:
        """Drop up to ``limit`` steps recorded before ``before`` and the epochs left before it."""
        old = leading(self._db.execute("SELECT no, at FROM step ORDER BY no LIMIT ?", (limit,)).fetchall(), before)
        if old:
            self._db.execute("DELETE FROM step WHERE no <= ?", (old[-1],))
        left = self._db.execute("SELECT no FROM epoch WHERE left_at < ? LIMIT ?", (before, limit - len(old))).fetchall()
        self._db.executemany("DELETE FROM epoch WHERE no = ?", left)
        if old or left:
            self._db.execute(
                "DELETE FROM mark WHERE step < ifnull((SELECT min(no) FROM step), ?)"
                " OR epoch NOT IN (SELECT no FROM epoch)",
                (self._next,),
            )
        return len(old) + len(left)

    def _epoch(self, device: str, epoch: str) -> tuple[int, int] | None:
        return self._db.execute("SELECT no, last FROM epoch WHERE device = ? AND epoch = ?", (device, epoch)).fetchone()

    def _enter(self, left: Place | None, step: DeviceStep) -> int:
        if left is not None:
            self._db.execute(
                "UPDATE epoch SET seq = ?, last = ?, left_at = ? WHERE no = ?",
                (left.progress.seq, left.last, step.at, left.no),
            )
        entered = self._db.execute(
            "INSERT INTO epoch (device, epoch, seq, last) VALUES (?, ?, 0, 0)", (step.device, step.epoch)
        )
        return entered.lastrowid or 0


def leading(rows: list[tuple[int, int]], before: int) -> list[int]:
    """The first of (no, at) rows, as far as they lie before ``before``: where a clock stepped back, less is dropped."""
    old: list[int] = []
    for no, at in rows:
        if at >= before:
            break
        old.append(no)
    return old
