"""One case as a reviewer works on it: what is asked of them, the document set, the other parties, what may be done.

The rules decide what is done; ``acts`` only says what is worth offering. Opinions and defects as far as the reader may
read them, see ``hub.domain.cases.visibility``.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.core.case_log import CaseRecord
from hub.domain.cases import machine as m
from hub.domain.cases.almanac import Almanac
from hub.domain.cases.leave import ReviewDesk
from hub.domain.cases.records import LEGAL, OBJECT, Defect
from hub.domain.cases.review import SUPERVISOR
from hub.domain.cases.route import ends, followers, step_of
from hub.domain.cases.state import Case, Step
from hub.domain.cases.visibility import defects, verdicts
from hub.domain.catalogue.item import JOINT, RouteStep
from hub.domain.hall.profile import HallProfile
from hub.views.cases.folded import Todo, todos
from hub.views.cases.inbox import KINDS, At, Whose, whose
from hub.views.cases.look import CaseLook, Reader, StepLook, look
from hub.views.cases.rows import Kind
from hub.views.cases.words import material_words, step_words
from hub.views.words import Words

APPROVER = "approver"
"""Steps of this role are for the head of the department."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who looks. ``role`` as the rules know it: reviewer, or supervisor."""

    name: str
    role: str
    department: str
    head: bool


@dataclass(frozen=True, slots=True)
class Party:
    """One step of the route that began, or waits (``seen`` None). ``side``: it runs beside others, over one set."""

    id: str
    named: Words
    department: Words
    seen: StepLook | None
    lead: bool
    side: bool


@dataclass(frozen=True, slots=True)
class ToldDefect:
    material: Words
    what: str
    step: Words


@dataclass(frozen=True, slots=True)
class ReviewPane:
    """``kind`` None: nothing is asked of the reader here. ``task`` names it in words; ``acts``: claim, release,
    opinion, escalate, assign, correct, decide, extend, special. ``earlier``: steps it may be sent back to.
    ``objected``: a step objected, so a grant needs its reasons. ``paused``: no opinions now, the clock is stopped.
    """

    look: CaseLook
    kind: Kind | None
    step: str
    task: Words
    by: str
    whose: Whose
    opinion: bool
    acts: frozenset[str]
    earlier: tuple[tuple[str, Words], ...]
    materials: tuple[tuple[str, Words], ...]
    parties: tuple[Party, ...]
    defects: tuple[ToldDefect, ...]
    joint: bool
    objected: bool
    paused: bool


def pane(
    record: CaseRecord, me: Reviewer, step: str, desk: ReviewDesk, almanac: Almanac, profile: HallProfile, at: At
) -> ReviewPane:
    """``step``: which one is meant, empty: what the reader has to do in it first."""
    case = record.case
    seen = look(record, Reader(me.role, me.department), almanac, profile, at.now, at.today)
    todo = _asked(case, me, step)
    rule = None if todo is None else step_of(case.item.route, todo.step)
    by = "" if todo is None else todo.by
    read = defects(case, me.role, me.department)
    names = {each.code: Words(each.zh, each.en) for each in profile.departments}
    spoken = verdicts(case, me.role, me.department)
    return ReviewPane(
        look=seen,
        kind=None if todo is None else todo.kind,
        step="" if todo is None else todo.step,
        task=_task(case, todo),
        by=by,
        whose=whose(by, me.name, desk, at.today),
        opinion=rule is None or rule.opinion,
        acts=_acts(case, me, todo, rule, desk, at),
        earlier=_earlier(case, rule),
        materials=tuple((each.code, Words(each.zh, each.en)) for each in case.item.materials if each.now),
        parties=_parties(case, seen, names),
        defects=tuple(_told(case, each) for each in read),
        joint=case.item.handling == JOINT or any(each.lead for each in case.item.route),
        objected=OBJECT in spoken.values(),
        paused=case.excluded,
    )


def deciders(case: Case, department: str) -> bool:
    """Whether a decision there is the head's: the route ends with a step of theirs."""
    return any(each.role == APPROVER and each.department == department for each in ends(case.item.route))


def _asked(case: Case, me: Reviewer, step: str) -> Todo | None:
    mine = [each for each in todos(case) if _concerns(each, me)]
    return next((each for each in mine if each.step == step), mine[0] if mine else None)


def _concerns(todo: Todo, me: Reviewer) -> bool:
    if me.role == SUPERVISOR:
        return todo.kind != "step" or todo.escalated
    return todo.department == me.department


def _task(case: Case, todo: Todo | None) -> Words:
    if todo is None:
        return Words("现在不用办理", "nothing to do here now")
    return step_words(todo.step, case.item) if todo.kind == "step" else KINDS[todo.kind]


def _acts(
    case: Case, me: Reviewer, todo: Todo | None, rule: RouteStep | None, desk: ReviewDesk, at: At
) -> frozenset[str]:
    found: set[str] = set()
    leading = me.head or me.role == SUPERVISOR
    if todo is not None and rule is not None:
        found |= _step_acts(case.steps[todo.step], me, rule, desk, at, leading=leading)
    elif todo is not None and todo.kind == "decide":
        if leading or not deciders(case, me.department):
            found.add("decide")
    elif todo is not None and todo.kind == "correct" and me.role != SUPERVISOR:
        found.add("correct")
    owner = me.role == SUPERVISOR or me.department == case.item.department
    if case.state == m.SPECIAL and owner:
        found.add("special-end")
    if case.state in (m.ACCEPTED, m.REVIEW) and owner and case.item.special_steps:
        found.add("special-start")
    clock = case.clock(LEGAL)
    heads = me.head and me.department == case.item.department and case.item.handling != JOINT
    if heads and not case.extended and clock is not None and m.may(case.state, m.EXTEND) and _in_time(clock.due_at, at):
        found.add("extend")
    return frozenset(found)


def _step_acts(step: Step, me: Reviewer, rule: RouteStep, desk: ReviewDesk, at: At, *, leading: bool) -> set[str]:
    found: set[str] = set()
    held = whose(step.by, me.name, desk, at.today)
    able = leading or rule.role != APPROVER
    if able and (held != "other" or me.role == SUPERVISOR):
        found.add("opinion")
        if held != "mine":
            found.add("claim")
    if held == "mine":
        found.add("release")
    if not step.escalated:
        found.add("escalate")
    if leading:
        found.add("assign")
    return found


def _in_time(due_at: int, at: At) -> bool:
    return not due_at or at.now < due_at


def _earlier(case: Case, rule: RouteStep | None) -> tuple[tuple[str, Words], ...]:
    if rule is None:
        return ()
    route = case.item.route
    return tuple(
        (id, step_words(id, case.item))
        for id, step in case.steps.items()
        if step.state == "done" and rule.id in followers(route, id)
    )


def _parties(case: Case, seen: CaseLook, names: dict[str, Words]) -> tuple[Party, ...]:
    looks = {each.id: each for each in seen.steps}
    beside = [each.after for each in case.item.route]
    return tuple(
        Party(
            id=each.id,
            named=Words(each.zh, each.en),
            department=names.get(each.department, Words(each.department, each.department)),
            seen=looks.get(each.id),
            lead=each.lead,
            side=beside.count(each.after) > 1,
        )
        for each in case.item.route
    )


def _told(case: Case, defect: Defect) -> ToldDefect:
    return ToldDefect(material_words(defect.material, case.item), defect.what, step_words(defect.step, case.item))
