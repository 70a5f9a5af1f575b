"""Review along a route: departments, opinions, leave, time-outs, joint drawing review."""

from __future__ import annotations

from dataclasses import replace

from hub.domain.cases import commands as c
from hub.domain.cases import events as e
from hub.domain.cases import review_commands as rc
from hub.domain.cases import review_events as r
from hub.domain.cases.leave import HandOverInbox, TakeBackInbox
from hub.domain.cases.records import Defect
from hub.domain.cases.visibility import verdicts, visible_to
from hub.domain.catalogue.item import RouteStep
from tests.domain.cases.office import CASE, FIRST, JOINT, LAST, LICENCE, Office, refused
from tests.domain.hall.halls import ms


def states(office: Office) -> dict[str, str]:
    return {id: step.state for id, step in office.case.steps.items()}


def claim(office: Office, step: str = "first", by: str = "wang", department: str = "wj", role: str = "reviewer"):
    return office.do(rc.ClaimStep(CASE, office.day, office.now, by, department, step, role))


def test_acceptance_opens_the_first_steps_and_each_agreement_the_next() -> None:
    office = Office("2026-03-02 10:00").accepted()
    assert office.case.state == "review"
    assert states(office) == {"first": "open"}
    office.opine("first")
    assert states(office) == {"first": "done", "last": "open"}
    with refused("review-not-done"):
        office.decide()
    office.opine("last")
    assert office.decide().state == "decided"


def test_of_two_reviewers_at_once_the_second_is_refused() -> None:
    office = Office().accepted()
    claim(office)
    with refused("step-claimed"):
        claim(office, by="zhao")
    with refused("step-claimed"):
        office.opine("first", by="zhao")
    assert not claim(office).changed
    office.opine("first")
    with refused("step-not-open"):
        office.opine("first")


def test_a_released_step_is_anybodys() -> None:
    office = Office().accepted()
    claim(office)
    with refused("step-claimed"):
        office.do(rc.ReleaseStep(CASE, office.now, "zhao", "first"))
    office.do(rc.ReleaseStep(CASE, office.now, "wang", "first"))
    claim(office, by="zhao")


def test_a_step_belongs_to_its_department_and_role() -> None:
    office = Office().accepted()
    with refused("other-department"):
        office.opine("first", department="xf")
    with refused("other-department"):
        claim(office, role="clerk")
    with refused("unknown-step"):
        office.opine("last")


def test_leave_hands_the_whole_inbox_to_a_colleague_for_its_days() -> None:
    office = Office("2026-03-02 10:00").accepted()
    claim(office)
    office.do(HandOverInbox("wj", office.now, "wang", "wang", "zhao", "2026-03-03", "2026-03-06"))
    with refused("step-claimed"):
        office.opine("first", by="zhao")
    office.on("2026-03-03 10:00").opine("first", by="zhao")
    assert office.case.opinions[0].by == "zhao"


def test_a_deputy_on_leave_passes_it_on_and_a_circle_ends() -> None:
    office = Office("2026-03-02 10:00").accepted()
    claim(office)
    for reviewer, to in (("wang", "zhao"), ("zhao", "sun")):
        office.do(HandOverInbox("wj", office.now, reviewer, reviewer, to, "2026-03-02", "2026-03-06"))
    with refused("step-claimed"):
        office.opine("first", by="zhao")
    office.do(HandOverInbox("wj", office.now, "sun", "sun", "wang", "2026-03-02", "2026-03-06"))
    with refused("step-claimed"):
        office.opine("first", by="zhou")
    office.do(TakeBackInbox("wj", office.now, "sun", "sun"))
    office.opine("first", by="sun")


def test_a_hand_over_names_another_and_ends_after_it_begins() -> None:
    office = Office()
    with refused("bad-value"):
        office.do(HandOverInbox("wj", 1, "wang", "wang", "wang", "2026-03-02", "2026-03-06"))
    with refused("bad-value"):
        office.do(HandOverInbox("wj", 1, "wang", "wang", "zhao", "2026-03-06", "2026-03-02"))


def test_objecting_and_sending_back_need_words() -> None:
    office = Office().accepted()
    opinion = rc.GiveOpinion(CASE, office.day, office.now, "wang", "wj", "first", "object")
    with refused("reason-needed"):
        office.do(opinion)


def test_granting_against_an_objection_says_why() -> None:
    office = Office().accepted()
    office.opine("first", "object")
    office.opine("last")
    with refused("objection-stands"):
        office.decide()
    office.decide(despite="经复核符合条件")
    assert office.case.outcome == "granted"


def test_sending_back_to_an_earlier_step_opens_it_again() -> None:
    office = Office("2026-03-02 10:00").accepted()
    office.opine("first")
    office.on("2026-03-04 10:00").opine("last", "return", to="first")
    assert states(office) == {"first": "open"}
    assert office.due("step:first") == "2026-03-06"
    assert len(office.case.opinions) == 2
    with refused("unknown-step"):
        office.opine("first", "return", to="last")


def test_a_supervisor_acts_on_what_was_escalated() -> None:
    office = Office().accepted()
    with refused("other-department"):
        office.opine("first", department="", by="chief", role="supervisor")
    office.do(rc.EscalateStep(CASE, office.now, "wang", "first", "部门没有审查人员"))
    office.opine("first", department="", by="chief", role="supervisor")
    assert states(office)["first"] == "done"
    assert office.case.opinions[0].department == "wj"


def test_a_step_over_its_budget_escalates_so_a_department_without_reviewers_is_seen() -> None:
    office = Office("2026-03-02 10:00").accepted()
    office.on("2026-03-05 04:00").tick()
    assert office.last() == r.StepTimedOut(CASE, "first", "escalate", ms("2026-03-05 04:00", "Asia/Shanghai"))
    assert office.case.steps["first"].escalated
    office.on("2026-03-06 04:00").tick()
    assert sum(isinstance(each, r.StepTimedOut) for each in office.told) == 1


def test_a_step_over_its_budget_may_pass_or_wait() -> None:
    office = Office("2026-03-02 10:00").accepted(replace(LICENCE, route=(replace(FIRST, on_timeout="pass"), LAST)))
    office.on("2026-03-05 08:00").tick()
    assert states(office) == {"first": "done", "last": "open"}
    assert office.case.steps["first"].verdict == "passed"
    assert office.due("step:last") == "2026-03-09"
    office = Office("2026-03-02 10:00").accepted(replace(LICENCE, route=(replace(FIRST, on_timeout="wait"), LAST)))
    office.on("2026-03-05 08:00").tick()
    assert office.case.steps["first"].timed_out
    assert not office.case.steps["first"].escalated


def test_any_one_of_several_steps_may_be_enough_and_the_rest_is_left_aside() -> None:
    other = RouteStep("other", "另一", "other", "xf")
    end = RouteStep("end", "末", "end", "wj", after=("first", "other"), join="any")
    office = Office().accepted(replace(LICENCE, route=(FIRST, other, end)))
    office.opine("first")
    assert states(office) == {"first": "done", "other": "superseded", "end": "open"}
    with refused("step-not-open"):
        office.opine("other", department="xf")
    office.opine("end")
    office.decide()


def test_during_an_excluded_procedure_nobody_gives_opinions() -> None:
    office = Office().accepted()
    office.special()
    with refused("special-running"):
        office.opine("first")
    office.end_special()
    office.special("on-site")
    office.opine("first")
    with refused("wrong-act"):
        office.decide()


def test_only_the_departments_at_the_end_decide() -> None:
    office = Office().accepted()
    office.opine("first")
    office.opine("last")
    with refused("other-department"):
        office.decide(department="xf")


# joint drawing review 联合审图


def drawn() -> Office:
    office = Office("2026-03-02 10:00")
    return office.accepted(JOINT)


def seen(code: str, what: str) -> tuple[Defect, ...]:
    return (Defect(code, what),)


def test_parallel_departments_review_one_set_and_the_lead_tells_one_merged_notice() -> None:
    office = drawn()
    assert states(office) == {"build": "open", "fire": "open", "air": "open"}
    office.opine("fire", "return", "xf", defects=seen("lease", "疏散宽度不足"))
    office.opine("air", "return", "rf", defects=seen("photo", "口部未标注"))
    with refused("opinions-outstanding"):
        office.correct(department="zj")
    office.opine("build", department="zj")
    with refused("not-lead"):
        office.correct(department="xf")
    office.correct(department="zj")
    told = office.last()
    assert isinstance(told, e.CorrectionTold)
    assert told.in_review
    assert [(each.material, each.step) for each in told.defects] == [("lease", "fire"), ("photo", "air")]
    assert office.due("legal")
    office.on("2026-03-10 10:00").supplement("lease", "photo")
    assert office.case.state == "review"
    assert states(office) == {"build": "done", "fire": "open", "air": "open"}
    assert office.due("step:fire") == "2026-03-17"


def test_a_second_merged_notice_cites_only_what_was_drawn_anew() -> None:
    office = drawn()
    office.opine("build", department="zj")
    office.opine("air", department="rf")
    office.opine("fire", "return", "xf", defects=seen("lease", "疏散宽度不足"))
    office.correct(department="zj")
    office.supplement("lease")
    with refused("correction-told"):
        office.opine("fire", "return", "xf", defects=seen("photo", "早该看到"))
    office.opine("fire", "return", "xf", defects=seen("lease", "仍不足"))
    office.correct(department="zj")


def test_nothing_is_told_in_review_when_no_step_sent_it_back() -> None:
    office = drawn()
    office.opine("build", department="zj")
    office.opine("air", department="rf")
    office.opine("fire", department="xf")
    with refused("opinions-outstanding"):
        office.correct("lease", department="zj")
    office.opine("end", department="zj")
    with refused("nothing-returned"):
        office.correct("lease", department="zj")


def test_an_accepted_case_in_correction_can_no_longer_be_refused_acceptance() -> None:
    office = drawn()
    office.opine("build", department="zj")
    office.opine("air", department="rf")
    office.opine("fire", "return", "xf", defects=seen("lease", "疏散宽度不足"))
    office.correct(department="zj")
    with refused("wrong-act"):
        office.do(c.RefuseAcceptance(CASE, office.now, "li", "逾期", "第三十二条"))


def test_no_clerk_and_no_other_department_reads_opinions_before_the_decision() -> None:
    office = drawn()
    office.opine("fire", "object", "xf")
    office.opine("air", department="rf")
    assert visible_to(office.case, "clerk", "") == ()
    assert [each.department for each in visible_to(office.case, "reviewer", "xf")] == ["xf"]
    assert visible_to(office.case, "reviewer", "zj") == ()
    assert len(visible_to(office.case, "supervisor", "")) == 2
    assert visible_to(office.case, "attendant", "") == ()
    assert verdicts(office.case, "reviewer", "zj") == {}
    office.opine("build", department="zj")
    office.opine("end", department="zj")
    assert verdicts(office.case, "reviewer", "zj")["fire"] == "object"
    assert verdicts(office.case, "clerk", "zj") == {}
    assert len(visible_to(office.case, "reviewer", "zj")) == 2
    office.decide(department="zj", despite="已整改")
    assert len(visible_to(office.case, "clerk", "")) == 4
