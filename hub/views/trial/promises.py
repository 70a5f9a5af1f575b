"""What an order policy promises and how it is set, as sentences for people; the promises are those proved in
``hub.domain.queue.bounds``."""

from __future__ import annotations

from hub.domain.hall.plan import QueuePolicy
from hub.domain.queue.bounds import bounds_of
from hub.views.words import Words


def promises(policy: QueuePolicy) -> tuple[Words, ...]:
    """What holds for every visitor, whatever happens; calls by name are a person's decision and not among it."""
    bounds = bounds_of(policy)
    over, due, over_due, share = bounds.overtake_minutes, bounds.due_after, bounds.overtake_due_minutes, bounds.share
    found: list[Words] = []
    if over:
        but_zh, but_en = ("除高峰份额外，", "But for the share in a rush, nobody") if share else ("", "Nobody")
        found.append(
            Words(
                f"{but_zh}晚来超过 {over} 分钟的人（预约按时段算），不会在同一窗口排到您前面。",
                f"{but_en} who comes over {over} minutes later (appointments count from their slot) "
                "is called before you at the same window.",
            )
        )
    else:
        found.append(Words("同一窗口先到先叫，谁也不插队。", "First come, first called at every window."))
    if due is None:
        found.append(
            Words("没有等候限度：等多久都不因此提前。", "No limit on waiting: a long wait alone moves nobody forward.")
        )
        return tuple(found)
    found.append(
        Words(
            f"等满 {due} 分钟的人先于所有没等满的人；等满的人里，晚来超过 {over_due} 分钟的不会超前。",
            f"Who has waited {due} minutes goes before everybody who has not; among those, nobody who came over "
            f"{over_due} minutes later goes first.",
        )
    )
    if share:
        found.append(
            Words(
                f"高峰时（有人等满 {due} 分钟），每个窗口每 {share} 次叫号至少有 1 次给优先的人；"
                f"一个窗口前面有 n 位等满的人时，最迟第 n + n÷{share - 1} + 2 次叫到。",
                f"In a rush (somebody has waited {due} minutes) at least 1 of {share} calls of a window goes to those "
                f"with priority; with n who waited so long before you, you are called by call n + n/{share - 1} + 2.",
            )
        )
    elif over_due:
        found.append(
            Words(
                "高峰时优先只剩分钟数的差别，没有保底份额。",
                "In a rush priority means its minutes only; no share of the calls is kept for it.",
            )
        )
    return tuple(found)


def settings(policy: QueuePolicy) -> tuple[Words, ...]:
    """How the rest is set."""
    found = [
        Words(
            f"{each.zh}：当作多等了 {each.credit_minutes} 分钟。",
            f"{each.en}: counts as {each.credit_minutes} min more.",
        )
        for each in policy.classes
    ]
    booked = policy.appointment
    found.append(
        Words(
            f"预约：从预约时刻起算，另加 {booked.credit_minutes} 分钟；提前 {booked.early_minutes} 分钟可签到，"
            f"迟到超过 {booked.grace_minutes} 分钟按现场取号。",
            f"Appointments count from their slot, and {booked.credit_minutes} min more; check-in from "
            f"{booked.early_minutes} min before, over {booked.grace_minutes} min late counts as without.",
        )
    )
    if policy.home_credit_minutes:
        found.append(
            Words(
                f"窗口偏好主类别：{policy.home_credit_minutes} 分钟。",
                f"A window prefers its home category by {policy.home_credit_minutes} min.",
            )
        )
    if policy.whole_credit_minutes:
        found.append(
            Words(
                f"能一窗办完的多事项来访：{policy.whole_credit_minutes} 分钟。",
                f"Visits that one window can finish whole: {policy.whole_credit_minutes} min.",
            )
        )
    found.append(_missed(policy))
    limit = policy.transfers
    found.append(
        Words(f"转窗最多 {limit} 次。", f"At most {limit} transfers.")
        if limit
        else Words("转窗次数不限。", "Any number of transfers.")
    )
    return tuple(found)


def _missed(policy: QueuePolicy) -> Words:
    missed = policy.missed
    if not missed.times:
        return Words("过号作废，不补号。", "A missed number is not reinstated.")
    place_zh = "回原位" if missed.insert_after == 0 else f"排在第 {missed.insert_after} 位之后"
    place_en = "at its own place" if missed.insert_after == 0 else f"behind the first {missed.insert_after}"
    until_zh = "当天有效" if missed.within_minutes is None else f"{missed.within_minutes} 分钟内有效"
    until_en = "all day" if missed.within_minutes is None else f"within {missed.within_minutes} min"
    clock_zh = "" if missed.after_minutes is None else f"，有手机的 {missed.after_minutes} 分钟不到即过号"
    clock_en = "" if missed.after_minutes is None else f"; with a phone it is missed after {missed.after_minutes} min"
    return Words(
        f"过号可补 {missed.times} 次，{place_zh}，{until_zh}{clock_zh}。",
        f"A missed number is reinstated {missed.times} times, {place_en}, {until_en}{clock_en}.",
    )
