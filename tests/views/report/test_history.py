"""Earlier days in the views' file equal the log, whenever they were read, killed, read again or added to."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from hub.core.readers import Readers
from hub.domain.queue import events as e
from hub.log.cursors import Cursors
from hub.log.entry import Batch, Draft
from hub.log.keys import Keys
from hub.log.memory import MemoryLog
from hub.log.names import hub_codec
from hub.log.sqlite import SqliteLog
from hub.views.report import tally as t
from hub.views.report.desk import Reports
from hub.views.report.fold import DayFold
from hub.views.report.folds import DayFolds
from hub.views.report.history import DayReports
from hub.views.report.range_report import RangeReport
from hub.views.report.summary import report_of
from hub.views.report.tally import Tally, add, less, tally_of
from hub.views.report.times import times_of
from tests.domain.queue.plans import MINUTE, small_plan
from tests.views.report import recount as r
from tests.views.report.days import Acts, any_day, write

CODEC = hub_codec(Keys(None))
DAYS = ("2026-01-05", "2026-01-06", "2026-01-30", "2026-02-02", "2026-02-03", "2026-04-01")
DAY_MS = 86_400_000


def generated(seed: int, acts: int = 150) -> dict[str, list]:
    """Days of any acts, each at its own date."""
    found: dict[str, list] = {}
    for number, date in enumerate(DAYS):
        plan = small_plan()
        shift = (int(date[5:7]) * 31 + int(date[8:])) * DAY_MS
        moved = replace(plan, date=date, opens=(plan.opens or 0) + shift, closes=(plan.closes or 0) + shift)
        moved = replace(moved, issuing_from=(plan.issuing_from or 0) + shift, ends=plan.ends + shift)
        found[date] = any_day(seed * 100 + number, acts, plan=moved).events
    return found


class Stand:
    """A log, the readers' file and what pages ask."""

    def __init__(self, path: Path | None = None) -> None:
        self.log = MemoryLog()
        self.cursors = Cursors(path)
        self.now = 0
        self.open()

    def open(self) -> None:
        """Fresh objects over the same files, as a new process has them."""
        self.folds = DayFolds(self.log, CODEC)
        self.reader = DayReports(self.folds, CODEC)
        self.readers = Readers(self.log, self.cursors, [self.reader], lambda: self.log.head().position)
        self.reports = Reports(self.log, self.folds, self.cursors, lambda: self.now)

    def range(self, begins: str = "2026-01-01", ends: str = "2026-12-31") -> RangeReport:
        return self.reports.range(begins, ends)[0]


def folded(events: Sequence[object], day: str) -> object:
    fold = DayFold()
    for event in events:
        fold.feed(event)
    return report_of(fold, day, 0)


@pytest.mark.parametrize("seed", range(3))
def test_days_and_ranges_read_from_the_file_equal_the_log(seed: int) -> None:
    stand, days = Stand(), generated(seed)
    for day, events in days.items():
        write(stand.log, CODEC, day, events)
    stand.readers.catch_up()
    assert stand.readers.parked() == []
    for day, events in days.items():
        assert stand.reports.day(day) == folded(events, day)
    for begins, ends in (
        ("2026-01-01", "2026-12-31"),
        ("2026-01-06", "2026-02-02"),
        ("2026-01-06", "2026-04-30"),
        ("2026-01-05", "2026-04-01"),
        ("2026-02-01", "2026-02-28"),
        ("2026-03-01", "2026-03-31"),
    ):
        inside = {day: events for day, events in days.items() if begins <= day <= ends}
        report = stand.range(begins, ends)
        waits = [wait for events in inside.values() for wait in r.waits(events, r.tickets(events))]
        assert report.days == len(inside)
        assert report.waits == times_of(waits)
        assert report.totals.issued == sum(len(r.tickets(events)) for events in inside.values())
        assert report.totals.expired == sum(len(r.of(events, e.TicketExpired)) for events in inside.values())
        for row in report.categories:
            here = [
                wait
                for events in inside.values()
                for wait in r.waits(
                    events, [one for one in r.tickets(events) if r.birth(events, one).category == row.category]
                )
            ]
            assert row.waits == times_of(here)
        holds = [ended - called for events in inside.values() for _, called, _, ended in r.services(events)]
        assert report.hold == times_of(holds)
        calls = sum(len(r.of(events, e.TicketCalled)) for events in inside.values())
        assert sum(row.calls for row in report.windows) == calls
        assert sum(row.waits.count for row in report.periods) == len(waits)
        assert sum(row.issued for row in report.hours) == report.totals.issued


def test_ratings_and_hand_tickets_after_the_closing_reach_day_and_month_once() -> None:
    stand = Stand()
    day = Acts(5)
    day.any_acts(200)
    day.close()
    closed = len(day.events)
    write(stand.log, CODEC, "2026-01-05", day.events)
    stand.readers.catch_up()
    before = stand.range()
    day.late_acts(30)
    late = day.events[closed:]
    assert {type(event) for event in late} >= {e.VisitRated, e.HandTicketEntered}
    for number, event in enumerate(late):
        write(stand.log, CODEC, "2026-01-05", [event], after=closed + number)
        if number % 4 == 0:
            stand.readers.catch_up()
            stand.open()
    # the reader lags here: the page asks the log
    assert stand.reports.day("2026-01-05") == folded(day.events, "2026-01-05")
    stand.readers.catch_up()
    after = stand.range()
    assert after.totals.hand == before.totals.hand + len(r.of(late, e.HandTicketEntered))
    assert after.scores.count == len(r.of(day.events, e.VisitRated))
    assert after.days == 1
    assert stand.reports.day("2026-01-05") == folded(day.events, "2026-01-05")


@pytest.mark.parametrize("seed", range(4))
def test_a_reader_stopped_anywhere_and_begun_again_counts_each_day_once(seed: int, tmp_path: Path) -> None:
    chance, days, stand = random.Random(seed), generated(seed, 80), Stand(tmp_path / "views.db")
    for day, events in days.items():
        write(stand.log, CODEC, day, events)
    while stand.cursors.catch_up(stand.log, stand.reader, chance.randint(1, 60)):
        if chance.random() < 0.5:
            stand.cursors.close()
            stand.cursors = Cursors(tmp_path / "views.db")
            stand.open()
        if chance.random() < 0.3:
            stand.reports.day(chance.choice(DAYS))  # a page reads ahead of the reader
    whole = Stand()
    whole.log = stand.log
    whole.open()
    whole.readers.catch_up()
    assert stand.range() == whole.range()
    assert [stand.reports.day(day) for day in DAYS] == [whole.reports.day(day) for day in DAYS]


READ_SLOWLY = """
import sys
from pathlib import Path
from hub.log.cursors import Cursors
from hub.log.keys import Keys
from hub.log.names import hub_codec
from hub.log.sqlite_reader import SqliteLogReader
from hub.views.report.folds import DayFolds
from hub.views.report.history import DayReports
folder = Path(sys.argv[1])
log, codec = SqliteLogReader(folder / "hall.db"), hub_codec(Keys(None))
reader, cursors = DayReports(DayFolds(log, codec), codec), Cursors(folder / "views.db")
while cursors.catch_up(log, reader, 40):
    print("a batch", flush=True)
"""


def test_a_reader_killed_between_batches_counts_each_day_once(tmp_path: Path) -> None:
    days = generated(9)
    log = SqliteLog(tmp_path / "hall.db")
    for day, events in days.items():
        write(log, CODEC, day, events)
    for _ in range(6):
        command = [sys.executable, "-c", READ_SLOWLY, str(tmp_path)]
        reading = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(Path.cwd())})
        assert reading.stdout is not None
        for _ in range(3):
            reading.stdout.readline()
        reading.send_signal(signal.SIGKILL)
        reading.wait()
        reading.stdout.close()
    stand = Stand(tmp_path / "views.db")
    stand.log = log  # type: ignore[assignment]
    stand.open()
    assert 0 < stand.cursors.position("day-reports") <= log.head().position
    stand.readers.catch_up()
    issued = sum(len(r.tickets(events)) for events in days.values())
    assert (stand.range().days, stand.range().totals.issued) == (len(days), issued)
    for day, events in days.items():
        assert stand.reports.day(day) == folded(events, day)
    stand.cursors.close()
    log.close()


def test_a_report_asked_during_the_rollover_gives_the_closed_day_whole() -> None:
    stand = Stand()
    day = Acts(3)
    day.any_acts(150)
    write(stand.log, CODEC, "2026-01-05", day.events)
    stand.readers.catch_up()
    still_open = stand.reports.day("2026-01-05")
    assert still_open is not None
    assert not still_open.closed
    before = len(day.events)
    day.close()
    closing = day.events[before:]
    # the closing is committed, the reader has not seen it, the next day is not open yet
    write(stand.log, CODEC, "2026-01-05", closing, after=before)
    closed = stand.reports.day("2026-01-05")
    assert closed == folded(day.events, "2026-01-05")
    assert stand.reports.day("2026-01-06") is None
    plan = replace(small_plan(), date="2026-01-06")
    write(stand.log, CODEC, "2026-01-06", [e.DayOpened(plan, day.at)])
    report, missing = stand.reports.range("2026-01-01", "2026-01-31")
    assert (report.days, missing) == (2, 0)
    assert report.totals.expired == len(r.of(day.events, e.TicketExpired))
    stand.readers.catch_up()
    assert stand.reports.day("2026-01-05") == closed
    assert stand.range("2026-01-01", "2026-01-31").totals == report.totals


def test_today_is_part_of_a_range_as_far_as_it_went() -> None:
    stand = Stand()
    day = Acts(4)
    day.any_acts(120)
    write(stand.log, CODEC, "2026-01-05", day.events)
    stand.now = day.at + 3 * MINUTE
    assert stand.range().totals.issued == len(r.tickets(day.events))
    months = stand.reports.months("2026", "2026-01")
    assert [row.period for row in months.days] == ["2026-01-05"]
    assert [row.period for row in months.months] == ["2026-01"]
    stand.readers.catch_up()
    assert stand.range().totals.issued == len(r.tickets(day.events))
    assert stand.cursors.read("SELECT * FROM report_day") == []


def test_days_that_wait_for_the_reader_are_told_and_the_newest_are_shown() -> None:
    stand, days = Stand(), generated(2, 40)
    for day, events in days.items():
        write(stand.log, CODEC, day, events)
    report, missing = stand.reports.range("2026-01-01", "2026-12-31")
    assert (report.days, missing) == (3, len(DAYS) - 3)


def test_an_entry_that_cannot_be_read_is_parked_and_told_in_the_days_report() -> None:
    stand = Stand()
    day = Acts(6)
    day.any_acts(60)
    day.close()
    poison = Draft("queue/2026-01-05", len(day.events), "ticket-issued", 0, "test", b"c" * 16, b'{"no":"ticket"}')
    write(stand.log, CODEC, "2026-01-05", day.events[:-1])
    stand.log.append(Batch([poison], [], [], 0))
    write(stand.log, CODEC, "2026-01-05", day.events[-1:], after=len(day.events))
    stand.readers.catch_up()
    assert len(stand.readers.parked()) == 1
    report = stand.reports.day("2026-01-05")
    assert report is not None
    assert (report.closed, report.totals.unread) == (True, 1)
    assert report.totals.issued == len(r.tickets(day.events))


def test_a_day_taken_out_of_a_tally_leaves_no_trace() -> None:
    first, second = (tally_of(folded(events, day)) for day, events in list(generated(1).items())[:2])  # type: ignore[arg-type]
    both: Tally = {}
    add(both, first)
    add(both, second)
    assert less(both, second) == first
    assert less(first, first) == {}
    assert t.times_in(both, t.WAIT).count == t.times_in(first, t.WAIT).count + t.times_in(second, t.WAIT).count


def test_days_before_and_after_are_those_of_the_log() -> None:
    stand = Stand()
    for day, events in generated(1, 10).items():
        write(stand.log, CODEC, day, events)
    assert stand.reports.beside("2026-01-30") == ("2026-01-06", "2026-02-02")
    assert stand.reports.beside("2026-01-05") == (None, "2026-01-06")
    assert stand.reports.beside("2026-05-01") == ("2026-04-01", None)
