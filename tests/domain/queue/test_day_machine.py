"""Random scripts of commands over a small hall whose plan changes; what must hold is looked at after every command."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hub.domain.hall.plan import ClerkPlan
from hub.domain.queue import commands as c
from hub.domain.queue.decide import decide
from hub.domain.queue.events import QueueEvent, TicketCalled
from hub.domain.queue.evolve import evolve
from hub.domain.queue.order import RULES, next_choice
from hub.domain.queue.replies import TicketReply, WindowReply
from hub.domain.queue.state import ACTIVE, ENDED, WAITING, QueueDay, Ticket, Window
from hub.domain.queue.timers import due
from hub.domain.refusals import SENTENCES, Refused, sentence
from tests.domain.queue.hall import PHONE
from tests.domain.queue.plans import (
    DATE,
    MINUTE,
    OPENS,
    RUSH,
    SMALL_QUEUES,
    SMALL_WINDOWS,
    always,
    queue,
    small_plan,
    window,
)

PLANS = [
    always(small_plan()),
    always(small_plan(windows=tuple(each for each in SMALL_WINDOWS if each.number != "102"), profile=2)),
    always(small_plan(queues=(queue("A", 1), queue("P", 1, 2)), windows=(window("101", "AP"), window("201", "P")))),
    always(small_plan(windows=(*SMALL_WINDOWS, window("104", "EAB")), profile=3)),
    always(small_plan(queues=SMALL_QUEUES[1:], windows=SMALL_WINDOWS[1:], profile=4)),
    replace(always(small_plan(policy=RUSH, profile=5)), clerks=(ClerkPlan("li", ("A", "E")),)),
]
WINDOWS = st.sampled_from(["101", "102", "103", "104", "201", "202"])
LETTERS = st.sampled_from("ABEP")
PICKED = st.integers(0, 40)
CLERKS = st.sampled_from(["li", "wang"])
SEEN = st.sampled_from([None, None, None, 0, 3, 99])
REASONS = st.sampled_from(["取错号", "取错号", "取错号", ""])
ACTS = [c.RecallTicket, c.StartService, c.FinishService, c.MissTicket, c.ParkTicket, c.PauseWindow, c.CloseWindow]


class Day(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.day = QueueDay()
        self.at = OPENS
        self.events: list[QueueEvent] = []
        self.versions: dict[str, int] = {}

    def do(self, command: type, **fields: Any) -> object:
        """The reply, or None when it was refused; a refusal must be known and change nothing."""
        before = deepcopy(self.day)
        asked = command(day=DATE, at=self.at, **fields)
        try:
            decided = decide(self.day, asked)
        except Refused as refusal:
            self._refusal_is_readable(refusal)
            assert self.day == before
            return None
        assert self.day == before, "deciding changes nothing"
        for event in decided.events:
            evolve(self.day, event)
        self.events.extend(decided.events)
        if not decided.events:
            assert self.day == before
        self._versions_rise(before)
        if isinstance(decided.reply, WindowReply):
            self._reply_is_true(decided.reply)
        return decided.reply

    def _refusal_is_readable(self, refusal: Refused) -> None:
        said = sentence(refusal.code, refusal.facts)
        assert refusal.code in SENTENCES
        assert "…" not in said.zh + said.en

    def _versions_rise(self, before: QueueDay) -> None:
        for number, now in self.day.windows.items():
            assert now.version >= self.versions.get(number, 0)
            was = before.windows.get(number)
            if was is not None and _shown(was) != _shown(now):
                assert now.version > was.version
            self.versions[number] = now.version

    def _reply_is_true(self, reply: WindowReply) -> None:
        now = self.day.windows.get(reply.window)
        if now is None:
            assert (reply.state, reply.ticket) == ("closed", None)
            return
        number = None if now.active is None else self.day.tickets[now.active].number
        assert reply == WindowReply(number, now.active, now.number, now.state, now.version)

    @initialize(plan=st.sampled_from(PLANS), letters=st.lists(LETTERS, min_size=6, max_size=12))
    def open(self, plan: Any, letters: list[str]) -> None:
        self.do(c.OpenDay, plan=plan)
        for letter in letters:
            self.take(letter, 1, None, phone=letter in "AE")

    @rule(minutes=st.integers(-2, 30))
    def time_passes(self, minutes: int) -> None:
        self.at += minutes * MINUTE

    @rule(
        letter=LETTERS,
        floor=st.integers(1, 3),
        priority=st.sampled_from([None, "elderly", "vip"]),
        phone=st.booleans(),
        also=st.lists(LETTERS, max_size=2),
        slot=st.sampled_from([None, None, -15, 5, 40]),
    )
    def take(
        self,
        letter: str,
        floor: int,
        priority: str | None,
        phone: bool,
        also: Sequence[str] = (),
        slot: int | None = None,
    ) -> None:
        ticket = f"{len(self.events):032x}"
        known = set(self.day.lines)
        reply = self.do(
            c.TakeTicket,
            ticket=ticket,
            category=letter,
            floor=floor,
            priority=priority,
            phone=PHONE if phone else None,
            printer="p1" if phone else None,
            also=tuple(also),
            slot=None if slot is None else self.at + slot * MINUTE,
        )
        if isinstance(reply, TicketReply):
            taken = self.day.tickets[ticket]
            lines = {line for known in self.day.windows.values() if taken.line in known.lines for line in known.lines}
            place = self._effective(taken)
            before = [
                other
                for other in self.day.tickets.values()
                if other.state == WAITING and other.line in lines and self._effective(other) < place
            ]
            exact = taken.line in known  # the first of its combination is told as of its first category
            assert not exact or reply.ahead == len(before) or (taken.lane and reply.ahead < len(before))

    @rule(seen=SEEN)
    def everybody_calls(self, seen: int | None) -> None:
        for number in list(self.day.windows):
            self.call_next(number, seen)

    @rule(number=WINDOWS)
    def serve(self, number: str) -> None:
        for command in (c.CallNext, c.StartService, c.FinishService):
            self.do(command, window=number)
            self.at += 2 * MINUTE

    @rule(number=WINDOWS, seen=SEEN)
    def call_next(self, number: str, seen: int | None) -> None:
        known = self.day.windows.get(number)
        servable = [] if known is None else self._servable(known)
        active = None if known is None else known.active
        reply = self.do(c.CallNext, window=number, seen=seen)
        if isinstance(reply, WindowReply):
            if active is not None:
                assert reply.ticket == active
            else:
                assert (reply.ticket in servable) if servable else reply.ticket is None
                called = [event for event in self.events[-2:] if isinstance(event, TicketCalled)]
                assert reply.ticket is None or called[-1].rule in RULES
            assert self.do(c.CallNext, window=number, seen=seen) == reply or reply.ticket is None
        elif known is not None and known.state != "paused" and seen is None and self.day.frozen is None:
            assert not servable

    @rule(number=WINDOWS, act=st.sampled_from(ACTS), seen=SEEN)
    def act(self, number: str, act: type, seen: int | None) -> None:
        self.do(act, window=number, seen=seen)

    @rule(number=WINDOWS)
    def miss_patiently(self, number: str) -> None:
        for _ in range(3):
            self.do(c.RecallTicket, window=number)
        self.do(c.MissTicket, window=number)

    @rule(number=WINDOWS, printer=st.sampled_from([None, "p2"]))
    def miss_and_come_back(self, number: str, printer: str | None) -> None:
        known = self.day.windows.get(number)
        if known is None or known.active is None:
            return
        ticket = known.active
        self.miss_patiently(number)
        self.do(c.ReinstateTicket, ticket=ticket, printer=printer)

    @rule(number=WINDOWS, ticket=PICKED)
    def call_ticket(self, number: str, ticket: int) -> None:
        self.do(c.CallTicket, window=number, ticket=self._picked(ticket))

    @rule(number=WINDOWS, to=st.one_of(WINDOWS, LETTERS), why=REASONS)
    def transfer(self, number: str, to: str, why: str) -> None:
        self.do(c.TransferTicket, window=number, to=to, why=why)

    @rule(number=WINDOWS, done=st.lists(LETTERS, max_size=2))
    def finish_a_part(self, number: str, done: list[str]) -> None:
        self.do(c.FinishService, window=number, done=tuple(done))

    @rule(number=WINDOWS, letters=st.lists(LETTERS, max_size=2), minutes=st.sampled_from([None, 5, -1]))
    def reskill(self, number: str, letters: list[str], minutes: int | None) -> None:
        until = None if minutes is None else self.at + minutes * MINUTE
        self.do(c.ReskillWindow, window=number, categories=tuple(letters), until=until)

    @rule(why=st.sampled_from(["演练", ""]))
    def freeze_a_moment(self, why: str) -> None:
        self.do(c.FreezeHall, why=why)
        self.call_next("101", None)
        self.take("A", 1, None, False)
        self.do(c.ReleaseHall)

    @rule()
    def what_is_due_is_done(self) -> None:
        for _, command in due(self.day, DATE, self.at):
            self.do(type(command), **{k: getattr(command, k) for k in command.__slots__ if k not in ("day", "at")})
        assert not [each for _, each in due(self.day, DATE, self.at) if isinstance(each, c.RestoreSkills)]

    @rule(ticket=PICKED, escort=st.booleans())
    def flag_and_look(self, ticket: int, escort: bool) -> None:
        self.do(c.FlagTicket, ticket=self._picked(ticket), escort=escort, note="B区")
        self.do(c.ConfirmAbsence, ticket=self._picked(ticket))

    @rule(count=st.integers(1, 5), letter=LETTERS, served=st.booleans(), number=WINDOWS)
    def enter_hand_ticket(self, count: int, letter: str, served: bool, number: str) -> None:
        self.do(
            c.EnterHandTicket,
            ticket=f"{len(self.events):032x}",
            number=f"{letter}{count:03d}",
            category=letter,
            taken_at=self.at - 20 * MINUTE,
            window=number if served else None,
            called_at=self.at - 10 * MINUTE if served else None,
            finished_at=self.at - 5 * MINUTE if served else None,
        )

    @rule(number=WINDOWS)
    def open_window(self, number: str) -> None:
        self.do(c.OpenWindow, window=number)

    @rule(number=WINDOWS, clerk=CLERKS, out=st.booleans())
    def sign(self, number: str, clerk: str, out: bool) -> None:
        self.do(c.SignOutClerk if out else c.SignInClerk, window=number, clerk=clerk)

    @rule(ticket=PICKED, printer=st.sampled_from([None, "p2"]))
    def reinstate(self, ticket: int, printer: str | None) -> None:
        self.do(c.ReinstateTicket, ticket=self._picked(ticket), printer=printer)

    @rule(ticket=PICKED, why=REASONS, void=st.booleans())
    def end(self, ticket: int, why: str, void: bool) -> None:
        self.do(c.VoidTicket if void else c.AbandonTicket, ticket=self._picked(ticket), why=why)

    @rule(ticket=PICKED, copy=st.integers(0, 2), state=st.sampled_from(["printed", "failed", "unknown"]))
    def print(self, ticket: int, copy: int, state: str) -> None:
        self.do(c.RecordPrint, ticket=self._picked(ticket), copy=copy, state=state)

    @rule(ticket=PICKED)
    def reprint(self, ticket: int) -> None:
        self.do(c.ReprintTicket, ticket=self._picked(ticket), printer="p3")

    @rule(ticket=PICKED, score=st.integers(0, 6))
    def rate(self, ticket: int, score: int) -> None:
        self.do(c.RateVisit, ticket=self._picked(ticket), score=score)

    @rule(plan=st.sampled_from(PLANS))
    def adopt(self, plan: Any) -> None:
        self.do(c.AdoptPlan, plan=plan)

    def _effective(self, ticket: Ticket) -> tuple[int, int, int]:
        since, rank, place = ticket.key
        return (since - self.day.credits.get(ticket.lane, 0), rank, place)

    def _picked(self, ticket: int) -> str:
        """The number of one of the day's tickets, mostly."""
        numbers = list(self.day.numbers)
        return "Z999" if ticket == 0 or not numbers else numbers[ticket % len(numbers)]

    def _servable(self, known: Window) -> list[str]:
        return [
            ticket.id for ticket in self.day.tickets.values() if ticket.state == WAITING and ticket.line in known.lines
        ]

    @invariant()
    def each_number_is_given_once(self) -> None:
        assert len(self.day.numbers) == len(self.day.tickets)
        for number, ticket in self.day.numbers.items():
            assert self.day.tickets[ticket].number == number

    @invariant()
    def a_ticket_is_in_exactly_one_place(self) -> None:
        places: dict[str, list[str]] = {ticket: [] for ticket in self.day.tickets}
        for name, line in self.day.lines.items():
            keys = [self.day.tickets[ticket].key for ticket in line]
            assert keys == sorted(keys)
            assert len(line) == len(keys) == sum(map(len, line.lanes.values()))
            for ticket in line:
                places[ticket].append(name)
        for number, known in self.day.windows.items():
            if known.active is not None:
                places[known.active].append(f"window {number}")
        for ticket_id, ticket in self.day.tickets.items():
            if ticket.state == WAITING:
                assert places[ticket_id] == [ticket.line]
            elif ticket.state in ACTIVE:
                assert places[ticket_id] == [f"window {ticket.window}"]
            else:
                assert places[ticket_id] == []

    @invariant()
    def somebody_is_next_wherever_somebody_may_be_served(self) -> None:
        stranded = {ticket.line for ticket in self.day.tickets.values() if ticket.state == WAITING}
        for known in self.day.windows.values():
            assert (next_choice(self.day, known, self.at) is None) == (not self._servable(known))
            assert known.bonuses == tuple(sorted(known.bonuses, reverse=True))
            stranded -= set(known.lines)
        skilled = self.day.plan is None or not self.day.plan.clerks
        if skilled and all(known.categories == known.planned for known in self.day.windows.values()):
            assert not stranded

    @invariant()
    def a_clerk_is_at_one_window(self) -> None:
        at_windows = {known.clerk: number for number, known in self.day.windows.items() if known.clerk is not None}
        assert at_windows == self.day.clerks

    @invariant()
    def a_leaving_window_has_a_ticket_and_a_closed_one_has_none(self) -> None:
        for known in self.day.windows.values():
            assert not known.leaving or known.active is not None
            assert known.state != "closed" or known.active is None
            assert known.state != "closed" or not self.day.lines[f"@{known.number}"].occupied

    def teardown(self) -> None:
        self.do(c.CloseDay, why="闭厅")
        self.a_ticket_is_in_exactly_one_place()
        assert all(ticket.state in ENDED for ticket in self.day.tickets.values())
        assert all(known.state == "closed" for known in self.day.windows.values())
        replayed = QueueDay()
        for event in self.events:
            evolve(replayed, event)
        assert replayed == self.day


@pytest.mark.parametrize("seed", range(4))
def test_a_long_day_of_any_acts_keeps_every_ticket_in_its_place(seed: int) -> None:
    """What short scripts seldom reach: 300 acts in a row, each kind as likely as any other."""
    chance = random.Random(seed)
    day = Day()
    numbers, letters = ["101", "102", "103", "104", "201", "202"], "ABEP"
    acts: list[Callable[[], object]] = [
        lambda: day.time_passes(chance.randint(-2, 12)),
        lambda: day.take(chance.choice(letters), chance.randint(1, 3), chance.choice([None, "elderly"]), True),
        lambda: day.take(chance.choice(letters), 1, None, False),
        lambda: day.everybody_calls(None),
        lambda: day.serve(chance.choice(numbers)),
        lambda: day.act(chance.choice(numbers), chance.choice(ACTS), None),
        lambda: day.miss_and_come_back(chance.choice(numbers), chance.choice([None, "p2"])),
        lambda: day.call_ticket(chance.choice(numbers), chance.randint(0, 40)),
        lambda: day.transfer(chance.choice(numbers), chance.choice([*numbers, *letters]), "取错号"),
        lambda: day.open_window(chance.choice(numbers)),
        lambda: day.sign(chance.choice(numbers), chance.choice(["li", "wang"]), chance.random() < 0.3),
        lambda: day.reinstate(chance.randint(0, 40), None),
        lambda: day.end(chance.randint(0, 40), "x", chance.random() < 0.5) if chance.random() < 0.3 else None,
        lambda: day.print(chance.randint(0, 40), chance.randint(0, 1), chance.choice(["printed", "failed", "unknown"])),
        lambda: day.reprint(chance.randint(0, 40)),
        lambda: day.rate(chance.randint(0, 40), chance.randint(1, 5)),
        lambda: day.adopt(chance.choice(PLANS)) if chance.random() < 0.4 else None,
        lambda: day.take(chance.choice(letters), 1, None, True, chance.sample(letters, 2), chance.choice([None, 5])),
        lambda: day.finish_a_part(chance.choice(numbers), chance.sample(letters, 1)),
        lambda: day.reskill(chance.choice(numbers), chance.sample(letters, 2), chance.choice([None, 5])),
        lambda: day.freeze_a_moment("演练"),
        day.what_is_due_is_done,
        lambda: day.flag_and_look(chance.randint(0, 40), chance.random() < 0.5),
        lambda: day.enter_hand_ticket(chance.randint(1, 9), chance.choice(letters), chance.random() < 0.5, "101"),
    ]
    day.open(PLANS[0], list("ABEPAB"))
    for _ in range(300):
        chance.choice(acts)()
        day.each_number_is_given_once()
        day.a_ticket_is_in_exactly_one_place()
        day.somebody_is_next_wherever_somebody_may_be_served()
        day.a_clerk_is_at_one_window()
        day.a_leaving_window_has_a_ticket_and_a_closed_one_has_none()
    day.teardown()
    happened = {type(event) for event in day.events}
    assert len(happened) > 20


def _shown(known: Window) -> tuple[object, ...]:
    return (known.state, known.why, known.clerk, known.active, known.last_finished, known.home, known.leaving)


Day.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestDay = Day.TestCase
