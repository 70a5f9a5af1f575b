"""The clocks after acceptance: 行政许可法 §§42-45 and 82, counted with the real calendar of 2026."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.domain.cases import commands as c
from hub.domain.cases import events as e
from hub.domain.cases.clocks import faces, legal_limit
from hub.domain.cases.lights import light, worst
from hub.domain.hall.calendar import CalendarVersion, Holiday
from tests.domain.cases.office import (
    CASE,
    JOINT,
    LICENCE,
    NEW_YEAR_2027,
    PLAIN,
    STATE_CALENDAR,
    Office,
    refused,
)
from tests.domain.hall.halls import ms


def test_a_licence_has_twenty_working_days_a_joint_one_forty_five_and_an_items_own_limit_comes_first() -> None:
    assert legal_limit(LICENCE) == 20
    assert legal_limit(JOINT) == 45
    assert legal_limit(replace(LICENCE, legal_days=15)) == 15


def test_the_law_binds_licences_only() -> None:
    assert legal_limit(replace(LICENCE, type="payment")) is None
    office = Office().accepted(replace(PLAIN, type="payment"))
    assert office.case.clock("legal") is None


def test_legal_and_promised_limits_count_from_acceptance_which_is_day_0() -> None:
    office = Office("2026-03-02 10:00").accepted()
    assert office.due("legal") == "2026-03-30"
    assert office.due("promised") == "2026-03-12"


def test_spring_festival_2026_and_its_make_up_days() -> None:
    office = Office("2026-02-09 10:00").accepted()
    # 10-13, Sat 14 worked = 5; off 15-23; 24-27 = 9; Sat 28 worked = 10; 2-6 March = 15; 9-13 = 20
    assert office.due("legal") == "2026-03-13"


def test_an_excluded_special_procedure_stops_legal_promised_and_step_clocks() -> None:
    office = Office("2026-03-02 10:00").accepted()
    office.on("2026-03-04 10:00").special("hearing")
    assert office.case.state == "special"
    shown = {face.name: face for face in faces(office.case, office.almanac) if face.state != "ended"}
    assert {name for name, face in shown.items() if face.state == "stopped"} == {"legal", "promised", "step:first"}
    assert shown["legal"].due is None
    office.on("2026-03-11 16:00").end_special()
    # 5, 6, 9, 10 and 11 March do not count
    assert office.due("legal") == "2026-04-07"
    assert office.due("promised") == "2026-03-19"
    assert office.due("step:first") == "2026-03-11"


def test_an_on_site_check_does_not_stop_the_clock() -> None:
    office = Office("2026-03-02 10:00").accepted()
    office.on("2026-03-04 10:00").special("on-site")
    assert office.case.state == "special"
    assert office.due("legal") == "2026-03-30"
    office.on("2026-03-11 16:00").end_special()
    assert office.due("legal") == "2026-03-30"


def test_a_special_procedure_needs_its_written_notice_and_is_one_of_the_items() -> None:
    office = Office().accepted()
    with refused("reason-needed"):
        office.do(c.StartSpecial(CASE, office.day, office.now, "wang", "hearing", "", 10))
    with refused("unknown-special"):
        office.special("auction")


def test_what_stops_the_clock_has_to_say_how_long_it_takes_and_an_on_site_check_may() -> None:
    office = Office().accepted()
    for days in (0, -1, 401):
        with refused("special-days"):
            office.special("hearing", days)
    office.special("hearing", 15)
    assert (office.case.special_days, office.case.special_day) == (15, office.day)
    office.end_special()
    assert office.case.special_days == 0
    office.special("on-site", 0)
    assert office.case.special == "on-site"


def test_a_procedure_that_begins_when_the_limit_has_passed_does_not_revive_it() -> None:
    office = Office("2026-03-02 10:00").accepted()
    office.on("2026-03-13 10:00").special()
    assert office.due("promised") == "2026-03-12"
    assert office.case.clock("legal").stopped  # type: ignore[union-attr]
    office.on("2026-03-16 10:00").end_special()
    assert office.due("promised") == "2026-03-12"


def test_two_procedures_add_up() -> None:
    office = Office("2026-03-02 10:00").accepted()
    office.on("2026-03-03 10:00").special()
    office.on("2026-03-04 10:00").end_special()
    office.on("2026-03-05 10:00").special()
    office.on("2026-03-09 10:00").end_special()
    assert office.due("legal") == "2026-04-02"


def test_one_on_the_same_day_excludes_nothing() -> None:
    office = Office("2026-03-02 10:00").accepted()
    office.special()
    office.end_special()
    assert office.due("legal") == "2026-03-30"


def test_the_head_of_the_agency_extends_once_by_ten_days() -> None:
    office = Office("2026-03-02 10:00").accepted()
    office.extend()
    assert office.due("legal") == "2026-04-14"
    assert office.due("promised") == "2026-03-12"
    extended = office.last()
    assert isinstance(extended, e.LimitExtended)
    assert (extended.days, extended.approver, extended.notice) == (10, "局长", "延期通知书 1 号")
    with refused("extension-used"):
        office.extend()


def test_joint_handling_is_extended_by_fifteen_by_the_head_of_the_government() -> None:
    office = Office("2026-03-02 10:00").accepted(JOINT)
    before = office.case.clock("legal")
    assert before is not None
    assert before.limit == 45
    with refused("wrong-approver"):
        office.extend()
    office.extend("区长", "government-head")
    assert office.due("legal") == office.almanac.add("2026-03-02", 60).date


@pytest.mark.parametrize("approver", ["", "  "])
def test_an_extension_without_its_approver_is_refused(approver: str) -> None:
    with refused("wrong-approver"):
        Office().accepted().extend(approver)


def test_an_extension_comes_before_the_limit_has_passed() -> None:
    office = Office("2026-03-02 10:00").accepted()
    office.on("2026-04-01 10:00")
    with refused("extension-too-late"):
        office.extend()


def test_for_what_is_no_licence_an_extension_names_its_rule() -> None:
    office = Office().accepted(replace(PLAIN, type="confirmation", legal_days=30))
    with refused("basis-needed"):
        office.extend()
    office.extend(basis="某条例第十条")


def test_an_extension_while_the_clock_is_stopped_counts_when_it_goes_on() -> None:
    office = Office("2026-03-02 10:00").accepted()
    office.on("2026-03-03 10:00").special()
    office.extend()
    office.on("2026-03-04 10:00").end_special()
    assert office.due("legal") == office.almanac.add("2026-03-02", 31).date


def test_the_result_is_handed_out_within_ten_days_of_the_decision() -> None:
    office = Office("2026-09-28 10:00").accepted(PLAIN)
    office.decide()
    # 29, 30; National Day 1-7; 8, 9, Sat 10 worked, 12-16
    assert office.due("service") == "2026-10-16"
    assert office.case.clock("legal") is None
    office.do(c.DeliverResult(CASE, office.now, "li", "window"))
    assert office.case.clock("service") is None


def test_a_limit_into_an_unpublished_year_is_provisional_and_counted_again_when_it_is_published() -> None:
    office = Office("2026-12-14 10:00").accepted(PLAIN)
    legal = office.case.clock("legal")
    assert legal is not None
    assert (legal.due, legal.provisional) == ("2027-01-11", True)
    intake = [each for each in office.case.clocks if each.name == "intake"]
    assert not intake[0].provisional
    new_year = replace(NEW_YEAR_2027, holidays=(Holiday("2027-01-01", "元旦", "New Year's Day"),))
    office.publish(CalendarVersion(2, (*STATE_CALENDAR.years, new_year)))
    office.do(c.RecomputeDeadlines(CASE, office.day, office.now))
    recomputed = office.last()
    assert isinstance(recomputed, e.DeadlinesRecomputed)
    assert [each.clock for each in recomputed.dues] == ["legal"]
    assert (legal.due, legal.provisional, legal.calendar) == ("2027-01-12", False, 2)
    before = len(office.told)
    assert not office.do(c.RecomputeDeadlines(CASE, office.day, office.now)).changed
    assert len(office.told) == before


def test_a_calendar_that_changes_nothing_is_no_event() -> None:
    office = Office("2026-03-02 10:00").accepted()
    office.publish(CalendarVersion(2, (*STATE_CALENDAR.years, NEW_YEAR_2027)))
    assert not office.do(c.RecomputeDeadlines(CASE, office.day, office.now)).changed


def test_what_is_overdue_is_marked_once_and_dated_by_the_limit() -> None:
    office = Office("2026-03-02 10:00").accepted(replace(PLAIN, promised_days=8))
    office.on("2026-04-20 10:00").tick()
    office.tick()
    missed = {each.clock: each.at for each in office.told if isinstance(each, e.DeadlineMissed)}
    assert missed == {
        "promised": ms("2026-03-13 04:00", "Asia/Shanghai"),
        "legal": ms("2026-03-31 04:00", "Asia/Shanghai"),
    }


def test_lights_turn_yellow_near_the_end_and_red_past_it() -> None:
    office = Office("2026-03-02 10:00").accepted(PLAIN)
    legal = office.case.clock("legal")
    assert legal is not None

    def shown(when: str) -> str:
        office.on(when)
        return light(legal, office.almanac, office.now, office.day)

    assert shown("2026-03-03 10:00") == "green"
    assert shown("2026-03-23 10:00") == "green"  # 15 of 20 used
    assert shown("2026-03-24 10:00") == "yellow"  # 16 of 20
    assert shown("2026-03-31 03:59") == "yellow"
    assert shown("2026-03-31 04:00") == "red"
    assert worst(office.case, office.almanac, office.now, office.day) == "red"


def test_a_stopped_clock_shows_neither_and_a_late_end_stays_red() -> None:
    office = Office("2026-03-02 10:00").accepted()
    legal = office.case.clock("legal")
    assert legal is not None
    office.on("2026-03-04 10:00").special()
    assert light(legal, office.almanac, office.now, office.day) == "stopped"
    office.on("2026-03-05 10:00").end_special()
    office.opine("first")
    office.opine("last")
    office.on("2026-05-06 10:00").decide()
    assert light(legal, office.almanac, office.now, office.day) == "red"


def test_every_clock_says_by_which_rule_it_runs() -> None:
    office = Office().accepted()
    rules = {face.name: face.rule.zh for face in faces(office.case, office.almanac)}
    assert rules["legal"] == "行政许可法第四十二条"
    assert rules["intake"] == "行政许可法第三十二条"
    assert rules["promised"] == "事项承诺时限"
    assert rules["step:first"] == "环节时限：初审"
