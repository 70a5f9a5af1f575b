"""What a log says happened, read between two lives of the hub and held against what was promised."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from hub.log.chain import verify
from hub.log.entry import Entry, Head
from hub.log.sqlite import SqliteLog

from .fleet import Fleet


class Book:
    """Follows one log. Raises ``AssertionError`` at the first thing that may not be."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._head: Head | None = None
        self.issued: dict[str, tuple[str, str]] = {}
        self.counts: Counter[tuple[str, str]] = Counter()
        self.called: Counter[str] = Counter()
        self.prints: Counter[str] = Counter()

    def check(self, fleet: Fleet) -> None:
        """Read on, and compare."""
        with closing(SqliteLog(self._path)) as log:
            after = self._head.position if self._head is not None else 0
            entries = log.read(after, log.head().position - after)
            verdict = verify(entries, self._head)
            assert verdict.fault is None, verdict
            assert verdict.head == log.head()
            self._head = verdict.head
            for entry in entries:
                self._read(entry)
            for name, session in fleet.sessions.items():
                outbox = session._delivery.outbox
                progress = log.progress(f"{session.address.kind}/{name}")
                known = progress.seq if progress is not None and progress.epoch == outbox.epoch else 0
                assert outbox.acknowledged <= known, f"{name}: acknowledged {outbox.acknowledged}, kept {known}"
        for actor, promised in fleet.tickets.items():
            for ticket, number in promised.items():
                assert ticket in self.issued, f"{number} was promised to {actor} and is lost"
                assert self.issued[ticket][0] == number
        assert all(count == 1 for count in self.called.values()), "a ticket was called twice"
        assert all(len(windows) == 1 for windows in fleet.calls.values()), "two windows were given one number"

    def _read(self, entry: Entry) -> None:
        data: dict[str, Any] = msgspec.json.decode(entry.data)
        if entry.type == "ticket-issued":
            key = (entry.stream, data["category"])
            self.counts[key] += 1
            assert data["number"] == f"{data['category']}{self.counts[key]:03d}", "a gap, or a number twice"
            assert data["ticket"] not in self.issued
            self.issued[data["ticket"]] = (data["number"], entry.actor)
        elif entry.type == "ticket-called":
            self.called[data["ticket"]] += 1
        elif entry.type == "ticket-printed":
            self.prints[data["ticket"]] += 1

    def check_settled(self, fleet: Fleet) -> None:
        """After everybody was answered: exactly what was promised, every ticket printed once, none called twice."""
        self.check(fleet)
        by_actor: dict[str, set[str]] = {}
        for ticket, (_, actor) in self.issued.items():
            by_actor.setdefault(actor if actor.startswith("kiosk/") else "web", set()).add(ticket)
        promised = {actor: set(tickets) for actor, tickets in fleet.tickets.items() if tickets}
        assert by_actor == promised
        paper = {ticket for actor, tickets in promised.items() if actor != "web" for ticket in tickets}
        assert set(self.prints) == paper
        assert all(count == 1 for count in self.prints.values())
        assert fleet.printed == {f"print-{ticket}-0": 1 for ticket in paper}
