"""The record of ratings as pages and the API read it, brought up to the log's end first. It blocks: use a thread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hub.domain.queue.events import TicketIssued
from hub.log.codec import Codec, UnknownEvent, UnreadableEvent
from hub.log.cursors import Cursors
from hub.log.entry import Entry, NoRoom
from hub.log.port import LogReader
from hub.views import ratings
from hub.views.rating_record import RatingRecord
from hub.views.ratings import Figures, RectificationRow
from hub.views.visit_trace import VisitTrace, visit_trace

ROUNDS = 20
"""Batches that one page reads at most; a record that is built again is shown as far as it came."""


class RatingBook:
    """Reads from any thread. ``cursors`` may be shared with the hub's readers; who comes first reads on."""

    def __init__(self, reading: LogReader, cursors: Cursors, codec: Codec) -> None:
        self._reading = reading
        self._cursors = cursors
        self._codec = codec
        self.record = RatingRecord(codec)

    def bring_up(self) -> bool:
        """Read what was committed since the last look; False when there is more, or no room to write it down."""
        try:
            return any(not self._cursors.catch_up(self._reading, self.record) for _ in range(ROUNDS))
        except NoRoom:
            return False

    def provisional(self) -> list[str]:
        """Tickets of open cases with a provisional due date, as of the log's end. Raises ``NoRoom``, ``LogBroken``."""
        while self._cursors.catch_up(self._reading, self.record):
            pass
        return ratings.provisional_ones(self._cursors)

    def open(self, now: int) -> list[RectificationRow]:
        return ratings.open_rectifications(self._cursors, now)

    def closed(self, now: int, month: str) -> list[RectificationRow]:
        return ratings.closed_rectifications(self._cursors, now, month)

    def one(self, now: int, ticket: str) -> RectificationRow | None:
        return ratings.rectification(self._cursors, now, ticket)

    def counts(self, now: int) -> Mapping[str, float]:
        """The open ones by ``in-time`` and ``overdue``."""
        return ratings.counts(self._cursors, now)

    def figures(self, now: int, months: Sequence[str]) -> list[Figures]:
        """Of every window that has any, from the first of the months to the last."""
        return ratings.figures(self._cursors, now, months[0], months[-1])

    def trace(self, row: RectificationRow) -> VisitTrace:
        """Who did what when, from the number to the last step."""
        told = [(entry.actor, event) for entry, event in self._of(row)]
        return visit_trace(row.ticket, told)

    def phone(self, row: RectificationRow) -> str | None:
        """The number the visitor left, in clear, for calling back; None when they left none or were forgotten."""
        for entry, event in self._of(row):
            if isinstance(event, TicketIssued):
                return self._codec.unseal(entry).get("phone") if row.has_phone else None
        return None

    def _of(self, row: RectificationRow) -> Iterator[tuple[Entry, object]]:
        mine = row.ticket.encode()
        for stream in (f"queue/{row.day}", f"rectification/{row.ticket}"):
            for entry in self._reading.read_stream(stream):
                if mine in entry.data:  # spares decoding the whole day
                    try:
                        yield entry, self._codec.decode(entry)
                    except (UnknownEvent, UnreadableEvent):
                        continue
