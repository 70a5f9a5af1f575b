"""A provisional due date is counted again when the year is published."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.core.calendar_source import from_package
from hub.core.clock import ManualClock
from hub.core.low_ratings import LowRatings
from hub.core.reactions import Reactions
from hub.core.recounted_dues import RecountedDues
from hub.domain.hall.calendar import CalendarYear, Holiday
from hub.domain.hall.commands import NOW, PublishCalendar, PublishProfile
from hub.domain.hall.profile import Ratings
from hub.domain.ratings.commands import RecountDue, VerifyRating
from hub.domain.ratings.state import Rectification
from hub.log.cursors import Cursors
from hub.log.memory import MemoryLog
from hub.views.rating_book import RatingBook
from tests.core.test_low_ratings import do, rated, staffed
from tests.core.writers import types
from tests.domain.hall.halls import ms

NEXT_YEAR = CalendarYear(2027, (Holiday("2027-01-01", "元旦", "New Year's Day"),), ())


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(ms("2026-12-29 10:00", "Asia/Shanghai"))


async def test_a_published_year_moves_what_was_provisional_once_and_nothing_else(clock):
    hub = await staffed(MemoryLog(), clock)
    book = RatingBook(hub.log, Cursors(None), hub.codec)
    cursors = Cursors(None)

    def reactions(held: Cursors) -> Reactions:
        return Reactions(hub, hub.log, held, [LowRatings(hub), RecountedDues(hub, book.provisional)])

    ticket = await rated(hub, 1)
    await reactions(cursors).catch_up()
    case = hub.writer.state(f"rectification/{ticket}")
    assert isinstance(case, Rectification)
    assert (case.due, case.provisional, case.calendar) == ("2027-01-07", True, 1)
    await do(hub, PublishCalendar((*from_package(), NEXT_YEAR), hub.now()))
    await reactions(cursors).catch_up()
    assert (case.due, case.provisional, case.calendar) == ("2027-01-08", False, 2)
    await reactions(Cursors(None)).catch_up()
    await do(hub, RecountDue(ticket, hub.now()))
    assert types(hub.log, f"rectification/{ticket}") == ["rectification-opened", "due-recounted"]
    assert book.provisional() == []
    row = book.one(hub.now(), ticket)
    assert row is not None
    assert (row.due, row.due_at) == ("2027-01-08", case.due_at)
    await do(hub, VerifyRating(ticket, "wang", True, "x", hub.now()))
    assert case.state == "founded"
    assert "期限重算" in [step.what.zh for step in book.trace(row).steps]


async def test_days_given_at_the_opening_stay_when_the_profile_gives_others(clock):
    hub = await staffed(MemoryLog(), clock)
    book = RatingBook(hub.log, Cursors(None), hub.codec)
    ticket = await rated(hub, 1)
    reactions = Reactions(hub, hub.log, Cursors(None), [LowRatings(hub), RecountedDues(hub, book.provisional)])
    await reactions.catch_up()
    await do(hub, PublishProfile(replace(hub.profile(), ratings=Ratings(20)), NOW, hub.now()))
    await do(hub, PublishCalendar((*from_package(), NEXT_YEAR), hub.now()))
    await reactions.catch_up()
    case = hub.writer.state(f"rectification/{ticket}")
    assert isinstance(case, Rectification)
    assert (case.due, case.within) == ("2027-01-08", 7)


async def test_counting_again_what_was_never_opened_changes_nothing(clock):
    hub = await staffed(MemoryLog(), clock)
    await do(hub, RecountDue("x", hub.now()))
    assert types(hub.log, "rectification/x") == []
