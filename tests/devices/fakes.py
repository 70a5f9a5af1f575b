"""A hub's side of the wire contract, scripted, and links that need no broker."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from devices.wire.link import Link, LinkDown, Parting
from devices.wire.messages import (
    HubState,
    Refusal,
    Sentence,
    decode_event,
    encode_ack,
    encode_command,
    encode_gap,
    encode_hub_state,
    encode_hub_time,
    encode_refusal,
    encode_reply,
    event_rule,
)
from devices.wire.topics import Address, HubTopic

NOON = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)


class FakeClock:
    """Time that stands still until it is told to pass; the wall may be stepped alone."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.wall = NOON

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.seconds

    def pass_seconds(self, seconds: float) -> None:
        self.seconds += seconds
        self.wall += timedelta(seconds=seconds)


def refusal(code: str) -> Refusal:
    return Refusal(code, {}, Sentence("不行", "No"))


@dataclass
class Intake:
    """How a hub takes events of one device: in order, each once, the rest asked for again."""

    kind: str
    last: dict[str, int] = field(default_factory=dict)
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    ages: list[int] = field(default_factory=list)
    answers: dict[tuple[str, int], bytes] = field(default_factory=dict)
    answer: Callable[[str, bytes], object] = lambda type_, data: {"number": "A001"}
    no_room: bool = False

    def receive(self, payload: bytes) -> list[tuple[Literal["ack", "reply"], bytes]]:
        event = decode_event(payload)
        last = self.last.get(event.epoch, 0)
        if self.no_room:
            return [("reply", encode_refusal(event.epoch, event.seq, refusal("no-room")))]
        if event.seq > last + 1:
            return [("ack", encode_gap(event.epoch, last, (last + 1, event.seq - 1)))]
        said: list[tuple[Literal["ack", "reply"], bytes]] = []
        if event.seq == last + 1:
            self.last[event.epoch] = event.seq
            self.taken.append((event.type, bytes(event.data)))
            self.ages.append(event.age)
            rule = event_rule(self.kind, event.type)
            assert rule is not None
            if rule.asks:
                self.answers[event.epoch, event.seq] = self._reply(event.epoch, event.seq, event.type, event.data)
        if (reply := self.answers.get((event.epoch, event.seq))) is not None:
            said.append(("reply", reply))
        return [*said, ("ack", encode_ack(event.epoch, self.last[event.epoch]))]

    def _reply(self, epoch: str, seq: int, type_: str, data: msgspec.Raw) -> bytes:
        answer = self.answer(type_, bytes(data))
        return encode_refusal(epoch, seq, answer) if isinstance(answer, Refusal) else encode_reply(epoch, seq, answer)


class MemoryLink:
    """A broker and a hub in one, for one device: what is published is noted, what `say` is given comes in."""

    def __init__(self, hub: "MemoryHub") -> None:
        self._hub = hub
        self.incoming: asyncio.Queue[tuple[str, bytes] | None] = asyncio.Queue()
        self.cut_now = False

    async def subscribe(self, filters: Sequence[tuple[str, int]]) -> None:
        self._hub.filters = tuple(filters)

    async def publish(self, topic: str, payload: bytes, *, qos: Literal[0, 1], retain: bool) -> None:
        await asyncio.sleep(0)
        if self.cut_now:
            raise LinkDown("cut")
        self._hub.heard(topic, payload, retain)

    async def messages(self) -> AsyncIterator[tuple[str, bytes]]:
        while (message := await self.incoming.get()) is not None:
            yield message
        raise LinkDown("cut")


class MemoryHub:
    """Answers one device. `connect` is the device's `Connector`; `published` is what it said, by channel."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.intake = Intake(address.kind)
        self.link: MemoryLink | None = None
        self.deaf = False
        self.refuse_links = False
        self.wills: list[bytes] = []
        self.filters: tuple[tuple[str, int], ...] = ()
        self.published: dict[str, list[bytes]] = {}
        self._news = asyncio.Event()
        self.time: datetime | None = NOON

    @asynccontextmanager
    async def connect(self, client_id: str, will: Parting) -> AsyncGenerator[Link]:
        assert client_id == self.address.client_id
        if self.refuse_links:
            raise LinkDown("refused")
        self.link = link = MemoryLink(self)
        self.wills.append(will.payload)
        if self.time is not None:
            self.tell_time(self.time)
        try:
            yield link
        finally:
            self.link = None

    def heard(self, topic: str, payload: bytes, retain: bool) -> None:
        channel = topic.removeprefix(self.address.topic("state").removesuffix("state"))
        self.published.setdefault(channel, []).append(payload)
        if channel == "event" and not self.deaf:
            for back, answer in self.intake.receive(payload):
                self.say(self.address.topic(back), answer)
        self._news.set()

    def say(self, topic: str, payload: bytes) -> None:
        if self.link is not None:
            self.link.incoming.put_nowait((topic, payload))

    def tell_time(self, at: datetime) -> None:
        self.say(str(HubTopic(self.address.hall, "time")), encode_hub_time(at))

    def tell_state(self, state: Literal["online", "lost"], boot: str, fence: int = 0) -> None:
        self.say(str(HubTopic(self.address.hall, "state")), encode_hub_state(HubState(state, boot, None, fence)))

    def order(self, id_: str, op: str, args: object, *, fence: int = 1, deadline: datetime | None = None) -> None:
        payload = encode_command(id_, fence, deadline or NOON + timedelta(hours=1), op, args)
        self.say(self.address.topic("command"), payload)

    def cut(self) -> None:
        """The link breaks: nothing more goes out, and the device hears of it."""
        if self.link is not None:
            self.link.cut_now = True
            self.link.incoming.put_nowait(None)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Returns when something the device said has made `condition` true."""
        async with asyncio.timeout(5):
            while not condition():
                self._news.clear()
                await self._news.wait()

    def results(self) -> list[tuple[str, str]]:
        """(id, state) of the results so far."""
        decoded = [msgspec.json.decode(payload) for payload in self.published.get("result", [])]
        return [(result["id"], result["state"]) for result in decoded]
