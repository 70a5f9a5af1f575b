"""Who sees which consultations, and what pages and API show of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from hub.domain.cases.review import SUPERVISOR
from hub.domain.consultations.coverage import Coverage, coverage
from hub.domain.consultations.state import ENTERED, Consultation
from hub.domain.refusals import Refused
from hub.views.consultation_book import Talk
from hub.views.consultation_record import ConsultationRow
from hub.web.access.dependencies import Caller
from hub.web.cases import standing
from hub.web.site import Site


@dataclass(frozen=True, slots=True)
class Asked:
    """``open``: waiting ones by due moment, then the answered; ``complete``: the record is up to the log's end."""

    open: list[ConsultationRow]
    closed: list[ConsultationRow]
    complete: bool


def scope(caller: Caller) -> str | None:
    """Of which department the caller sees the consultations; None: of all, empty: the general ones."""
    who = standing(caller)
    return None if who.role == SUPERVISOR else who.department


def may_see(caller: Caller, asked: Consultation) -> bool:
    """Clerks see besides what was asked at a window or on the phone."""
    of = scope(caller)
    return of is None or of == asked.department or (caller.may("consultation.enter") and asked.channel in ENTERED)


async def asked_of(here: Site, caller: Caller) -> Asked:
    of, book = scope(caller), here.consultations

    def read() -> Asked:
        complete = book.bring_up()
        return Asked(book.open(of), book.closed(of), complete)

    return await asyncio.to_thread(read)


async def talk_of(here: Site, caller: Caller, id: str) -> Talk:
    """Raises ``Refused("unknown-consultation")``, also for what the caller may not see."""
    found = await asyncio.to_thread(here.consultations.talk, id)
    if found is None or not may_see(caller, found.asked):
        raise Refused("unknown-consultation")
    return found


def covered(here: Site) -> Coverage:
    """How many items of the catalogue in force are open to consultation."""
    version = here.hub.catalogue_in_force()
    return coverage(here.hub.profile(), () if version is None else version.items.values())
