"""Each notice says what the law wants of it, and says the same for ever."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hub.domain.cases import commands as c
from hub.domain.cases import tolerance_events as t
from hub.domain.cases.clocks import until
from hub.domain.cases.events import CaseAccepted, CaseEvent, CaseReceived, SpecialStarted
from hub.domain.cases.records import TOLERANCE, Defect, Pledge
from hub.domain.hall.profile import Department, Remedies
from hub.views.notices.code import code_of, in_groups, typed
from hub.views.notices.kinds import KINDS
from hub.views.notices.notice import Notice
from hub.views.notices.told import notice_of, notices, unsigned
from tests.domain.cases.office import CASE, JOINT, PLAIN, SIGNED, Office
from tests.views.notices.papers import (
    BASIS,
    FOOD,
    NAMED,
    PAPERS,
    chosen,
    granted,
    joint_extension,
    last,
    profile_at,
    text_of,
    told,
)

GOLDEN = Path(__file__).parent / "golden"


def whole(notice: Notice) -> str:
    return text_of(notice)


@pytest.mark.parametrize("name", PAPERS)
def test_the_text_of_each_kind_stands(name: str) -> None:
    assert text_of(chosen(name)) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_every_kind_has_a_case_here() -> None:
    assert {chosen(name).kind for name in PAPERS} == set(KINDS)


@pytest.mark.parametrize("name", PAPERS)
def test_every_notice_has_number_date_item_agency_and_the_items_own_basis(name: str) -> None:
    notice = chosen(name)
    assert notice.number == f"{KINDS[notice.kind].sign}〔2026〕{notice.case_number}号"
    assert notice.date.startswith("2026-03-")
    assert (notice.item, notice.agency) == ("食品经营许可", "食药监局")
    if name != "receipt-external":
        assert notice.content.basis[-1] == BASIS[0]


@pytest.mark.parametrize(
    "name", ["not-accepted", "decision-refused", "termination", "termination-returned", "revocation"]
)
def test_what_takes_something_away_gives_reasons_and_both_remedies(name: str) -> None:
    said = chosen(name).content
    assert said.reasons
    assert "六十日内" in said.remedies
    assert "《中华人民共和国行政复议法》" in said.remedies
    assert "六个月内" in said.remedies
    assert "《中华人民共和国行政诉讼法》" in said.remedies


def test_a_refusal_names_the_departments_own_review_body_then_the_halls_then_what_the_law_says() -> None:
    def said(hall: Remedies, **own: str) -> str:
        departments = (Department("wj", "食药监局", "Food and drug", 1, **own),)
        profile = replace(NAMED, departments=departments, remedies=hall)
        events: list[CaseEvent] = PAPERS["decision-refused"]().told  # type: ignore[assignment]
        return notices(CASE, events, lambda _: profile)[-1].content.remedies

    hall = Remedies("东城区人民政府", "东城区人民法院")
    own = said(hall, review_body="市食药监局")
    assert "向市食药监局申请行政复议" in own
    assert "向东城区人民法院提起" in own
    assert "向东城区人民政府申请行政复议" in said(hall)
    assert "向本级人民政府（" in said(Remedies())
    assert "向有管辖权的人民法院提起" in said(Remedies())


@pytest.mark.parametrize("name", ["acceptance", "not-accepted"])
def test_acceptance_and_its_refusal_are_dated_and_have_a_place_for_the_special_seal(name: str) -> None:
    notice = chosen(name)
    assert notice.seal == "行政审批专用章"
    assert notice.date
    assert "第三十二条" in notice.content.basis[0]


def test_the_correction_notice_lists_everything_at_once() -> None:
    said = chosen("correction").content
    assert [row[1] for row in said.lists[0].rows] == ["申请表", "身份证", "租赁合同"]
    assert "一次性告知全部内容" in said.says[0]
    assert "3 项" in said.says[0]


def test_a_special_procedure_tells_which_clocks_stand_still() -> None:
    said = chosen("special").content
    assert [(each.name, each.until) for each in said.clocks] == [("法定时限", ""), ("承诺时限", "")]
    assert "第四十五条" in said.basis[0]


def test_a_special_procedure_tells_the_time_it_takes_and_one_told_without_keeps_its_code() -> None:
    timed = chosen("special")
    assert any("约 15 个工作日" in text for text in timed.content.says)
    events = [replace(e, days=0) if isinstance(e, SpecialStarted) else e for e in PAPERS["special"]().told]
    old = notices(CASE, events, profile_at)[-1]  # type: ignore[arg-type]
    assert not any("个工作日" in text for text in old.content.says)
    assert old.content.facts == timed.content.facts[:-1]


def test_an_on_site_check_tells_that_no_clock_stands_still() -> None:
    office = Office().accepted(FOOD)
    office.special("on-site")
    said = last(office).content
    assert not said.clocks
    assert "期限不停止" in said.says[0]
    assert "第三十四条第三款" in said.basis[0]


def test_an_extension_names_who_approved_it_and_why() -> None:
    said = chosen("extension").content
    assert "本行政机关负责人（局长）批准" in said.says[0]
    assert said.reasons == "案情复杂"
    assert "第四十二条第一款" in said.basis[0]


def test_joint_handling_is_extended_by_the_government() -> None:
    said = last(joint_extension()).content
    assert "本级人民政府负责人（区长）批准" in said.says[0]
    assert "延长 15 个工作日" in said.says[0]
    assert "第四十二条第二款" in said.basis[0]


def test_the_clock_is_told_with_its_rule_and_marked_where_it_is_provisional() -> None:
    office = Office("2026-12-21 10:00").accepted(FOOD)
    legal, promised = last(office).content.clocks
    assert legal.provisional
    assert (legal.rule, promised.rule) == ("行政许可法第四十二条第一款", "事项承诺时限")
    assert "（暂定）" in last(office).content.says[1]


def test_steps_of_the_review_are_no_affair_of_the_applicant() -> None:
    assert "初审" not in "".join(whole(each) for each in told(granted()))


def test_the_licensing_law_is_not_cited_for_what_is_no_licence() -> None:
    service = replace(FOOD, type="public-service", legal_days=10)
    office = Office().accepted(service)
    assert "行政许可法" not in whole(last(office))
    office.on("2026-03-05 10:00").opine("first")
    office.opine("last")
    office.decide()
    assert last(office).content.title.zh == "准予办理决定书"


def test_an_item_without_a_basis_is_named_itself() -> None:
    assert "F-001" in last(Office().accepted(PLAIN)).content.basis[-1]


def test_acceptance_names_what_is_owed_and_what_is_promised() -> None:
    office = Office()
    office.open(FOOD)
    office.supply("form", "id")
    office.accept(owed=("lease",), due="2026-03-06", waived=("photo",))
    acceptance = next(each for each in told(office) if each.kind == "acceptance")
    assert "《租赁合同》按容缺承诺书于2026年3月6日前补交" in acceptance.content.says[0]
    assert "《照片》以告知承诺代替" in acceptance.content.says[0]
    assert [each.kind for each in told(office)] == ["receipt", "acceptance", "tolerance", "promise"]


def test_a_second_notice_of_a_kind_has_its_own_number_and_place() -> None:
    office = Office()
    office.open(FOOD)
    office.supply("form")
    office.correct("form", "id")
    office.supplement("form", "id")
    office.correct("form")
    papers = told(office)
    assert [each.key for each in papers] == ["receipt", "correction", "receipt-2", "correction-2"]
    assert papers[-1].number == f"补〔2026〕{papers[-1].case_number}-2号"
    assert notice_of(CASE, office.told, "correction", 2, profile_at) == papers[-1]  # type: ignore[arg-type]
    assert notice_of(CASE, office.told, "correction", 3, profile_at) is None  # type: ignore[arg-type]


def test_a_merged_notice_in_review_cites_the_examination() -> None:
    office = Office().accepted(JOINT)
    office.opine("build", "return", "zj", defects=(Defect("lease", "图纸不符"),))
    office.opine("fire", "agree", "xf", by="xiao")
    office.opine("air", "agree", "rf", by="ren")
    office.correct("form", department="zj")
    said = last(office).content
    assert "第三十四条第一款" in said.basis[0]
    assert {row[2] for row in said.lists[0].rows} == {"图纸不符", "缺盖章"}


def test_a_notice_once_told_never_changes() -> None:
    office = granted()
    before = told(office)
    office.on("2026-03-10 09:30")
    office.do(c.DeliverResult(CASE, office.now, "li", "window", None, "112"))
    assert told(office)[: len(before)] == before


def test_a_draft_tells_nothing() -> None:
    office = Office()
    office.open(FOOD, receive=False)
    office.do(c.WithdrawCase(CASE, office.now, "li", "不办了"))
    assert told(office) == ()


def test_the_receipt_of_an_earlier_filing_is_dated_now_and_counts_from_receipt() -> None:
    office = Office("2026-03-04 10:00")
    office.open(FOOD, received="2026-03-02 22:00")
    receipt = last(office)
    assert receipt.date == "2026-03-04"
    assert "2026年3月2日提交" in receipt.content.says[0]


def test_a_pledge_to_be_signed_has_no_number_and_no_code() -> None:
    office = Office()
    office.open(FOOD)
    clock = until(office.almanac, TOLERANCE, office.now, office.day, "2026-03-06")
    would = t.ToleranceGranted(CASE, Pledge(("lease",), "2026-03-06", ""), (), (clock,), office.now)
    draft = unsigned(CASE, office.told, would, profile_at)  # type: ignore[arg-type]
    assert (draft.number, draft.content.title.zh) == ("", "容缺承诺书")


def test_no_personal_value_is_in_a_notice() -> None:
    for name in PAPERS:
        for notice in told(PAPERS[name]()):
            assert "张三" not in repr(notice)
            assert "110101199003078515" not in repr(notice)


def test_the_code_stands_for_the_data_and_not_for_the_wording() -> None:
    notice = chosen("decision")
    reworded = replace(notice, content=replace(notice.content, says=("另一种写法",)), agency="改名后的局")
    assert reworded.canonical() == notice.canonical()
    for other in (
        replace(notice, number="决〔2026〕1号"),
        replace(notice, date="2026-03-10"),
        replace(notice, person="b" * 32),
        replace(notice, content=replace(notice.content, facts=("0", *notice.content.facts[1:]))),
    ):
        assert other.canonical() != notice.canonical()


def test_a_receipt_stands_for_the_very_files_that_were_handed_in() -> None:
    office = PAPERS["receipt"]()
    received = next(each for each in office.told if isinstance(each, CaseReceived))
    assert any(SIGNED in fact or "0" * 64 in fact for fact in last(office).content.facts)
    assert received.number == last(office).case_number


def test_an_event_that_gains_a_field_changes_no_code() -> None:
    """What the code stands for is listed by hand: this is the list of an acceptance."""
    office = Office().accepted(FOOD)
    accepted = next(each for each in office.told if isinstance(each, CaseAccepted))
    assert last(office).content.facts == (
        "2026-03-02",
        *(f"{code}:{sha256}" for code, sha256 in accepted.frozen),
        "legal:2026-03-02:20:2026-03-30:0",
        "promised:2026-03-02:8:2026-03-12:0",
    )


def test_codes_are_sixteen_digits_as_they_are_printed_and_typed() -> None:
    assert code_of(bytes(16)) == "0" * 16
    assert in_groups("1234567890123456") == "1234 5678 9012 3456"
    assert typed("1234 5678-9012 3456") == typed("１２３４５６７８９０１２３４５６") == "1234567890123456"
    assert typed("123") == typed("1234 5678 9012 345X") == ""


def test_the_hall_and_the_agency_are_named_as_they_were_then() -> None:
    renamed = replace(NAMED, departments=(replace(NAMED.departments[0], zh="市场监管局"), *NAMED.departments[1:]))
    office = granted()
    at = next(each.at for each in office.told if type(each).__name__ == "CaseDecided")
    papers = notices(CASE, office.told, lambda moment: renamed if moment >= at else NAMED)  # type: ignore[arg-type]
    assert [each.agency for each in papers] == ["食药监局", "食药监局", "市场监管局"]
