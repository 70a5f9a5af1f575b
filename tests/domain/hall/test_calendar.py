from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.calendar_source import from_package
from hub.domain.hall.calendar import CalendarVersion, CalendarYear, Deadline, Holiday, WorkingDays, check_calendar

CN = CalendarVersion(1, from_package())
WORKED = WorkingDays(CN, "cn")
DAYS = st.dates(date(2019, 1, 1), date(2028, 12, 31)).map(date.isoformat)


def test_every_published_day_is_what_the_state_said():
    day, last = date(2020, 1, 1), date(2026, 12, 31)
    while day <= last:
        known = WORKED.day(day.isoformat())
        assert (known.working, known.provisional) == (chinese_calendar.is_workday(day), False), day
        day += timedelta(days=1)


def test_a_holiday_has_its_names_and_a_makeup_saturday_is_worked():
    assert (WORKED.day("2026-10-01").zh, WORKED.day("2026-10-01").en) == ("国庆节", "National Day")
    assert WORKED.day("2026-02-14").makeup
    assert WORKED.day("2026-02-14").working


def test_a_year_not_published_counts_weekends_only_and_is_provisional():
    new_year = WORKED.day("2027-01-01")
    assert (new_year.working, new_year.provisional) == (True, True)
    assert not WORKED.day("2027-01-02").working


def test_a_limit_that_reaches_into_a_year_not_published_is_provisional():
    assert WORKED.add("2026-12-01", 20) == Deadline("2026-12-29", False)
    assert WORKED.add("2026-12-01", 30) == Deadline("2027-01-12", True)


def test_publishing_the_year_moves_the_limit_and_settles_it():
    year = CalendarYear(2027, (Holiday("2027-01-01", "元旦", "New Year's Day"),), ())
    assert WorkingDays(CalendarVersion(2, (*CN.years, year)), "cn").add("2026-12-01", 30) == Deadline(
        "2027-01-13", False
    )


def test_the_day_of_receipt_is_day_zero():
    assert WORKED.add("2026-09-30", 1) == Deadline("2026-10-08", False)
    assert WORKED.next_after("2026-09-30") == Deadline("2026-10-08", False)


def test_zero_working_days_is_today_or_the_next_working_day():
    assert WORKED.add("2026-09-30", 0) == Deadline("2026-09-30", False)
    assert WORKED.add("2026-10-01", 0) == Deadline("2026-10-08", False)


def test_working_days_are_never_counted_backwards():
    with pytest.raises(ValueError, match="forward"):
        WORKED.add("2026-09-30", -1)


def test_other_halls_count_weekdays_or_every_day():
    assert not WorkingDays(CN, "weekdays").day("2026-02-14").working
    assert WorkingDays(CN, "weekdays").day("2026-10-01").working
    assert WorkingDays(CN, "every-day").day("2026-10-03").working


@given(DAYS, st.integers(1, 60))
def test_adding_then_counting_gives_the_number_back(day: str, n: int):
    end = WORKED.add(day, n)
    assert WORKED.day(end.date).working
    assert WORKED.between(day, end.date) == n


@given(DAYS, st.integers(0, 40), st.integers(0, 40))
def test_a_longer_limit_never_ends_sooner(day: str, n: int, more: int):
    assert WORKED.add(day, n).date <= WORKED.add(day, n + more).date


@pytest.mark.parametrize(
    ("years", "path"),
    [
        ((CalendarYear(2027), CalendarYear(2027)), "years[1].year"),
        ((CalendarYear(2027, (Holiday("2028-01-01", "元旦", "New Year"),)),), "years[0].holidays[0].date"),
        ((CalendarYear(2027, (), ("2027-02-30",)),), "years[0].workdays[0]"),
        ((CalendarYear(2027, (), ("20270213",)),), "years[0].workdays[0]"),
        ((CalendarYear(2027, (Holiday("2027-01-01", "元旦", "x"),), ("2027-01-01",)),), "years[0].workdays[0]"),
    ],
)
def test_a_calendar_with_a_wrong_date_names_it(years: tuple[CalendarYear, ...], path: str):
    assert [problem.path for problem in check_calendar(years)] == [path]


def test_the_state_calendar_may_be_published():
    assert check_calendar(CN.years) == []
