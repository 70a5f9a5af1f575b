from hypothesis import given
from hypothesis import strategies as st

from hub.domain.clock.commands import ClockCommand, ConfirmClock, ReportClockStep
from hub.domain.clock.decide import TOLERATED_MS, decide
from hub.domain.clock.evolve import evolve
from hub.domain.clock.state import ClockState

DAY = 86_400_000


def tell(state: ClockState, command: ClockCommand) -> int:
    decided = decide(state, command)
    for event in decided.events:
        evolve(state, event)
    assert decided.reply.frozen == state.frozen
    return len(decided.events)


def test_a_step_of_a_day_either_way_freezes_until_confirmed():
    for by_ms in (DAY, -DAY):
        state = ClockState()
        assert tell(state, ReportClockStep(100, by_ms)) == 1
        assert (state.frozen, state.since, state.by_ms) == (True, 100, by_ms)
        assert tell(state, ConfirmClock(200, "wang")) == 1
        assert (state.frozen, state.since, state.by_ms) == (False, 200, 0)


def test_a_step_of_five_minutes_is_time_synchronisation_at_work():
    state = ClockState()
    assert tell(state, ReportClockStep(1, TOLERATED_MS)) == 0
    assert tell(state, ReportClockStep(1, -TOLERATED_MS)) == 0
    assert tell(state, ReportClockStep(1, TOLERATED_MS + 1)) == 1


def test_confirming_a_clock_that_is_right_is_no_event():
    assert tell(ClockState(), ConfirmClock(1, "wang")) == 0


@given(st.lists(st.integers(-3 * DAY, 3 * DAY)))
def test_steps_add_up_until_the_clock_is_confirmed(steps: list[int]):
    state = ClockState()
    for by_ms in steps:
        tell(state, ReportClockStep(1, by_ms))
    large = [by_ms for by_ms in steps if abs(by_ms) > TOLERATED_MS]
    assert (state.frozen, state.by_ms, state.steps) == (bool(large), sum(large), len(large))
