"""Figures and open cases in SQL equal the log, to the ticket."""

from __future__ import annotations

from collections import Counter
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.domain.queue.events import VisitRated
from hub.domain.ratings.commands import CloseRectification
from hub.domain.ratings.decide import decide
from hub.domain.ratings.due import due_for
from hub.domain.ratings.evolve import evolve
from hub.domain.ratings.state import Rectification, overdue
from hub.domain.refusals import Refused
from hub.log.cursors import Cursors
from hub.log.entry import Batch, Draft
from hub.log.keys import Keys
from hub.log.memory import MemoryLog
from hub.log.names import hub_codec
from hub.views import ratings as view
from hub.views.rating_book import RatingBook
from hub.views.ratings import Figures
from tests.domain.hall.halls import DEFAULT, ms
from tests.domain.ratings import cases as k

DAY = 86_400_000
NOV, DEC = ms("2026-11-23 10:00", "Asia/Shanghai"), ms("2026-12-10 10:00", "Asia/Shanghai")
PATHS = {
    "verified": [k.verify()],
    "fixed": [k.verify(), k.fix(), k.call(), k.close()],
    "void": [k.verify(False), k.void(), k.close()],
    "void-open": [k.verify(False), k.void()],
    "unreached": [k.verify(), k.explain(), k.call(False)],
    "nothing": [],
}


class Book:
    """A log of ratings and their rectifications, and the book that reads it."""

    def __init__(self) -> None:
        self.log, self.cursors = MemoryLog(), Cursors(None)
        self.codec = hub_codec(Keys(None))
        self.book = RatingBook(self.log, self.cursors, self.codec)
        self.versions: Counter[str] = Counter()
        self.numbers = count(1)

    def write(self, stream: str, event: object) -> None:
        self.versions[stream] += 1
        name, data = self.codec.encode(event, stream)
        draft = Draft(stream, self.versions[stream], name, 0, "account/wang", b"c" * 16, data)
        self.log.append(Batch([draft], [], [], 0))

    def rate(self, at: int, window: str, score: int, path: str = "nothing", close_after: int = 0) -> str:
        """One rated visit, and what came of it when it was low."""
        ticket = f"{next(self.numbers):032x}"
        day = "2026-11-23" if at < ms("2026-12-01 04:00", "Asia/Shanghai") else "2026-12-10"
        self.write(f"queue/{day}", VisitRated(ticket, window, "li", score, at))
        if score > 2:
            return ticket
        case = Rectification()
        opening = k.opening(ticket=ticket, window=window, score=score, rated_at=at, day=day)
        for command in (opening, *PATHS[path]):
            if isinstance(command, CloseRectification):
                command = k.close(at + close_after)
            fields = {name: getattr(command, name) for name in command.__slots__} | {"ticket": ticket}
            for event in decide(case, k.hall(), type(command)(**fields)).events:
                evolve(case, event)
                self.write(f"rectification/{ticket}", event)
        return ticket


def test_figures_are_counted_by_month_and_window_and_void_ratings_leave_them() -> None:
    made = Book()
    made.rate(NOV, "101", 5)
    made.rate(NOV, "101", 3)
    made.rate(NOV, "101", 2, "fixed")
    made.rate(NOV, "101", 1, "void")
    made.rate(NOV, "205", 1, "fixed", close_after=30 * DAY)
    made.rate(DEC, "101", 1)
    assert made.book.bring_up()
    november = made.book.figures(DEC, ["2026-11"])
    assert november == [
        Figures("2026-11", "101", 1, 0, 1, 1, 0, opened=2, closed=2, on_time=2, overdue=0, voided=1),
        Figures("2026-11", "205", 0, 0, 0, 0, 1, opened=1, closed=1, on_time=0, overdue=1, voided=0),
    ]
    assert [row.share for row in november] == [pytest.approx(2 / 3), 0.0]
    total = view.together("2026-11", november)
    assert (total.ratings, total.opened, total.voided) == (4, 3, 1)
    assert made.book.figures(DEC, ["2026-12"])[0].opened == 1
    assert view.together("2026-10", november).share is None


def test_what_is_due_first_comes_first_and_what_is_closed_goes() -> None:
    made = Book()
    later = made.rate(DEC, "101", 1, "verified")
    first = made.rate(NOV, "102", 2, "unreached")
    closed = made.rate(NOV, "103", 1, "fixed")
    made.book.bring_up()
    rows = made.book.open(DEC)
    assert [row.ticket for row in rows] == [first, later]
    assert [(row.state, row.late, row.tries_left) for row in rows] == [("to-call-back", True, 2), ("founded", False, 3)]
    assert [(row.ticket, row.late) for row in made.book.closed(DEC, "2026-11")] == [(closed, False)]
    assert made.book.counts(DEC) == {"in-time": 1, "overdue": 1}
    assert made.book.one(DEC, "unknown") is None


def test_a_book_that_was_never_brought_up_is_empty() -> None:
    made = Book()
    assert made.book.open(NOV) == []
    assert made.book.figures(NOV, ["2026-11"]) == []
    assert made.book.counts(NOV) == {"in-time": 0, "overdue": 0}


def test_a_step_of_a_case_that_was_never_opened_is_parked() -> None:
    made = Book()
    made.write("rectification/x", k.run(k.opening(), k.verify())[1][1])
    made.rate(NOV, "101", 1)
    made.book.bring_up()
    assert len(made.cursors.parked("ratings")) == 1
    assert len(made.book.open(NOV)) == 1


@given(
    visits=st.lists(
        st.tuples(
            st.sampled_from([NOV, DEC]),
            st.sampled_from(["101", "205"]),
            st.integers(1, 5),
            st.sampled_from(sorted(PATHS)),
            st.integers(0, 20 * DAY),
        ),
        max_size=20,
    ),
    later=st.integers(0, 40 * DAY),
)
@settings(max_examples=40)
def test_figures_equal_the_log_to_the_ticket(visits, later) -> None:
    made, now = Book(), DEC + later
    for visit in visits:
        made.rate(*visit)
    made.book.bring_up()
    found = {(row.month, row.window): row for row in made.book.figures(now, ["2026-11", "2026-12"])}
    for at, month in ((NOV, "2026-11"), (DEC, "2026-12")):
        due = due_for(DEFAULT, k.hall().calendar, at, 7).at
        for window in ("101", "205"):
            mine = [v for v in visits if v[0] == at and v[1] == window]
            low = [v for v in mine if v[2] <= 2]
            void = [v for v in low if v[3].startswith("void")]
            closed = [v for v in low if v[3] in ("fixed", "void")]
            ends = [at + v[4] if v in closed else None for v in low]
            row = found.get((month, window)) or Figures(month, window)
            assert row.ratings == len(mine) - len(void)
            assert (row.opened, row.closed, row.voided) == (len(low), len(closed), len(void))
            assert row.on_time == sum(end is not None and end < due for end in ends)
            assert row.overdue == sum(overdue(due, end, now) for end in ends)
            assert row.very_satisfied == sum(v[2] == 5 for v in mine)


def test_months_are_counted_over_the_turn_of_the_year() -> None:
    assert view.months_until("2026-02", 4) == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert (view.month_after("2026-12"), view.month_after("2026-01")) == ("2027-01", "2026-02")
    for text in ("2026-13", "2026-00", "2026-1", "26-01", "", "２０２６-01", "0000-01"):
        with pytest.raises(ValueError, match=r".*"):
            view.months_until(text)


def test_the_paths_of_this_test_are_allowed() -> None:
    for path in PATHS.values():
        try:
            k.run(k.opening(), *path)
        except Refused as refused:
            pytest.fail(refused.code)
