"""Online filings: clocks from the cloud's receipt, deemed acceptance already right, one clerk a filing, objections."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.cases import events as e
from hub.domain.cases import online_commands as o
from hub.domain.cases import online_events as oe
from hub.domain.cases.almanac import Almanac
from hub.domain.cases.commands import RefuseAcceptance
from hub.domain.cases.timers import due
from hub.domain.personal import Personal
from tests.domain.cases.office import CASE, LICENCE, PERSON, PLAIN, STATE_CALENDAR, Office, paper, refused
from tests.domain.hall.halls import DEFAULT, ms

ALMANAC = Almanac(DEFAULT, STATE_CALENDAR)
FIRST_DAY = date(2026, 3, 2)


def filed(office: Office, received: str, item=LICENCE) -> Office:
    office.open(item, channel="online", received=received, materials=(paper("form", "C"),))
    return office


def names(office: Office) -> list[str]:
    return [type(event).__name__ for event in office.told]


def take(office: Office, by: str, window: str = "101", role: str = "clerk"):
    return office.do(o.TakeFiling(CASE, office.now, by, window, role))


def test_nine_dark_days_later_an_application_is_deemed_accepted_in_the_turn_that_receives_it() -> None:
    office = filed(Office("2026-03-11 09:00"), "2026-03-02 22:15")
    assert names(office) == ["CaseOpened", "MaterialsSupplied", "CaseReceived", "CaseDeemedAccepted", "StepsOpened"]
    case, deemed = office.case, next(each for each in office.told if isinstance(each, e.CaseDeemedAccepted))
    assert (case.state, case.deemed, case.received_day, deemed.day) == ("review", True, "2026-03-02", "2026-03-02")
    # the fifth working day ends with the business day of 9 March
    assert deemed.at == ms("2026-03-10 04:00", "Asia/Shanghai")
    legal = next(clock for clock in case.clocks if clock.name == "legal")
    assert (legal.day, legal.due) == ("2026-03-02", ALMANAC.add("2026-03-02", 20).date)
    assert due(case, CASE, office.day, office.now) == []


def test_without_deemed_acceptance_the_expiry_stands_at_once_and_the_counter_may_still_act() -> None:
    office = filed(Office("2026-03-11 09:00"), "2026-03-02 22:15", PLAIN)
    assert names(office)[-1] == "IntakeExpired"
    office.supply("form", "id", "lease", "photo")
    office.accept()
    assert office.case.state == "accepted"


@given(days=st.integers(0, 30), minute=st.integers(0, 24 * 60 - 1), dark=st.integers(0, 40 * 24 * 60))
def test_how_late_it_comes_changes_nothing_but_when_it_was_written(days: int, minute: int, dark: int) -> None:
    """Heard at once with the clock ticking on, or heard after the dark: the same clocks, states and dates."""
    filed_at = ms(f"{FIRST_DAY + timedelta(days=days)} 00:00", "Asia/Shanghai") + minute * 60_000
    heard_at = filed_at + dark * 60_000
    at_once, late = Office(), Office()
    at_once.now, late.now = filed_at, heard_at
    for office in (at_once, late):
        office.open(channel="online", received_at=filed_at, materials=(paper("form", "C"),))
    at_once.now = heard_at
    at_once.tick()
    late.tick()
    ours, theirs = late.case, at_once.case
    assert (ours.state, ours.deemed, ours.accepted_at) == (theirs.state, theirs.deemed, theirs.accepted_at)
    plain = [(c.name, c.from_at, c.day, c.due_at, c.ended_at) for c in ours.clocks if not c.name.startswith("step")]
    assert plain == [(c.name, c.from_at, c.day, c.due_at, c.ended_at) for c in theirs.clocks if c.name[:4] != "step"]
    limit = ALMANAC.ends(ALMANAC.add(ALMANAC.day_of(filed_at), LICENCE.intake_days).date)
    assert ours.deemed == (heard_at >= limit)


def test_a_supplement_that_was_dark_too_long_makes_its_application_deemed_accepted() -> None:
    office = filed(Office("2026-03-02 10:00"), "2026-03-02 09:00")
    office.correct("id")
    office.on("2026-03-20 09:00").do(
        o.SupplyOnline(
            CASE, office.day, office.now, "online", (paper("id", "C"),), ms("2026-03-05 12:00", "Asia/Shanghai")
        )
    )
    assert names(office)[-4:] == ["MaterialsSupplied", "CaseSupplemented", "CaseDeemedAccepted", "StepsOpened"]
    assert office.case.received_day == "2026-03-05"


def test_what_is_supplied_before_a_correction_is_supplied_as_any_other() -> None:
    office = filed(Office(), "2026-03-02 09:00")
    office.do(o.SupplyOnline(CASE, office.day, office.now, "online", (paper("id", "C"),), office.now))
    assert names(office)[-1] == "MaterialsSupplied"
    assert office.case.state == "received"


def test_an_item_that_is_not_offered_online_is_not_received() -> None:
    with refused("not-online"):
        filed(Office(), "2026-03-02 09:00", replace(LICENCE, channels=("hall",)))


def test_two_clerks_do_not_take_the_same_filing() -> None:
    office = filed(Office(), "2026-03-02 09:00")
    assert take(office, "li").changed
    assert not take(office, "li").changed
    with refused("filing-taken"):
        take(office, "wang", "102")
    with refused("filing-taken"):
        office.do(o.LeaveFiling(CASE, office.now, "wang"))
    assert take(office, "chief", "103", "supervisor").changed
    assert (office.case.clerk, office.case.window) == ("chief", "103")
    office.do(o.LeaveFiling(CASE, office.now, "chief"))
    assert (office.case.clerk, office.case.window) == (None, None)
    take(office, "wang", "102")


def test_a_case_of_the_counter_is_no_filing_to_take() -> None:
    office = Office()
    office.open()
    with refused("not-filed-online"):
        take(office, "li")


def test_an_objection_is_recorded_with_its_time_limit_and_moves_nothing() -> None:
    office = Office("2026-03-02 10:00").accepted(PLAIN)
    with refused("nothing-to-object"):
        _object(office)
    office.decide(granted=False)
    _object(office.on("2026-05-01 12:00"))
    told = [each for each in office.told if isinstance(each, oe.DecisionObjected)]
    assert (told[0].told, told[0].until, told[0].late) == ("2026-03-02", "2026-05-01", False)
    _object(office.on("2026-05-02 12:00"))
    told = [each for each in office.told if isinstance(each, oe.DecisionObjected)]
    assert told[1].late
    assert (office.case.state, office.case.objected) == ("decided", 2)


def test_who_is_not_accepted_may_object_too() -> None:
    office = Office("2026-03-02 10:00")
    office.open(PLAIN)
    office.do(RefuseAcceptance(CASE, office.now, "li", "不属于本机关职权", "行政许可法第三十二条"))
    _object(office.on("2026-03-03 10:00"))
    assert office.case.objected == 1


def _object(office: Office) -> None:
    words = Personal(PERSON, "不服")
    office.do(o.ObjectToDecision(CASE, office.day, office.now, "online", office.now, words))
