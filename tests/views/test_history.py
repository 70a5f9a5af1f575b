"""Earlier days in SQL equal the fold of the log."""

from __future__ import annotations

from hub.core.readers import Readers
from hub.log.cursors import Cursors
from hub.log.entry import Batch, Draft
from hub.log.keys import Keys
from hub.log.memory import MemoryLog
from hub.log.names import hub_codec
from hub.views.curve import STEP_MS, Curve, beside
from hub.views.history import DayHistory, curve_of, week_before

QUARTER = STEP_MS


def entry_of(codec, event, version, stream="queue/2026-11-16"):
    type_, data = codec.encode(event, stream)
    return Draft(stream, version, type_, 0, "test", b"c" * 16, data)


def issued(ticket, at):
    from hub.domain.queue.events import TicketIssued

    return TicketIssued(ticket, "A001", "A", "A/1", at, None, None, (), None, None, 0, None)


def called(ticket, at):
    from hub.domain.queue.events import TicketCalled

    return TicketCalled(ticket, "101", None, at)


def finished(ticket, at):
    from hub.domain.queue.events import ServiceFinished

    return ServiceFinished(ticket, "101", None, at)


def history_of(events, extra=()):
    codec = hub_codec(Keys(None))
    log = MemoryLog()
    drafts = [entry_of(codec, event, n + 1) for n, event in enumerate(events)]
    drafts.extend(extra)
    log.append(Batch(drafts, [], [], 0))
    cursors = Cursors(None, now=lambda: 7)
    readers = Readers(log, cursors, [DayHistory(codec)], lambda: log.head().position)
    readers.catch_up()
    return readers, cursors


def test_a_day_is_counted_by_quarters_of_an_hour():
    start = 100 * QUARTER
    _, cursors = history_of(
        [
            issued("a", start),
            issued("b", start + 1),
            called("a", start + QUARTER),
            finished("a", start + QUARTER + 5),
            called("b", start + 3 * QUARTER),
        ]
    )
    curve = curve_of(cursors, "2026-11-16")
    assert curve is not None
    assert curve.start == start
    assert curve.arrivals == (2, 0, 0, 0)
    assert curve.waiting == (2, 1, 1, 0)
    assert curve.served == (0, 1, 0, 0)


def test_a_second_call_of_a_ticket_does_not_leave_the_wait_again():
    start = 100 * QUARTER
    _, cursors = history_of([issued("a", start), called("a", start + 1), called("a", start + QUARTER)])
    curve = curve_of(cursors, "2026-11-16")
    assert curve is not None
    assert curve.waiting == (0,)


def test_a_day_without_entries_has_no_curve():
    _, cursors = history_of([])
    assert curve_of(cursors, "2026-11-15") is None


def test_an_entry_that_cannot_be_read_is_parked_and_the_rest_is_counted():
    start = 100 * QUARTER
    poison = Draft("queue/2026-11-16", 2, "ticket-issued", 0, "test", b"c" * 16, b'{"no":"ticket"}')
    unknown = Draft("queue/2026-11-16", 3, "never-heard-of", 0, "test", b"c" * 16, b"{}")
    readers, cursors = history_of([issued("a", start)], [poison, unknown])
    assert [parked.position for parked in readers.parked()] == [2, 3]
    assert readers.lag() == 0
    curve = curve_of(cursors, "2026-11-16")
    assert curve is not None
    assert curve.arrivals == (1,)
    assert readers.retry() == 0


def test_the_day_to_compare_with_is_the_same_weekday_a_week_earlier():
    assert week_before("2026-03-03") == "2026-02-24"


def test_a_week_ago_stands_beside_today_step_by_step():
    today = Curve(100 * QUARTER, 4, (1,), (1,), (0,))
    earlier = Curve(99 * QUARTER - 672 * QUARTER, 3, (0, 0, 0), (5, 6, 7), (0, 0, 0))
    assert beside(today, earlier, 672 * QUARTER).week_ago == (6, 7, None, None)
    assert beside(today, None, 672 * QUARTER).week_ago == ()


def test_history_that_was_never_read_is_unknown():
    assert curve_of(Cursors(None), "2026-11-16") is None
