"""A draft policy's file: alone, named or a whole profile; what contradicts itself is refused with both lines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.core.policy_file import dump_policy, load_policy
from hub.core.profile_file import default_profile, dump
from hub.core.toml_file import FileInvalid

BARE = """\
classes = [
  { name = "elderly", zh = "老年人", en = "Elderly", credit_minutes = 15 },
]
home_credit_minutes = 5
missed.insert_after = 2
missed.times = 2
missed.recalls_without_phone = 3
"""


def refused(text: str) -> list[str]:
    with pytest.raises(FileInvalid) as refusal:
        load_policy(text)
    return [str(problem) for problem in refusal.value.problems]


def test_a_policy_may_stand_alone_under_its_name_or_in_a_whole_profile() -> None:
    bare = load_policy(BARE)
    assert bare.policy.classes[0].name == "elderly"
    assert bare.profile is None
    under_name = "".join(f"policy.{line}\n" for line in BARE.replace("\n  {", " {").replace("},\n", "},").splitlines())
    assert load_policy(under_name).policy == bare.policy
    profile = default_profile()
    assert load_policy(dump(profile)).profile == profile


def test_a_written_policy_is_read_back() -> None:
    policy = default_profile().policy
    assert load_policy(dump_policy(policy)).policy == policy


def test_a_policy_alone_goes_over_the_profile_in_force() -> None:
    profile = default_profile()
    draft = load_policy(BARE)
    assert draft.over(profile) == replace(profile, policy=draft.policy)
    whole = load_policy(dump(replace(profile, policy=draft.policy)))
    assert whole.over(profile) == whole.profile


def test_parts_that_contradict_each_other_are_refused_with_the_lines_of_both() -> None:
    (told,) = refused(BARE + "long_wait_minutes = 10\nappointment.credit_minutes = 0\n")
    assert told.startswith("第 2 行 classes[0].credit_minutes: ")
    assert "与第 8 行 long_wait_minutes 矛盾" in told
    assert "line 2 classes[0].credit_minutes: " in told
    assert "(against line 8 long_wait_minutes)" in told


def test_three_lines_are_named_when_three_parts_do_not_fit() -> None:
    more = "long_wait_minutes = 20\nappointment.credit_minutes = 15\nappointment.grace_minutes = 15\n"
    (told,) = refused(BARE + more)
    assert "line 9 appointment.credit_minutes" in told
    assert "(against line 10 appointment.grace_minutes and line 8 long_wait_minutes)" in told


def test_a_default_that_is_not_written_is_no_line() -> None:
    (told,) = refused(BARE + "long_wait_minutes = 19\nappointment.credit_minutes = 10\n")
    assert "(against line 8 long_wait_minutes)" in told


def test_an_unknown_field_and_a_missing_one_are_named_with_their_lines() -> None:
    told = refused(BARE.replace("home_credit_minutes", "home_credit"))
    assert any("第 4 行 home_credit: 没有这个字段" in each for each in told)
    assert any("缺少这个字段" in each for each in told)
    assert "TOML" in refused("policy = [")[0]
    assert any("rush" in each for each in refused(f"policy.rush = 1\n[policy.missed]\n{''}"))
