"""The log in memory, for tests and trials: the same contract as on disk, gone with the process."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from threading import Lock as Mutex

from hub.log.chain import GENESIS, SALT_BYTES, extend
from hub.log.entry import Batch, DeviceStep, Entry, Head, KeyedOutcome, LogBroken, NoRoom, Progress, Snapshot


class MemoryLog:
    """A ``Log``. With ``room`` it holds that many entries, and ``append`` raises ``NoRoom`` past them."""

    def __init__(self, salts: Callable[[int], bytes] = os.urandom, room: int | None = None) -> None:
        self.room = room
        self._salts = salts
        self._mutex = Mutex()
        self._broken: LogBroken | None = None
        self._entries: list[Entry] = []
        self._streams: dict[str, list[Entry]] = {}
        self._versions: set[tuple[str, int]] = set()
        self._outcomes: dict[bytes, KeyedOutcome] = {}
        self._present: dict[str, Progress] = {}
        self._left: dict[tuple[str, str], int] = {}
        self._steps: dict[tuple[str, str, int], DeviceStep] = {}
        self._snapshots: dict[str, Snapshot] = {}

    def append(self, batch: Batch) -> list[Entry]:
        with self._mutex:
            if self._broken is not None:
                raise self._broken
            if self.room is not None and len(self._entries) + len(batch.drafts) > self.room:
                raise NoRoom(f"room for {self.room} entries only")
            problem = self._conflict(batch)
            if problem is not None:
                self._broken = LogBroken(problem)
                raise self._broken
            salts = self._salts(SALT_BYTES * len(batch.drafts))
            entries = extend(self.head(), batch.drafts, batch.recorded_at, salts)
            self._entries.extend(entries)
            for entry in entries:
                self._versions.add((entry.stream, entry.version))
                stream = self._streams.setdefault(entry.stream, [])
                stream.append(entry)
                if len(stream) > 1 and stream[-2].version > entry.version:
                    stream.sort(key=lambda each: each.version)
            for kept in batch.outcomes:
                self._outcomes[kept.id] = kept
            for step in batch.steps:
                present = self._present.get(step.device)
                if present is not None and present.epoch != step.epoch:
                    self._left[step.device, present.epoch] = step.at
                self._present[step.device] = Progress(step.device, step.epoch, step.seq)
                self._steps[step.device, step.epoch, step.seq] = step
            return entries

    def _conflict(self, batch: Batch) -> str | None:
        """Why the batch cannot be stored."""
        versions = [(draft.stream, draft.version) for draft in batch.drafts]
        if len(set(versions)) < len(versions) or not self._versions.isdisjoint(versions):
            return "a stream has this version already"
        ids = [kept.id for kept in batch.outcomes]
        if len(set(ids)) < len(ids) or not self._outcomes.keys().isdisjoint(ids):
            return "a command id has an outcome already"
        present: dict[str, Progress] = {}
        left: set[tuple[str, str]] = set()
        for step in batch.steps:
            now = present.get(step.device) or self._present.get(step.device)
            if now is not None and now.epoch == step.epoch and step.seq <= now.seq:
                return f"{step.device}: seq {step.seq} of epoch {step.epoch} was taken already"
            if now is not None and now.epoch != step.epoch:
                left.add((step.device, now.epoch))
                if (step.device, step.epoch) in left or (step.device, step.epoch) in self._left:
                    return f"{step.device}: epoch {step.epoch} was left already"
            present[step.device] = Progress(step.device, step.epoch, step.seq)
        return None

    def kept(self, command: bytes) -> KeyedOutcome | None:
        found = self._outcomes.get(command)
        return found if found is not None and found.forever else None

    def outcome(self, command: bytes) -> KeyedOutcome | None:
        return self._outcomes.get(command)

    def outcomes(self, commands: Sequence[bytes]) -> dict[bytes, KeyedOutcome]:
        return {command: self._outcomes[command] for command in commands if command in self._outcomes}

    def step(self, device: str, epoch: str, seq: int) -> DeviceStep | None:
        return self._steps.get((device, epoch, seq))

    def progress(self, device: str) -> Progress | None:
        return self._present.get(device)

    def knows_epoch(self, device: str, epoch: str) -> bool:
        present = self._present.get(device)
        return (present is not None and present.epoch == epoch) or (device, epoch) in self._left

    def prune(self, before: int, limit: int = 2000) -> int:
        with self._mutex:
            outcomes = [key for key, kept in self._outcomes.items() if kept.at < before and not kept.forever][:limit]
            steps = [key for key, step in self._steps.items() if step.at < before][: limit - len(outcomes)]
            room = limit - len(outcomes) - len(steps)
            epochs = [key for key, at in self._left.items() if at < before][:room]
            for command in outcomes:
                del self._outcomes[command]
            for taken in steps:
                del self._steps[taken]
            for epoch in epochs:
                del self._left[epoch]
            return len(outcomes) + len(steps) + len(epochs)

    def put_snapshot(self, snapshot: Snapshot) -> None:
        self._snapshots[snapshot.stream] = snapshot

    def snapshot(self, stream: str, fold: str) -> Snapshot | None:
        found = self._snapshots.get(stream)
        return found if found is not None and found.fold == fold else None

    def checkpoint(self) -> None:
        """Nothing to move."""

    def head(self) -> Head:
        if not self._entries:
            return Head(0, GENESIS)
        last = self._entries[-1]
        return Head(last.position, last.hash)

    def read(self, after: int, limit: int) -> list[Entry]:
        return self._entries[after : after + limit]

    def read_stream(self, stream: str, after_version: int = 0) -> Iterator[Entry]:
        return iter([entry for entry in self._streams.get(stream, ()) if entry.version > after_version])

    def streams(self, prefix: str) -> list[str]:
        return sorted(name for name in self._streams if name.startswith(prefix))

    def counts(self, after: int) -> dict[str, int]:
        return dict(Counter(entry.stream.partition("/")[0] for entry in self._entries[after:]))

    def close(self) -> None:
        """Nothing to let go of; what it held can still be read."""
