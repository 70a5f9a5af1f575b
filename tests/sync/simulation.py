"""A hall and its city over a line that loses, doubles and garbles, with the real machines and a clock that is told.

One ``World`` is one hall: its log, its hub, its feed and inbox, and a model of the receiver. Every fault is a method,
so a schedule is a list of calls; ``settle`` mends the line and lets everything come to rest, ``check`` holds the
promises.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from typing import Literal, TypeVar

from hub.core.clock import ManualClock
from hub.core.epoch import Epoch
from hub.core.hub import Hub
from hub.domain.clock.commands import ReportClockStep
from hub.domain.online.events import MessageAnswered
from hub.log.memory import MemoryLog
from hub.sync.feed import Feed
from hub.sync.inbox_desk import InboxDesk
from hub.sync.port import Answer, Ask, LinkDown, Wait
from hub.sync.protocol import Credit
from tests.core.writers import MONDAY_AT_TEN, hub_on
from tests.sync.logs import FIRST, gate
from tests.sync.receivers import Direct, ModelReceiver

T = TypeVar("T")
Fate = Literal["well", "request-lost", "answer-lost", "twice", "rubbish", "proxy", "busy"]
FATES: tuple[Fate, ...] = ("well", "well", "well", "request-lost", "answer-lost", "twice", "rubbish", "proxy", "busy")
ODD = (b"", b"<html>", b"{}", b"[]", b'{"committed":999999}', b'{"messages":[],"last":-1}')


class World:
    """``seed`` draws the spread of backoffs and the salts of entries."""

    def __init__(self, seed: int = 0) -> None:
        self.loop = asyncio.new_event_loop()
        self.draw = random.Random(seed)
        self.clock = ManualClock(MONDAY_AT_TEN)
        self.city = ModelReceiver()
        self.log = MemoryLog(self.draw.randbytes)
        self.epoch = FIRST
        self.lost_to_restore = False
        self._posted = self._epochs = 0
        self.start()

    def run(self, work: Coroutine[object, object, T]) -> T:
        return self.loop.run_until_complete(work)

    def close(self) -> None:
        self.loop.close()

    # -- what happens ---------------------------------------------------------------------------------------------

    def start(self) -> None:
        """The hub starts on its log, with nothing remembered but that."""
        self.hub: Hub = self.run(hub_on(self.log, self.clock))
        self.feed = Feed("h", self.epoch, self.log, gate(), self.clock, self.draw.random)
        self.desk = InboxDesk(self.hub, "h", self.log, Direct(self.city), self.draw.random)

    def write(self, count: int) -> None:
        """The hall works."""
        for _ in range(count):
            self.clock.advance(1)
            command = ReportClockStep(self.hub.now(), 400_000)
            assert self.run(self._submitted(command))

    def post(self) -> None:
        """A citizen asks for something."""
        self._posted += 1
        self.city.post(f"{self._posted:032x}", "weather", {"n": self._posted}, self.clock.now())

    def up(self, fate: Fate) -> None:
        """One turn of the feed, if one is due."""
        due = self.feed.ask()
        if isinstance(due, Ask):
            self.feed.prepare()
            answer = self._over(due, fate)
            if answer is None:
                self.feed.lost(LinkDown("broken-off"))
            else:
                self.feed.heard(answer)

    def down(self, fate: Fate, *, killed: bool = False) -> None:
        """One turn of the inbox, if one is due; ``killed``: the hub is, once its commands are committed."""
        due = self.desk.inbox.ask()
        if isinstance(due, Ask):
            answer = self._over(due, fate)
            if answer is None:
                self.desk.inbox.lost(LinkDown("broken-off"))
            else:
                self.run(self.desk.hear(answer))
        if killed:
            self.start()

    def city_put_back(self, entries: int, messages: int) -> None:
        """The receiver's disk is lost; an older copy takes its place."""
        self.city.restored(max(0, len(self.city.events) - entries), max(0, len(self.city.inbox) - messages))

    def hub_restored(self, entries: int) -> None:
        """``hallhub restore``: the log ends earlier, and a new epoch begins there."""
        kept = max(1, self.log.head().position - entries)
        older = MemoryLog(self.draw.randbytes)
        _copy(self.log, older, kept)
        self.log = older
        self._epochs += 1
        head = older.head()
        bases = (self.epoch.after, *self.epoch.bases)
        self.epoch = Epoch(f"{self._epochs:016x}", head.position, head.hash.hex(), self.epoch.id, bases=bases)
        self.start()

    def grant(self, credit: Credit) -> None:
        self.city.credit = credit

    def pass_time(self, ms: int) -> None:
        self.clock.advance(ms)

    def step_clock(self, ms: int) -> None:
        self.clock.step(ms)

    # -- coming to rest -------------------------------------------------------------------------------------------

    def settle(self, turns: int = 3000) -> None:
        """The line is mended. Raises ``AssertionError`` when it never comes to rest."""
        self.city.credit = Credit()
        self.feed.again()
        self.desk.inbox.again()
        for _ in range(turns):
            if self.at_rest():
                return
            self.up("well")
            self.down("well")
            if self.desk.inbox.standing().phase == "stopped":
                self.desk.inbox.again()  # a person has looked
            self.clock.advance(500)
        raise AssertionError(f"{self.feed.standing()} {self.desk.inbox.standing()}")

    def at_rest(self) -> bool:
        asked = self.city.inbox[-1] if self.city.inbox else None
        answered = self.desk.taken.last() == ((asked.n, asked.hash) if asked is not None else (0, ""))
        return answered and self.feed.standing().phase == "quiet" and self.city.head == self.log.head()

    def check(self) -> None:
        """The receiver has exactly this log; each of its messages was answered, once, under its number."""
        assert [event.chainhash for event in self.city.events] == [entry.hash for entry in self.log.read(0, 10**9)]
        standing: dict[int, str] = {}
        for entry in self.log.read_stream("online"):
            event = self.hub.codec.decode(entry)
            if isinstance(event, MessageAnswered):
                standing[event.n] = event.id
        assert [standing[message.n] for message in self.city.inbox] == [message.id for message in self.city.inbox]

    def never_forked(self) -> None:
        assert self.feed.standing().phase != "forked"

    async def _submitted(self, command: ReportClockStep) -> bool:
        return (await self.hub.submit(command, actor="hub")).ok

    def _over(self, ask: Ask, fate: Fate) -> Answer | None:
        """What the hub hears."""
        match fate:
            case "well":
                return self.city.answer(ask)
            case "request-lost":
                return None
            case "answer-lost":
                self.city.answer(ask)
                return None
            case "twice":
                self.city.answer(ask)
                return self.city.answer(ask)
            case "rubbish":
                if self.draw.random() < 0.5:
                    self.city.answer(ask)
                return Answer(200, self.draw.choice(ODD))
            case "proxy":
                return Answer(502, b"<html>Bad Gateway")
            case "busy":
                return Answer(503, b'{"code":"busy"}', 3.0)


def _copy(log: MemoryLog, target: MemoryLog, upto: int) -> None:
    """The first ``upto`` entries with the outcomes that came with them, as a backup holds them."""
    entries = log._entries[:upto]
    target._entries = entries
    for entry in entries:
        target._versions.add((entry.stream, entry.version))
        target._streams.setdefault(entry.stream, []).append(entry)
    answered = {entry.cause for entry in entries}
    target._outcomes = {key: kept for key, kept in log._outcomes.items() if key in answered}


def wait_of(due: Ask | Wait) -> int | None:
    return due.ms if isinstance(due, Wait) else 0
