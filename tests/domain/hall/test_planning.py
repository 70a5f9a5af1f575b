from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.calendar_source import from_package
from hub.domain.hall.calendar import CalendarVersion
from hub.domain.hall.planning import business_day, business_day_after, day_starts, plan_for
from hub.domain.hall.profile import HallProfile, WeekdayHours
from tests.domain.hall.halls import DEFAULT, WARSAW, ms

CN = CalendarVersion(4, from_package())
NONE = CalendarVersion(0)
HOUR = 3_600_000
HALLS = {
    "Beijing": DEFAULT,
    "Warsaw": WARSAW,
    "Lord Howe": replace(WARSAW, hall=replace(WARSAW.hall, timezone="Australia/Lord_Howe")),
    "Beirut, whose clocks change at midnight": replace(WARSAW, hall=replace(WARSAW.hall, timezone="Asia/Beirut")),
    "Warsaw at 02:30": replace(WARSAW, hours=replace(WARSAW.hours, day_starts="02:30")),
}


def test_a_day_of_the_default_hall():
    plan = plan_for(DEFAULT, 3, CN, "2026-03-02")
    assert (plan.profile, plan.calendar, plan.policy.version) == (3, 4, 3)
    assert plan.working
    assert plan.issuing_from == ms("2026-03-02 08:30", "Asia/Shanghai")
    assert plan.opens == ms("2026-03-02 09:00", "Asia/Shanghai")
    assert plan.closes == ms("2026-03-02 17:00", "Asia/Shanghai")
    assert plan.ends == ms("2026-03-03 04:00", "Asia/Shanghai")
    assert len(plan.windows) == 58
    assert plan.windows[0].categories == ("A", "B", "C", "D")
    assert next(queue for queue in plan.queues if queue.letter == "P").floors == (1, 2, 3)


def test_a_holiday_is_not_worked_and_a_makeup_saturday_is():
    assert not plan_for(DEFAULT, 1, CN, "2026-10-01").working
    assert not plan_for(DEFAULT, 1, CN, "2026-03-07").working
    assert plan_for(DEFAULT, 1, CN, "2026-02-14").working


def test_a_makeup_saturday_keeps_the_ordinary_hours():
    saturdays = (WeekdayHours(("sat",), "10:00", "12:00"),)
    hall = replace(DEFAULT, hours=replace(DEFAULT.hours, weekdays=saturdays))
    assert plan_for(hall, 1, CN, "2026-02-14").opens == ms("2026-02-14 09:00", "Asia/Shanghai")
    every_day = replace(hall, hall=replace(hall.hall, calendar="every-day"))
    assert plan_for(every_day, 1, CN, "2026-02-14").opens == ms("2026-02-14 10:00", "Asia/Shanghai")


def test_always_has_no_hours_and_works_on_a_sunday():
    plan = plan_for(DEFAULT, 1, CN, "2026-03-08", always=True)
    assert (plan.working, plan.issuing_from, plan.opens, plan.closes) == (True, None, None, None)
    assert plan.ends == ms("2026-03-09 04:00", "Asia/Shanghai")


def test_another_hall_has_its_own_hours_by_weekday():
    monday, friday = plan_for(WARSAW, 1, NONE, "2026-03-02"), plan_for(WARSAW, 1, NONE, "2026-03-06")
    assert monday.closes == ms("2026-03-02 18:00", "Europe/Warsaw")
    assert plan_for(WARSAW, 1, NONE, "2026-03-03").closes == ms("2026-03-03 16:00", "Europe/Warsaw")
    assert not friday.working
    assert [window.categories for window in monday.windows] == [("A", "B"), ("A", "B"), ("B",)]


def test_the_days_of_a_clock_change_are_23_and_25_hours_long():
    for day, hours, offset in (("2026-03-29", 23, 2), ("2026-10-25", 25, 1)):
        plan = plan_for(WARSAW, 1, NONE, day)
        assert plan.ends - day_starts(WARSAW, day) == hours * HOUR
        assert plan.opens == ms(f"{day} 08:00") - offset * HOUR


def test_a_hall_that_closes_at_midnight_closes_at_the_next_days_first_moment():
    late = replace(WARSAW, hours=replace(WARSAW.hours, closes="24:00"))
    assert plan_for(late, 1, NONE, "2026-03-03").closes == ms("2026-03-04 00:00", "Europe/Warsaw")


def test_the_last_minute_of_the_night_still_belongs_to_yesterday():
    boundary = ms("2026-03-03 04:00", "Asia/Shanghai")
    assert business_day(DEFAULT, boundary - 1) == "2026-03-02"
    assert business_day(DEFAULT, boundary) == "2026-03-03"
    assert business_day(DEFAULT, ms("2026-03-03 00:00")) == "2026-03-03"


def test_what_is_no_date_is_refused():
    with pytest.raises(ValueError, match="day is out of range"):
        plan_for(DEFAULT, 1, CN, "2026-02-30")


@given(st.sampled_from(sorted(HALLS)), st.integers(ms("2019-12-01 00:00"), ms("2031-01-01 00:00")))
def test_every_moment_has_one_business_day_that_holds_it(name: str, at: int):
    hall = HALLS[name]
    day = business_day(hall, at)
    assert day_starts(hall, day) <= at < plan_for(hall, 1, NONE, day).ends


@given(st.sampled_from(sorted(HALLS)), st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_a_plan_stands_in_order_within_its_own_day(name: str, on: date):
    hall: HallProfile = HALLS[name]
    plan = plan_for(hall, 1, CN, on.isoformat())
    assert plan.issuing_from is not None
    assert plan.opens is not None
    assert plan.closes is not None
    assert day_starts(hall, plan.date) <= plan.issuing_from <= plan.opens < plan.closes <= plan.ends
    following = business_day_after(plan.date)
    assert following == (on + timedelta(days=1)).isoformat()
    assert plan.ends == day_starts(hall, following)
    assert business_day(hall, plan.ends) == following
