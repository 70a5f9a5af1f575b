from __future__ import annotations

from dataclasses import replace

import pytest

from hub.domain.hall.check import check
from hub.domain.hall.check_policy import check_policy
from hub.domain.hall.plan import AppointmentPolicy, PriorityClass
from hub.domain.hall.profile import Clerk, Policy, Roster
from tests.domain.hall.halls import DEFAULT

POLICY = DEFAULT.policy


def changed(**changes: object) -> Policy:
    return replace(POLICY, **changes)


WRONG = {
    "nobody but priority in a rush": (changed(rush_share=1), "policy.rush_share"),
    "a share without a rush": (changed(long_wait_minutes=None), "policy.rush_share"),
    "a credit beyond the bounded wait": (
        changed(classes=(*POLICY.classes, PriorityClass("vip", "贵宾", "VIP", 31))),
        "policy.classes[4].credit_minutes",
    ),
    "appointments beyond the bounded wait": (
        changed(appointment=AppointmentPolicy(25, 30, 10)),
        "policy.appointment.credit_minutes",
    ),
    "a reserved name": (
        changed(classes=(PriorityClass("appointment", "预约", "Appointment", 5),)),
        "policy.classes[0].name",
    ),
    "a limit of no minutes": (changed(long_wait_minutes=0), "policy.long_wait_minutes"),
    "a clock that misses at once": (
        changed(missed=replace(POLICY.missed, after_minutes=0)),
        "policy.missed.after_minutes",
    ),
    "transfers below none": (changed(transfers=-1), "policy.transfers"),
}


@pytest.mark.parametrize(("policy", "path"), WRONG.values(), ids=WRONG.keys())
def test_a_policy_that_contradicts_itself_is_told_by_field(policy: Policy, path: str) -> None:
    problems = {problem.path: problem for problem in check_policy(policy)}
    assert path in problems, sorted(problems)
    assert problems[path].zh
    assert problems[path].en
    assert path in {problem.path for problem in check(replace(DEFAULT, policy=policy))}


def test_the_default_policy_contradicts_nothing() -> None:
    assert list(check_policy(POLICY)) == []


def test_rosters_capacity_and_clerks_are_checked_with_the_profile() -> None:
    wrong = replace(
        DEFAULT,
        hours=replace(
            DEFAULT.hours, capacity="full", rosters=(Roster("13:00", "12:00", 50), Roster("noon", "13:00", 101))
        ),
        clerks=(Clerk("li", ("A", "Z")), Clerk("li", ())),
    )
    assert {problem.path for problem in check(wrong)} >= {
        "hours.capacity",
        "hours.rosters[0].ends",
        "hours.rosters[1].begins",
        "hours.rosters[1].open_percent",
        "clerks[0].categories[1]",
        "clerks[1].name",
    }
