"""What may follow in a case, and whose turn it is. Read from the tables of the machine; rules may still refuse more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.domain.cases import machine as m
from hub.domain.cases import records as r
from hub.domain.cases.clocks import ClockFace
from hub.domain.cases.guards import OF_EXTERNAL
from hub.domain.cases.materials import CheckLine
from hub.domain.cases.review import done_steps
from hub.domain.cases.route import finished
from hub.domain.cases.state import Case
from hub.domain.catalogue.item import IMMEDIATE
from hub.views.cases.words import materials_named, step_words
from hub.views.words import Words

ACTS: Mapping[str, str] = {
    "receive": m.RECEIVE,
    "accept": m.ACCEPT,
    "correction": m.CORRECT,
    "supplement": m.SUPPLEMENT,
    "refuse": m.REFUSE,
    "materials": m.SUPPLY,
    "applicant": m.CHANGE,
    "special/start": m.START_SPECIAL,
    "special/end": m.END_SPECIAL,
    "extend": m.EXTEND,
    "check": m.CHECK_PROMISE,
    "decide": m.DECIDE,
    "deliver": m.DELIVER,
    "archive": m.ARCHIVE,
    "withdraw": m.WITHDRAW,
    "terminate": m.TERMINATE,
    "revoke": m.REVOKE,
}
"""By the rest of the API's path, in the order in which they are offered."""
MILESTONES = "milestones"
"""What another system says of its case: no act of ours, so it stands in no table of moves."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is, to do what. ``clock``: the one that runs for it; None: none does, or it is stopped."""

    who: Words
    what: Words
    clock: ClockFace | None


def legal(case: Case) -> tuple[str, ...]:
    """The acts that may follow now, by the API's path. The merged correction in review is told from the inbox."""
    told = (MILESTONES,) if case.external and case.state in m.IMPORTED else ()
    return (*(path for path, act in ACTS.items() if _follows(case, act)), *told)


def hindrance(case: Case) -> Words | None:
    """Why it cannot be decided though its state would allow it; None when nothing stands against it."""
    if not m.may(case.state, m.DECIDE) or case.external:
        return None
    if case.owed:
        owed = materials_named(case.owed, case)
        return Words(f"还欠 {owed}，补齐前不能决定", "materials are owed: no decision before they came")
    if not _reviewed(case):
        return Words("审查环节没有全部完成，不能决定", "the review is not finished: no decision yet")
    return None


def shortage(case: Case, lines: tuple[CheckLine, ...]) -> Words | None:
    """Which materials keep it from being accepted and nothing may stand for; None when none does."""
    if case.external or case.state not in (m.DRAFT, m.RECEIVED):
        return None
    lacking = [
        line.rule.zh
        for line in lines
        if line.standing not in ("there", "excused") and not line.may_owe and not line.may_promise
    ]
    if not lacking:
        return None
    return Words(f"还缺 {'、'.join(lacking)}，不能受理", "main materials are missing: it cannot be accepted yet")


def turn(case: Case, faces: tuple[ClockFace, ...], departments: Mapping[str, Words]) -> Turn | None:
    """``departments``: names by code. None: nothing more is to be done."""
    department = departments.get(case.item.department, Words(case.item.department, case.item.department))
    if case.external:
        if case.state == m.DECIDED:
            return Turn(Words("出件窗口", "the outlet"), Words("送达结果", "hand out the result"), None)
        system = Words(case.item.external, case.item.external)
        return None if case.outcome else Turn(system, Words("在该系统办理", "handled there"), None)
    desk = Words("综合窗口", "the window")
    match case.state:
        case m.DRAFT:
            return Turn(desk, Words("收件", "receive it"), None)
        case m.RECEIVED:
            told = Words("受理、补正告知或不予受理", "accept it, tell a correction or refuse it")
            return Turn(desk, told, running(faces, r.INTAKE))
        case m.CORRECTION:
            asked = materials_named(case.asked, case)
            told = Words(f"补正：{asked}", "supply what was asked for")
            return Turn(Words("申请人", "the applicant"), told, running(faces, r.CORRECTING))
        case m.SPECIAL:
            named = next((each for each in case.item.special_steps if each.code == case.special), None)
            told = Words("特别程序", "special procedure") if named is None else Words(named.zh, named.en)
            return Turn(department, _taking(told, case), running(faces, r.LEGAL, r.PROMISED))
        case m.ACCEPTED | m.REVIEW:
            return _reviewing(case, faces, departments, department)
        case m.DECIDED:
            told = Words("送达结果", "hand out the result")
            return Turn(Words("出件窗口", "the outlet"), told, running(faces, r.SERVICE))
        case m.DELIVERED | m.NOT_ACCEPTED | m.WITHDRAWN | m.TERMINATED:
            return Turn(desk, Words("归档", "archive it"), None)
        case _:
            return None


def _taking(told: Words, case: Case) -> Words:
    """With the time that the applicant was told it takes."""
    if not case.special_days:
        return told
    since, days = case.special_day, case.special_days
    return Words(
        f"{told.zh}（{since} 起，告知约需 {days} 个工作日）",
        f"{told.en} (from {since}, said to take {days} working days)",
    )


def running(faces: tuple[ClockFace, ...], *names: str) -> ClockFace | None:
    """Of the clocks of these names that run, the one that is due first."""
    found = [face for face in faces if face.name in names and face.state == "running" and face.due_at is not None]
    return min(found, key=lambda face: face.due_at or 0, default=None)


def _reviewing(case: Case, faces: tuple[ClockFace, ...], departments: Mapping[str, Words], own: Words) -> Turn:
    open_steps = [step for step in case.steps.values() if step.state == "open"]
    if open_steps:
        at = [departments.get(step.department, Words(step.department, step.department)) for step in open_steps]
        named = [step_words(step.id, case.item) for step in open_steps]
        clock = running(faces, r.LEGAL, r.PROMISED, *(r.STEP + step.id for step in open_steps))
        who = Words("、".join(dict.fromkeys(each.zh for each in at)), ", ".join(dict.fromkeys(each.en for each in at)))
        return Turn(who, Words("、".join(each.zh for each in named), ", ".join(each.en for each in named)), clock)
    clock = running(faces, r.LEGAL, r.PROMISED)
    if case.owed:
        owed = materials_named(case.owed, case)
        said = Words(f"补齐所欠：{owed}", "bring what is owed")
        return Turn(Words("申请人", "the applicant"), said, running(faces, r.TOLERANCE) or clock)
    if any(step.state == "returned" for step in case.steps.values()):
        return Turn(own, Words("合并告知补正", "tell the merged correction"), clock)
    who = Words("综合窗口", "the window") if case.item.kind == IMMEDIATE else own
    return Turn(who, Words("作出决定", "decide it"), clock)


def _follows(case: Case, act: str) -> bool:
    if case.external and act not in OF_EXTERNAL:
        return False
    if act == m.SUPPLEMENT and case.state == m.CORRECTION:
        return True
    if not m.may(case.state, act):
        return False
    match act:
        case m.CORRECT:
            return case.state == m.RECEIVED
        case m.REFUSE:
            return not case.in_review
        case m.START_SPECIAL:
            return bool(case.item.special_steps)
        case m.EXTEND:
            return not case.extended and case.clock(r.LEGAL) is not None
        case m.CHECK_PROMISE:
            return any(each.passed is None for each in case.promises)
        case m.DECIDE:
            return not case.owed and _reviewed(case)
        case m.SUPPLY:
            return bool(case.owed) or case.state in (m.DRAFT, m.RECEIVED, m.CORRECTION)
        case m.REVOKE:
            return case.outcome == m.GRANTED
        case _:
            return True


def _reviewed(case: Case) -> bool:
    return case.item.kind == IMMEDIATE or finished(case.item.route, done_steps(case))
