"""Random case scripts: whatever people and the clock do, the law's rules hold and a replay gives the same case."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.rules import FOLDS
from hub.domain.cases import commands as c
from hub.domain.cases import events as e
from hub.domain.cases import machine as m
from hub.domain.cases import review_commands as rc
from hub.domain.cases.almanac import Almanac
from hub.domain.cases.clocks import changed, reckon
from hub.domain.cases.credit import MarkCredit, RepairCredit
from hub.domain.cases.leave import HandOverInbox
from hub.domain.cases.records import Defect
from hub.domain.cases.route import finished
from hub.domain.cases.state import Case
from hub.domain.cases.visibility import visible_to
from hub.domain.catalogue.item import Item
from hub.domain.hall.calendar import CalendarVersion
from hub.domain.personal import Personal
from hub.domain.refusals import Refused
from tests.domain.cases.office import (
    CASE,
    EXTERNAL,
    IMMEDIATE,
    JOINT,
    LICENCE,
    NEW_YEAR_2027,
    PERSON,
    PLAIN,
    STATE_CALENDAR,
    Office,
)
from tests.domain.hall.halls import DEFAULT

DAY = 86_400_000
ITEMS = (LICENCE, PLAIN, JOINT, IMMEDIATE, replace(LICENCE, tolerance_overdue="terminate", deemed=False))
CALENDARS = {
    1: STATE_CALENDAR,
    2: CalendarVersion(2, (*STATE_CALENDAR.years, NEW_YEAR_2027)),
    3: CalendarVersion(3, STATE_CALENDAR.years[:-1]),
}
STEPS = ("first", "last", "build", "fire", "air", "end")
CODES = ("form", "id", "lease", "photo")
codes = st.lists(st.sampled_from(CODES), max_size=4, unique=True).map(tuple)
departments = st.sampled_from(["wj", "zj", "xf", "rf"])
step = st.one_of(
    st.tuples(st.just("go on")),
    st.tuples(st.just("go on")),
    st.tuples(st.just("send back"), st.sampled_from(CODES)),
    st.tuples(st.just("milestone"), st.sampled_from([*m.MILESTONES, m.NOTE]), st.integers(0, 3)),
    st.tuples(st.just("register")),
    st.tuples(st.just("remove"), st.sampled_from(CODES)),
    st.tuples(st.just("original"), st.sampled_from(CODES)),
    st.tuples(st.just("release"), st.sampled_from(STEPS)),
    st.tuples(st.just("pass"), st.sampled_from([1, DAY // 3, DAY, 5 * DAY, 30 * DAY])),
    st.tuples(st.just("pass"), st.sampled_from([1, DAY // 3, DAY])),
    st.tuples(st.just("supply"), codes, st.sampled_from("ABCD")),
    st.tuples(st.just("supply"), st.just(CODES), st.just("B")),
    st.tuples(st.just("excuse"), st.sampled_from(CODES)),
    st.tuples(st.just("accept"), codes, st.integers(-1, 9), codes),
    st.tuples(st.just("accept"), st.just(()), st.just(1), st.just(())),
    st.tuples(st.just("correct"), codes, departments),
    st.tuples(st.just("supplement"), codes),
    st.tuples(st.just("refuse")),
    st.tuples(st.just("special"), st.sampled_from(["hearing", "on-site"])),
    st.tuples(st.just("end")),
    st.tuples(st.just("extend"), st.sampled_from(["agency-head", "government-head"])),
    st.tuples(st.just("claim"), st.sampled_from(STEPS), departments, st.sampled_from(["wang", "zhao"])),
    st.tuples(st.just("opine"), st.sampled_from(STEPS), st.sampled_from(["agree", "object"])),
    st.tuples(st.just("opine"), st.sampled_from(STEPS), st.just("agree")),
    st.tuples(st.just("opine"), st.sampled_from(STEPS), st.just("agree")),
    st.tuples(st.just("back"), st.sampled_from(STEPS), codes, st.sampled_from(["", *STEPS])),
    st.tuples(st.just("escalate"), st.sampled_from(STEPS)),
    st.tuples(st.just("leave"), departments),
    st.tuples(st.just("check"), st.sampled_from(CODES), st.booleans()),
    st.tuples(st.just("decide"), st.booleans(), departments),
    st.tuples(st.just("decide"), st.just(True), st.just("wj")),
    st.tuples(st.just("deliver")),
    st.tuples(st.just("archive")),
    st.tuples(st.just("withdraw")),
    st.tuples(st.just("terminate")),
    st.tuples(st.just("revoke")),
    st.tuples(st.just("credit"), st.booleans()),
    st.tuples(st.just("calendar"), st.sampled_from(sorted(CALENDARS))),
)
scripts = st.lists(step, min_size=4, max_size=25)
beginnings = st.sampled_from(["2026-02-10 10:00", "2026-09-25 16:00", "2026-12-01 10:00"])
OF = {"first": "wj", "last": "wj", "build": "zj", "fire": "xf", "air": "rf", "end": "zj"}


def go_on(office: Office) -> None:
    """What an office that does its work would do next."""
    case = office.case
    open_steps = [each.id for each in case.steps.values() if each.state == "open"]
    if case.owed and case.state != m.CORRECTION:
        office.supply(*case.owed)
    elif case.state == m.RECEIVED:
        office.supply(*CODES)
        office.accept()
    elif case.state == m.CORRECTION:
        office.supplement(*case.asked)
    elif open_steps and case.state == m.REVIEW:
        office.opine(open_steps[0], department=OF[open_steps[0]], by=case.steps[open_steps[0]].by or "wang")
    elif any(each.state == "returned" for each in case.steps.values()):
        office.correct(department=case.item.department)
    elif case.state == m.SPECIAL:
        office.end_special()
    elif case.state in (m.ACCEPTED, m.REVIEW):
        office.decide(department=case.item.department, despite="已复核")
    elif case.state == m.DECIDED:
        office.do(c.DeliverResult(office.id, office.now, "li", "window"))
    elif any(each.passed is None for each in case.promises):
        office.do(c.RecordCheck(office.id, office.now, "wang", case.promises[0].material, True, "已查"))
    else:
        office.do(c.ArchiveCase(office.id, office.now, "li"))


def act(office: Office, what: tuple[object, ...]) -> None:
    match what:
        case ("go on",):
            go_on(office)
        case ("send back", code):
            for id in [each.id for each in office.case.steps.values() if each.state == "open"]:
                office.opine(id, "return", OF[id], defects=(Defect(code, "有误"),))  # type: ignore[arg-type]
        case ("milestone", kind, id):
            office.do(c.ImportMilestone(office.id, office.now, "sync", f"{kind}{id}", kind, office.now))  # type: ignore[arg-type]
        case ("register",):
            identity = Personal(PERSON, "1")
            office.do(
                c.RegisterExternalCase(
                    office.id, office.day, office.now, "li", EXTERNAL, 3, "E", PERSON, identity, identity, None, "SB-77"
                )
            )
        case ("remove", code):
            office.do(c.RemoveMaterial(office.id, office.now, "li", code))  # type: ignore[arg-type]
        case ("original", code):
            office.do(c.CheckOriginal(office.id, office.now, "li", code))  # type: ignore[arg-type]
        case ("release", id):
            office.do(rc.ReleaseStep(office.id, office.now, "wang", id))  # type: ignore[arg-type]
        case ("pass", ms):
            office.now += ms  # type: ignore[operator]
            office.tick()
        case ("supply", these, grade):
            office.supply(*these, grade=grade)  # type: ignore[misc,arg-type]
        case ("excuse", code):
            office.do(c.ExcuseMaterial(office.id, office.now, "li", code, "不涉及"))  # type: ignore[arg-type]
        case ("accept", owed, days, waived):
            due = office.almanac.add(office.day, max(days, 0)).date  # type: ignore[type-var]
            office.accept(owed=owed, due=due, waived=waived)  # type: ignore[arg-type]
        case ("correct", these, department):
            office.correct(*these, department=department, days=5)  # type: ignore[misc,arg-type]
        case ("supplement", these):
            office.supplement(*these)  # type: ignore[misc]
        case ("refuse",):
            office.do(c.RefuseAcceptance(office.id, office.now, "li", "不属本机关", "第三十二条"))
        case ("special", code):
            office.special(code)  # type: ignore[arg-type]
        case ("end",):
            office.end_special()
        case ("extend", role):
            office.extend("局长", role)  # type: ignore[arg-type]
        case ("claim", id, department, by):
            office.do(rc.ClaimStep(office.id, office.day, office.now, by, department, id))  # type: ignore[arg-type]
        case ("opine", id, verdict):
            office.opine(id, verdict, OF[id])  # type: ignore[arg-type,index]
        case ("back", id, these, to):
            defects = tuple(Defect(code, "有误") for code in these)  # type: ignore[union-attr]
            office.opine(id, "return", OF[id], defects=defects, to=to)  # type: ignore[arg-type,index]
        case ("escalate", id):
            office.do(rc.EscalateStep(office.id, office.now, "wang", id, "没人"))  # type: ignore[arg-type]
        case ("leave", department):
            until = office.almanac.add(office.day, 5).date
            office.do(HandOverInbox(department, office.now, "x", "zhao", "wang", office.day, until))  # type: ignore[arg-type]
        case ("check", code, passed):
            office.do(c.RecordCheck(office.id, office.now, "wang", code, passed, "已查"))  # type: ignore[arg-type]
        case ("decide", granted, department):
            office.decide(granted, department, despite="已复核")  # type: ignore[arg-type]
        case ("deliver",):
            office.do(c.DeliverResult(office.id, office.now, "li", "window"))
        case ("archive",):
            office.do(c.ArchiveCase(office.id, office.now, "li"))
        case ("withdraw",):
            office.do(c.WithdrawCase(office.id, office.now, "li", "不办了"))
        case ("terminate",):
            office.do(c.TerminateCase(office.id, office.now, "li", "主体灭失", "第七十条"))
        case ("revoke",):
            office.do(c.RevokeCase(office.id, office.now, "li", "欺骗取得", "第六十九条"))
        case ("credit", bad):
            change = MarkCredit(PERSON, 0, "w", "m", "逾期", "") if bad else RepairCredit(PERSON, 0, "w", "m", "已改")
            office.do(change)
        case ("calendar", version):
            office.publish(CALENDARS[version])  # type: ignore[index]
            office.do(c.RecomputeDeadlines(office.id, office.day, office.now))
        case _:
            raise AssertionError(what)


PRELUDES = ("received", "accepted", "owing", "promising", "corrected", "reviewed", "special", "external")


def begun(item: Item, prelude: str, when: str) -> Office:
    """A case that has come so far, where its item knows that."""
    office = Office(when)
    if prelude == "external":
        act(office, ("register",))
        return office
    office.open(item)
    if prelude in ("accepted", "reviewed", "special"):
        office.supply(*CODES)
        office.accept()
    elif prelude == "owing" and item.tolerance:
        office.supply("form", "id", "photo")
        office.accept(owed=("lease",), due=office.almanac.add(office.day, 3).date)
    elif prelude == "promising":
        office.supply("form", "id", "lease")
        office.accept(waived=("photo",))
        if item is PLAIN:
            office.decide()
    elif prelude == "corrected":
        office.supply("form", "id")
        office.correct("lease", "photo")
    if prelude == "reviewed":
        while office.case.steps and (steps := [each.id for each in office.case.steps.values() if each.state == "open"]):
            office.opine(steps[0], department=OF[steps[0]])
    elif prelude == "special":
        office.special()
    return office


def play(when: str, item: Item, prelude: str, script: list[tuple[object, ...]]) -> Office:
    office = begun(item, prelude, when)
    sound(office)
    for what in script:
        kept = msgspec.json.encode(office.case), len(office.told)
        try:
            act(office, what)
        except Refused:
            # an act of one command changes nothing when it is refused; these two are several
            assert what[0] in ("go on", "send back") or (msgspec.json.encode(office.case), len(office.told)) == kept
        sound(office)
    return office


def sound(office: Office) -> None:
    case = office.case
    if case.decided_at is None:
        for department in ("", "wj", "zj", "xf", "rf"):
            assert visible_to(case, "clerk", department) == ()
            seen = visible_to(case, "reviewer", department)
            assert all(each.department == department for each in seen)
    if case.state in (m.DECIDED, m.DELIVERED):
        assert not case.owed
        assert not case.special
        assert not any(clock.name == "tolerance" and clock.ended_at is None for clock in case.clocks)
        assert not case.external or not case.clocks
        done = {id for id, each in case.steps.items() if each.state == "done"}
        assert case.external or case.item.kind == "immediate" or finished(case.item.route, done)
    if case.state not in (m.UNOPENED, *m.OPEN_STATES):
        assert case.outcome in m.OUTCOMES
        assert case.reason or case.outcome == m.GRANTED
    else:
        assert not case.outcome
    assert case.external or (case.state == m.SPECIAL) == bool(case.special)
    for clock in case.clocks:
        if clock.ended_at is None and clock.limit is not None:
            due = reckon(clock, office.almanac)
            assert (due is None) == clock.stopped
            if due is not None:
                assert (clock.due, clock.due_at, clock.provisional) == (due.due, due.due_at, due.provisional)
    assert not changed(case, office.almanac)


def told_once(events: list[object]) -> None:
    """A notice after the first cites only what was supplied since the one before."""
    since: set[str] | None = None
    for event in events:
        if isinstance(event, e.MaterialsSupplied) and since is not None:
            since |= {supply.material for supply in event.materials}
        if isinstance(event, e.CorrectionTold):
            cited = {defect.material for defect in event.defects}
            assert cited
            assert since is None or cited <= since
            since = set()


def by_the_table(events: list[object]) -> None:
    fold = FOLDS["case"]
    case = fold.fresh()
    assert isinstance(case, Case)
    for event in events:
        before = case.state
        fold.evolve(case, event)  # type: ignore[arg-type]
        table = m.IMPORTED.get(before, ()) if isinstance(event, e.MilestoneImported) else m.MOVES[before].values()
        assert case.state == before or case.state in table


def judge(when: str, item: Item, prelude: str, script: list[tuple[object, ...]]) -> None:
    office = play(when, item, prelude, script)
    told_once(list(office.told))
    by_the_table(list(office.told))
    fold = FOLDS["case"]
    again = fold.fresh()
    for event in office.told:
        stored = msgspec.json.encode(event)
        fold.evolve(again, msgspec.json.decode(stored, type=type(event)))
    assert again == office.case
    assert fold.decode(fold.encode(office.case)) == office.case
    fresh = Almanac(DEFAULT, CalendarVersion(office.almanac.version, CALENDARS[office.almanac.version].years))
    assert not changed(office.case, fresh)
    ends_somehow(office)


def ends_somehow(office: Office) -> None:
    """Left alone or helped, every case comes to an outcome."""
    if office.case.state in m.OPEN_STATES:
        if office.case.external:
            office.do(c.ImportMilestone(CASE, office.now, "sync", "end", m.TERMINATED, office.now))
        else:
            office.do(c.TerminateCase(CASE, office.now, "li", "清理", "第七十条"))
    sound(office)
    assert office.case.outcome


@given(beginnings, st.sampled_from(ITEMS), st.sampled_from(PRELUDES), scripts)
@settings(max_examples=300)
def test_whatever_is_done_to_a_case_the_rules_hold_and_a_replay_gives_the_same(when, item, prelude, script) -> None:
    judge(when, item, prelude, script)


@pytest.mark.soak
@given(beginnings, st.sampled_from(ITEMS), st.sampled_from(PRELUDES), scripts)
@settings(max_examples=5000)
def test_in_thousands_of_scripts_the_rules_hold_and_a_replay_gives_the_same(when, item, prelude, script) -> None:
    judge(when, item, prelude, script)


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize("prelude", PRELUDES)
def test_every_prelude_can_be_played(item: Item, prelude: str) -> None:
    begun(item, prelude, "2026-09-25 16:00")
