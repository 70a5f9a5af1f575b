"""One case as an account may see it: where it is, whose turn, until when and by which rule, and what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.core.case_log import CaseRecord
from hub.domain.cases.almanac import Almanac
from hub.domain.cases.clocks import faces
from hub.domain.cases.lights import Light, worst
from hub.domain.cases.materials import CheckLine, checklist
from hub.domain.cases.records import ORGANISATION
from hub.domain.cases.state import Case, Opinion
from hub.domain.cases.visibility import shown_state, verdicts, visible_to
from hub.domain.hall.profile import HallProfile
from hub.views.cases.history import Happening, history
from hub.views.cases.lines import Timeline, timeline
from hub.views.cases.next import Turn, hindrance, legal, shortage, turn
from hub.views.cases.words import STEPS, VERDICTS, step_words
from hub.views.masks import masked_identity, masked_name, masked_phone
from hub.views.words import Words, of


@dataclass(frozen=True, slots=True)
class Reader:
    """As whom a case is looked at, see ``hub.domain.cases.visibility``."""

    role: str
    department: str


@dataclass(frozen=True, slots=True)
class Person:
    """Masked. ``kind``: person or organisation; ``contact`` and its phone empty without one."""

    kind: str
    name: str
    identity: str
    phone: str
    contact: str
    contact_phone: str


@dataclass(frozen=True, slots=True)
class StepLook:
    """``verdict`` None: none yet, or not to be read. ``text``: of the opinion, empty when it may not be read."""

    id: str
    named: Words
    department: Words
    state: Words
    by: str
    verdict: Words | None
    text: str


@dataclass(frozen=True, slots=True)
class CaseLook:
    """``legal``: acts that may follow, by the API's path; ``against``: why it cannot be accepted or decided
    yet."""

    id: str
    case: Case
    person: Person
    turn: Turn | None
    light: Light
    timeline: Timeline | None
    checklist: tuple[CheckLine, ...]
    steps: tuple[StepLook, ...]
    opinions: tuple[Opinion, ...]
    history: tuple[Happening, ...]
    legal: tuple[str, ...]
    against: Words | None


def look(record: CaseRecord, reader: Reader, almanac: Almanac, profile: HallProfile, now: int, today: str) -> CaseLook:
    """``today``: the business day of ``now``."""
    case = record.case
    departments = {each.code: Words(each.zh, each.en) for each in profile.departments}
    lines = checklist(case, today)
    opinions = visible_to(case, reader.role, reader.department)
    told = ((entry.actor, event) for entry, event in record.told)
    return CaseLook(
        id=record.id,
        case=case,
        person=_person(record),
        turn=turn(case, faces(case, almanac), departments),
        light=worst(case, almanac, now, today),
        timeline=timeline(case, almanac, now, today),
        checklist=lines,
        steps=_steps(case, reader, opinions, departments),
        opinions=opinions,
        history=history(case, told, {(each.step, each.by, each.at) for each in opinions}),
        legal=legal(case),
        against=hindrance(case) or shortage(case, lines),
    )


def _person(record: CaseRecord) -> Person:
    known = record.applicant
    acting = known.contact_name is not None
    return Person(
        known.kind,
        masked_name(known.name, organisation=known.kind == ORGANISATION),
        masked_identity(known.identity),
        masked_phone(known.phone),
        masked_name(known.contact_name) if acting else "",
        masked_phone(known.contact_phone) if acting else "",
    )


def _steps(
    case: Case, reader: Reader, opinions: tuple[Opinion, ...], departments: Mapping[str, Words]
) -> tuple[StepLook, ...]:
    spoken = verdicts(case, reader.role, reader.department)
    texts = {each.step: each.text for each in opinions}
    return tuple(
        StepLook(
            id=step.id,
            named=step_words(step.id, case.item),
            department=departments.get(step.department, Words(step.department, step.department)),
            state=of(STEPS, shown_state(case, step.id, opinions)),
            by=step.by,
            verdict=of(VERDICTS, spoken[step.id]) if spoken.get(step.id) else None,
            text=texts.get(step.id, ""),
        )
        for step in case.steps.values()
    )
