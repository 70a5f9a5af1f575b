"""容缺 and 告知承诺."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.domain.cases import commands as c
from hub.domain.cases import events as e
from hub.domain.cases import tolerance_events as t
from hub.domain.cases.credit import Credit, MarkCredit, RepairCredit
from hub.domain.cases.records import Pledge
from hub.domain.cases.tolerance import latest_due
from tests.domain.cases.office import CASE, LICENCE, PERSON, PLAIN, Office, refused
from tests.domain.hall.halls import ms


def filed(item=LICENCE, now: str = "2026-03-02 10:00", lacking: tuple[str, ...] = ("lease",)) -> Office:
    office = Office(now)
    office.open(item)
    office.supply(*(code for code in ("form", "id", "lease", "photo") if code not in lacking))
    return office


def test_a_secondary_material_may_be_owed_on_a_signed_pledge() -> None:
    office = filed()
    office.accept(owed=("lease",), due="2026-03-09")
    assert office.case.owed == ["lease"]
    assert office.due("tolerance") == "2026-03-09"


def test_a_main_material_may_not_be_owed() -> None:
    with refused("main-material"):
        filed(lacking=("id",)).accept(owed=("id",), due="2026-03-05")


def test_an_unsigned_pledge_is_refused() -> None:
    office = filed()
    pledge = Pledge(("lease",), "2026-03-05", "")
    with refused("pledge-unsigned"):
        office.do(c.AcceptCase(CASE, office.day, office.now, "li", pledge, person=PERSON))


def test_an_item_without_tolerance_has_none() -> None:
    with refused("tolerance-not-allowed"):
        filed(replace(LICENCE, tolerance=False)).accept(owed=("lease",), due="2026-03-05")


def test_the_day_lies_after_today_and_leaves_the_review_its_margin() -> None:
    office = filed(replace(LICENCE, tolerance_days=30))
    # promised in 8 working days, less 2
    assert latest_due(office.almanac, office.case.item, office.day) == "2026-03-10"
    for due in ("2026-03-11", "2026-03-02", "2026-02-27"):
        with refused("tolerance-too-late"):
            office.accept(owed=("lease",), due=due)
    office.accept(owed=("lease",), due="2026-03-10")


def test_nothing_is_decided_while_something_is_owed() -> None:
    office = filed(PLAIN)
    office.accept(owed=("lease",), due="2026-03-09")
    with refused("still-owed"):
        office.decide()
    with refused("still-owed"):
        office.decide(granted=False)
    office.supply("lease")
    assert office.case.clock("tolerance") is None
    assert office.decide().state == "decided"


def test_what_comes_too_weak_settles_nothing() -> None:
    office = filed()
    office.accept(owed=("lease",), due="2026-03-09")
    office.supply("lease", grade="D")
    assert office.case.owed == ["lease"]


def test_what_is_owed_is_chased_three_days_and_one_day_before() -> None:
    office = filed()
    office.accept(owed=("lease",), due="2026-03-09")
    assert office.case.chase == tuple(ms(f"{day} 09:00", "Asia/Shanghai") for day in ("2026-03-04", "2026-03-06"))
    office.on("2026-03-04 09:00").tick()
    assert office.case.chased == 1
    office.on("2026-03-06 08:59").tick()
    office.on("2026-03-06 12:00").tick()
    chased = [each for each in office.told if isinstance(each, t.OwedChased)]
    assert [(each.n, each.at) for each in chased] == [(0, office.case.chase[0]), (1, office.case.chase[1])]


def test_after_a_dark_week_one_reminder_is_sent_not_all() -> None:
    office = filed()
    office.accept(owed=("lease",), due="2026-03-09")
    office.on("2026-03-09 09:00").tick()
    assert [each.n for each in office.told if isinstance(each, t.OwedChased)] == [1]


@pytest.mark.parametrize(
    ("rule", "state", "outcome"), [("return", "not-accepted", "returned"), ("terminate", "terminated", "terminated")]
)
def test_overdue_returns_or_terminates_as_the_item_says(rule: str, state: str, outcome: str) -> None:
    office = filed(replace(LICENCE, tolerance_overdue=rule))
    office.accept(owed=("lease",), due="2026-03-09")
    office.on("2026-03-10 04:00").tick()
    assert (office.case.state, office.case.outcome, office.case.reason) == (state, outcome, "tolerance-overdue")
    expired = office.told[-1]
    assert isinstance(expired, t.ToleranceExpired)
    assert expired.at == ms("2026-03-10 04:00", "Asia/Shanghai")
    assert all(clock.ended_at is not None for clock in office.case.clocks)


def test_people_with_a_bad_credit_mark_are_excluded_until_it_is_repaired() -> None:
    office = filed()
    office.do(MarkCredit(PERSON, office.now, "wang", "2025-17", "容缺逾期未补", "信用办法第八条"))
    with refused("not-trusted"):
        office.accept(owed=("lease",), due="2026-03-05")
    office.do(RepairCredit(PERSON, office.now, "wang", "2025-17", "已整改"))
    office.accept(owed=("lease",), due="2026-03-05")


def test_the_pledge_is_judged_by_the_applicants_own_record() -> None:
    office = filed()
    pledge = Pledge(("lease",), "2026-03-05", "5" * 64)
    with refused("bad-value"):
        office.do(c.AcceptCase(CASE, office.day, office.now, "li", pledge, person="b" * 32))
    with refused("bad-value"):
        office.do(c.AcceptCase(CASE, office.day, office.now, "li", pledge))


def test_a_mark_stands_once_and_needs_a_reason() -> None:
    office = Office()
    mark = MarkCredit(PERSON, 1, "wang", "m", "逾期", "第八条")
    office.do(mark)
    office.do(mark)
    office.do(RepairCredit(PERSON, 1, "wang", "other", "无"))
    credit = office.state("person/" + PERSON)
    assert isinstance(credit, Credit)
    assert credit.marks == ["m"]
    with refused("reason-needed"):
        office.do(MarkCredit(PERSON, 1, "wang", "n", " ", ""))


def test_a_promise_waives_a_material_for_good_and_is_checked_later() -> None:
    office = filed(PLAIN, lacking=("photo",))
    office.accept(waived=("photo",))
    assert office.case.owed == []
    assert office.due("check:photo") == office.almanac.add("2026-03-02", 20).date
    office.decide()
    assert office.due("check:photo")
    office.do(c.RecordCheck(CASE, office.now, "wang", "photo", True, "现场核对属实"))
    assert office.case.clock("check:photo") is None
    with refused("no-such-promise"):
        office.do(c.RecordCheck(CASE, office.now, "wang", "photo", True, "再查一次"))


def test_a_promise_that_proved_untrue_forbids_granting_and_may_revoke() -> None:
    office = filed(PLAIN, lacking=("photo",))
    office.accept(waived=("photo",))
    office.do(c.RecordCheck(CASE, office.now, "wang", "photo", False, "不属实"))
    with refused("promise-failed"):
        office.decide()
    office.decide(granted=False)
    office = filed(PLAIN, lacking=("photo",))
    office.accept(waived=("photo",))
    office.decide()
    office.do(c.RecordCheck(CASE, office.now, "wang", "photo", False, "不属实"))
    office.do(c.RevokeCase(CASE, office.now, "wang", "承诺不实", "许可法第六十九条"))
    assert (office.case.state, office.case.outcome) == ("revoked", "revoked")


def test_only_a_waivable_material_of_a_promise_item_can_be_promised() -> None:
    with refused("promise-not-allowed"):
        filed().accept(waived=("lease",))
    with refused("promise-not-allowed"):
        filed(replace(LICENCE, promise=False), lacking=("photo",)).accept(waived=("photo",))


def test_a_check_that_nobody_made_is_seen() -> None:
    office = filed(PLAIN, lacking=("photo",))
    office.accept(waived=("photo",))
    office.decide()
    office.do(c.DeliverResult(CASE, office.now, "li", "window"))
    office.on("2026-05-01 10:00").tick()
    assert isinstance(office.last(), e.DeadlineMissed)
