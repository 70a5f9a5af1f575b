"""Whose turn it is and what is offered: what the machine allows, less what a rule would surely refuse."""

from __future__ import annotations

import pytest

from hub.domain.cases import machine as m
from hub.domain.cases.clocks import faces
from hub.domain.cases.materials import checklist
from hub.domain.cases.state import Case
from hub.views.cases.next import ACTS, Turn, hindrance, legal, shortage, turn
from hub.views.words import Words
from tests.domain.cases.office import IMMEDIATE, Office

DEPARTMENTS = {"wj": Words("卫健局", "health")}


def turn_of(office: Office) -> Turn | None:
    return turn(office.case, faces(office.case, office.almanac), DEPARTMENTS)


def test_the_turn_goes_from_the_window_to_the_department_to_the_outlet() -> None:
    office = Office()
    office.open()
    first = turn_of(office)
    assert first is not None
    assert first.clock is not None
    assert (first.who.zh, first.clock.name) == ("综合窗口", "intake")
    office.supply("form", "id", "lease", "photo")
    office.accept()
    reviewing = turn_of(office)
    assert reviewing is not None
    assert (reviewing.who.zh, reviewing.what.zh) == ("卫健局", "初审")
    office.opine("first")
    office.opine("last")
    deciding = turn_of(office)
    assert deciding is not None
    assert deciding.what.zh == "作出决定"
    office.decide()
    handing = turn_of(office)
    assert handing is not None
    assert handing.clock is not None
    assert (handing.who.zh, handing.clock.name) == ("出件窗口", "service")


def test_a_correction_is_the_applicants_turn_and_names_what_is_asked_for() -> None:
    office = Office()
    office.open()
    office.correct("id")
    told = turn_of(office)
    assert told is not None
    assert (told.who.zh, told.what.zh) == ("申请人", "补正：身份证")


def test_a_decision_is_not_offered_while_something_is_owed_or_the_review_goes_on() -> None:
    office = Office()
    office.open()
    office.supply("form", "id", "photo")
    office.accept(owed=("lease",), due="2026-03-06")
    assert "decide" not in legal(office.case)
    owed = hindrance(office.case)
    assert owed is not None
    assert "租赁合同" in owed.zh
    office.supply("lease")
    unfinished = hindrance(office.case)
    assert unfinished is not None
    assert "审查" in unfinished.zh
    office.opine("first")
    office.opine("last")
    assert hindrance(office.case) is None
    assert "decide" in legal(office.case)


def test_what_is_missing_and_cannot_be_owed_is_named() -> None:
    office = Office()
    office.open(IMMEDIATE)
    office.supply("form")
    lacking = shortage(office.case, checklist(office.case, office.day))
    assert lacking is not None
    assert "身份证" in lacking.zh
    office.supply("id", "lease", "photo")
    assert shortage(office.case, checklist(office.case, office.day)) is None


@pytest.mark.parametrize("state", list(m.MOVES))
def test_nothing_is_offered_that_the_machine_does_not_know(state: str) -> None:
    for path in legal(Case(state=state, number="X")):
        known = m.may(state, ACTS[path]) or (path == "supplement" and state == m.CORRECTION)
        assert known, (state, path)
