"""What the routes and pages of cases work with: cases read from the log, and where a caller stands."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from hub.core.case_log import CaseRecord
from hub.core.listed_items import Listed as Listed
from hub.core.listed_items import item_in_force as item_in_force
from hub.domain.cases.events import ResultDelivered
from hub.domain.cases.machine import DECIDED, DELIVERED
from hub.domain.cases.review import SUPERVISOR
from hub.domain.hall.profile import OUTLET
from hub.domain.refusals import Refused
from hub.materials.turned_away import TurnedAway
from hub.web.access.dependencies import Caller
from hub.web.site import Site


@dataclass(frozen=True, slots=True)
class Standing:
    """As whom the rules take a caller. ``name``: as it stands in ``by``."""

    name: str
    role: str
    department: str


def standing(caller: Caller) -> Standing:
    """An administrator acts as the supervisor does."""
    name = caller.name if caller.kind == "account" else caller.actor
    role = SUPERVISOR if caller.role == "administrator" else caller.role
    return Standing(name, role, caller.department)


async def read_case(here: Site, id: str) -> CaseRecord:
    """As the log has it now. Raises ``Refused("unknown-case")``."""
    found = await asyncio.to_thread(here.case_log.read, id)
    if found is None:
        raise Refused("unknown-case")
    return found


@dataclass(frozen=True, slots=True)
class Absent:
    """SHA-256 of a case's files that were announced: ``coming`` are not here yet 文件未到, ``refused`` came and were no
    material 文件被拒收, so that the applicant has to send others.
    """

    coming: frozenset[str]
    refused: frozenset[str]


async def absent_files(here: Site, record: CaseRecord) -> Absent:
    """Looked for in the store and among what was turned away."""
    named = {supply.sha256 for supply in record.case.materials.values() if supply.sha256}
    away = TurnedAway(here.hub.paths.fetching)

    def look() -> Absent:
        missing = {each for each in named if not here.materials.store.has(each)}
        refused = frozenset(each for each in missing if away.has(each))
        return Absent(frozenset(missing - refused), refused)

    return await asyncio.to_thread(look)


def may_see_person(caller: Caller, record: CaseRecord) -> bool:
    """Whether personal values may be shown in clear: to the clerk of the case, and to who supervises."""
    return caller.may("case.person") or (caller.kind == "account" and caller.name == record.case.clerk)


def may_see_name(here: Site, caller: Caller, record: CaseRecord) -> bool:
    """Whether the names of the applicant and of who acts for it may be shown in clear, but nothing else of them.

    Whoever hands out a result compares them with a document and prints them on the delivery certificate: a clerk who
    sits at a window of the outlet, while the result waits there, and who handed it out, afterwards.
    """
    if may_see_person(caller, record):
        return True
    if caller.kind != "account" or not caller.may("case.deliver"):
        return False
    state = record.case.state
    if state == DECIDED:
        day = here.hub.day()
        window = day.windows.get(day.clerks.get(caller.name, ""))
        return window is not None and OUTLET in window.categories
    handed = next((event for _, event in reversed(record.told) if isinstance(event, ResultDelivered)), None)
    return state == DELIVERED and handed is not None and handed.by == caller.name


def unmasking(here: Site, caller: Caller, record: CaseRecord) -> str:
    """What the caller may ask for in clear, by the rest of the API's path: person, names, or empty."""
    if may_see_person(caller, record):
        return "person"
    return "names" if may_see_name(here, caller, record) else ""
