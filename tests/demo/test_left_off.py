"""Where a demo's clock starts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from hub.core.calendar_source import from_package
from hub.core.profile_file import default_profile
from hub.demo.left_off import LeftOff, left_off, people_of_day, starts_at

PROFILE, YEARS = default_profile(), from_package()


def local(text: str) -> int:
    """A time in Beijing as ms UTC."""
    return int(datetime.fromisoformat(text + "+08:00").astimezone(UTC).timestamp()) * 1000


def test_a_demo_on_a_sunday_plays_the_monday_from_five_minutes_before_opening() -> None:
    assert starts_at(PROFILE, YEARS, None, date(2026, 11, 22)) == local("2026-11-23T08:55:00")


def test_a_working_day_is_played_itself() -> None:
    assert starts_at(PROFILE, YEARS, None, date(2026, 11, 24)) == local("2026-11-24T08:55:00")


def test_a_holiday_is_left_out() -> None:
    assert starts_at(PROFILE, YEARS, None, date(2026, 10, 1)) >= local("2026-10-07T00:00:00")


def test_an_unfinished_day_goes_on_at_its_last_entry() -> None:
    left = LeftOff("2026-11-23", local("2026-11-23T11:11:00"), closed=False)
    assert starts_at(PROFILE, YEARS, left, date(2027, 1, 1)) == left.at


def test_after_a_closed_day_the_next_working_day_is_played() -> None:
    friday = LeftOff("2026-11-27", local("2026-11-27T17:40:00"), closed=True)
    assert starts_at(PROFILE, YEARS, friday, date(2026, 11, 1)) == local("2026-11-30T08:55:00")


def test_no_log_is_nowhere_left_off(tmp_path: Path) -> None:
    assert left_off(f"sqlite:///{tmp_path / 'hall.db'}") is None


def test_a_day_keeps_its_people_over_a_restart(tmp_path: Path) -> None:
    first = people_of_day(tmp_path, "2026-11-23", 5, 30)
    assert people_of_day(tmp_path, "2026-11-23", 6, 900) == first
    assert people_of_day(tmp_path, "2026-11-24", 6, 900).visits == 900
    (tmp_path / "people.json").write_bytes(b"torn")
    assert people_of_day(tmp_path, "2026-11-24", 7, 31).seed == 7
