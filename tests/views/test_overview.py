"""The hall at one glance."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.queue import commands as c
from hub.views.overview import device_rows, overview
from tests.views.day import DATE, Morning


@dataclass(frozen=True)
class Seen:
    id: str
    kind: str
    state: str = "online"
    since: int = 0
    trouble: str | None = None


def test_totals_add_up() -> None:
    morning = Morning()
    morning.open("101", "102")
    for _ in range(4):
        morning.take("A")
    morning.call("101")
    morning.call("102")
    morning.start("102")
    shown = overview(morning.day, morning.profile, (), morning.now)
    assert (shown.issued, shown.waiting, shown.called, shown.serving) == (4, 2, 1, 1)
    assert (shown.open, shown.windows) == (2, 58)


def test_a_wait_over_thirty_minutes_is_named_with_what_would_mend_it() -> None:
    morning = Morning()
    morning.open("101")
    morning.do(c.PauseWindow(DATE, morning.now, "101", "换班"))
    morning.take("A")
    morning.later(30)
    assert overview(morning.day, morning.profile, (), morning.now).long == ()
    morning.later(1)
    (row,) = overview(morning.day, morning.profile, (), morning.now).long
    assert (row.letter, row.longest, row.open) == ("A", 31, 0)
    assert "101" in row.could_open


def test_every_window_stands_on_its_floor_once() -> None:
    morning = Morning()
    floors = overview(morning.day, morning.profile, (), morning.now).floors
    assert [floor.number for floor in floors] == [1, 2, 3]
    assert sum(len(floor.windows) for floor in floors) == 58


def test_troubles_are_in_plain_words_and_low_paper_is_no_fault_yet() -> None:
    morning = Morning()
    seen = (
        Seen("printer-1", "ticket_printer", trouble="paper-low"),
        Seen("printer-2", "ticket_printer", trouble="paper-out"),
        Seen("kiosk-1", "kiosk", state="lost"),
        Seen("kiosk-2", "kiosk"),
        Seen("stray-9", "rating_pad"),
    )
    shown = overview(morning.day, morning.profile, seen, morning.now)
    faults = {row.id: (row.urgent, row.words.zh) for row in shown.faults}
    assert faults["printer-1"] == (False, "纸快用完，请备纸")
    assert faults["printer-2"] == (True, "缺纸，请换纸")
    assert faults["kiosk-1"][0]
    assert set(faults) == {"printer-1", "printer-2", "kiosk-1"}
    assert shown.urgent == 2
    rows = {row.id: row for row in device_rows(morning.profile, seen)}
    assert rows["stray-9"].place.zh == "未登记"
    assert rows["printer-2"].floor == 1
    assert rows["board-floor-2"].words.zh == "未接入"


def test_who_sits_where_since_when_and_why_a_window_is_paused() -> None:
    morning = Morning()
    morning.open("101", "102")
    morning.do(c.SignInClerk(DATE, morning.now, "101", "王芳"))
    morning.later(5)
    morning.do(c.PauseWindow(DATE, morning.now, "101", "午餐"))
    until = morning.now + 3_600_000
    morning.do(c.ReskillWindow(DATE, morning.now, "102", ("A", "E"), until))
    cells = {
        cell.number: cell
        for row in overview(morning.day, morning.profile, (), morning.now).floors
        for cell in row.windows
    }
    assert (cells["101"].clerk, cells["101"].why, cells["101"].since) == ("王芳", "午餐", morning.now)
    assert (cells["102"].lent, cells["102"].until, cells["102"].categories) == (True, until, ("A", "E"))
    assert cells["102"].idle
    assert not cells["101"].idle


def test_at_noon_a_floor_says_how_many_windows_may_still_pause() -> None:
    morning = Morning()
    morning.open("101", "102", "103", "104")
    assert overview(morning.day, morning.profile, (), morning.now).floors[0].watch is None
    morning.later(3 * 60)
    morning.do(c.PauseWindow(DATE, morning.now, "101", "午餐"))
    watch = overview(morning.day, morning.profile, (), morning.now).floors[0].watch
    assert watch is not None
    assert (watch.needed, watch.may_pause) == (2, 1)
