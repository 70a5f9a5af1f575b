"""A department's inbox: what is due today first, by legal deadline, stopped clocks apart; whose each thing is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from hub.domain.cases.almanac import Almanac
from hub.domain.cases.leave import ReviewDesk
from hub.domain.cases.lights import Light, light
from hub.domain.cases.records import LEGAL, PROMISED, STEP
from hub.domain.cases.state import Clock
from hub.views.cases.rows import Kind, Task
from hub.views.words import Words

Group = Literal["late", "today", "later", "stopped"]
Whose = Literal["mine", "leave", "free", "other"]
"""``leave``: of a colleague whose inbox I have; ``free``: nobody claimed it."""

GROUPS: Mapping[Group, Words] = {
    "late": Words("已逾期", "overdue"),
    "today": Words("今天到期", "due today"),
    "later": Words("以后到期", "due later"),
    "stopped": Words("已停止计时", "clock stopped"),
}
WHOSE: Mapping[Whose, Words] = {
    "mine": Words("我的", "mine"),
    "free": Words("未认领", "unclaimed"),
    "leave": Words("代同事", "for colleagues"),
    "other": Words("同事的", "of colleagues"),
}
KINDS: Mapping[Kind, Words] = {
    "step": Words("出审查意见", "give the opinion"),
    "decide": Words("作出决定", "decide it"),
    "correct": Words("合并告知补正", "tell the merged correction"),
    "special": Words("特别程序", "special procedure"),
}


@dataclass(frozen=True, slots=True)
class InboxLine:
    """``clock``: the one it is sorted by (legal, promised, or the step's own); ``left``: working days, negative past
    its ``due`` day, None without one. ``promise``: the light of the promised limit, green without one. ``late_step``: the step's time budget has passed, whatever the law still gives.
    """

    task: Task
    what: Words
    group: Group
    whose: Whose
    light: Light
    clock: str
    due: str
    left: int | None
    provisional: bool
    promise: Light
    late_step: bool


@dataclass(frozen=True, slots=True)
class At:
    """``tonight``: the moment the business day ``today`` ends."""

    now: int
    today: str
    tonight: int


def lines(tasks: Iterable[Task], me: str, desk: ReviewDesk, almanac: Almanac, at: At) -> tuple[InboxLine, ...]:
    """In the order of ``tasks``."""
    return tuple(_line(task, me, desk, almanac, at) for task in tasks)


def grouped(found: Iterable[InboxLine]) -> dict[Group, list[InboxLine]]:
    """Every group in its place, empty ones too."""
    made: dict[Group, list[InboxLine]] = {group: [] for group in GROUPS}
    for line in found:
        made[line.group].append(line)
    return made


def whose(by: str, me: str, desk: ReviewDesk, today: str) -> Whose:
    if not by:
        return "free"
    if by == me:
        return "mine"
    return "leave" if desk.deputy(by, today) == me else "other"


def _line(task: Task, me: str, desk: ReviewDesk, almanac: Almanac, at: At) -> InboxLine:
    clock = _sorting(task)
    face: Light = "stopped" if task.stopped else "green" if clock is None else light(clock, almanac, at.now, at.today)
    running = clock is not None and clock.running and not task.stopped
    due = clock.due if clock is not None and running else ""
    return InboxLine(
        task=task,
        what=Words(task.step_zh, task.step_en) if task.kind == "step" else KINDS[task.kind],
        group=_group(task, at),
        whose=whose(task.by, me, desk, at.today),
        light=face,
        clock="" if clock is None else clock.name,
        due=due,
        left=days_left(almanac, at.today, due) if due else None,
        provisional=clock is not None and running and clock.provisional,
        promise=_promise(task, almanac, at),
        late_step=task.step_due_at is not None and task.step_due_at <= at.now,
    )


def _promise(task: Task, almanac: Almanac, at: At) -> Light:
    found = next((clock for clock in task.case.clocks if clock.name == PROMISED), None)
    return "green" if found is None or task.stopped else light(found, almanac, at.now, at.today)


def days_left(almanac: Almanac, today: str, due: str) -> int:
    return almanac.between(today, due) if due >= today else -almanac.between(due, today)


def _group(task: Task, at: At) -> Group:
    if task.stopped:
        return "stopped"
    if task.sort_at is None or task.sort_at > at.tonight:
        return "later"
    return "late" if task.sort_at <= at.now else "today"


def _sorting(task: Task) -> Clock | None:
    clocks = {clock.name: clock for clock in task.case.clocks}
    names = (LEGAL, PROMISED, STEP + task.step)
    return next((clocks[name] for name in names if name in clocks), None)
