"""The reaction that tells the person behind a case: accepted, to be corrected, ready, overdue.

What it does is a message handed to a port and no command. The port takes an id once, so a kill between the hand-over
and the cursor's move, or a cursor that begins anew, sends nothing twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from hub.core.hub import Hub
from hub.core.submission import Command
from hub.domain.cases import events as e
from hub.domain.cases import tolerance_events as t
from hub.domain.cases.evolve import evolve
from hub.domain.cases.records import CORRECTING, LEGAL, PROMISED, TOLERANCE, ClockStart
from hub.domain.cases.state import Case
from hub.domain.catalogue.item import Item
from hub.domain.hall.profile import Hall
from hub.log.codec import Codec
from hub.log.entry import Entry
from hub.log.port import LogReader
from hub.notices import texts
from hub.notices.port import Message, Port

TOLD = frozenset(
    {
        "case-accepted",
        "case-deemed-accepted",
        "correction-told",
        "case-decided",
        "owed-chased",
        "tolerance-expired",
        "deadline-missed",
    }
)
NAMED = frozenset({"case-opened", "external-case-registered", "applicant-changed"})


class CaseMessages:
    """A ``Reaction``. ``reading`` reads the case's own entries in a worker thread."""

    name = "case-messages"
    version = 1
    types = TOLD

    def __init__(self, hub: Hub, reading: LogReader, port: Port) -> None:
        self._hub = hub
        self._reading = reading
        self._port = port

    async def react(self, entry: Entry) -> Mapping[str, Command]:
        """No command. Raises ``NoRoom``, then the entry is taken again."""
        await asyncio.to_thread(self._tell, entry, self._hub.profile().hall)
        return {}

    def _tell(self, entry: Entry, hall: Hall) -> None:
        message = message_of(entry, self._reading, self._hub.codec, hall)
        if message is not None:
            self._port.send(message)


@dataclass(frozen=True, slots=True)
class _About:
    """``case``: as it stood after the entry; ``delivered``: it has been since. ``person``: who asked last."""

    case: Case
    event: e.CaseEvent
    name: str
    person: str
    delivered: bool


def message_of(entry: Entry, reading: LogReader, codec: Codec, hall: Hall) -> Message | None:
    """The message that an entry of a case causes; None for most. It is the same however often it is asked for.

    What has been handed over by now is not announced. Its id is the entry's hash, which no other entry ever has.
    """
    if entry.type.partition("/")[0] not in TOLD:
        return None
    about = _read(entry, reading, codec)
    if about is None or not about.person:
        return None
    case, event = about.case, about.event
    item = case.item

    def told(kind: texts.Kind, due: str = "", missing: Sequence[str] = (), words: texts.Words | None = None) -> Message:
        return texts.message(
            kind,
            id=entry.hash.hex(),
            case=case.number,
            to=about.person,
            at=event.at,
            name=about.name,
            item=item.zh,
            item_en=item.en,
            due=due,
            place=hall.zh,
            place_en=hall.en,
            missing=_names(item, missing, "zh"),
            missing_en=_names(item, missing, "en"),
            words=words,
        )

    match event:
        case e.CaseAccepted() | e.CaseDeemedAccepted():
            due = _due(event.clocks, PROMISED) or _due(event.clocks, LEGAL)
            return told("accepted", due, words=None if due else texts.ACCEPTED_WITHOUT_LIMIT)
        case e.CorrectionTold():
            cited = list(dict.fromkeys(defect.material for defect in event.defects))
            return told("correction", _due(event.clocks, CORRECTING), cited)
        case e.CaseDecided():
            return None if about.delivered else told("ready")
        case t.OwedChased():
            return told("overdue", event.due, event.owed, texts.OWED_SOON)
        case t.ToleranceExpired():
            clock = next((each for each in reversed(case.clocks) if each.name == TOLERANCE), None)
            return told("overdue", "" if clock is None else clock.due, event.owed)
        case e.DeadlineMissed() if event.clock == CORRECTING:
            return told("overdue", event.due, words=texts.CORRECTION_LATE)
        case _:
            return None


def _read(entry: Entry, reading: LogReader, codec: Codec) -> _About | None:
    case, name, person = Case(), "", ""
    found: e.CaseEvent | None = None
    delivered = False
    for each in reading.read_stream(entry.stream):
        if found is not None:
            delivered = delivered or each.type.startswith("result-delivered")
            continue
        event = cast(e.CaseEvent, codec.decode(each))
        evolve(case, event)
        if each.type.partition("/")[0] in NAMED:
            name, person = codec.unseal(each).get("name") or "", case.person
        if each.version == entry.version:
            found = event
    return None if found is None else _About(case, found, name, person, delivered)


def _due(clocks: Sequence[ClockStart], name: str) -> str:
    return next((clock.due for clock in clocks if clock.clock == name), "")


def _names(item: Item, codes: Sequence[str], language: str) -> list[str]:
    rules = {rule.code: rule for rule in item.materials}
    return [code if (rule := rules.get(code)) is None else (rule.en if language == "en" else rule.zh) for code in codes]
