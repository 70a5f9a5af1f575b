"""Who needs an attendant now."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hub.domain.queue import commands as c
from hub.domain.queue.state import Ticket
from hub.views.aside import Aside
from hub.views.attendant import APPOINTMENTS_SHOWN, NEAR, Attendant, attendant
from tests.views.day import DATE, MINUTE, PHONE, Morning


@dataclass(frozen=True)
class Seen:
    id: str
    kind: str
    state: str = "online"
    since: int = 0
    trouble: str | None = None


def shown(morning: Morning, floor: int | None = None, *seen: Seen) -> Attendant:
    aside = Aside()
    aside.rebuild(morning.day)
    return attendant(morning.day, morning.profile, seen, aside.missed(morning.day), floor, morning.now)


def kinds(found: Attendant) -> dict[str, str]:
    return {each.holder.number: each.kind for each in found.hand}


def called_without_a_phone(morning: Morning) -> Ticket:
    morning.open("101")
    ticket = morning.take("A", phone=None)
    morning.call("101")
    return ticket


def recall(morning: Morning, times: int) -> None:
    for _ in range(times):
        morning.do(c.RecallTicket(DATE, morning.now, "101"))


def test_who_has_no_phone_appears_three_before_the_call_and_not_earlier() -> None:
    morning = Morning()
    morning.open("101")
    for _ in range(NEAR + 1):
        morning.take("A", phone=PHONE)
    late = morning.take("A", phone=None)
    assert kinds(shown(morning)) == {}
    morning.call("101")
    (row,) = shown(morning).hand
    assert (row.holder.ticket, row.kind, row.ahead) == (late.id, "soon", NEAR)
    assert row.holder.place.zh == "新设企业专区"


def test_who_has_a_phone_appears_only_with_an_escort_flag() -> None:
    morning = Morning()
    morning.open("101")
    ticket = morning.take("A", phone=PHONE)
    assert kinds(shown(morning)) == {}
    morning.do(c.FlagTicket(DATE, morning.now, ticket.id, True, "三排左"))
    (row,) = shown(morning).hand
    assert (row.holder.escort, row.holder.note, row.holder.has_phone) == (True, "三排左", True)


def test_people_before_them_at_other_lines_of_the_same_windows_count() -> None:
    morning = Morning()
    morning.open("101")
    for letter in "BCDB":
        morning.take(letter, phone=PHONE)
    morning.later(1)
    morning.take("A", phone=None)
    assert kinds(shown(morning)) == {}


def test_a_called_ticket_is_to_be_brought_to_its_window_then_looked_for_then_left_to_the_clerk() -> None:
    morning = Morning()
    ticket = called_without_a_phone(morning)
    (row,) = shown(morning).hand
    assert (row.kind, row.holder.place.zh, row.holder.window) == ("called", "101 号窗口", "101")
    recall(morning, 3)
    assert kinds(shown(morning)) == {ticket.number: "look"}
    morning.do(c.ConfirmAbsence(DATE, morning.now, ticket.id))
    assert kinds(shown(morning)) == {ticket.number: "looked"}
    morning.miss("101")
    assert kinds(shown(morning)) == {}


def test_what_is_most_urgent_stands_first() -> None:
    morning = Morning()
    called_without_a_phone(morning)
    recall(morning, 3)
    morning.open("201")
    morning.take("E", phone=None, floor=2)
    morning.take("E", phone=None, floor=2)
    morning.call("201")
    assert [each.kind for each in shown(morning).hand] == ["look", "called", "soon"]


def test_who_is_being_served_needs_nobody() -> None:
    morning = Morning()
    called_without_a_phone(morning)
    morning.start("101")
    assert shown(morning).hand == ()


def test_an_attendant_sees_the_own_floor_and_the_hall_sees_all() -> None:
    morning = Morning()
    morning.open("101", "201")
    one, two = morning.take("A", phone=None), morning.take("E", phone=None, floor=2)
    assert set(kinds(shown(morning, 1))) == {one.number}
    assert set(kinds(shown(morning, 2))) == {two.number}
    assert set(kinds(shown(morning))) == {one.number, two.number}


def test_a_line_that_nobody_serves_has_nobody_soon() -> None:
    morning = Morning()
    morning.take("A", phone=None)
    for window in morning.day.windows.values():
        if window.floor == 1:
            morning.do(c.ReskillWindow(DATE, morning.now, window.number, ("P",)))
    assert morning.day.servers["A/1"] == ()
    assert shown(morning, 1).hand == ()
    morning.later(31)
    assert shown(morning, 1).long[0].matter.zh == "当班人员都不能办"


def test_the_missed_are_those_who_may_come_back_newest_first() -> None:
    morning = Morning()
    morning.open("101")
    tickets = [morning.take("A") for _ in range(3)]
    for _ in tickets:
        morning.call("101")
        morning.miss("101")
        morning.later(1)
    found = shown(morning)
    assert [row.holder.number for row in found.missed] == [ticket.number for ticket in reversed(tickets)]
    assert [row.minutes for row in found.missed] == [1, 2, 3]
    assert found.missed[0].left == 2
    morning.do(c.ReinstateTicket(DATE, morning.now, tickets[0].id))
    assert len(shown(morning).missed) == 2


def test_who_was_reinstated_too_often_is_not_offered_again() -> None:
    morning = Morning()
    morning.open("101")
    ticket = morning.take("A")
    for _ in range(2):
        morning.call("101")
        morning.miss("101")
        morning.do(c.ReinstateTicket(DATE, morning.now, ticket.id))
    morning.call("101")
    morning.miss("101")
    assert shown(morning).missed == ()


def test_who_was_missed_too_long_ago_is_not_offered_any_more() -> None:
    morning = Morning()
    plan = morning.day.plan
    assert plan is not None
    missed = replace(plan.policy.missed, within_minutes=30)
    morning.do(c.AdoptPlan(DATE, morning.now, replace(plan, policy=replace(plan.policy, missed=missed))))
    morning.open("101")
    morning.take("A")
    morning.call("101")
    morning.miss("101")
    morning.later(30)
    assert len(shown(morning).missed) == 1
    morning.later(1)
    assert shown(morning).missed == ()


def test_a_wait_past_the_policys_limit_is_told_with_what_is_the_matter() -> None:
    morning = Morning()
    ticket = morning.take("A")
    morning.later(30)
    assert shown(morning).long == ()
    morning.later(1)
    (row,) = shown(morning).long
    assert (row.minutes, row.waiting, row.floor, row.holder.number) == (31, 1, 1, ticket.number)
    assert row.matter.zh.startswith("没有窗口开放")
    morning.open("101")
    assert shown(morning).long[0].matter.zh.startswith("只开 1/")
    morning.do(c.FreezeHall(DATE, morning.now, "消防演练"))
    assert shown(morning).long[0].matter.zh == "大厅暂停叫号：消防演练"
    assert shown(morning, 2).long == ()


def test_the_longest_wait_of_the_hall_stands_first() -> None:
    morning = Morning()
    morning.take("A")
    morning.later(5)
    morning.take("E", floor=2)
    morning.later(40)
    assert [(row.floor, row.minutes) for row in shown(morning).long] == [(1, 45), (2, 40)]


def test_broken_things_of_the_public_part_come_before_low_paper_and_a_clerks_pad_is_none_of_them() -> None:
    morning = Morning()
    seen = (
        Seen("printer-1", "ticket_printer", trouble="paper-low"),
        Seen("printer-2", "ticket_printer", trouble="paper-out"),
        Seen("pad-101", "rating_pad", state="lost"),
        Seen("printer-5", "ticket_printer", trouble="paper-low"),
    )
    found = shown(morning, None, *seen)
    assert [fault.row.id for fault in found.faults] == ["printer-2", "printer-1", "printer-5"]
    assert found.urgent == 1
    assert found.faults[0].place.zh == "入口取号机 kiosk-2"
    assert [fault.row.id for fault in shown(morning, 2, *seen).faults] == ["printer-5"]


def test_appointments_stand_by_their_slot_and_a_crowd_of_them_is_counted() -> None:
    morning = Morning()
    for index in range(APPOINTMENTS_SHOWN + 5):
        slot = morning.now + (5 - index % 3) * MINUTE
        morning.do(c.TakeTicket(DATE, morning.now, f"{index:032x}", "A", slot=slot, phone=PHONE))
    found = shown(morning)
    slots = [row.slot for row in found.appointments]
    assert slots == sorted(slots)
    assert (len(slots), found.more_appointments) == (APPOINTMENTS_SHOWN, 5)


def test_before_the_day_is_opened_there_is_nothing() -> None:
    morning = Morning()
    morning.day = type(morning.day)()
    found = shown(morning)
    assert (found.hand, found.missed, found.long, found.appointments, found.limit) == ((), (), (), (), 30)
