"""What the API shows of cases. Times are RFC 3339 in UTC, days dates; personal values are masked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hub.domain.cases.materials import CheckLine
from hub.views.cases.lines import ClockLine
from hub.views.cases.look import CaseLook, Person
from hub.views.cases.rows import CaseRow
from hub.web.api.shapes import utc


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """A row of a list. ``number`` empty: a draft. ``due`` of ``clock``, the running clock that is due next."""

    case: str
    number: str
    item: str
    item_zh: str
    item_en: str
    department: str
    state: str
    outcome: str
    clock: str
    due: str
    due_at: datetime | None
    provisional: bool
    stopped: bool
    owed: int
    ticket_number: str | None
    window: str | None
    clerk: str | None
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class CasesShape:
    """``after``: give it to the same question for the next page; empty: this was the last."""

    cases: tuple[CaseSummary, ...]
    after: str
    complete: bool


@dataclass(frozen=True, slots=True)
class StopShape:
    from_day: str
    to_day: str | None


@dataclass(frozen=True, slots=True)
class ClockShape:
    """``state``: running, stopped or ended; ``left``: working days left, negative past the due day; ``light``: green,
    stopped, yellow or red. ``limit`` None: the day was set by hand. ``rule_zh``, ``rule_en``: by which it runs."""

    clock: str
    zh: str
    en: str
    state: str
    day: str
    limit: int | None
    extended: int
    stops: tuple[StopShape, ...]
    due: str | None
    due_at: datetime | None
    left: int | None
    light: str
    calendar: int
    provisional: bool
    rule_zh: str
    rule_en: str


@dataclass(frozen=True, slots=True)
class MaterialShape:
    """``standing``: there, excused, missing, weak or expired."""

    material: str
    zh: str
    en: str
    main: bool
    least_grade: str
    standing: str
    may_owe: bool
    may_promise: bool
    sha256: str
    size: int
    media_type: str
    grade: str
    original: bool
    valid_until: str | None
    verified_by: str
    reused_from: str


@dataclass(frozen=True, slots=True)
class StepShape:
    """``verdict`` and ``text`` are empty before the decision for other departments and for clerks."""

    step: str
    zh: str
    en: str
    department_zh: str
    department_en: str
    state_zh: str
    by: str
    verdict: str
    text: str


@dataclass(frozen=True, slots=True)
class HappeningShape:
    at: datetime
    zh: str
    en: str
    who: str
    note: str


@dataclass(frozen=True, slots=True)
class TurnShape:
    """Whose turn it is, to do what; ``due`` of ``clock``, None when nothing runs for it."""

    who_zh: str
    who_en: str
    what_zh: str
    what_en: str
    clock: str | None
    due: str | None


@dataclass(frozen=True, slots=True)
class CaseShape:
    """One case. ``acts``: what may follow, by the rest of the path. ``catalogue``: the version it is pinned to."""

    case: str
    number: str
    state: str
    outcome: str
    reason: str
    item: str
    item_zh: str
    item_en: str
    department: str
    catalogue: int
    category: str
    channel: str
    external: str
    applicant: Person
    ticket: str | None
    window: str | None
    clerk: str | None
    opened_at: datetime
    received_at: datetime | None
    accepted_at: datetime | None
    deemed: bool
    decided_at: datetime | None
    delivered_at: datetime | None
    result: str
    light: str
    turn: TurnShape | None
    clocks: tuple[ClockShape, ...]
    materials: tuple[MaterialShape, ...]
    owed: tuple[str, ...]
    asked: tuple[str, ...]
    steps: tuple[StepShape, ...]
    acts: tuple[str, ...]
    history: tuple[HappeningShape, ...]


@dataclass(frozen=True, slots=True)
class ObjectionShape:
    made_at: datetime
    words: str | None


@dataclass(frozen=True, slots=True)
class PersonShape:
    """Personal values in clear; None: not given, or forgotten. ``form``: what was filled in online."""

    kind: str
    name: str | None
    identity: str | None
    phone: str | None
    contact_name: str | None
    contact_identity: str | None
    contact_phone: str | None
    form: dict[str, str]
    objections: tuple[ObjectionShape, ...]


@dataclass(frozen=True, slots=True)
class NamesShape:
    """Names in clear; None: not given, or forgotten."""

    kind: str
    name: str | None
    contact_name: str | None


def case_summary(row: CaseRow) -> CaseSummary:
    return CaseSummary(
        case=row.id,
        number=row.number,
        item=row.item,
        item_zh=row.item_zh,
        item_en=row.item_en,
        department=row.department,
        state=row.state,
        outcome=row.outcome,
        clock=row.clock,
        due=row.due,
        due_at=_utc(row.due_at),
        provisional=row.provisional,
        stopped=row.stopped,
        owed=row.owed,
        ticket_number=row.ticket_number,
        window=row.window,
        clerk=row.clerk,
        opened_at=utc(row.opened_at),
    )


def case_shape(seen: CaseLook) -> CaseShape:
    case, turn = seen.case, seen.turn
    return CaseShape(
        case=seen.id,
        number=case.number,
        state=case.state,
        outcome=case.outcome,
        reason=case.reason,
        item=case.item.code,
        item_zh=case.item.zh,
        item_en=case.item.en,
        department=case.item.department,
        catalogue=case.catalogue,
        category=case.category,
        channel=case.channel,
        external=case.external,
        applicant=seen.person,
        ticket=case.ticket,
        window=case.window,
        clerk=case.clerk,
        opened_at=utc(case.opened_at),
        received_at=_utc(case.received_at or None),
        accepted_at=_utc(case.accepted_at),
        deemed=case.deemed,
        decided_at=_utc(case.decided_at),
        delivered_at=_utc(case.delivered_at),
        result=case.result,
        light=seen.light,
        turn=None
        if turn is None
        else TurnShape(
            turn.who.zh,
            turn.who.en,
            turn.what.zh,
            turn.what.en,
            None if turn.clock is None else turn.clock.name,
            None if turn.clock is None else turn.clock.due,
        ),
        clocks=() if seen.timeline is None else tuple(_clock(line) for line in seen.timeline.lines),
        materials=tuple(_material(line) for line in seen.checklist),
        owed=tuple(case.owed),
        asked=tuple(case.asked),
        steps=tuple(
            StepShape(
                each.id,
                each.named.zh,
                each.named.en,
                each.department.zh,
                each.department.en,
                each.state.zh,
                each.by,
                "" if each.verdict is None else each.verdict.zh,
                each.text,
            )
            for each in seen.steps
        ),
        acts=seen.legal,
        history=tuple(
            HappeningShape(utc(each.at), each.what.zh, each.what.en, each.who, each.note) for each in seen.history
        ),
    )


def _clock(line: ClockLine) -> ClockShape:
    face = line.face
    return ClockShape(
        clock=face.name,
        zh=line.named.zh,
        en=line.named.en,
        state=face.state,
        day=face.day,
        limit=face.limit,
        extended=face.extended,
        stops=tuple(StopShape(stop.from_day, stop.to_day) for stop in face.stops),
        due=face.due,
        due_at=_utc(face.due_at),
        left=line.left,
        light=line.light,
        calendar=face.calendar,
        provisional=face.provisional,
        rule_zh=face.rule.zh,
        rule_en=face.rule.en,
    )


def _material(line: CheckLine) -> MaterialShape:
    held = line.supply
    return MaterialShape(
        material=line.rule.code,
        zh=line.rule.zh,
        en=line.rule.en,
        main=line.rule.main,
        least_grade=line.rule.grade,
        standing=line.standing,
        may_owe=line.may_owe,
        may_promise=line.may_promise,
        sha256="" if held is None else held.sha256,
        size=0 if held is None else held.size,
        media_type="" if held is None else held.media_type,
        grade="" if held is None else held.grade,
        original=held is not None and held.original,
        valid_until=None if held is None else held.valid_until,
        verified_by="" if held is None else held.verified_by,
        reused_from="" if held is None else held.reused_from,
    )


def _utc(ms: int | None) -> datetime | None:
    return None if ms is None else utc(ms)
