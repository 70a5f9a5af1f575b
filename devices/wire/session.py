"""A device's session with its hub, over one link after another.

What a kind sees: `emit` and `ask` for events, `on_command` and `on_desired` for orders, `telemetry` for numbers, and
`run`, which connects, connects again, and never ends by itself. What the hub sees: the device's side of the wire
contract, version 1.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeVar

from devices.wire.clock import Clock, HubClock, SystemClock
from devices.wire.codec import Malformed, encode
from devices.wire.commands import CommandDesk, Outcome
from devices.wire.delivery import Delivery, Refused, Unanswered
from devices.wire.desired import DesiredState
from devices.wire.ids import new_id
from devices.wire.ledger import Ledger
from devices.wire.link import Connector, Link, LinkDown, Parting
from devices.wire.messages import (
    Command,
    Description,
    DeviceState,
    Reported,
    Result,
    State,
    decode_ack,
    decode_hub_state,
    decode_hub_time,
    decode_rebirth,
    decode_reply,
    encode_description,
    encode_reported,
    encode_result,
    encode_state,
)
from devices.wire.outbox import Outbox
from devices.wire.topics import CHANNELS, Address, Channel, HubTopic, device_filters

__all__ = ["Backoff", "DeviceSession", "Refused", "Unanswered"]

log = logging.getLogger(__name__)

A = TypeVar("A")
D = TypeVar("D")
R = TypeVar("R")

_KEPT_RESULTS: Final = 1000
_GOODBYE_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Backoff:
    """Seconds between two connections: doubling from `first` to `most`, each cut by up to half at random, and from
    the beginning again once a connection has lasted `settled`."""

    first: float = 0.2
    most: float = 3.0
    settled: float = 5.0

    def delay(self, attempt: int) -> float:
        return min(self.most, self.first * 2 ** min(attempt, 16)) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter


class DeviceSession:
    """One device. Make it inside a running loop or outside; nothing happens before `run`."""

    def __init__(
        self,
        address: Address,
        connect: Connector,
        *,
        description: Description,
        outbox: Outbox | None = None,
        ledger: Ledger | None = None,
        clock: Clock | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self.address = address
        self.description = description
        self.clock: Clock = clock or SystemClock()
        self.hub_clock = HubClock(self.clock)
        self.unreadable = 0
        self._connect = connect
        self._backoff = backoff or Backoff()
        # An empty outbox is falsy, so `or` would throw a durable one away.
        outbox = Outbox() if outbox is None else outbox
        ledger = Ledger() if ledger is None else ledger
        self._delivery = Delivery(address.kind, outbox, self.clock, self.hub_clock, self._stir)
        self._commands = CommandDesk(address.kind, ledger, self.hub_clock, self._tell_result)
        self._desired = DesiredState(address.kind, self._report)
        self._outgoing: deque[tuple[Channel, bytes]] = deque()
        self._wake = asyncio.Event()
        self._link: Link | None = None
        self._boot = ""
        self._hub_boot = ""
        self._hub_fence = 0
        self._hub_lost = False
        self._on_presence: list[Callable[[bool], None]] = []
        self._was_present = False
        self._inbox: dict[str, Callable[[bytes], None]] = {
            address.topic("ack"): self._receive_ack,
            address.topic("reply"): self._receive_reply,
            address.topic("command"): self._commands.receive,
            address.topic("desired"): self._desired.receive,
            str(HubTopic(address.hall, "time")): self._receive_time,
            str(HubTopic(address.hall, "state")): self._receive_hub_state,
            str(HubTopic(address.hall, "rebirth")): self._receive_rebirth,
        }

    # -- what a kind uses -----------------------------------------------------------------------------------------

    @property
    def present(self) -> bool:
        """Whether the broker holds us and the hub has not gone from it: what a display shows as up to date."""
        return self._link is not None and not self._hub_lost

    @property
    def unacknowledged(self) -> int:
        """Events that the hub has not committed yet."""
        return len(self._delivery.outbox)

    @property
    def interrupted(self) -> bool:
        """Whether the process before this one ended in the middle of a command: what the metal did is not known."""
        return self._commands.interrupted

    def on_presence(self, handler: Callable[[bool], None]) -> None:
        """`handler` hears every change of `present`."""
        self._on_presence.append(handler)

    def on_command(self, op: str, args: type[A], handler: Callable[[Command, A], Awaitable[Outcome]]) -> None:
        """Commands run one at a time, each id once; `args` is the dataclass of `COMMANDS[kind, op]`."""
        self._commands.on(op, args, handler)

    def on_desired(self, shape: type[D], handler: Callable[[D], Awaitable[None]]) -> None:
        """`handler` applies the newest desired state, never an older one; its revision is then reported.

        What it raises is reported as the problem. `shape` is the dataclass of `DESIRED[kind]`.
        """
        self._desired.on(shape, handler)

    async def emit(self, type_: str, data: object) -> int:
        """Keeps an event durably, to be sent in order until the hub has committed it; returns its seq.

        `data` is the dataclass of `EVENTS`. Raises `Malformed` when it is too large, `ValueError` when this kind has
        no such event, `sqlite3.OperationalError` when the disk takes no more.
        """
        return self._delivery.put(type_, data)

    async def ask(self, type_: str, data: object, reply: type[R], timeout: float = 10.0) -> R:
        """Emits an asking event and waits for its reply, `timeout` seconds at most.

        Raises `Refused` with the hub's refusal, or `Unanswered`; the event of an unanswered one stays in the outbox,
        and the hub refuses it when it comes too late. Else as `emit`.
        """
        answer = await self._delivery.ask(type_, data, timeout)
        assert isinstance(answer, reply), f"{type_} is answered by {type(answer).__name__}"
        return answer

    def telemetry(self, numbers: Mapping[str, float | int | str | bool | None]) -> None:
        """Numbers for dashboards; nobody misses those of a device that is not connected."""
        if self._link is not None:
            self._send_soon("telemetry", encode(dict(numbers)))

    async def run(self) -> None:
        """Lives until cancelled; then says goodbye, so that nobody waits for the will."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._commands.run())
            tasks.create_task(self._desired.run())
            await self._stay_connected()

    def close(self) -> None:
        """Closes the files. The session is not used afterwards."""
        self._delivery.outbox.close()
        self._commands.close()

    # -- the link -------------------------------------------------------------------------------------------------

    async def _stay_connected(self) -> None:
        loop = asyncio.get_running_loop()
        attempt = 0
        while True:
            began = loop.time()
            try:
                await self._live_once()
            except LinkDown as error:
                _heed_cancellation()
                if loop.time() - began > self._backoff.settled:
                    attempt = 0
                delay = self._backoff.delay(attempt)
                level = logging.INFO if attempt == 0 else logging.DEBUG
                log.log(level, "%s: link down (%s), again in %.1f s", self.address.client_id, error, delay)
                attempt += 1
                await asyncio.sleep(delay)

    async def _live_once(self) -> None:
        boot = new_id()
        will = Parting(self.address.topic("state"), encode_state(State("lost", boot)))
        async with self._connect(self.address.client_id, will) as link:
            self._boot, self._hub_lost = boot, False
            try:
                await self._exchange(link)
            except asyncio.CancelledError:
                if self._link is not None:
                    with suppress(LinkDown, TimeoutError):
                        async with asyncio.timeout(_GOODBYE_SECONDS):
                            await self._publish(link, "state", self._state("lost"))
                raise
            finally:
                self._link = None
                self._tell_presence()

    async def _exchange(self, link: Link) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                # Beside the reader, which alone hears at once that a link is down.
                tasks.create_task(self._speak(link))
                await self._receive(link)
                raise LinkDown("the link ended")
        except BaseExceptionGroup as group:
            down, rest = group.split(LinkDown)
            if rest is not None or down is None:
                raise
            raise LinkDown(str(down.exceptions[0])) from None

    async def _speak(self, link: Link) -> None:
        # Before `online`, because the hub then sends its unresolved commands.
        await link.subscribe(device_filters(self.address))
        self._link = link
        self._outgoing = deque((m for m in self._outgoing if m[0] == "result"), maxlen=_KEPT_RESULTS)
        self._introduce()
        self._delivery.begin_link()
        self._tell_presence()
        while True:
            _heed_cancellation()
            self._wake.clear()
            if self._outgoing:
                # Taken off only when the broker has it: a result survives the link that broke under it.
                said = self._outgoing[0]
                await self._publish(link, *said)
                if self._outgoing and self._outgoing[0] is said:
                    self._outgoing.popleft()
            elif (payload := self._delivery.next_payload()) is not None:
                await self._publish(link, "event", payload)
            else:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._delivery.patience()):
                        await self._wake.wait()

    async def _publish(self, link: Link, channel: Channel, payload: bytes) -> None:
        rule = CHANNELS[channel]
        await link.publish(self.address.topic(channel), payload, qos=rule.qos, retain=rule.retain)

    async def _receive(self, link: Link) -> None:
        async for topic, payload in link.messages():
            handler = self._inbox.get(topic)
            if handler is None or not payload:  # an empty payload only clears a retained topic
                continue
            try:
                handler(payload)
            except Malformed as error:
                self.unreadable += 1
                log.warning("%s: unreadable on %s: %s", self.address.client_id, topic, error)

    # -- what the hub says ----------------------------------------------------------------------------------------

    def _receive_ack(self, payload: bytes) -> None:
        self._delivery.acknowledged(decode_ack(payload))

    def _receive_reply(self, payload: bytes) -> None:
        self._delivery.replied(decode_reply(payload))

    def _receive_time(self, payload: bytes) -> None:
        self.hub_clock.tell(decode_hub_time(payload).at)
        self._commands.clock_is_set()

    def _receive_hub_state(self, payload: bytes) -> None:
        hub = decode_hub_state(payload)
        if hub.state == "lost":
            # A will of a hub that has meanwhile come back says nothing.
            if hub.boot == self._hub_boot or not self._hub_boot:
                self._hub_lost = True
        else:
            if hub.fence > self._hub_fence:
                # A restored hub counts its revisions from where its backup was.
                self._hub_fence = hub.fence
                self._desired.forget()
            if hub.boot != self._hub_boot:
                self._hub_boot = hub.boot
                self._delivery.begin_link()
            self._hub_lost = False
        self._tell_presence()

    def _receive_rebirth(self, payload: bytes) -> None:
        rebirth = decode_rebirth(payload)
        for_one = rebirth.kind is not None or rebirth.device is not None
        if for_one and (rebirth.kind, rebirth.device) != (self.address.kind, self.address.device):
            return
        delay = random.uniform(0, rebirth.spread_ms / 1000)  # noqa: S311 - spreads the load
        asyncio.get_running_loop().call_later(delay, self._be_reborn, self._boot)

    def _be_reborn(self, boot: str) -> None:
        if self._link is None or boot != self._boot:
            return  # the connection made since has said it all
        self._introduce()
        self._delivery.resend()

    # -- what we say ----------------------------------------------------------------------------------------------

    def _introduce(self) -> None:
        """Ahead of everything else that waits."""
        first: list[tuple[Channel, bytes]] = [
            ("state", self._state("online")),
            ("description", encode_description(self.description)),
        ]
        if (reported := self._desired.reported) is not None:
            first.append(("reported", encode_reported(reported)))
        self._outgoing.extend(first)
        self._outgoing.rotate(len(first))
        self._stir()

    def _state(self, state: DeviceState) -> bytes:
        return encode_state(State(state, self._boot, self.hub_clock.now()))

    def _tell_result(self, result: Result) -> None:
        self._send_soon("result", encode_result(result))

    def _report(self, reported: Reported) -> None:
        if self._link is not None:
            self._send_soon("reported", encode_reported(reported))

    def _send_soon(self, channel: Channel, payload: bytes) -> None:
        self._outgoing.append((channel, payload))
        self._stir()

    def _stir(self) -> None:
        self._wake.set()

    def _tell_presence(self) -> None:
        if self.present != self._was_present:
            self._was_present = self.present
            for handler in self._on_presence:
                handler(self.present)


def _heed_cancellation() -> None:
    """Ends the task that was told to end: `wait_for` before Python 3.12 and a failing `TaskGroup` before 3.13 may
    swallow that when something else happens in the same instant."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
