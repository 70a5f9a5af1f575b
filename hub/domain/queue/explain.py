"""为什么 B 在 A 之前: one sentence for any two tickets, from the day's events alone.

The events are folded again up to B's call, so the sentence speaks of the hall as it stood then: the lines, the clerk at
the window, the policy in force. It says what ``hub.domain.queue.order`` decided, with the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.domain.queue.events import QueueEvent, TicketCalled
from hub.domain.queue.evolve import evolve
from hub.domain.queue.finding import clock_time, ticket_of
from hub.domain.queue.layout import able
from hub.domain.queue.lines import APPOINTMENT
from hub.domain.queue.order import MINUTE, NAMED, SHARE
from hub.domain.queue.state import ACTIVE, ENDED, MISSED, PARKED, WAITING, QueueDay, Ticket, Window
from hub.domain.refusals import Refused, Sentence


@dataclass(frozen=True, slots=True)
class _Call:
    """B's call as it was judged just before it, and whether A waited then."""

    sentence: Sentence
    compared: bool


def why_before(events: Iterable[QueueEvent], first: str, second: str) -> Sentence:
    """Why ``first`` (a number or ticket id) was called before ``second``; says so where it was not.

    Of several calls of ``first`` the earliest during which ``second`` waited is told. Raises ``Refused``:
    unknown-ticket, bad-value (twice the same).
    """
    day, calls = QueueDay(), list[_Call]()
    known = _Known(first, second)
    for event in events:
        if isinstance(event, TicketCalled) and known.is_first(day, event.ticket):
            calls.append(_judge(day, event, known.other(day)))
        evolve(day, event)
    before, after = ticket_of(day, first), ticket_of(day, second)
    if before is after:
        raise Refused("bad-value", field="second", problem=after.number)
    if not calls:
        return _not_called(day, before, after)
    return next((call for call in calls if call.compared), calls[0]).sentence


class _Known:
    """The two tickets while the day is folded: each exists from its issue on."""

    def __init__(self, first: str, second: str) -> None:
        self._first = first
        self._second = second

    def is_first(self, day: QueueDay, ticket: str) -> bool:
        return ticket == self._first or day.numbers.get(self._first.strip().upper()) == ticket

    def other(self, day: QueueDay) -> Ticket | None:
        known = day.numbers.get(self._second.strip().upper(), self._second)
        return day.tickets.get(known)


def _not_called(day: QueueDay, before: Ticket, after: Ticket) -> Sentence:
    if after.first_called_at is None:
        return Sentence(
            f"{before.number} 和 {after.number} 都还没有叫过。",
            f"Neither {before.number} nor {after.number} has been called.",
        )
    at = _clock(day, after.first_called_at)
    return Sentence(
        f"{before.number} 还没有叫过；{after.number} 在 {at} 已先叫号。",
        f"{before.number} has not been called; {after.number} was called at {at}.",
    )


def _judge(day: QueueDay, event: TicketCalled, after: Ticket | None) -> _Call:
    before, window = day.tickets[event.ticket], day.windows[event.window]
    at = _clock(day, event.at)
    if after is None:
        return _told(
            f"{before.number} 在 {at} 叫到 {window.number} 号窗口时，另一个号还没有取。",
            f"When {before.number} was called to window {window.number} at {at}, the other had not been taken.",
        )
    if after.state != WAITING:
        zh, en = _elsewhere(day, after)
        return _told(
            f"{before.number} 在 {at} 叫到 {window.number} 号窗口时，{after.number} {zh}。",
            f"When {before.number} was called to window {window.number} at {at}, {after.number} {en}.",
        )
    zh, en = _reason(day, window, event, before, after)
    return _Call(
        Sentence(
            f"{before.number} 在 {at} 先叫到 {window.number} 号窗口：{zh}。",
            f"{before.number} was called first, to window {window.number} at {at}: {en}.",
        ),
        True,
    )


def _told(zh: str, en: str) -> _Call:
    return _Call(Sentence(zh, en), False)


def _elsewhere(day: QueueDay, ticket: Ticket) -> tuple[str, str]:
    """Where a ticket is that does not wait."""
    if ticket.state in ACTIVE:
        at = "" if ticket.called_at is None else _clock(day, ticket.called_at)
        return f"已在 {at} 叫到 {ticket.window} 号窗口", f"was at window {ticket.window} already, called at {at}"
    if ticket.state == MISSED:
        return "已过号，还没有补号", "had been missed and not reinstated yet"
    if ticket.state == PARKED:
        return "已挂起", "was parked"
    assert ticket.state in ENDED
    at = "" if ticket.ended_at is None else _clock(day, ticket.ended_at)
    return f"在 {at} 已经结束", f"had ended at {at} already"


def _reason(day: QueueDay, window: Window, event: TicketCalled, before: Ticket, after: Ticket) -> tuple[str, str]:
    if event.rule == NAMED:
        return "由工作人员指定叫号，不按排队顺序", "staff called it by its number, out of turn"
    if after.line not in window.lines:
        return _not_served(day, window, after)
    if event.rule == SHARE:
        share = 0 if day.plan is None else day.plan.policy.rush_share
        zh, en = _class(day, before)
        return (
            f"高峰时每 {share} 次叫号至少一次给优先的人，这次轮到优先（{before.number} 是{zh}）",
            f"in a rush at least one of {share} calls goes to those with priority, and this was it "
            f"({before.number}: {en})",
        )
    one, other = _Counted(day, window, before, event.at), _Counted(day, window, after, event.at)
    if one.due != other.due:
        limit = day.long_ms // MINUTE
        return (
            f"等满 {limit} 分钟的先叫，{before.number} 已等 {one.waited} 分钟，{after.number} 等了 {other.waited} 分钟",
            f"who has waited {limit} minutes goes first; {before.number} had waited {one.waited} minutes, "
            f"{after.number} {other.waited}",
        )
    zh_due = "两人都已等满限度，" if one.due else ""
    en_due = "both had waited past the limit; " if one.due else ""
    if one.total // MINUTE == other.total // MINUTE:
        seconds = (one.total - other.total) // 1000
        zh_more = f"，早 {seconds} 秒" if seconds else "，取号在前的先叫"
        en_more = f", {seconds} s apart" if seconds else ", and the earlier number goes first"
        return (
            f"{zh_due}{before.number} 和 {after.number} 计等候都是 {one.zh()}{zh_more}",
            f"{en_due}{before.number} and {after.number} both counted {one.en()} of waiting{en_more}",
        )
    return (
        f"{zh_due}{before.number} 计等候 {one.zh()}，{after.number} 计等候 {other.zh()}",
        f"{en_due}{before.number} counted {one.en()} of waiting, {after.number} {other.en()}",
    )


def _not_served(day: QueueDay, window: Window, ticket: Ticket) -> tuple[str, str]:
    """Why the window could not call a ticket that waited."""
    line = day.lines[ticket.line]
    if line.window is not None:
        return (
            f"{ticket.number} 在等 {line.window} 号窗口",
            f"{ticket.number} was waiting for window {line.window}",
        )
    letters = "、".join(line.letters)
    english = " and ".join(line.letters)
    if not set(line.letters).isdisjoint(window.categories) and set(line.letters).isdisjoint(able(day, window)):
        return (
            f"{window.number} 号窗口当班人员 {window.clerk} 不办 {letters} 类",
            f"the clerk at window {window.number}, {window.clerk}, does not serve {english}",
        )
    if line.floor != window.floor:
        return (
            f"{ticket.number} 在 {line.floor} 层等候，{window.number} 号窗口在 {window.floor} 层",
            f"{ticket.number} was waiting on floor {line.floor}, window {window.number} is on floor {window.floor}",
        )
    return (
        f"{window.number} 号窗口不办 {ticket.number} 的 {letters} 类",
        f"window {window.number} does not serve {english}, which {ticket.number} was waiting for",
    )


class _Counted:
    """A waiting ticket's counted wait at a window, part by part, in whole minutes for people."""

    def __init__(self, day: QueueDay, window: Window, ticket: Ticket, at: int) -> None:
        waited = at - ticket.key[0]
        self.due = waited >= day.long_ms
        self.waited = waited // MINUTE
        credit = day.credits.get(ticket.lane, 0)
        bonus = 0
        if ticket.state == WAITING and ticket.line in window.lines and not self.due:
            bonus = window.bonuses[window.lines.index(ticket.line)]
        self.total = waited + credit + bonus
        self._parts: list[tuple[str, str]] = []
        if credit:
            zh, en = _class(day, ticket)
            self._parts.append((f"{zh} +{credit // MINUTE}", f"{en} +{credit // MINUTE}"))
        if bonus:
            zh, en = _bonus(day, ticket)
            self._parts.append((f"{zh} +{bonus // MINUTE}", f"{en} +{bonus // MINUTE}"))
        if ticket.reinstated:
            self._parts.append(("过时补号", "reinstated"))
        if ticket.transfers:
            self._parts.append(("转窗，保留原来的时间", "transferred, its time kept"))
        if ticket.legs:
            self._parts.append(("上一窗口办完后继续，保留原来的时间", "went on from another window, its time kept"))

    def zh(self) -> str:
        parts = [f"实际 {self.waited}", *(zh for zh, _ in self._parts)]
        return f"{self.total // MINUTE} 分钟（{'，'.join(parts)}）" if self._parts else f"{self.waited} 分钟"

    def en(self) -> str:
        parts = [f"waited {self.waited}", *(en for _, en in self._parts)]
        return f"{self.total // MINUTE} min ({', '.join(parts)})" if self._parts else f"{self.waited} min"


def _class(day: QueueDay, ticket: Ticket) -> tuple[str, str]:
    if ticket.lane == APPOINTMENT:
        return "预约", "appointment"
    for known in () if day.plan is None else day.plan.policy.classes:
        if known.name == ticket.lane:
            return known.zh, known.en
    return ticket.lane, ticket.lane


def _bonus(day: QueueDay, ticket: Ticket) -> tuple[str, str]:
    line = day.lines[ticket.line]
    if line.window is not None:
        return "转到本窗口", "sent to this window"
    if len(line.letters) > 1:
        return "本窗口能办多个事项", "this window does several of its items"
    return "本窗口主类别", "this window's home category"


def _clock(day: QueueDay, at: int) -> str:
    return clock_time(at, "UTC" if day.plan is None else day.plan.timezone)
