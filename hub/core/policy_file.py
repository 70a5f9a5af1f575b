"""A draft policy as a TOML file: the policy of a profile alone, with or without ``policy.`` before it, or a profile."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from hub.core.profile_file import load
from hub.core.toml_file import FileInvalid, located, parse
from hub.core.toml_shape import ShapeMismatch, plain, shape, toml
from hub.domain.hall.check_policy import check_policy
from hub.domain.hall.profile import HallProfile, Policy

_OF_A_PROFILE = frozenset({"hall", "hours", "floors", "zones", "departments", "categories", "windows", "devices"})


@dataclass(frozen=True, slots=True)
class PolicyDraft:
    """``profile``: the whole one that the file holds; None: the policy alone."""

    policy: Policy
    profile: HallProfile | None = None

    def over(self, profile: HallProfile) -> HallProfile:
        """What would be published: the file's own profile, else ``profile`` with this policy."""
        return replace(profile, policy=self.policy) if self.profile is None else self.profile


@dataclass(frozen=True, slots=True)
class _Named:
    policy: Policy


def load_policy(text: str) -> PolicyDraft:
    """The draft in a TOML text, checked. Raises ``FileInvalid`` with every problem, its lines and fields."""
    values = parse(text)
    if not _OF_A_PROFILE.isdisjoint(values):
        profile = load(text)
        return PolicyDraft(profile.policy, profile)
    named = "policy" in values
    try:
        policy = shape(_Named, values).policy if named else shape(Policy, values)
    except ShapeMismatch as mismatch:
        raise FileInvalid(located(text, mismatch.problems)) from None
    problems = list(check_policy(policy, "policy" if named else ""))
    if problems:
        raise FileInvalid(located(text, problems))
    return PolicyDraft(policy)


def dump_policy(policy: Policy) -> str:
    """The policy as TOML that ``load_policy`` reads back equal."""
    return toml({"policy": cast("dict[str, object]", plain(policy))})
