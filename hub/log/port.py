"""The seam of the log: SQLite, memory and later PostgreSQL pass one contract suite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from hub.log.entry import Batch, DeviceStep, Entry, Head, KeyedOutcome, Progress, Snapshot


class LogReader(Protocol):
    """Reading, from any thread or process, also while a hub writes."""

    def head(self) -> Head: ...

    def read(self, after: int, limit: int) -> list[Entry]:
        """Up to ``limit`` entries with position > ``after``, in order."""
        ...

    def read_stream(self, stream: str, after_version: int = 0) -> Iterator[Entry]:
        """The stream's entries with version > ``after_version``, in order."""
        ...

    def streams(self, prefix: str) -> list[str]:
        """Names of streams that begin with ``prefix``, sorted."""
        ...

    def counts(self, after: int) -> dict[str, int]:
        """How many entries with position > ``after`` there are by the first part of their stream's name."""
        ...

    def close(self) -> None: ...


class Log(LogReader, Protocol):
    """The one writer's log."""

    def append(self, batch: Batch) -> list[Entry]:
        """Write the batch in one durable transaction and return its entries.

        Steps of one device stand in their order; the first step of an unknown epoch makes it the device's present
        one and leaves the last. Raises ``NoRoom`` (nothing written) or ``LogBroken``, also when a (stream, version),
        a command id or a (device, epoch, seq) is there already.
        """
        ...

    def kept(self, command: bytes) -> KeyedOutcome | None:
        """The outcome of a command whose outcomes are kept for ever."""
        ...

    def outcome(self, command: bytes) -> KeyedOutcome | None: ...

    def outcomes(self, commands: Sequence[bytes]) -> dict[bytes, KeyedOutcome]:
        """What is stored of these ids: one look for a batch costs a third of one look each."""
        ...

    def step(self, device: str, epoch: str, seq: int) -> DeviceStep | None:
        """The stored step of an event, for a repeat; None when it was never taken or is older than seven days."""
        ...

    def progress(self, device: str) -> Progress | None:
        """The device's present epoch; None for a device never heard."""
        ...

    def knows_epoch(self, device: str, epoch: str) -> bool:
        """Whether the device left this epoch within the last seven days (or is in it)."""
        ...

    def prune(self, before: int, limit: int = 2000) -> int:
        """Drop outcomes not kept for ever and steps recorded before ``before`` (ms), and the epochs left before it.

        The present epoch of a device and how far it was taken stay. Drops about ``limit`` rows at most, so that
        the writer is held up for milliseconds: call it again, between batches, until it returns 0.
        """
        ...

    def put_snapshot(self, snapshot: Snapshot) -> None: ...

    def snapshot(self, stream: str, fold: str) -> Snapshot | None:
        """The stream's snapshot if it was made by this fold; others are dropped."""
        ...

    def checkpoint(self) -> None:
        """Move the write-ahead log into the file without holding up writers; called from another thread, every second.

        A full disk is no error here; raises ``LogBroken`` when the disk cannot be trusted.
        """
        ...
