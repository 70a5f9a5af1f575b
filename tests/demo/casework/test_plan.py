"""When a demo with cases starts, and how it goes on after a kill."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from hub.core.calendar_source import from_package
from hub.core.profile_file import default_profile, load
from hub.demo.casework.ledger import Ledger, Progress, keep, kept
from hub.demo.casework.plan import case_plan
from hub.demo.left_off import LeftOff

PROFILE, YEARS = default_profile(), from_package()


def local(text: str) -> int:
    return int(datetime.fromisoformat(text + "+08:00").astimezone(UTC).timestamp()) * 1000


def test_a_new_log_begins_six_working_days_before_the_day_that_is_shown(tmp_path: Path) -> None:
    plan = case_plan(tmp_path, PROFILE, YEARS, None, date(2026, 11, 22))
    assert plan is not None
    assert plan.ledger == Ledger("2026-11-23")
    assert plan.starts == local("2026-11-13T08:55:00")
    assert plan.begins_before
    assert plan.days.from_shown(-1).date == "2026-11-20"
    assert plan.days.after(plan.starts + 3_600_000, 6).date == "2026-11-23"


def test_killed_in_the_days_before_it_goes_on_there(tmp_path: Path) -> None:
    keep(tmp_path, Ledger("2026-11-23", {"deemed": Progress("a" * 32, "DC2026K000001", "desk-online", 1)}))
    left = LeftOff("2026-11-17", local("2026-11-17T10:20:00"), closed=False)
    plan = case_plan(tmp_path, PROFILE, YEARS, left, date(2026, 11, 1))
    assert plan is not None
    assert plan.begins_before
    assert plan.starts == left.at
    assert plan.ledger.cases["deemed"].number == "DC2026K000001"


def test_killed_on_the_day_itself_its_cases_go_on(tmp_path: Path) -> None:
    keep(tmp_path, Ledger("2026-11-23", {"joint": Progress("a" * 32, "n", "clerk-305", 1, done=4)}))
    left = LeftOff("2026-11-23", local("2026-11-23T11:20:00"), closed=False)
    plan = case_plan(tmp_path, PROFILE, YEARS, left, date(2026, 11, 1))
    assert plan is not None
    assert not plan.begins_before
    assert plan.ledger.cases["joint"].done == 4


def test_the_next_day_has_cases_of_its_own_and_no_days_before(tmp_path: Path) -> None:
    keep(tmp_path, Ledger("2026-11-23", {"joint": Progress("a" * 32, "n", "clerk-305", 1)}))
    left = LeftOff("2026-11-23", local("2026-11-23T17:40:00"), closed=True)
    plan = case_plan(tmp_path, PROFILE, YEARS, left, date(2026, 11, 1))
    assert plan is not None
    assert not plan.begins_before
    assert plan.ledger == Ledger("2026-11-24")


def test_a_hall_with_other_items_shows_no_cases(tmp_path: Path) -> None:
    small = load(Path(__file__).parents[1].joinpath("small.toml").read_text(encoding="utf-8"))
    assert case_plan(tmp_path, small, YEARS, None, date(2026, 11, 22)) is None


def test_a_torn_ledger_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / "cases.json").write_bytes(b"torn")
    assert kept(tmp_path) is None
