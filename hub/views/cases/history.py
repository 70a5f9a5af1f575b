"""Who did what with a case and when, in words. Opinions only as far as the reader may read them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from hub.domain.cases import events as e
from hub.domain.cases import machine as m
from hub.domain.cases import online_events as o
from hub.domain.cases import review_events as r
from hub.domain.cases import tolerance_events as t
from hub.domain.cases.acts import act_of
from hub.domain.cases.records import ClockStart, Due
from hub.domain.cases.state import Case
from hub.views.cases.words import (
    HANDED,
    OUTCOMES,
    VERDICTS,
    act_words,
    clock_words,
    material_words,
    materials_named,
    state_words,
    step_words,
)
from hub.views.visit_trace import who
from hub.views.words import Words, of


@dataclass(frozen=True, slots=True)
class Happening:
    """``at`` in ms since 1970 UTC, when it happened; ``who``: an account, ``clock`` or ``hub``; ``note``: its words."""

    at: int
    what: Words
    who: str
    note: str = ""


Told = tuple[str, str, int]
"""Step, author and time of an opinion."""


def history(case: Case, told: Iterable[tuple[str, e.CaseEvent]], readable: Collection[Told]) -> tuple[Happening, ...]:
    """From (actor, event) in their order. ``readable``: the opinions that may be read."""
    return tuple(_happening(case, who(actor), event, readable) for actor, event in told)


def _happening(case: Case, by: str, event: e.CaseEvent, readable: Collection[Told]) -> Happening:
    return Happening(_when(event), _what(case, event), by, _note(case, event, readable))


def _when(event: e.CaseEvent) -> int:
    return event.happened_at if isinstance(event, e.MilestoneImported) else event.at


def _what(case: Case, event: e.CaseEvent) -> Words:
    match event:
        case t.ToleranceGranted():
            return Words("容缺受理", "accepted, materials owed")
        case t.OwedSettled():
            return Words("补齐所欠材料", "owed materials came")
        case t.ToleranceExpired():
            return Words("容缺逾期", "owed materials overdue")
        case t.PromiseTaken():
            return Words("告知承诺", "promise taken")
        case e.DeadlinesRecomputed():
            return Words("期限重算", "deadlines counted again")
        case e.MilestoneImported():
            named = Words("说明", "note") if event.kind == m.NOTE else state_words(event.kind)
            return Words(f"外部系统：{named.zh}", f"other system: {named.en}")
        case e.CaseDecided():
            return Words("决定：准予", "decided: granted") if event.granted else Words("决定：不予", "decided: refused")
        case e.DeadlineMissed():
            named = clock_words(event.clock, case.item)
            return Words(f"{named.zh}届满", f"{named.en} passed")
        case (
            r.StepClaimed()
            | r.StepReleased()
            | r.StepAssigned()
            | r.OpinionGiven()
            | r.StepEscalated()
            | r.StepTimedOut()
        ):
            named, act = step_words(event.step, case.item), act_words(act_of(event))
            return Words(f"{act.zh}：{named.zh}", f"{act.en}: {named.en}")
        case _:
            return act_words(act_of(event))


def _note(case: Case, event: e.CaseEvent, readable: Collection[Told]) -> str:
    match event:
        case e.CaseOpened():
            return f"{event.item.zh}，目录第 {event.catalogue} 版"
        case e.ExternalCaseRegistered():
            return f"{event.system} {event.external}"
        case e.CaseReceived():
            return f"{event.number}；{_until(case, event.clocks)}"
        case e.CaseSupplemented() | e.CaseResubmitted() | r.StepsOpened() | e.CaseAccepted() | e.CaseDeemedAccepted():
            return _until(case, event.clocks)
        case e.MaterialsSupplied():
            return "、".join(
                f"{material_words(each.material, case.item).zh}（{each.grade}{'，原件' if each.original else ''}）"
                for each in event.materials
            )
        case e.MaterialRemoved() | e.OriginalChecked():
            return material_words(event.material, case.item).zh
        case e.MaterialExcused():
            return f"{material_words(event.material, case.item).zh}：{event.why}"
        case e.CorrectionTold():
            told = "；".join(f"{material_words(each.material, case.item).zh}：{each.what}" for each in event.defects)
            return f"{told}（{_until(case, event.clocks)}）"
        case t.ToleranceGranted():
            return f"{materials_named(event.pledge.materials, case)}，{event.pledge.due} 前补齐"
        case t.PromiseTaken():
            return materials_named(event.promise.materials, case)
        case t.PromiseChecked():
            passed = "属实" if event.passed else "不属实"
            return f"{material_words(event.material, case.item).zh}：{passed}，{event.finding}"
        case t.OwedChased():
            return f"{materials_named(event.owed, case)}，期限 {event.due}"
        case t.OwedSettled():
            return materials_named(event.materials, case)
        case t.ToleranceExpired():
            return f"{materials_named(event.owed, case)}；{of(OUTCOMES, event.outcome).zh}"
        case e.IntakeExpired() | e.DeadlineMissed():
            return event.due
        case e.SpecialStarted() | e.SpecialEnded():
            return _special(case, event)
        case e.LimitExtended():
            longer = f"延长 {event.days} 个工作日，{event.approver} 批准，{event.basis}"
            return f"{longer}：{event.reason}{_dues(case, event.dues)}"
        case e.DeadlinesRecomputed():
            return _dues(case, event.dues).lstrip("；")
        case e.AcceptanceRefused() | e.CaseTerminated() | e.CaseRevoked():
            return f"{event.reason}（{event.basis}）"
        case e.CaseWithdrawn():
            return event.reason
        case e.CaseDecided():
            parts = (event.result, event.reasons, event.basis, event.despite)
            return "；".join(part for part in parts if part)
        case e.ResultDelivered():
            return of(HANDED, event.how).zh + (f" {event.window}" if event.window else "")
        case e.CaseArchived():
            return event.place
        case e.MilestoneImported():
            return "；".join(part for part in (event.said, event.result) if part)
        case r.StepAssigned():
            return f"{event.to}：{event.why}"
        case r.OpinionGiven():
            if (event.step, event.by, event.at) not in readable:
                return "决定前不公开"
            return f"{of(VERDICTS, event.verdict).zh}{'：' if event.text else ''}{event.text}"
        case o.FilingTaken():
            return f"窗口 {event.window}" if event.window else ""
        case o.DecisionObjected():
            return f"{event.told} 起六十日，至 {event.until}，{'逾期提出' if event.late else '期限内提出'}"
        case _:
            return ""


def _special(case: Case, event: e.SpecialStarted | e.SpecialEnded) -> str:
    step = next((each for each in case.item.special_steps if each.code == event.step), None)
    named = event.step if step is None else step.zh
    if isinstance(event, e.SpecialStarted):
        takes = f"，需 {event.days} 个工作日" if event.days else ""
        return f"{named}，{event.notice}{takes}，{'停止计时' if event.excluded else '计入时限'}"
    return f"{named}：{event.finding}{_dues(case, event.dues)}"


def _until(case: Case, clocks: Sequence[ClockStart]) -> str:
    return "，".join(
        f"{clock_words(each.clock, case.item).zh}至 {each.due}{'（暂定）' if each.provisional else ''}"
        for each in clocks
    )


def _dues(case: Case, dues: Sequence[Due]) -> str:
    told = "，".join(
        f"{clock_words(each.clock, case.item).zh}至 {each.due}{'（暂定）' if each.provisional else ''}" for each in dues
    )
    return f"；{told}" if told else ""
