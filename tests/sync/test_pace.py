"""A backfill leaves a hall at work time for itself."""

from __future__ import annotations

from hub.sync.pace import BACKLOG, LEFT_TO_THE_HALL, LONGEST_REST_SECONDS, WORKING_SECONDS, Courtesy


def test_a_hall_at_work_has_more_of_the_time_than_the_backfill() -> None:
    courtesy = Courtesy(lambda: 10.0)
    courtesy.woke()
    assert courtesy.rest(0.2, BACKLOG) == 0.2 * LEFT_TO_THE_HALL
    assert courtesy.rest(9.0, BACKLOG) == LONGEST_REST_SECONDS


def test_a_hall_where_nothing_happens_gives_all_of_it() -> None:
    now = [10.0]
    courtesy = Courtesy(lambda: now[0])
    assert courtesy.rest(0.2, 300_000) == 0
    courtesy.woke()
    now[0] += WORKING_SECONDS + 0.1
    assert courtesy.rest(0.2, 300_000) == 0


def test_what_happens_now_goes_up_at_once() -> None:
    courtesy = Courtesy(lambda: 10.0)
    courtesy.woke()
    assert courtesy.rest(0.2, BACKLOG - 1) == 0
