"""The supervisor's deadlines: lights 红黄牌 per department; what is late, why, who has it, and what would mend it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from hub.domain.cases import machine as m
from hub.domain.cases.almanac import Almanac
from hub.domain.cases.lights import Light
from hub.domain.cases.records import CORRECTING, INTAKE, LEGAL, SERVICE, STEP, TOLERANCE
from hub.domain.cases.state import Clock
from hub.domain.catalogue.item import IMMEDIATE
from hub.views.cases.inbox import At, days_left
from hub.views.cases.rows import CaseRow, DueCounts, InboxCounts, OpenStep, light_of
from hub.views.cases.words import CLOCKS
from hub.views.words import Words, of

Act = Literal["escalate", "assign", "extend", "open"]


@dataclass(frozen=True, slots=True)
class Department:
    """``tasks``: what is to be done there; ``cases``: of its items, by light. ``head``: it has one who can sign in."""

    code: str
    named: Words
    reviewers: int
    head: bool
    tasks: InboxCounts
    cases: DueCounts

    @property
    def open(self) -> int:
        return self.tasks.late + self.tasks.today + self.tasks.later + self.tasks.stopped


@dataclass(frozen=True, slots=True)
class Remedy:
    """``act``: offered on the page for ``step``; ``open``: look at the case. ``said``: what to do, in words."""

    act: Act
    step: str
    department: str
    said: Words


@dataclass(frozen=True, slots=True)
class LateCase:
    row: CaseRow
    light: Light
    clock: Words
    left: int
    why: Words
    who: Words
    remedies: tuple[Remedy, ...]


@dataclass(frozen=True, slots=True)
class Staff:
    """``names``: departments by code; ``reviewers``: departments in which somebody could act."""

    names: Mapping[str, Words]
    reviewers: Collection[str]

    def named(self, code: str) -> Words:
        return self.names.get(code, Words(code, code))


def late_case(row: CaseRow, staff: Staff, almanac: Almanac, at: At) -> LateCase:
    """``left``: working days to the next due day of its clocks, negative past it, 0 when all are stopped."""
    return LateCase(
        row=row,
        light=light_of(row, almanac, at.now, at.today),
        clock=_clock(row),
        left=days_left(almanac, at.today, row.due) if row.due else 0,
        why=_why(row, staff, at),
        who=_who(row, staff),
        remedies=_remedies(row, staff, at),
    )


def _clock(row: CaseRow) -> Words:
    if row.clock.startswith(STEP):
        return Words("环节时限", "a step's budget")
    return of(CLOCKS, row.clock) if row.clock in CLOCKS else Words("承诺核查", "a check of a promise")


def _why(row: CaseRow, staff: Staff, at: At) -> Words:
    if row.state == m.SPECIAL and row.stopped:
        return Words("特别程序中，时限停止", "a special procedure; its clock stands")
    alone = [step for step in row.steps if step.department not in staff.reviewers]
    if alone:
        named = staff.named(alone[0].department)
        return Words(f"{named.zh}没有审查人员", f"{named.en} has no reviewer")
    passed = [step for step in row.steps if step.due_at is not None and step.due_at <= at.now]
    unclaimed = [step for step in row.steps if not step.by]
    if passed:
        by = f"（{passed[0].by}）" if passed[0].by else "，无人认领"
        named = staff.named(passed[0].department)
        return Words(f"{named.zh}环节超时{by}", f"a step of {named.en} is over its time")
    if unclaimed:
        named = staff.named(unclaimed[0].department)
        return Words(f"{named.zh}尚未认领", f"nobody in {named.en} claimed it")
    if row.steps:
        return Words("审查中，意见未出", "in review, no opinion yet")
    match row.clock:
        case "intake":
            return Words("窗口尚未答复申请人", "the window has not answered the applicant")
        case "correction" | "tolerance":
            return Words("申请人尚未补交", "the applicant has not brought what is asked for")
        case "service":
            return Words("结果尚未送达", "the result is not handed out")
        case _:
            if row.owed:
                return Words(f"申请人还欠 {row.owed} 份材料", f"{row.owed} materials are owed")
            return Words("审查已完成，等待决定", "the review is done, the decision waits")


def _who(row: CaseRow, staff: Staff) -> Words:
    if row.steps:
        held = [_holder(step, staff) for step in row.steps]
        return Words("、".join(each.zh for each in held), ", ".join(each.en for each in held))
    if row.clock in (CORRECTING, TOLERANCE) or row.owed:
        return Words("申请人", "the applicant")
    if row.clock == INTAKE or row.kind == IMMEDIATE:
        return Words(f"窗口 {row.window or ''} {row.clerk or ''}".strip(), f"window {row.window or ''}".strip())
    if row.clock == SERVICE:
        return Words("出件窗口", "the outlet")
    return staff.named(row.department)


def _holder(step: OpenStep, staff: Staff) -> Words:
    named = staff.named(step.department)
    if step.escalated:
        return Words(f"{named.zh}（已上报主管）", f"{named.en} (escalated)")
    return Words(f"{named.zh} {step.by}" if step.by else named.zh, f"{named.en} {step.by}" if step.by else named.en)


def _remedies(row: CaseRow, staff: Staff, at: At) -> tuple[Remedy, ...]:
    found: list[Remedy] = []
    for step in row.steps:
        if step.escalated:
            found.append(Remedy("open", step.id, step.department, Words("由主管出意见", "give the opinion yourself")))
        else:
            found.append(Remedy("escalate", step.id, step.department, Words("上报", "escalate")))
        if step.department in staff.reviewers:
            found.append(Remedy("assign", step.id, step.department, Words("改派", "reassign")))
    if _extendable(row, at):
        found.append(Remedy("extend", "", row.department, Words("延长期限", "extend")))
    if not found:
        found.append(Remedy("open", "", row.department, Words("打开办件催办", "open the case and ask")))
    return tuple(found)


def _extendable(row: CaseRow, at: At) -> bool:
    if row.state not in (m.ACCEPTED, m.REVIEW, m.SPECIAL):
        return False
    legal = _named(row, LEGAL)
    return legal is not None and not legal.extended and (legal.stopped or at.now < legal.due_at)


def _named(row: CaseRow, name: str) -> Clock | None:
    return next((clock for clock in row.clocks if clock.name == name), None)
