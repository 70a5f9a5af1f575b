"""Consultations as pages and the API read them, brought up to the log's end first. It blocks: use a thread."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

from hub.domain.consultations import events as e
from hub.domain.consultations.evolve import evolve
from hub.domain.consultations.state import CHANNEL_NAMES, Consultation
from hub.log.codec import Codec
from hub.log.cursors import Cursors
from hub.log.entry import NoRoom
from hub.log.port import LogReader
from hub.views import consultation_record as record
from hub.views.consultation_record import ConsultationRecord, ConsultationRow
from hub.views.visit_trace import who
from hub.views.words import Words

ROUNDS = 20
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the talk. ``text`` None: whose words they were is forgotten. ``n``: of an answer, else 0."""

    at: int
    what: Words
    who: str
    text: str | None
    question: bool = False
    n: int = 0


@dataclass(frozen=True, slots=True)
class Talk:
    """A consultation as the log tells it. ``name`` and ``phone`` in clear, None without."""

    id: str
    asked: Consultation
    name: str | None
    phone: str | None
    said: tuple[Said, ...]


class ConsultationBook:
    """Reads from any thread. ``cursors`` may be shared with the hub's readers; who comes first reads on."""

    def __init__(self, reading: LogReader, cursors: Cursors, codec: Codec) -> None:
        self._reading = reading
        self._cursors = cursors
        self._codec = codec
        self.record = ConsultationRecord(codec)

    def bring_up(self) -> bool:
        """Read what was committed since the last look; False when there is more, or no room to write it down."""
        try:
            return any(not self._cursors.catch_up(self._reading, self.record) for _ in range(ROUNDS))
        except NoRoom:
            return False

    def open(self, department: str | None) -> list[ConsultationRow]:
        return record.open_ones(self._cursors, department) if record.known(self._cursors) else []

    def closed(self, department: str | None) -> list[ConsultationRow]:
        return record.closed_ones(self._cursors, department) if record.known(self._cursors) else []

    def timed(self, at: int, limit: int) -> list[tuple[str, int]]:
        """Ids and due moments of what has become overdue by then and is not on record, as of the log's end.

        Raises ``NoRoom``, ``LogBroken``.
        """
        while self._cursors.catch_up(self._reading, self.record):
            pass
        return record.timed(self._cursors, at, limit)

    def talk(self, id: str) -> Talk | None:
        """What was asked and answered, from the log; None for what was never asked."""
        if not _ID.fullmatch(id):
            return None
        asked, said = Consultation(), list[Said]()
        name = phone = None
        for entry in self._reading.read_stream(f"consultation/{id}"):
            event = cast(e.ConsultationEvent, self._codec.decode(entry))
            evolve(asked, event)
            clear = self._codec.unseal(entry)
            if isinstance(event, e.ConsultationAsked):
                name, phone = clear.get("name"), clear.get("phone")
            said.append(_said(event, who(entry.actor), clear.get("question") or clear.get("text")))
        return Talk(id, asked, name, phone, tuple(said)) if said else None


def _said(event: e.ConsultationEvent, by: str, clear: str | None) -> Said:
    match event:
        case e.ConsultationAsked():
            named = CHANNEL_NAMES[event.channel]
            return Said(event.asked_at, Words(f"{named.zh}提问", f"asked: {named.en}"), by, clear, question=True)
        case e.QuestionAdded():
            return Said(event.asked_at, Words("追问", "asked further"), by, clear, question=True)
        case e.AnswerGiven():
            return Said(event.at, Words(f"第 {event.n} 条答复", f"answer {event.n}"), by, event.text, n=event.n)
        case e.AnswerMarked():
            return Said(event.at, Words(f"正式答复：第 {event.n} 条", f"answer {event.n} is of record"), by, "")
        case e.ConsultationHandedOver():
            return Said(event.at, Words("转办", "handed over"), by, event.why)
        case e.ConsultationClosed():
            return Said(event.at, Words("办结", "closed"), by, event.why)
        case e.ConsultationOverdue():
            return Said(event.at, Words("答复超期", "overdue"), "clock", event.due)
