"""The take-a-number page: what there is, how long it takes, said before the number is taken."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.queue.layout import line_for
from hub.domain.queue.state import QueueDay
from hub.domain.queue.wait import outlook_of_newcomer
from hub.domain.refusals import Refused, sentence
from hub.views.times import clock
from hub.views.words import Words


@dataclass(frozen=True, slots=True)
class Choice:
    """One category. ``wait``: minutes (p50, p90), None when no window that serves it is open."""

    letter: str
    zh: str
    en: str
    floor: int
    ahead: int
    wait: tuple[int, int] | None
    service: bool


@dataclass(frozen=True, slots=True)
class Kiosk:
    """``choices`` of this kiosk's floor first. ``stopped``: why no number can be had now, None when it can."""

    floor: int
    choices: tuple[Choice, ...]
    stopped: Words | None


def kiosk(day: QueueDay, floor: int, now: int) -> Kiosk:
    """What a kiosk on ``floor`` offers at ``now``."""
    choices: list[Choice] = []
    for queue in () if day.plan is None else day.plan.queues:
        line = line_for(day, queue.letter, floor)
        told = outlook_of_newcomer(day, line, now)
        where = int(line.rpartition("/")[2])
        choices.append(Choice(queue.letter, queue.zh, queue.en, where, told.ahead, told.wait, queue.service))
    choices.sort(key=lambda choice: choice.floor != floor)
    return Kiosk(floor, tuple(choices), stopped(day, now))


def stopped(day: QueueDay, now: int) -> Words | None:
    """Why no number can be had now; None when it can."""
    refused = _refusal(day, now)
    if refused is None:
        return None
    said = sentence(refused.code, refused.facts)
    return Words(said.zh, said.en)


def _refusal(day: QueueDay, now: int) -> Refused | None:
    """What taking a number would be refused with, by the same rules as ``hub.domain.queue.issuing``."""
    plan = day.plan
    if plan is None:
        return Refused("day-not-open")
    if day.closed:
        return Refused("day-closed")
    if day.frozen is not None:
        return Refused("hall-frozen", why=day.frozen)
    if plan.issuing_from is None and plan.closes is None:
        return None
    if not plan.working:
        return Refused("not-a-working-day")
    if plan.issuing_from is not None and now < plan.issuing_from:
        return Refused("not-open-yet", opens=clock(plan.issuing_from, plan.timezone))
    if plan.closes is not None and now >= plan.closes:
        waiting = sum(len(line) for line in day.lines.values())
        return Refused("issuing-stopped", closes=clock(plan.closes, plan.timezone), waiting=waiting)
    return None
