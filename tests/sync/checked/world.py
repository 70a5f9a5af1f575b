"""A hall and its city, both real but for socket, disk and clock, which fail as a schedule says.

The hub is the hub, its writer, feed and inbox; the city is the receiver's application and SQLite store. ``World`` has a
method for everything that may happen; ``settle`` mends what is broken and lets both come to rest, after which
``tests.sync.checked.promises`` must hold.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
import zlib
from collections.abc import Coroutine
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from hub.core.calendar_source import from_package
from hub.core.clock import ManualClock
from hub.core.epoch import MOST_BASES, Epoch
from hub.core.hub import Hub
from hub.core.paths import StatePaths
from hub.core.submission import Command
from hub.domain.hall.calendar import CalendarYear
from hub.domain.refusals import Refused
from hub.log.chain import GENESIS
from hub.log.codec import Codec
from hub.log.entry import LogBroken, NoRoom, Outcome
from hub.log.keys import Keys
from hub.log.memory import MemoryLog
from hub.log.names import EVENTS, hub_codec
from hub.log.subjects import Subjects
from hub.receiver.admission import Admission, Room
from hub.receiver.app import build
from hub.receiver.bells import Bells
from hub.receiver.city import free_units
from hub.receiver.desk import Calls, Desk, open_files
from hub.receiver.projecting import project
from hub.receiver.sql import SqlStore
from hub.receiver.store import NotForSale, OtherBody, UnknownHall
from hub.sync.allowed import ALLOWED
from hub.sync.egress import Egress
from hub.sync.feed import Feed, own_hash
from hub.sync.inbox_desk import InboxDesk
from hub.sync.port import Answer, Ask, LinkDown
from hub.sync.snapshot import snapshot_body
from hub.views.masks import masked_name
from tests.core.writers import MONDAY_AT_TEN
from tests.domain.cases.office import CASE
from tests.domain.cases.test_case_machine import CODES
from tests.sync.checked.disk import CutDatabase, CutLog, PowerCut, Switch, older
from tests.sync.checked.hall import (
    CITIZEN,
    CITIZENS_ID,
    NAME,
    NOTE,
    PHONE,
    PLANTED,
    SLOTS_DAY,
    SMALL,
    HallOffice,
    numbers,
    work,
)
from tests.sync.checked.wire import call, of_another_version

T = TypeVar("T")
HALL = "h"
FATES = (
    *("well",) * 5,
    "request-lost",
    "answer-lost",
    "twice",
    "late",
    "request-cut",
    "answer-cut",
    "rubbish",
    "proxy",
    "busy",
)
ODD = (
    b"",
    b"<html><body>Please log in to the hotel's network</body></html>",
    b"{}",
    b"[]",
    b"null",
    b'{"committed":999999999999}',
    b'{"committed":-7,"hash":""}',
    b'{"epoch":"","committed":9223372036854775807,"hash":"ff"}',
    b'{"messages":[],"last":-1}',
    b'{"messages":[{"n":1,"id":"00","type":"x","at":0,"data":{},"hash":"00"}],"last":1}',
)
DAY_MS = 86_400_000
NEEDLES = tuple(each.encode() for each in PLANTED) + tuple(
    msgspec.json.encode(each)[1:-1].decode().encode("unicode_escape") for each in PLANTED if not each.isascii()
)


class Inline(Calls):
    """Calls without threads, so that a schedule is the same each time."""

    async def __call__(self, call: Any, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        return call(*args, **kwargs)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda _loop, _context: None)
    return loop


@cache
def _city() -> tuple[Desk, Any]:
    """One application for all worlds of the process: making its routes takes longer than a schedule."""
    files, uploads = open_files(Path(tempfile.mkdtemp(prefix="checked-")), lambda: 0, 1)
    desk = Desk(SqlStore(CutDatabase(Switch())), files, uploads, calls=Inline("checked"), slow=Inline("checked-slow"))
    return desk, build(desk)


@cache
def _codec() -> Codec:
    return hub_codec(Keys(None))


@cache
def _calendar() -> tuple[CalendarYear, ...]:
    return from_package()


@cache
def _gate() -> Egress:
    return Egress(EVENTS, ALLOWED, _codec().unseal, masked_name)


class World:
    """``seed`` draws everything that a step does not say."""

    def __init__(self, seed: int, *, snapshots: bool = False) -> None:
        self.draw = random.Random(seed)
        self.loop = _loop()
        self.clock = ManualClock(MONDAY_AT_TEN)
        self.hub_power, self.city_power = Switch(), Switch()
        self.log = CutLog(MemoryLog(self.draw.randbytes), self.hub_power)
        self.epoch = Epoch("e" * 16, 0, GENESIS.hex())
        self.desk, self.app = _city()
        self.desk.store.close()
        self.disk = CutDatabase(self.city_power)
        self.desk.store, self.desk.snapshots = SqlStore(self.disk), snapshots
        self.desk.now = lambda: self.clock.now()
        self._city_starts()
        self.way: dict[str, bool] = {"up": True, "down": True}
        self.old_city = self.new_city = False
        self.late: list[Ask] = []
        self.copies: list[Any] = []
        self.backups: list[MemoryLog] = []
        self.said: dict[str, tuple[str, bytes]] = {}
        self.sold: list[str] = []
        self.wished: list[str] = []
        self.acknowledged: tuple[str, int] = ("", 0)
        self.kept_commands: list[tuple[bytes, Command, Outcome]] = []
        self.done: list[Outcome] = []
        self.rewritten = 0
        self.tampered = self.crashes = self.persons = self.cuts = 0
        self._epochs = 0
        self.start()
        self.office = HallOffice(lambda: self.hub, self.submit, self.pass_time)
        numbers(self.office)

    def close(self) -> None:
        for copy in self.copies:
            copy.close()

    # -- both sides' processes ------------------------------------------------------------------------------------

    def run(self, work: Coroutine[object, object, T]) -> T:
        """Raises ``PowerCut`` when the hub's process ends meanwhile."""

        async def watched() -> T:
            task = asyncio.ensure_future(work)
            await asyncio.wait((task, self.died), return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                fault = self.died.result()
                if isinstance(fault, PowerCut):
                    raise PowerCut
                raise AssertionError(f"the hub ended: {fault!r}") from fault
            return task.result()

        return self.loop.run_until_complete(watched())

    def start(self) -> None:
        """The hub starts, with nothing remembered but its disk."""
        self.hub_power.mend()
        self.died: asyncio.Future[BaseException] = self.loop.create_future()
        try:
            self.run(self._started())
        except NoRoom:
            # it is started again and again until somebody makes room
            self.fill_hub(False)
            self.run(self._started())
        gate = _gate()
        source = f"/halls/{HALL}/{self.epoch.id}"
        self.gate, self.source = gate, source
        self.feed = Feed(
            HALL,
            self.epoch,
            self.log,
            gate,
            self.clock,
            self.draw.random,
            snapshot=lambda: snapshot_body(self.log, gate, source),
        )
        self.inbox = InboxDesk(self.hub, HALL, self.log, None, self.draw.random)  # type: ignore[arg-type]

    async def _started(self) -> None:
        paths = StatePaths.of(Path("hall.db"))

        def end(error: BaseException) -> None:
            if not self.died.done():
                self.died.set_result(error)

        self.hub = Hub(self.log, _codec(), Subjects(bytes(32)), self.clock, paths, always=True, on_fatal=end)
        await self.hub.start(SMALL, _calendar())

    def _city_starts(self) -> None:
        self.city_power.mend()
        self.desk.admission = Admission(Room(), time.monotonic)
        self.desk.bells = Bells()
        self.desk.heard.clear()

    def kill_hub(self) -> None:
        self.crashes += 1
        self.start()

    def kill_city(self) -> None:
        self.crashes += 1
        self._city_starts()

    # -- the hall -------------------------------------------------------------------------------------------------

    def submit(self, command: Command, key: bytes | None = None) -> Outcome:
        """Its outcome, which is durable then. Raises ``PowerCut``."""
        outcome = self.run(self._submitted(command, key))
        self.done.append(outcome)
        if key is not None and b'"no-room"' not in outcome.reply:
            self.kept_commands.append((key, command, outcome))
        return outcome

    async def _submitted(self, command: Command, key: bytes | None) -> Outcome:
        return await self.hub.submit(command, actor="li", key=key, fingerprint=b"body")

    def work(self, times: int = 1) -> None:
        for _ in range(times):
            self.clock.advance(self.draw.randint(1, 60_000))
            try:
                work(self.office, self.draw)
            except Refused:
                continue
            except PowerCut:
                self.cuts += 1
                self.kill_hub()

    def look_at_clock(self) -> None:
        try:
            self.run(self.hub.keep())
            self.office.tick()
        except PowerCut:
            self.cuts += 1
            self.kill_hub()
        except NoRoom:
            return

    def pass_time(self, ms: int) -> None:
        self.clock.advance(max(ms, 0))

    def step_clock(self, ms: int) -> None:
        self.clock.step(ms)
        self.look_at_clock()

    def confirm_clock(self) -> None:
        try:
            self.run(self.hub.confirm_clock("li"))
        except PowerCut:
            self.cuts += 1
            self.kill_hub()
        except NoRoom:
            return

    # -- the city -------------------------------------------------------------------------------------------------

    def wish(self, kind: str = "new") -> None:
        """A citizen asks for something: a new thing, the same again, or another thing under a used id."""
        id = f"{self.draw.getrandbits(128):032x}"
        type, data = self._message()
        if kind != "new" and self.said:
            id = self.draw.choice(sorted(self.said))
            type, before = self.said[id]
            data = before if kind == "again" else b'{"other":1}'
        try:
            self.desk.store.say(HALL, id, type, data, self.clock.now())
        except OtherBody:
            assert kind == "other" or type == "unit-sold", "only another body is refused"
            return
        except (UnknownHall, NoRoom, LogBroken):
            return
        except PowerCut:
            self.cuts += 1
            self.kill_city()
            return
        self.said[id] = (type, data)
        self.wished.append(id)

    def _message(self) -> tuple[str, bytes]:
        case = self.draw.choice([*self.said, CASE])
        applicant = {"kind": "person", "name": CITIZEN, "identity": CITIZENS_ID, "phone": PHONE}
        material = {"code": self.draw.choice(CODES), "sha256": "ab" * 32, "bytes": 9, "media_type": "application/pdf"}
        filed = {"item": "F-001", "applicant": applicant, "materials": [material], "form": {"住址": NOTE}}
        asked = {"channel": "web", "question": NOTE, "phone": PHONE, "name": CITIZEN}
        type, data = self.draw.choice(
            (
                ("application-filed", filed),
                ("application-filed", filed),
                ("application-filed", {**filed, "applicant": {**applicant, "identity": NAME + CITIZENS_ID}}),
                ("application-filed", {**filed, "item": PHONE, "materials": [{"code": PHONE}]}),
                ("application-supplemented", {"case": case, "materials": [material]}),
                ("application-changed", {"case": case, "applicant": applicant}),
                ("application-withdrawn", {"case": case, "reason": NOTE}),
                ("decision-objected", {"case": case, "words": NOTE}),
                ("consultation-asked", asked),
                ("consultation-asked", {**asked, "phone": PHONE + NOTE}),
                ("consultation-added", {"consultation": case, "text": NOTE}),
                ("consultation-closed", {"consultation": case}),
                ("weather", {"n": 1}),
            )
        )
        return type, msgspec.json.encode(data)

    def sell(self) -> None:
        """The online hall sells a place that it was leased, as far as it knows."""
        found = self.desk.store.standing(HALL)
        units, _ = free_units(self.desk.store, HALL, SLOTS_DAY, "", self.clock.now()) if found else ([], "")
        if not units:
            return
        unit, id = self.draw.choice(units), f"{self.draw.getrandbits(128):032x}"
        sold = {"day": unit.day, "lease": unit.lease, "code": unit.unit, "category": "A", "phone": PHONE}
        data = msgspec.json.encode(sold)
        try:
            self.desk.store.say(HALL, id, "unit-sold", data, self.clock.now(), unit.unit)
        except (NoRoom, NotForSale):
            return
        except PowerCut:
            self.cuts += 1
            self.kill_city()
            return
        self.said[id] = ("unit-sold", data)
        self.sold.append(unit.unit)

    def project(self) -> None:
        """The receiver folds what it has, as far as its disk allows."""
        try:
            while (found := self.desk.store.standing(HALL)) and project(self.desk.store, found, self.clock.now()):
                pass
        except PowerCut:
            self.cuts += 1
            self.kill_city()
        except NoRoom:
            return

    # -- the line -------------------------------------------------------------------------------------------------

    def up(self, fate: str = "well") -> None:
        """One turn of the feed, if one is due."""
        self._pause()
        due = self.feed.ask()
        if isinstance(due, Ask):
            self.feed.prepare()
            answer = self._over(due, fate)
            if answer is None:
                self.feed.lost(LinkDown("broken-off"))
            else:
                self.feed.heard(answer)

    def down(self, fate: str = "well") -> None:
        """One turn of the inbox, if one is due; what it brings is carried out."""
        self._pause()
        due = self.inbox.inbox.ask()
        if isinstance(due, Ask):
            answer = self._over(due, fate)
            if answer is None:
                self.inbox.inbox.lost(LinkDown("broken-off"))
                return
            try:
                self.run(self.inbox.hear(answer))
            except PowerCut:
                self.cuts += 1
                self.kill_hub()

    def _pause(self) -> None:
        """As long as a backoff may last, or none of it."""
        self.clock.advance(self.draw.choice((0, 0, 300, 2000, 40_000)))

    def deliver_late(self) -> None:
        """What was under way all the time arrives, after what was sent later."""
        if self.late:
            self._ask(self.late.pop(self.draw.randrange(len(self.late))))

    def cut_way(self, way: str) -> None:
        self.way[way] = not self.way[way]

    def _over(self, ask: Ask, fate: str) -> Answer | None:
        self._leaves(ask)
        if not self.way["up"] or fate == "request-lost":
            return None
        if fate == "late":
            self.late.append(ask)
            return None
        if fate == "proxy":
            return Answer(502, b"<html>Bad Gateway")
        if fate == "busy":
            return Answer(503, b'{"code":"busy"}', 3.0)
        if fate == "rubbish":
            if self.draw.random() < 0.5:
                self._ask(ask)
            return Answer(200, self.draw.choice(ODD))
        if fate == "request-cut":
            self._ask(ask, self.draw.randint(0, 1 << 20))
            return None
        answer = self._ask(ask)
        if fate == "twice":
            answer = self._ask(ask)
        if answer is None or not self.way["down"] or fate == "answer-lost":
            return None
        if fate == "answer-cut":
            return msgspec.structs.replace(answer, body=answer.body[: self.draw.randint(0, len(answer.body))])
        return answer

    def _ask(self, ask: Ask, cut: int | None = None) -> Answer | None:
        """What the receiver says; None when it is killed over it."""
        if self.old_city and ask.path.endswith("/entries") and not ask.type.startswith("application/cloudevents"):
            return Answer(400, b'{"code":"unreadable"}')
        try:
            answer = self.loop.run_until_complete(call(self.app, ask, cut))
        except PowerCut:
            self.cuts += 1
            self.kill_city()
            return None
        if answer is None:
            return None
        if ask.path.endswith("/entries") and answer.status == 200:
            self.acknowledged = (ask.path, max(self._acked(), msgspec.json.decode(answer.body)["committed"]))
        if self.old_city or self.new_city:
            answer = of_another_version(answer, old=self.old_city)
        return answer

    def _acked(self) -> int:
        found = self.desk.store.standing(HALL)
        here = found is not None and self.acknowledged[0].split("/")[-2:-1] == [found.epoch]
        return self.acknowledged[1] if here else 0

    def _leaves(self, ask: Ask) -> None:
        """Nothing planted is in what leaves the hall."""
        body = zlib.decompress(ask.body, wbits=31) if ask.headers.get("Content-Encoding") == "gzip" else ask.body
        sent = b"\n".join((ask.path.encode(), repr(ask.query).encode(), body, repr(ask.headers).encode()))
        for needle in NEEDLES:
            assert needle not in sent, f"left the hall: {needle.decode()}"

    # -- disks ----------------------------------------------------------------------------------------------------

    def fill_hub(self, full: bool) -> None:
        self.log.disk.room = self.log.head().position if full else None

    def copy_city(self) -> None:
        self.copies.append(self.disk.copied())

    def city_put_back(self) -> None:
        """The receiver's disk is lost; an older copy takes its place, and nothing of what came since."""
        if not self.copies:
            return
        self.rewritten += 1
        self.disk.fill(False)
        self.disk.put_back(self.draw.choice(self.copies))
        self.acknowledged = ("", 0)
        self._city_starts()

    def back_up(self) -> None:
        self.backups.append(older(self.log.disk, self.log.head().position, self.draw.randbytes))

    def hub_restored(self) -> None:
        """``hallhub restore``: an older log, and a new epoch that begins at its end."""
        if self.backups:
            self._put(self.draw.choice(self.backups))
            self._begin_epoch(looked=False)
            self.start()

    def hub_put_back(self, *, last: bool = False) -> None:
        """Somebody copies older files over the hub's, without ``hallhub restore``: the old epoch goes on."""
        if self.backups:
            self._put(self.backups[-1] if last else self.draw.choice(self.backups))
            self.tampered += 1
            self.start()

    def person_looks(self) -> None:
        """``hallhub sync new-epoch`` after a fork: this log rules."""
        self.persons += 1
        self._begin_epoch(looked=True)
        self.start()

    def _put(self, backup: MemoryLog) -> None:
        self.rewritten += 1
        self.log = CutLog(older(backup, backup.head().position, self.draw.randbytes), self.hub_power)
        self.kept_commands.clear()
        self.done.clear()

    def _begin_epoch(self, *, looked: bool) -> None:
        self._epochs += 1
        head = self.log.head()
        bases = (self.epoch.after, *self.epoch.bases)[:MOST_BASES]
        self.epoch = Epoch(f"{self._epochs:016x}", head.position, head.hash.hex(), self.epoch.id, looked, bases)

    # -- rest -----------------------------------------------------------------------------------------------------

    def diverged(self) -> bool:
        """The receiver has another history than this log."""
        found = self.desk.store.standing(HALL)
        return found is not None and own_hash(self.log, found.committed) != found.hash.hex()

    def settle(self, turns: int = 4000) -> None:
        """Everything is mended. Raises ``AssertionError`` when it never comes to rest."""
        self.way = {"up": True, "down": True}
        self.fill_hub(False)
        self.disk.fill(False)
        self.hub_power.mend()
        self.city_power.mend()
        self.late.clear()
        self.look_at_clock()
        self.confirm_clock()
        self.look_at_clock()
        self.feed.again()
        self.inbox.inbox.again()
        for _ in range(turns):
            if self.at_rest():
                break
            if self.feed.standing().phase == "forked":
                assert self.diverged() or self._unknown_past(), f"no fork: {self.feed.standing()}"
                self.person_looks()
            if self.inbox.inbox.standing().problem == "inbox-forked":
                self.persons += 1
                self.inbox.inbox.again()
            self.up()
            self.down()
            self.clock.advance(700)
        else:
            raise AssertionError(f"{self.feed.standing()} {self.inbox.inbox.standing()} {self.desk.store.halls()}")
        self.project()

    def _unknown_past(self) -> bool:
        """The receiver was in an epoch that is neither this one nor the one before it, or was asked by it."""
        found = self.desk.store.standing(HALL)
        return found is not None and found.epoch not in (self.epoch.id, self.epoch.previous)

    def at_rest(self) -> bool:
        found = self.desk.store.standing(HALL)
        if found is None or self.feed.standing().phase != "quiet":
            return False
        taken = self.inbox.inbox.standing().taken == found.inbox
        head = self.log.head()
        return taken and (found.epoch, found.committed, found.hash) == (self.epoch.id, head.position, head.hash)
