"""The drawn clocks: one scale, stops where they were, nothing outside the drawing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.views.cases.lines import WIDE, Timeline, timeline
from tests.domain.cases.office import PLAIN, Office


def drawn(office: Office) -> Timeline:
    found = timeline(office.case, office.almanac, office.now, office.day)
    assert found is not None
    return found


def test_nothing_is_drawn_before_a_clock_began() -> None:
    office = Office()
    office.open(receive=False)
    assert timeline(office.case, office.almanac, office.now, office.day) is None


def test_a_running_clock_is_filled_up_to_today_and_says_what_is_left() -> None:
    office = Office("2026-03-02 10:00").accepted()
    office.on("2026-03-06 11:00")
    line = next(each for each in drawn(office).lines if each.face.name == "promised")
    assert (line.left, line.light) == (4, "green")
    assert 0 < line.used.wide < line.whole.wide
    assert line.used.x == line.whole.x


def test_a_stop_is_a_bar_of_its_own_and_the_clock_has_no_due_day() -> None:
    office = Office("2026-03-02 10:00").accepted()
    office.on("2026-03-04 10:00").special()
    office.on("2026-03-10 10:00")
    line = next(each for each in drawn(office).lines if each.face.name == "legal")
    assert (line.left, line.face.due, line.light, len(line.stops)) == (None, None, "stopped", 1)
    assert line.stops[0].x + line.stops[0].wide == drawn(office).today


def test_an_overdue_clock_counts_backwards() -> None:
    office = Office("2026-03-02 10:00").accepted()
    office.on("2026-03-20 10:00")
    line = next(each for each in drawn(office).lines if each.face.name == "promised")
    assert (line.left, line.light) == (-6, "red")


@given(st.integers(0, 60), st.booleans(), st.integers(0, 20))
def test_every_bar_lies_on_the_drawing(days: int, stopped: bool, later: int) -> None:
    office = Office("2026-03-02 10:00").accepted(PLAIN)
    if stopped:
        office.special()
    office.now += days * 86_400_000
    if stopped and later > 10:
        office.end_special()
    office.now += later * 86_400_000
    found = drawn(office)
    assert found.today is None or 0 <= found.today <= WIDE
    for line in found.lines:
        for bar in (line.whole, line.used, *line.stops):
            assert bar.x >= 0
            assert bar.wide > 0
            assert bar.x + bar.wide <= WIDE
