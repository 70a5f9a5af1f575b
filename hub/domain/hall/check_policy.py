"""What is wrong with a queue policy: values out of range, and parts that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from hub.domain.hall.problems import Problem, named, topic_name, unique, within
from hub.domain.hall.profile import Policy

_DAY_MINUTES = 24 * 60
RESERVED = ("appointment",)


def check_policy(policy: Policy, at: str = "policy") -> Iterator[Problem]:
    """Every problem; ``at`` is the path of the policy in the file it stands in, empty for a file of its own."""
    at = f"{at}." if at else ""
    yield from unique(f"{at}classes", "name", (each.name for each in policy.classes))
    for n, each in enumerate(policy.classes):
        path = f"{at}classes[{n}]"
        yield from topic_name(f"{path}.name", each.name)
        if each.name in RESERVED:
            yield Problem(f"{path}.name", f"“{each.name}”另有用途，请换一个", f'"{each.name}" is reserved')
        yield from named(path, each.zh, each.en)
        yield from within(f"{path}.credit_minutes", each.credit_minutes, 0, 480)
    missed, appointment = policy.missed, policy.appointment
    yield from within(f"{at}home_credit_minutes", policy.home_credit_minutes, 0, 480)
    yield from within(f"{at}whole_credit_minutes", policy.whole_credit_minutes, 0, 480)
    yield from within(f"{at}transfers", policy.transfers, 0, 100)
    yield from within(f"{at}rush_share", policy.rush_share, 0, 100)
    yield from within(f"{at}missed.insert_after", missed.insert_after, 0, 1000)
    yield from within(f"{at}missed.times", missed.times, 0, 100)
    yield from within(f"{at}missed.recalls_without_phone", missed.recalls_without_phone, 0, 10)
    yield from within(f"{at}appointment.credit_minutes", appointment.credit_minutes, 0, 480)
    yield from within(f"{at}appointment.early_minutes", appointment.early_minutes, 0, 480)
    yield from within(f"{at}appointment.grace_minutes", appointment.grace_minutes, 0, 480)
    if missed.within_minutes is not None:
        yield from within(f"{at}missed.within_minutes", missed.within_minutes, 1, _DAY_MINUTES)
    if missed.after_minutes is not None:
        yield from within(f"{at}missed.after_minutes", missed.after_minutes, 1, 480)
    if policy.long_wait_minutes is not None:
        yield from within(f"{at}long_wait_minutes", policy.long_wait_minutes, 1, _DAY_MINUTES)
    yield from _contradictions(policy, at)


def _contradictions(policy: Policy, at: str) -> Iterator[Problem]:
    missed, long = policy.missed, policy.long_wait_minutes
    if missed.times == 0 and missed.within_minutes is not None:
        yield Problem(
            f"{at}missed.within_minutes",
            "补号次数为 0 时不应再写补号时限",
            "says until when, but times = 0 allows no reinstatement",
            (f"{at}missed.times",),
        )
    if policy.rush_share == 1:
        yield Problem(
            f"{at}rush_share",
            "写 1 则高峰时只叫优先的人，其他人永远叫不到；请写 0 或 2 以上",
            "1 would call nobody but those with priority in a rush; write 0, or 2 and more",
        )
    if long is None:
        if policy.rush_share:
            yield Problem(
                f"{at}rush_share",
                "没有写 long_wait_minutes，就没有高峰，优先份额不会起作用",
                "has no effect without long_wait_minutes, which says when there is a rush",
            )
        return
    for n, each in enumerate(policy.classes):
        if each.credit_minutes > long:
            yield Problem(
                f"{at}classes[{n}].credit_minutes",
                f"优先 {each.credit_minutes} 分钟超过等候限度 long_wait_minutes = {long}，限度就保不住了",
                f"{each.credit_minutes} is more than long_wait_minutes = {long}, so the limit could not be kept",
                (f"{at}long_wait_minutes",),
            )
    booked = policy.appointment.credit_minutes + policy.appointment.grace_minutes
    if booked > long:
        yield Problem(
            f"{at}appointment.credit_minutes",
            f"与 grace_minutes 合计 {booked} 分钟，超过等候限度 long_wait_minutes = {long}",
            f"with grace_minutes it is {booked}, more than long_wait_minutes = {long}, so the limit could not be kept",
            (f"{at}appointment.grace_minutes", f"{at}long_wait_minutes"),
        )
