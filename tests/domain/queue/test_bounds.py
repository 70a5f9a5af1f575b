"""The promises of the order policy, each a theorem over generated days; and that none of them could be tighter."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from hub.domain.hall.plan import QueuePolicy
from hub.domain.queue.bounds import bounds_of
from hub.domain.queue.lines import APPOINTMENT
from hub.domain.queue.order import DUE, DUE_OVER, LONGEST, MINUTE, SHARE
from hub.domain.queue.state import QueueDay, Ticket, Window
from tests.domain.queue.days import VISITORS, Seen, Served, Visitor
from tests.domain.queue.plans import POLICY, RUSH, always, small_plan

POLICIES = st.sampled_from(
    [
        RUSH,
        POLICY,
        replace(RUSH, rush_share=0),
        replace(RUSH, rush_share=2, long_wait_minutes=20, home_credit_minutes=0),
        replace(RUSH, whole_credit_minutes=0, home_credit_minutes=12),
        replace(RUSH, long_wait_minutes=None, rush_share=0),
    ]
)


def credit(day: QueueDay, ticket: Ticket) -> int:
    return day.credits.get(ticket.lane, 0)


def effective(day: QueueDay, ticket: Ticket) -> tuple[int, int, int]:
    since, rank, place = ticket.key
    return since - credit(day, ticket), rank, place


def is_due(day: QueueDay, ticket: Ticket, at: int) -> bool:
    return at - ticket.key[0] >= day.long_ms


def overtaken_by(seen: Seen, due_only: bool) -> float:
    """The most minutes that the one called counts later than somebody who waited on, when no share decided."""
    if seen.rule == SHARE:
        return float("-inf")
    later = [
        (seen.called.key[0] - rival.key[0]) / MINUTE
        for rival in seen.rivals
        if not due_only or is_due(seen.day, rival, seen.at)
    ]
    return max(later, default=float("-inf"))


class Promises:
    """Looks at every call of a day and holds the policy to each of its promises."""

    def __init__(self, policy: QueuePolicy) -> None:
        self.bounds = bounds_of(policy)
        self.rules: Counter[str] = Counter()
        self._calls: dict[tuple[object, ...], tuple[int, int]] = defaultdict(lambda: (0, 0))
        self._passed: dict[str, int] = defaultdict(int)

    def __call__(self, seen: Seen) -> None:
        self.rules[seen.rule] += 1
        self.overtaking(seen)
        self.waiting(seen)
        self.share(seen)

    def overtaking(self, seen: Seen) -> None:
        assert overtaken_by(seen, due_only=False) <= self.bounds.overtake_minutes
        assert overtaken_by(seen, due_only=True) <= self.bounds.overtake_due_minutes
        if seen.rule != SHARE and any(is_due(seen.day, rival, seen.at) for rival in seen.rivals):
            assert is_due(seen.day, seen.called, seen.at), "only the due go before the due"

    def waiting(self, seen: Seen) -> None:
        for rival in seen.rivals:
            if not is_due(seen.day, rival, seen.at):
                continue
            due_at = rival.key[0] + seen.day.long_ms
            place = (seen.window.number, rival.id, rival.line, rival.key, rival.reinstated)
            before, shared = self._calls[place]
            if seen.rule == SHARE:
                shared += 1
            else:
                before += 1
                assert effective(seen.day, seen.called) < effective(seen.day, rival)
                assert seen.called.issued_at <= due_at, "who stood before was there when it became due"
            self._calls[place] = before, shared
            assert before + shared < self.bounds.calls_until(before)

    def share(self, seen: Seen) -> None:
        day, at, number = seen.day, seen.at, seen.window.number
        everybody = (seen.called, *seen.rivals)
        rush = any(is_due(day, each, at) for each in everybody)
        assert (seen.rule == LONGEST) == (not rush)
        if not rush or not any(credit(day, each) for each in everybody) or credit(day, seen.called):
            self._passed[number] = 0
        else:
            assert seen.rule == DUE_OVER
            self._passed[number] += 1
        if self.bounds.share:
            assert self._passed[number] <= self.bounds.share - 1
        if seen.rule == SHARE:
            its_own = counted(day, seen.window, seen.called, at)
            favoured = [rival for rival in seen.rivals if credit(day, rival)]
            assert all(counted(day, seen.window, rival, at) < its_own for rival in favoured)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(VISITORS, POLICIES)
def test_every_promise_holds_on_any_day(visitors: list[Visitor], policy: QueuePolicy) -> None:
    """Overtaking, waiting once due, and the share of priority in a rush, as ``hub.domain.queue.bounds`` states them."""
    Served(always(small_plan(policy=policy)), look=Promises(policy)).run(visitors)


@pytest.mark.parametrize("seed", range(6))
def test_every_promise_holds_in_a_rush_that_lasts_for_hours(seed: int) -> None:
    assert hard_days(seed, 1) >= {LONGEST, DUE, DUE_OVER, SHARE}


@pytest.mark.soak
def test_every_promise_holds_on_a_thousand_hard_days() -> None:
    assert hard_days(7, 1_000) == {LONGEST, DUE, DUE_OVER, SHARE}


def hard_days(seed: int, count: int) -> set[str]:
    """The rules that called somebody on ``count`` days of 250 visitors, twice as many as the windows can serve."""
    chance = random.Random(seed)
    met: set[str] = set()
    for _ in range(count):
        policy = replace(RUSH, rush_share=chance.choice([2, 3, 5]), long_wait_minutes=chance.choice([25, 30, 45]))
        visitors = [
            Visitor(
                chance.choice([5, 30, 90]),
                chance.choice("AAABBP"),
                chance.choice([None] * 6 + ["elderly", "military"]),
                slot=chance.choice([None] * 8 + [0, 10]),
                also=chance.choice([(), (), (), ("B",), ("P",)]),
                minutes=chance.randint(1, 9),
                absent=chance.random() < 0.1,
            )
            for _ in range(250)
        ]
        promises = Promises(policy)
        Served(always(small_plan(policy=policy)), look=promises).run(visitors)
        met |= set(promises.rules)
    return met


def counted(day: QueueDay, window: Window, ticket: Ticket, at: int) -> tuple[int, int, int]:
    since, rank, place = ticket.key
    bonus = dict(zip(window.lines, window.bonuses, strict=True)).get(ticket.line, 0)
    return at - since + credit(day, ticket) + bonus, -rank, -place


TIGHT = [
    ("overtake_minutes", False),
    ("overtake_due_minutes", True),
]


@pytest.mark.parametrize(("promise", "due_only"), TIGHT)
def test_a_day_is_found_that_breaks_a_bound_set_one_minute_tighter(promise: str, due_only: bool) -> None:
    policy = replace(RUSH, rush_share=0)
    tighter = getattr(bounds_of(policy), promise) - 1

    def breaks(visitors: list[Visitor]) -> bool:
        worst = float("-inf")

        def look(seen: Seen) -> None:
            nonlocal worst
            worst = max(worst, overtaken_by(seen, due_only))

        Served(always(small_plan(policy=policy)), windows=("101",), look=look).run(visitors)
        return worst > tighter

    late = Visitor(0, "A", priority="elderly", also=() if due_only else ("B",), minutes=1)
    days = st.builds(
        lambda after, busy: [Visitor(0, "A", minutes=busy), Visitor(0, "B", minutes=1), replace(late, after=after)],
        st.integers(tighter * 60 + 1, tighter * 60 + 59),
        st.integers(1, 60),
    )
    counterexample = find(days, breaks, settings=settings(max_examples=400, deadline=None))
    assert counterexample[-1].after > tighter * 60


def test_a_due_wait_bound_set_one_call_tighter_has_its_counterexample_too() -> None:
    """One ordinary person is due, nobody due stands before; a call by share goes first: two calls, not one."""
    most = 0

    def look(seen: Seen) -> None:
        nonlocal most
        if seen.rule == SHARE and any(is_due(seen.day, rival, seen.at) for rival in seen.rivals):
            most += 1

    policy = replace(RUSH, rush_share=2)
    people = [Visitor(0, "A", minutes=40), Visitor(0, "A", minutes=1), Visitor(0, "A", minutes=1)]
    elderly = [Visitor(2200, "A", priority="elderly"), Visitor(1, "A", priority="elderly")]
    Served(always(small_plan(policy=policy)), windows=("101",), look=look).run([*people, *elderly])
    assert most == 1
    assert bounds_of(policy).calls_until(0) == 2


@pytest.mark.parametrize("crowd", ["elderly", APPOINTMENT])
def test_thousands_with_priority_do_not_starve_the_others(crowd: str) -> None:
    """Three windows, 2,000 with priority far faster than they can be served: ordinary people keep their two thirds."""
    policy = replace(RUSH, missed=replace(RUSH.missed, after_minutes=None))
    favoured = Visitor(20, "A", priority=None if crowd == APPOINTMENT else crowd, minutes=4)
    if crowd == APPOINTMENT:
        favoured = replace(favoured, slot=0)
    crowd_of_many: list[Visitor] = []
    for n in range(2_000):
        crowd_of_many.append(favoured)
        if n % 10 == 5:
            crowd_of_many.append(Visitor(0, "A", minutes=4))
    bounds = bounds_of(policy)
    calls: dict[str, list[bool]] = defaultdict(list)
    late: list[float] = []

    def look(seen: Seen) -> None:
        rush = any(is_due(seen.day, each, seen.at) for each in (seen.called, *seen.rivals))
        calls[seen.window.number].append(rush and not credit(seen.day, seen.called))
        if not credit(seen.day, seen.called):
            ahead = [each for each in seen.rivals if effective(seen.day, each) < effective(seen.day, seen.called)]
            late.append(len([each for each in ahead if is_due(seen.day, each, seen.at)]))

    hall = Served(always(small_plan(policy=policy)), windows=("101", "102"), look=look).run(crowd_of_many, 60_000)
    assert all(ticket.state == "finished" for ticket in hall.day.tickets.values())
    ordinary = [ticket for ticket in hall.day.tickets.values() if not credit(hall.day, ticket)]
    for ticket in ordinary:
        passed_by = [
            other
            for other in hall.day.tickets.values()
            if other.issued_at > ticket.issued_at + bounds.overtake_minutes * MINUTE
            and (other.first_called_at or 0) < (ticket.first_called_at or 0)
        ]
        assert len(passed_by) <= len(hall.day.tickets) // 3
    assert max(late) == 0, "an ordinary person is called as soon as nobody due stands before"


@pytest.mark.parametrize("ordinary", [0, 1])
def test_in_a_rush_of_ordinary_people_one_with_priority_waits_a_few_calls_only(ordinary: int) -> None:
    """Everybody has waited past the limit; an elderly newcomer is called with the third call of a window at the latest,
    where first come would have meant hundreds."""
    policy = RUSH
    people = [Visitor(10, "A", minutes=5) for _ in range(300)]
    waits: list[int] = []
    calls_seen: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def look(seen: Seen) -> None:
        for rival in seen.rivals:
            if credit(seen.day, rival):
                calls_seen[rival.id][seen.window.number] += 1
        if credit(seen.day, seen.called):
            waits.append(calls_seen[seen.called.id][seen.window.number] + 1)

    elderly = [Visitor(1200, "A", priority="elderly") for _ in range(10)]
    served = Served(always(small_plan(policy=policy)), windows=("101", "102")[: ordinary + 1], look=look)
    served.run([*people, *elderly])
    assert len(waits) == 10
    assert max(waits) <= policy.rush_share
