"""Deciding, handing out, and every other way a case ends; cases of other systems."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.domain.cases import commands as c
from hub.domain.cases import events as e
from hub.domain.personal import Personal
from tests.domain.cases.office import CASE, EXTERNAL, PERSON, PLAIN, Office, refused


def withdraw(office: Office, reason: str = "不办了"):
    return office.do(c.WithdrawCase(CASE, office.now, "li", reason))


def terminate(office: Office, reason: str = "申请人死亡", basis: str = "许可法第七十条"):
    return office.do(c.TerminateCase(CASE, office.now, "li", reason, basis))


def revoke(office: Office):
    return office.do(c.RevokeCase(CASE, office.now, "li", "以欺骗手段取得", "许可法第六十九条"))


def deliver(office: Office, how: str = "window"):
    return office.do(c.DeliverResult(CASE, office.now, "li", how, Personal(PERSON, "张三"), "P1"))


def archive(office: Office):
    return office.do(c.ArchiveCase(CASE, office.now, "li", "档案室 3-12"))


def test_a_case_is_decided_delivered_and_archived_with_its_outcome_kept() -> None:
    office = Office().accepted(PLAIN)
    office.decide(result="JY11101010000001")
    deliver(office)
    assert archive(office).state == "archived"
    assert (office.case.outcome, office.case.result) == ("granted", "JY11101010000001")


def test_a_refusal_gives_reasons_and_basis_and_is_handed_out_too() -> None:
    office = Office().accepted(PLAIN)
    with refused("reason-needed"):
        office.decide(granted=False, reasons=" ")
    with refused("basis-needed"):
        office.decide(granted=False, basis="")
    office.decide(granted=False)
    assert office.due("service")
    deliver(office, "courier")
    with refused("not-granted"):
        revoke(office)


def test_results_go_out_by_known_ways() -> None:
    office = Office().accepted(PLAIN)
    office.decide()
    with refused("bad-value"):
        deliver(office, "pigeon")


def test_a_case_may_be_withdrawn_until_it_is_decided() -> None:
    office = Office().accepted(PLAIN)
    with refused("reason-needed"):
        withdraw(office, "")
    withdraw(office)
    assert (office.case.state, office.case.outcome, office.case.reason) == ("withdrawn", "withdrawn", "不办了")
    office = Office().accepted(PLAIN)
    office.decide()
    with refused("already-decided"):
        withdraw(office)


def test_terminating_needs_reason_and_basis_and_stops_every_clock() -> None:
    office = Office().accepted()
    with refused("basis-needed"):
        terminate(office, basis="")
    terminate(office)
    assert all(clock.ended_at is not None for clock in office.case.clocks)
    archive(office)


@pytest.mark.parametrize("how_far", [0, 1, 2])
def test_what_was_granted_may_be_revoked_once_also_from_the_archive(how_far: int) -> None:
    office = Office().accepted(PLAIN)
    office.decide()
    for act in (deliver, archive)[:how_far]:
        act(office)
    revoke(office)
    assert (office.case.state, office.case.outcome) == ("revoked", "revoked")
    with refused("wrong-act"):
        revoke(office)


def test_an_act_out_of_order_tells_the_state() -> None:
    office = Office()
    with refused("unknown-case"):
        withdraw(office)
    office.open()
    with refused("wrong-act"):
        deliver(office)


def test_before_acceptance_the_applicant_may_be_put_right() -> None:
    office = Office()
    office.open()
    other = Personal("b" * 32, "91110101MA01234567")
    changed = c.ChangeApplicant(CASE, office.now, "li", "organisation", "b" * 32, other, other)
    office.do(changed)
    assert office.case.person == "b" * 32
    with refused("bad-value"):
        office.do(replace(changed, person=PERSON))
    office.supply("form", "id", "lease", "photo")
    office.accept()
    with refused("wrong-act"):
        office.do(changed)


# another system of record


def register(office: Office, item=EXTERNAL, external: str = "SB-77"):
    name, identity = Personal(PERSON, "张三"), Personal(PERSON, "110101199003078515")
    return office.do(
        c.RegisterExternalCase(CASE, office.day, office.now, "li", item, 3, "E", PERSON, name, identity, None, external)
    )


def milestone(office: Office, kind: str, id: str = "", **more: object):
    return office.do(
        c.ImportMilestone(CASE, office.now, "sync", id or kind, kind, office.now - 1, "省平台", **more)  # type: ignore[arg-type]
    )


def test_an_external_case_has_a_number_here_and_one_there_and_no_clock_of_ours() -> None:
    office = Office()
    assert register(office).number == "1101012026E000001"
    milestone(office, "review")
    milestone(office, "decided", granted=True, result="X9")
    assert office.case.clocks == []
    assert (office.case.state, office.case.outcome, office.case.result) == ("decided", "granted", "X9")
    assert deliver(office).state == "delivered"
    archive(office)


def test_the_same_news_twice_is_one_milestone() -> None:
    office = Office()
    register(office)
    milestone(office, "review", "7")
    assert not milestone(office, "review", "7").changed
    milestone(office, "note", "8")
    assert office.case.state == "review"


def test_news_that_cannot_follow_is_refused() -> None:
    office = Office()
    register(office)
    milestone(office, "decided", granted=False)
    assert office.case.outcome == "refused"
    with refused("milestone-out-of-order"):
        milestone(office, "review")
    with refused("bad-value"):
        milestone(office, "lost")


def test_what_belongs_to_the_other_system_is_not_done_here() -> None:
    office = Office()
    register(office)
    with refused("external-case"):
        office.accept()
    with refused("external-case"):
        terminate(office)
    office = Office()
    with refused("external-case"):
        office.open(EXTERNAL)
    with refused("not-external"):
        register(office, PLAIN)
    with refused("bad-value"):
        register(office, external=" ")
    office.open()
    with refused("not-external"):
        milestone(office, "decided")
    with refused("case-exists"):
        register(office)


def test_external_ends_always_have_a_reason() -> None:
    office = Office()
    register(office)
    office.do(c.ImportMilestone(CASE, office.now, "sync", "9", "terminated", office.now))
    assert (office.case.outcome, office.case.reason) == ("terminated", "9")
    assert isinstance(office.last(), e.MilestoneImported)
