"""Due dates of the ratings loop: working days of the hall's calendar, day 0 the day of rating."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.core.calendar_source import from_package
from hub.domain.hall.calendar import CalendarVersion, WorkingDays
from hub.domain.hall.planning import business_day
from hub.domain.ratings.due import due_for
from tests.domain.hall.halls import DEFAULT, WARSAW, ms

STATE = CalendarVersion(3, from_package())
DAY = 86_400_000
moments = st.integers(ms("2025-01-01 00:00"), ms("2026-12-20 00:00"))


def rated(text: str, within: int = 7, calendar: CalendarVersion = STATE):
    return due_for(DEFAULT, calendar, ms(text, "Asia/Shanghai"), within)


def test_seven_working_days_end_with_the_business_day_of_the_seventh() -> None:
    due = rated("2026-11-23 10:00")
    assert due.date == "2026-12-02"
    assert due.at == ms("2026-12-03 04:00", "Asia/Shanghai")
    assert (due.calendar, due.provisional) == (3, False)


def test_the_day_of_rating_is_the_business_day_so_after_midnight_it_is_still_yesterday() -> None:
    assert rated("2026-11-24 03:59").date == "2026-12-02"
    assert rated("2026-11-24 04:00").date == "2026-12-03"


def test_the_october_holiday_does_not_count_and_its_make_up_saturday_does() -> None:
    days = WorkingDays(STATE, "cn")
    assert not days.day("2026-10-05").working
    assert days.day("2026-10-10").makeup
    assert rated("2026-09-30 10:00", within=3).date == "2026-10-10"


def test_a_year_that_is_not_published_makes_the_date_provisional() -> None:
    due = rated("2026-12-29 10:00")
    assert due.date == "2027-01-07"
    assert due.provisional
    assert rated("2026-11-23 10:00", calendar=CalendarVersion(0)).provisional


@given(at=moments, within=st.integers(1, 60), profile=st.sampled_from([DEFAULT, WARSAW]))
def test_the_due_date_is_the_nth_working_day_after_the_day_of_rating_and_nothing_else(at, within, profile) -> None:
    due = due_for(profile, STATE, at, within)
    assert due == due_for(profile, STATE, at, within)
    days, day0 = WorkingDays(STATE, profile.hall.calendar), business_day(profile, at)
    assert days.day(due.date).working
    assert days.between(day0, due.date) == within
    assert business_day(profile, due.at - 1) == due.date
    assert business_day(profile, due.at) == (date.fromisoformat(due.date) + timedelta(days=1)).isoformat()


@given(at=moments, later=st.integers(0, 30 * DAY))
def test_who_rates_later_is_never_due_earlier(at, later) -> None:
    assert due_for(DEFAULT, STATE, at, 7).at <= due_for(DEFAULT, STATE, at + later, 7).at
