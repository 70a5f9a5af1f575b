"""From samples to arrivals and calls, dirty spots included."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.demo.office.flow import BEFORE, MINUTE, flow_of
from hub.demo.office.office_file import QueueSamples, Sample


def queue(*rows: tuple[int, int, int], open: int = 2, minutes: float = 5) -> QueueSamples:
    """Rows of minute, served number, waiting."""
    return QueueSamples("7", "Q", tuple(Sample(at, serving, waiting, open, minutes) for at, serving, waiting in rows))


def test_the_served_number_plus_the_waiting_is_how_many_came() -> None:
    flow = flow_of(queue((480, 1, 2), (485, 2, 3), (490, 4, 1)))
    assert len(flow.arrivals) == 5
    assert len(flow.calls) == 4
    assert flow.base == 0


def test_newcomers_and_calls_spread_over_the_interval_and_end_at_its_sample() -> None:
    flow = flow_of(queue((480, 0, 0), (485, 0, 5), (490, 5, 0)))
    assert [at // MINUTE for at in flow.arrivals] == [481, 482, 483, 484, 485]
    assert [call.at // MINUTE for call in flow.calls] == [486, 487, 488, 489, 490]


def test_those_who_are_there_at_the_first_sample_came_shortly_before() -> None:
    flow = flow_of(queue((480, 0, 2), (485, 1, 1)))
    assert flow.arrivals == ((480 - BEFORE // 2) * MINUTE, 480 * MINUTE)


def test_a_number_out_of_another_series_is_not_believed() -> None:
    flow = flow_of(queue((480, 18, 1), (485, 87, 2), (490, 87, 2), (495, 20, 1), (500, 22, 0)))
    assert len(flow.calls) == 22
    assert len(flow.arrivals) == 22
    assert flow.disbelieved == 2


def test_no_number_shown_leaves_the_last_one_standing() -> None:
    flow = flow_of(queue((480, 3, 0), (485, 0, 2), (490, 5, 0)))
    assert len(flow.arrivals) == 5
    assert flow.disbelieved == 0


def test_a_leap_past_everybody_who_waits_is_not_believed() -> None:
    flow = flow_of(queue((480, 20, 1), (485, 21, 2), (490, 955, 0), (495, 955, 0)))
    assert len(flow.calls) == 21
    assert len(flow.arrivals) == 23
    assert flow.disbelieved == 2


def test_a_counter_that_goes_on_from_the_day_before_counts_from_its_first_number() -> None:
    flow = flow_of(queue((480, 0, 1), (485, 201, 1), (490, 203, 0)))
    assert flow.base == 200
    assert len(flow.calls) == 3


def test_more_calls_than_the_counters_can_take_were_no_shows() -> None:
    flow = flow_of(queue((480, 0, 13), (485, 13, 0), open=1))
    assert sum(call.shows_up for call in flow.calls) == 5
    assert len(flow.calls) == 13


def test_who_is_never_reached_is_never_called() -> None:
    flow = flow_of(queue((480, 1, 8), (485, 1, 8)))
    assert (len(flow.arrivals), len(flow.calls)) == (9, 1)


samples = st.lists(
    st.tuples(st.integers(1, 10), st.integers(0, 60), st.integers(0, 20), st.integers(0, 5)), min_size=1, max_size=60
)


@given(samples)
def test_nobody_is_called_before_they_came_and_all_stands_in_order(rows: list[tuple[int, int, int, int]]) -> None:
    minute, found = 480, []
    for after, serving, waiting, opened in rows:
        minute += after
        found.append(Sample(minute, serving, waiting, opened, 5.0))
    flow = flow_of(QueueSamples("7", "Q", tuple(found)))
    assert list(flow.arrivals) == sorted(flow.arrivals)
    assert [call.at for call in flow.calls] == sorted(call.at for call in flow.calls)
    assert len(flow.calls) <= len(flow.arrivals)
    assert all(call.at > arrival for call, arrival in zip(flow.calls, flow.arrivals, strict=False))
    assert flow.windows >= 1
    assert flow.disbelieved < max(len(rows), 2)
