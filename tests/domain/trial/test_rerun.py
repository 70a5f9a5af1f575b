"""A script played under a plan: what is held as recorded, what the plan changes, and that it always ends the same."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from hub.domain.hall.plan import PriorityClass
from hub.domain.queue import commands as c
from hub.domain.queue.evolve import evolve
from hub.domain.queue.state import ACTIVE, QueueDay
from hub.domain.trial.recorded import script_of
from hub.domain.trial.rerun import rerun
from hub.domain.trial.script import MISSED, PARKED, TRANSFERRED, Script, Turn
from tests.domain.queue.plans import CLOSES, DATE, MINUTE, OPENS, POLICY, SMALL_WINDOWS, queue, small_plan, window
from tests.domain.trial.scripts import PLAN, script, scripts, served, visitor

FIRST_COME = replace(PLAN, policy=replace(POLICY, classes=(), home_credit_minutes=0))
PLANS = [
    None,
    FIRST_COME,
    small_plan(windows=SMALL_WINDOWS[1:], queues=(queue("A", 1), queue("P", 1, 2))),
    small_plan(windows=(window("101", "ABEP"), window("999", "ABEP"))),
]


@settings(max_examples=60, deadline=None)
@given(scripts())
def test_every_script_ends_under_every_plan_and_every_visitor_is_accounted_for(drawn: Script) -> None:
    for plan in PLANS:
        done = rerun(drawn, plan)
        came = set(done.outcomes)
        assert came.isdisjoint(done.left_out)
        assert came | set(done.left_out) <= {each.ticket for each in drawn.visitors}
        if not any(isinstance(act, c.FreezeHall) for act in drawn.acts):
            assert came | set(done.left_out) == {each.ticket for each in drawn.visitors}
        assert done.day.closed
        assert not any(ticket.state in ACTIVE for ticket in done.day.tickets.values())
        assert all(outcome.waited >= 0 and outcome.later >= 0 for outcome in done.outcomes.values())


@settings(max_examples=60, deadline=None)
@given(scripts())
def test_a_rerun_is_the_same_on_every_run_and_its_events_fold_to_its_day(drawn: Script) -> None:
    done, again = rerun(drawn), rerun(drawn)
    assert done == again
    day = QueueDay()
    for event in done.events:
        evolve(day, event)
    assert day == done.day


@settings(max_examples=60, deadline=None)
@given(scripts())
def test_the_events_of_a_rerun_are_a_record_that_can_be_rerun(drawn: Script) -> None:
    events = rerun(drawn).events
    recorded = script_of(events)
    again = rerun(recorded)
    assert set(again.outcomes) == set(recorded.outcomes)


def test_services_last_as_recorded_and_the_next_is_called_after_the_usual_time() -> None:
    done = rerun(script(visitor(1, 0, served(7)), visitor(2, 1, served(3))))
    first, second = done.outcomes.values()
    assert first.waited == 10_000
    assert second.waited == 6 * MINUTE + 20_000
    assert first.served
    assert second.served


def test_who_was_never_served_takes_the_mean_of_the_category() -> None:
    done = rerun(script(visitor(1, 0), visitor(2, 0.5, served(3))))
    assert done.outcomes[f"{2:032x}"].waited == 10 * MINUTE - 30_000 + 20_000


def test_the_missed_are_missed_again_and_come_back_after_the_same_time() -> None:
    missed = Turn(MISSED, 2 * MINUTE, away=5 * MINUTE)
    done = rerun(script(visitor(1, 0, missed, served(3), phone=True)))
    ticket = done.day.tickets[f"{1:032x}"]
    assert ticket.reinstated == 1
    assert ticket.state == "finished"
    assert ticket.ended_at == OPENS + 10_000 + 2 * MINUTE + 5 * MINUTE + 10_000 + 3 * MINUTE


def test_a_ticket_without_a_phone_gets_the_recalls_and_the_look_that_the_policy_asks_for() -> None:
    strict = replace(PLAN, policy=replace(PLAN.policy, missed=replace(PLAN.policy.missed, look_without_phone=True)))
    done = rerun(script(visitor(1, 0, Turn(MISSED, MINUTE))), strict)
    ticket = done.day.tickets[f"{1:032x}"]
    assert (ticket.recalls, ticket.looked_at) == (3, OPENS + 10_000 + MINUTE)


def test_a_policy_that_reinstates_nobody_loses_them() -> None:
    never = replace(PLAN, policy=replace(PLAN.policy, missed=replace(PLAN.policy.missed, times=0)))
    kept = script(visitor(1, 0, Turn(MISSED, MINUTE, away=MINUTE), served(3), phone=True))
    assert rerun(kept).outcomes[f"{1:032x}"].served
    assert not rerun(kept, never).outcomes[f"{1:032x}"].served


def test_the_clock_of_a_policy_misses_who_walks_too_slowly_and_reinstates_them_when_they_come() -> None:
    slow = replace(served(9), walk=6 * MINUTE)
    strict = replace(PLAN, policy=replace(PLAN.policy, missed=replace(PLAN.policy.missed, after_minutes=2)))
    ticket = rerun(script(visitor(1, 0, slow, phone=True)), strict).day.tickets[f"{1:032x}"]
    assert (ticket.reinstated, ticket.missed_at) == (1, OPENS + 10_000 + 2 * MINUTE)
    assert ticket.state == "finished"


def test_the_parked_come_back_by_name() -> None:
    done = rerun(script(visitor(1, 0, Turn(PARKED, MINUTE, away=4 * MINUTE, by_name=True), served(3))))
    ticket = done.day.tickets[f"{1:032x}"]
    assert ticket.ended_at == OPENS + 10_000 + MINUTE + 4 * MINUTE + 10_000 + 3 * MINUTE


def test_a_transfer_that_the_plan_refuses_goes_on_at_its_window() -> None:
    moved = Turn(TRANSFERRED, MINUTE, to="Z")
    done = rerun(script(visitor(1, 0, moved, served(3))))
    ticket = done.day.tickets[f"{1:032x}"]
    assert (ticket.transfers, ticket.ended_at) == (0, OPENS + 10_000 + 4 * MINUTE)


def test_who_gave_up_gives_up_at_the_same_time_unless_called_before() -> None:
    quick = script(visitor(1, 0, served(30)), visitor(2, 1, leaves=OPENS + 20 * MINUTE))
    assert rerun(quick).day.tickets[f"{2:032x}"].state == "abandoned"
    two = script(visitor(1, 0, served(30)), visitor(2, 1, leaves=OPENS + 20 * MINUTE), windows=("101", "102"))
    assert rerun(two).day.tickets[f"{2:032x}"].state == "finished"


def test_a_window_that_left_nobody_waiting_works_on_until_nobody_waits() -> None:
    late = [visitor(n, 479, served(20)) for n in range(1, 4)]
    done = rerun(script(*late))
    assert all(outcome.served for outcome in done.outcomes.values())
    left = rerun(replace(script(*late), lasting=frozenset()))
    assert [outcome.served for outcome in left.outcomes.values()] == [True, False, False]
    assert left.outcomes[f"{3:032x}"].waited == CLOSES + 19 * MINUTE + 10_000 - (OPENS + 479 * MINUTE)


def test_priority_under_a_draft_goes_first() -> None:
    crowd = [visitor(n, n / 60, served(10)) for n in range(1, 5)]
    old = visitor(9, 1, served(10), priority="elderly")
    fair = replace(FIRST_COME, policy=replace(FIRST_COME.policy, classes=(PriorityClass("elderly", "老", "E", 60),)))
    assert rerun(script(*crowd, old), FIRST_COME).outcomes[old.ticket].waited > 38 * MINUTE
    assert rerun(script(*crowd, old), fair).outcomes[old.ticket].waited < 10 * MINUTE


def test_a_visit_that_one_window_can_do_under_the_draft_needs_one_window() -> None:
    both = visitor(1, 0, served(4, "A"), served(6, "E"), also=("E",))
    apart = rerun(script(both, windows=("101", "201")))
    assert len(apart.day.tickets[both.ticket].legs) == 1
    joined = small_plan(windows=(window("101", "ABEP"), window("201", "EP")))
    once = rerun(script(both, windows=("101", "201")), joined).day.tickets[both.ticket]
    assert (once.legs, once.ended_at) == ((), OPENS + 10_000 + 10 * MINUTE)


def test_a_closing_waits_for_the_ticket_at_the_window() -> None:
    acts = (c.OpenWindow(DATE, OPENS, "101"), c.CloseWindow(DATE, OPENS + MINUTE, "101", anyway=True))
    done = rerun(script(visitor(1, 0, served(5)), visitor(2, 0, served(5)), acts=acts, windows=()))
    assert [outcome.served for outcome in done.outcomes.values()] == [True, False]
    assert done.day.windows["101"].state == "closed"


def test_a_break_begins_after_the_ticket_and_lasts_as_long_as_in_the_record() -> None:
    acts = (
        c.OpenWindow(DATE, OPENS, "101"),
        c.PauseWindow(DATE, OPENS + MINUTE, "101", "午休", anyway=True),
        c.OpenWindow(DATE, OPENS + 31 * MINUTE, "101"),
    )
    done = rerun(script(visitor(1, 0, served(5)), visitor(2, 0, served(5)), acts=acts, windows=()))
    first = OPENS + 10_000 + 5 * MINUTE
    assert done.day.tickets[f"{2:032x}"].called_at == first + 30 * MINUTE + 10_000


def test_who_would_be_too_early_for_the_slot_comes_when_check_in_opens() -> None:
    slot = OPENS + 60 * MINUTE
    done = rerun(script(visitor(1, 0, served(5), slot=slot)))
    assert done.day.tickets[f"{1:032x}"].issued_at == slot - 30 * MINUTE


def test_progress_is_told_as_a_share_of_the_day() -> None:
    told: list[float] = []
    rerun(script(*(visitor(n, n / 2, served(1)) for n in range(300))), tell=told.append)
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] <= 1
