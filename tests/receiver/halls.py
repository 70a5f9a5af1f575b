"""Logs of halls as their hubs send them."""

from __future__ import annotations

import os
from collections.abc import Sequence

import msgspec

from hub.log.chain import GENESIS, SALT_BYTES, extend
from hub.log.entry import Draft, Entry, Head
from hub.sync.envelope import CloudEvent, whole

AT = 1_764_000_000_000
DAY = "2025-11-24"


class Hall:
    """A hall's log and what goes up of it."""

    def __init__(self, name: str = "hall-1", epoch: str = "e1", entries: Sequence[Entry] = ()) -> None:
        self.name = name
        self.epoch = epoch
        self.entries = list(entries)
        self._versions = {entry.stream: entry.version for entry in entries}

    def write(self, stream: str, type: str, at: int = AT, **data: object) -> Entry:
        return self._append([(stream, type, msgspec.json.encode({**data, "at": at}))], at)[0]

    def tickets(self, count: int, day: str = DAY) -> None:
        self._append(
            [
                (f"queue/{day}", "ticket-issued", b'{"ticket":"%032x","number":"A012","ahead":7,"at":%d}' % (n, AT))
                for n in range(self.head + 1, self.head + count + 1)
            ],
            AT,
        )

    def _append(self, told: Sequence[tuple[str, str, bytes]], at: int) -> list[Entry]:
        drafts: list[Draft] = []
        for stream, type, data in told:
            self._versions[stream] = self._versions.get(stream, 0) + 1
            drafts.append(Draft(stream, self._versions[stream], type, at, "kiosk/kiosk-1", bytes(16), data))
        last = self.entries[-1] if self.entries else None
        head = Head(0, GENESIS) if last is None else Head(last.position, last.hash)
        made = extend(head, drafts, at + 5, os.urandom(SALT_BYTES * len(drafts)))
        self.entries += made
        return made

    @property
    def head(self) -> int:
        return len(self.entries)

    def hash(self, position: int) -> str:
        return self.entries[position - 1].hash.hex() if position else GENESIS.hex()

    def events(self, after: int = 0, limit: int = 1_000_000) -> list[CloudEvent]:
        source = f"/halls/{self.name}/{self.epoch}"
        return [whole(entry, source) for entry in self.entries[after : after + limit]]

    def restored(self, position: int, epoch: str) -> Hall:
        """The same hall from a backup of ``position`` entries."""
        return Hall(self.name, epoch, self.entries[:position])
