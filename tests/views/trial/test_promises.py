"""The promises of a policy in words: they say the numbers of ``bounds``."""

from __future__ import annotations

from dataclasses import replace

from hub.domain.hall.plan import AppointmentPolicy, MissedPolicy
from hub.domain.queue.bounds import bounds_of
from hub.views.trial.promises import promises, settings
from tests.domain.queue.plans import POLICY, RUSH


def test_the_numbers_are_those_that_are_proved() -> None:
    bounds, said = bounds_of(RUSH), promises(RUSH)
    assert len(said) == 3
    assert f"超过 {bounds.overtake_minutes} 分钟" in said[0].zh
    assert said[0].zh.startswith("除高峰份额外")
    assert f"等满 {bounds.due_after} 分钟" in said[1].zh
    assert f"over {bounds.overtake_due_minutes} minutes" in said[1].en
    assert f"每 {bounds.share} 次叫号至少有 1 次" in said[2].zh
    # calls_until(n) of the bounds, with n a multiple of share - 1
    assert bounds.calls_until(4) == 4 + 4 // (bounds.share - 1) + 2
    assert f"n + n/{bounds.share - 1} + 2" in said[2].en


def test_a_policy_without_a_limit_says_so() -> None:
    said = promises(POLICY)
    assert len(said) == 2
    assert "没有等候限度" in said[1].zh


def test_first_come_first_called_is_one_promise() -> None:
    plain = replace(POLICY, classes=(), home_credit_minutes=0, appointment=AppointmentPolicy(0, 0, 0))
    assert promises(plain)[0].en == "First come, first called at every window."
    bounded = promises(replace(plain, long_wait_minutes=30))
    assert len(bounded) == 2


def test_a_limit_without_a_share_says_that_priority_is_only_minutes() -> None:
    assert "没有保底份额" in promises(replace(RUSH, rush_share=0))[-1].zh


def test_every_setting_is_a_sentence() -> None:
    said = "\n".join(f"{each.zh}\n{each.en}" for each in settings(RUSH))
    for part in (
        "老年人：当作多等了 15 分钟",
        "主类别：5 分钟",
        "一窗办完",
        "过号可补 2 次，排在第 2 位之后",
        "5 分钟不到即过号",
    ):
        assert part in said
    assert "转窗最多 3 次" in said
    never = settings(replace(POLICY, missed=MissedPolicy(0, 0, None, 0)))
    assert any("不补号" in each.zh for each in never)
    assert any("回原位，当天有效" in each.zh for each in settings(replace(POLICY, missed=MissedPolicy(0, 1, None, 0))))
