"""Whole working days of the default hall as events, made fast: a queue of every floor in front of its windows."""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from datetime import date, timedelta

from hub.core.profile_file import default_profile
from hub.domain.hall.calendar import CalendarVersion
from hub.domain.hall.plan import DayPlan
from hub.domain.hall.planning import plan_for
from hub.domain.queue import events as e
from hub.log.codec import Codec
from hub.log.entry import Batch, Draft
from hub.log.port import Log

MINUTE = 60_000
_REASONS = ("午餐", "取件", "换班")


def working_days(before: date, count: int) -> list[date]:
    """The last ``count`` Mondays to Fridays before a day, earliest first."""
    found: list[date] = []
    day = before
    while len(found) < count:
        day -= timedelta(days=1)
        if day.weekday() < 5:
            found.append(day)
    return found[::-1]


def plan_of(day: date) -> DayPlan:
    return plan_for(default_profile(), 1, CalendarVersion(0, ()), day.isoformat())


def busy_day(day: date, visits: int, seed: int) -> list[object]:
    """A closed day, in order of time: most visitors before noon, a clerk at every window, three in a hundred missed."""
    plan, chance = plan_of(day), random.Random(f"{day} {seed}")
    assert plan.opens is not None
    assert plan.closes is not None
    happened: list[tuple[int, int, object]] = []

    def say(event: object) -> None:
        happened.append((getattr(event, "at"), len(happened), event))  # noqa: B009 - every event has a time

    free: dict[int, list[tuple[int, str]]] = {}
    for index, window in enumerate(plan.windows):
        say(e.WindowOpened(window.number, plan.opens + index))
        say(e.ClerkSignedIn(window.number, f"职员{window.number}", plan.opens + index))
        heapq.heappush(free.setdefault(window.floor, []), (plan.opens + MINUTE, window.number))
        away = plan.opens + chance.randint(150, 240) * MINUTE
        say(e.WindowPaused(window.number, chance.choice(_REASONS), away))
        say(e.WindowOpened(window.number, away + chance.randint(10, 40) * MINUTE))
    homes = [window.home for window in plan.windows]
    floors = {window.home: window.floor for window in plan.windows}
    arrivals = sorted(
        plan.opens + int(chance.triangular(0, plan.closes - plan.opens, 100 * MINUTE)) for _ in range(visits)
    )
    for number, at in enumerate(arrivals):
        letter = chance.choice(homes)
        _visit(say, chance, f"{seed:08x}{number:024x}", f"{letter}{number:03d}", letter, at, free[floors[letter]])
    closed = max(plan.closes, max(at for at, _, _ in happened)) + MINUTE
    for window in plan.windows:
        say(e.ClerkSignedOut(window.number, f"职员{window.number}", closed))
        say(e.WindowClosed(window.number, "闭厅", closed))
    say(e.DayClosed(closed, "闭厅"))
    return [e.DayOpened(plan, plan.opens - MINUTE), *(event for _, _, event in sorted(happened, key=lambda x: x[:2]))]


def _visit(say, chance: random.Random, ticket: str, name: str, letter: str, at: int, free: list[tuple[int, str]]):  # type: ignore[no-untyped-def]
    """Taken, called at the window that is free first, served, rated by every fourth."""
    say(e.TicketIssued(ticket, name, letter, f"{letter}/1", at, None, None, (), "kiosk-1", None, 3, (5, 9)))
    ready, window = heapq.heappop(free)
    called = max(at, ready) + chance.randint(2, 20) * 1000
    clerk = f"职员{window}"
    say(e.TicketCalled(ticket, window, clerk, called, "due"))
    if chance.random() < 0.03:
        gone = called + 3 * MINUTE
        say(e.TicketMissed(ticket, window, gone))
        say(e.TicketAbandoned(ticket, "", gone + 20 * MINUTE))
        heapq.heappush(free, (gone, window))
        return
    started = called + chance.randint(10, 90) * 1000
    say(e.ServiceStarted(ticket, window, started))
    if chance.random() < 0.04:
        wrong = chance.random() < 0.5
        say(e.TicketTransferred(ticket, window, "A/1", letter, "取错号" if wrong else "材料", started + MINUTE, wrong))
        heapq.heappush(free, (started + MINUTE, window))
        ready, window = heapq.heappop(free)
        called, clerk = max(started + MINUTE, ready) + 5000, f"职员{window}"
        started = called + 30_000
        say(e.TicketCalled(ticket, window, clerk, called, "due"))
        say(e.ServiceStarted(ticket, window, started))
    ended = started + int(chance.lognormvariate(3.1, 0.5) * MINUTE)
    say(e.ServiceFinished(ticket, window, clerk, ended))
    if chance.random() < 0.25:
        # a bad one would have the hub open its rectification now, a year late
        score = chance.choices((5, 4, 3), (73, 19, 8))[0]
        say(e.VisitRated(ticket, window, clerk, score, ended + 20_000))
    heapq.heappush(free, (ended, window))


def write_days(log: Log, codec: Codec, days: list[date], visits: int) -> Iterator[int]:
    """Append each day to its stream; how many entries it has."""
    for seed, day in enumerate(days):
        events = busy_day(day, visits, seed)
        stream = f"queue/{day.isoformat()}"
        drafts: list[Draft] = []
        for version, event in enumerate(events, start=1):
            wire, data = codec.encode(event, stream)
            at: int = getattr(event, "at")  # noqa: B009
            drafts.append(Draft(stream, version, wire, at, "bench", version.to_bytes(16, "big"), data))
        log.append(Batch(drafts, [], [], drafts[-1].occurred_at))
        yield len(drafts)
