"""The command ledger: what became of every command, so that none is run twice.

Judged in this order: a known id gets its stored result, even past its deadline; a fence below the highest seen is
`rejected` (and not stored: a newer hub may send the same id under its own fence); a passed deadline is `expired`.
A command that was running when the process ended is `unknown` at the next start and is never run again.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from devices.wire.codec import encode
from devices.wire.messages import Command, Result, ResultState

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS results (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, at TEXT NOT NULL, facts BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS fence (one INTEGER PRIMARY KEY CHECK (one = 1), highest INTEGER NOT NULL) STRICT;
INSERT OR IGNORE INTO fence VALUES (1, 0);
"""
_FACTS: Final = msgspec.json.Decoder(dict[str, object])


@dataclass(frozen=True, slots=True)
class Settled:
    """The answer is known without running anything."""

    result: Result


@dataclass(frozen=True, slots=True)
class Due:
    """The command is to be run."""

    command: Command


Verdict: TypeAlias = Settled | Due


class Ledger:
    """The last `kept` commands of one device. Without a path it lives and dies with the process."""

    def __init__(self, path: Path | None = None, *, kept: int = 10_000, now: datetime | None = None) -> None:
        """`now` dates the `unknown` of commands that were interrupted; without it their last known time stays."""
        self._kept = kept
        self._results: dict[str, Result] = {}
        self._file = None if path is None else _open(path)
        self.fence = 0
        self.interrupted: tuple[Result, ...] = ()
        if self._file is not None:
            self._load(self._file, now)

    def judge(self, command: Command, hub_now: datetime) -> Verdict:
        """What to do about a command, in the hub's time. Refusals for good are stored before they are returned."""
        known = self._results.get(command.id)
        if known is not None:
            return Settled(known)
        if command.fence < self.fence:
            facts: dict[str, object] = {"code": "stale-fence", "fence": self.fence}
            return Settled(Result(command.id, "rejected", hub_now, facts))
        if command.fence > self.fence:
            self._raise_fence(command.fence)
        if hub_now > command.deadline:
            return Settled(self.record(command.id, "expired", hub_now, {}))
        return Due(command)

    def record(self, id_: str, state: ResultState, at: datetime, facts: dict[str, object]) -> Result:
        """Stores how far a command is, durably, and returns it. `running` must be stored before the metal moves."""
        result = Result(id_, state, at, facts)
        if self._file is not None:
            with self._file:
                self._file.execute(
                    "INSERT INTO results (id, state, at, facts) VALUES (?, ?, ?, ?) "
                    "ON CONFLICT (id) DO UPDATE SET state = excluded.state, at = excluded.at, facts = excluded.facts",
                    (id_, state, at.isoformat(), encode(facts)),
                )
                self._file.execute("DELETE FROM results WHERE n <= (SELECT max(n) FROM results) - ?", (self._kept,))
        self._results[id_] = result
        while len(self._results) > self._kept:
            del self._results[next(iter(self._results))]
        return result

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _raise_fence(self, fence: int) -> None:
        if self._file is not None:
            with self._file:
                self._file.execute("UPDATE fence SET highest = ?", (fence,))
        self.fence = fence

    def _load(self, file: sqlite3.Connection, now: datetime | None) -> None:
        (self.fence,) = file.execute("SELECT highest FROM fence").fetchone()
        rows = file.execute("SELECT id, state, at, facts FROM results ORDER BY n").fetchall()
        for id_, state, at, facts in rows:
            self._results[id_] = Result(id_, state, datetime.fromisoformat(at), _FACTS.decode(facts))
        running = [result for result in self._results.values() if result.state == "running"]
        self.interrupted = tuple(
            self.record(result.id, "unknown", now or result.at, {"code": "interrupted"}) for result in running
        )


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = sqlite3.connect(path)
    file.execute("PRAGMA journal_mode=WAL")
    file.execute("PRAGMA synchronous=FULL")
    # A text message and its number stand in no facts, but what stands there may name a person's ticket.
    file.execute("PRAGMA secure_delete=ON")
    file.executescript(_SCHEMA)
    return file
