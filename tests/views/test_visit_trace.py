"""A complaint's ticket, call and case in one timeline, from the log alone."""

from __future__ import annotations

from hub.domain.queue import events as q
from hub.views.visit_trace import visit_trace
from tests.domain.ratings import cases as k

T = k.TICKET
MINUTE = 60_000
VISIT: list[tuple[str, object]] = [
    ("kiosk/k1", q.TicketIssued(T, "A012", "A", "A/1", 0, None, None, (), "k1", None, 3, None)),
    ("account/li", q.TicketCalled("other", "101", "li", 1)),
    ("account/li", q.TicketCalled(T, "101", "li", 5 * MINUTE)),
    ("account/li", q.ServiceStarted(T, "101", 6 * MINUTE)),
    ("account/li", q.ServiceFinished(T, "101", "li", 18 * MINUTE + 59_000)),
    ("device/pad-101", q.VisitRated(T, "101", "li", 1, 19 * MINUTE)),
]


def test_the_trace_tells_who_did_what_where_and_for_how_long() -> None:
    _, happened = k.run(k.opening(), k.verify(), k.fix(), k.call(False), k.call(satisfied=False), k.close())
    trace = visit_trace(T, [*VISIT, *(("account/wang", event) for event in happened)])
    assert (trace.number, trace.served_minutes) == ("A012", 12)
    assert [step.what.zh for step in trace.steps] == [
        "取号 A012",
        "叫号",
        "开始办理",
        "办结",
        "评价：非常不满意",
        "立案",
        "核实：属实",
        "记录整改",
        "回访：未接通",
        "回访：仍不满意",
        "办结",
    ]
    assert [step.who for step in trace.steps[:2]] == ["kiosk/k1", "li"]
    assert (trace.steps[1].window, trace.steps[1].clerk) == ("101", "li")
    assert "2026-12-02" in trace.steps[5].note
    assert trace.steps[-1].note == "已整改 fixed"


def test_a_visit_that_was_never_finished_was_served_for_no_time() -> None:
    assert visit_trace(T, VISIT[:4]).served_minutes is None
    assert visit_trace(T, []).steps == ()


def test_a_visit_over_several_windows_was_served_for_the_sum_of_its_legs() -> None:
    legs = [
        ("account/li", q.LegFinished(T, "101", "li", ("A",), "B/1", "B", 10 * MINUTE)),
        ("account/sun", q.TicketCalled(T, "106", "sun", 20 * MINUTE)),
        ("account/sun", q.ServiceFinished(T, "106", "sun", 23 * MINUTE)),
    ]
    trace = visit_trace(T, [*VISIT[:4], *legs])
    assert trace.served_minutes == 7
    assert [step.window for step in trace.steps][-3:] == ["101", "106", "106"]


def test_a_hand_ticket_was_served_as_its_times_say() -> None:
    entered = q.HandTicketEntered(T, "A901", "A", "A/1", None, 0, 90 * MINUTE, "101", "li", 5 * MINUTE, 9 * MINUTE)
    trace = visit_trace(T, [("account/attendant", entered)])
    assert (trace.number, trace.served_minutes) == ("A901", 4)


def test_a_visit_that_was_parked_in_between_was_served_before_and_after() -> None:
    again = [
        ("account/li", q.TicketParked(T, "101", "复印材料", 7 * MINUTE)),
        ("account/li", q.TicketCalled(T, "101", "li", 30 * MINUTE)),
        ("account/li", q.ServiceFinished(T, "101", "li", 33 * MINUTE)),
    ]
    assert visit_trace(T, [*VISIT[:4], *again]).served_minutes == 4
