"""From receipt to acceptance: 行政许可法 §32, with real days of 2026."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.domain.cases import commands as c
from hub.domain.cases import events as e
from hub.domain.cases.clocks import faces
from hub.domain.cases.records import Defect, Resolution
from tests.domain.cases.office import CASE, IMMEDIATE, LICENCE, PLAIN, Office, paper, refused
from tests.domain.hall.halls import ms


def test_the_day_of_receipt_is_day_0_and_intake_has_five_working_days() -> None:
    office = Office("2026-03-02 10:00")
    assert office.open().number == "1101012026C000001"
    assert office.due("intake") == "2026-03-09"
    clock = office.case.clock("intake")
    assert clock is not None
    assert clock.due_at == ms("2026-03-10 04:00", "Asia/Shanghai")


def test_over_spring_festival_2026_the_holiday_does_not_count_and_its_make_up_saturdays_do() -> None:
    office = Office("2026-02-12 10:00")
    office.open()
    # 13 February, the make-up Saturday 14th, then off until the 23rd; 24th, 25th, 26th
    assert office.due("intake") == "2026-02-26"
    office = Office("2026-02-27 10:00")
    office.open()
    # the make-up Saturday 28 February counts
    assert office.due("intake") == "2026-03-05"


def test_an_online_filing_starts_at_cloud_receipt_also_when_the_hub_was_dark() -> None:
    office = Office("2026-03-04 10:00")
    office.open(channel="online", received="2026-02-27 23:30")
    assert office.case.received_day == "2026-02-27"
    assert office.due("intake") == "2026-03-05"
    with refused("bad-value"):
        Office("2026-03-04 10:00").open(channel="online", received="2026-03-05 10:00")


def test_a_filing_dated_years_back_is_a_slip_and_deems_nothing_accepted() -> None:
    office = Office("2026-03-04 10:00")
    for slip in ("1970-01-02 10:00", "2016-03-04 10:00", "2025-03-02 10:00"):
        with refused("bad-value"):
            office.open(channel="online", received=slip)
    assert office.case.state == "unopened"
    office.open(channel="online", received="2025-03-06 10:00")


def test_corrections_never_came_in_before_they_were_asked_for() -> None:
    office = Office("2026-03-02 10:00")
    office.open(PLAIN)
    office.on("2026-03-04 10:00").correct("form")
    office.on("2026-03-06 10:00")
    with refused("bad-value"):
        office.supplement("form", received="2026-03-03 10:00")
    office.supplement("form", received="2026-03-05 10:00")
    assert office.due("intake") == "2026-03-12"


def test_past_the_intake_limit_it_is_deemed_accepted_from_receipt() -> None:
    office = Office("2026-03-02 10:00")
    office.open()
    office.on("2026-03-09 23:00").tick()
    assert office.case.state == "received"
    office.on("2026-03-10 04:00").tick()
    assert office.case.state == "review"
    assert office.case.deemed
    deemed = next(each for each in office.told if isinstance(each, e.CaseDeemedAccepted))
    assert deemed.at == ms("2026-03-10 04:00", "Asia/Shanghai")
    legal = next(each for each in office.case.clocks if each.name == "legal")
    assert (legal.day, legal.due) == ("2026-03-02", "2026-03-30")


def test_when_the_hub_was_off_the_deemed_acceptance_comes_late_and_is_dated_right() -> None:
    office = Office("2026-03-02 10:00")
    office.open()
    office.on("2026-03-20 08:00").tick()
    deemed = next(each for each in office.told if isinstance(each, e.CaseDeemedAccepted))
    assert deemed.at == ms("2026-03-10 04:00", "Asia/Shanghai")
    assert any(isinstance(each, e.DeadlineMissed) and each.clock == "promised" for each in office.told)


def test_where_the_item_knows_no_deemed_acceptance_the_expiry_escalates_once() -> None:
    office = Office("2026-03-02 10:00")
    office.open(PLAIN)
    office.on("2026-03-20 08:00").tick()
    office.on("2026-03-21 08:00").tick()
    expired = [each for each in office.told if isinstance(each, e.IntakeExpired)]
    assert [each.at for each in expired] == [ms("2026-03-10 04:00", "Asia/Shanghai")]
    assert office.case.state == "received"


def test_once_the_moment_has_passed_nobody_can_outrun_the_clock() -> None:
    office = Office("2026-03-02 10:00")
    office.open()
    office.on("2026-03-10 04:00")
    with refused("intake-expired"):
        office.correct("lease")
    with refused("intake-expired"):
        office.do(c.RefuseAcceptance(CASE, office.now, "li", "不属本机关", "许可法第三十二条"))
    with refused("intake-expired"):
        office.accept()


def test_acceptance_needs_every_material_that_is_still_asked_for() -> None:
    office = Office()
    office.open()
    office.supply("form", "id", "lease")
    with refused("materials-missing"):
        office.accept()
    office.supply("photo")
    assert office.accept().state == "review"
    assert set(office.case.frozen) == {"form", "id", "lease", "photo"}


def test_a_material_too_weak_or_expired_does_not_count_and_one_not_needed_is_excused() -> None:
    office = Office()
    office.open()
    office.supply("form", "lease", "photo")
    office.supply("id", grade="D")
    with refused("materials-missing"):
        office.accept()
    late = replace(paper("id"), valid_until="2026-03-01")
    office.do(c.SupplyMaterials(CASE, office.now, "li", (late,)))
    with refused("materials-missing"):
        office.accept()
    office.do(c.ExcuseMaterial(CASE, office.now, "li", "id", "外国人，已附护照"))
    assert office.accept().state == "review"


def test_a_correction_stops_intake_and_the_supplement_starts_it_anew() -> None:
    office = Office("2026-03-02 10:00")
    office.open()
    office.supply("form", "id")
    office.on("2026-03-06 10:00").correct("lease", "photo", days=10)
    assert office.case.state == "correction"
    assert office.case.clock("intake") is None
    assert office.due("correction") == "2026-03-20"
    office.on("2026-03-18 10:00").supply("lease")
    with refused("corrections-missing"):
        office.supplement()
    office.on("2026-03-19 10:00").supplement("photo")
    assert office.case.state == "received"
    assert office.due("intake") == "2026-03-26"
    assert [face.name for face in faces(office.case, office.almanac)] == ["intake", "correction", "intake"]


def test_a_correction_is_told_once_and_a_second_may_only_cite_what_was_supplied_since() -> None:
    office = Office("2026-03-02 10:00")
    office.open()
    office.supply("form", "id")
    office.correct("lease")
    office.supplement("lease")
    with refused("correction-told"):
        office.correct("photo")
    with refused("correction-told"):
        office.correct("lease", "form")
    office.correct("lease", what="租期已过")
    assert office.case.notices == 2


def test_each_defect_names_a_material_of_the_item_and_what_is_wrong() -> None:
    office = Office()
    office.open()
    with refused("bad-value"):
        office.correct()
    with refused("unknown-material"):
        office.correct("old")
    with refused("reason-needed"):
        office.do(c.TellCorrection(CASE, office.day, office.now, "li", (Defect("lease", " "),), 5))


def test_who_does_not_answer_a_correction_is_seen_and_never_decided_by_the_clock() -> None:
    office = Office("2026-03-02 10:00")
    office.open()
    office.correct("lease", days=5)
    office.on("2026-04-01 10:00").tick()
    assert office.last() == e.DeadlineMissed(CASE, "correction", "2026-03-09", ms("2026-03-10 04:00", "Asia/Shanghai"))
    assert office.case.state == "correction"
    office.do(c.RefuseAcceptance(CASE, office.now, "li", "逾期未补正", "许可法第三十二条"))
    assert (office.case.state, office.case.outcome) == ("not-accepted", "not-accepted")


def test_refusing_acceptance_needs_reason_and_basis() -> None:
    office = Office()
    office.open()
    with refused("basis-needed"):
        office.do(c.RefuseAcceptance(CASE, office.now, "li", "不属本机关", ""))
    with refused("reason-needed"):
        office.do(c.RefuseAcceptance(CASE, office.now, "li", "", "第三十二条"))


def test_an_immediate_item_is_accepted_and_decided_in_one_sitting() -> None:
    office = Office()
    office.open(IMMEDIATE)
    office.supply("form", "id", "lease", "photo")
    assert office.accept(resolution=Resolution(True, result="X1")).state == "decided"
    assert office.case.outcome == "granted"
    office = Office()
    office.open()
    office.supply("form", "id", "lease", "photo")
    with refused("not-immediate"):
        office.accept(resolution=Resolution(True))


def test_a_draft_has_no_number_and_takes_one_as_it_is_received() -> None:
    office = Office()
    assert office.open(receive=False).number == ""
    with refused("wrong-act"):
        office.accept()
    assert office.do(c.ReceiveCase(CASE, office.day, office.now, "li")).number == "1101012026C000001"
    with refused("case-exists"):
        office.open()


def test_a_case_keeps_the_item_it_was_opened_under() -> None:
    office = Office()
    office.open()
    opened = office.told[0]
    assert isinstance(opened, e.CaseOpened)
    assert (opened.item, opened.catalogue) == (LICENCE, 3)
    assert office.case.item == LICENCE


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"grade": "E"}, "bad-value"),
        ({"origin": "fax"}, "bad-value"),
        ({"sha256": "xyz"}, "bad-value"),
        ({"sha256": "", "original": False}, "nothing-to-see"),
        ({"material": "old"}, "unknown-material"),
        ({"reused_from": "d" * 32, "grade": "C"}, "consent-needed"),
        ({"valid_until": "soon"}, "bad-value"),
        ({"size": -1}, "bad-value"),
    ],
)
def test_what_is_wrong_with_a_supply_is_refused(change: dict[str, object], code: str) -> None:
    office = Office()
    office.open()
    with refused(code):
        office.do(c.SupplyMaterials(CASE, office.now, "li", (replace(paper("id"), **change),)))  # type: ignore[arg-type]


def test_an_original_that_was_checked_is_worth_grade_b_and_a_stays_a() -> None:
    office = Office()
    office.open()
    office.supply("id", grade="C")
    office.supply("form", grade="A")
    for code in ("id", "form"):
        office.do(c.CheckOriginal(CASE, office.now, "li", code))
    assert (office.case.materials["id"].grade, office.case.materials["form"].grade) == ("B", "A")
    assert office.case.materials["id"].original


def test_after_acceptance_the_materials_are_fixed() -> None:
    office = Office().accepted()
    with refused("materials-frozen"):
        office.supply("id")
