"""The plan of a recorded day under a draft."""

from __future__ import annotations

from dataclasses import replace

from hub.domain.hall.calendar import CalendarVersion
from hub.domain.hall.plan import DayPlan
from hub.domain.hall.planning import plan_for, policy_of
from hub.domain.hall.profile import HallProfile, Policy

DRAFT = 0
"""The version of what is not published."""


def under_policy(plan: DayPlan, policy: Policy) -> DayPlan:
    """The recorded day's hall with another policy."""
    return replace(plan, policy=policy_of(policy, DRAFT))


def under_profile(plan: DayPlan, profile: HallProfile) -> DayPlan:
    """The recorded day in another hall: its categories, windows, clerks and policy, the hours of the record."""
    other = plan_for(profile, DRAFT, CalendarVersion(plan.calendar), plan.date)
    return replace(
        other,
        timezone=plan.timezone,
        working=plan.working,
        issuing_from=plan.issuing_from,
        opens=plan.opens,
        closes=plan.closes,
        ends=plan.ends,
        rosters=plan.rosters,
    )
