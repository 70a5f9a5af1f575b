"""What the embedded broker keeps for one client id: its filters, what waits for it and what it has not acknowledged.

A session outlives its connections when the client asked for that. Messages leave in the order in which they came;
after a reconnect those in flight go first, with the same packet id and the DUP flag.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple, Protocol

from hub.mqtt.broker_limits import Counters, Limits
from hub.mqtt.packets import Message


class Outlet(Protocol):
    """The writing half of a connection."""

    stuck: bool

    def send(self, frame: bytes) -> None: ...


class _Waiting(NamedTuple):
    message: Message
    qos: int
    retain: bool
    packet_id: int  # not 0: it was in flight on an earlier connection


class Session:
    def __init__(
        self,
        client_id: str,
        username: str | None,
        clean: bool,
        limits: Limits,
        counters: Counters,
        may_receive: Callable[[Session, str], bool],
    ) -> None:
        self.client_id = client_id
        self.username = username
        self.clean = clean
        self.filters: dict[str, int] = {}
        self.received: set[int] = set()  # packet ids of inbound QoS 2 messages between PUBLISH and PUBREL
        self._outlet: Outlet | None = None
        self._waiting: deque[_Waiting] = deque()
        self._in_flight: dict[int, tuple[Message, bool]] = {}
        self._bytes = 0
        self._last_id = 0
        self._limits = limits
        self._window = min(limits.in_flight, limits.queue_messages, 65_535)
        self._counters = counters
        self._may_receive = may_receive

    @property
    def held(self) -> int:
        """Messages that wait or are in flight."""
        return len(self._waiting) + len(self._in_flight)

    def attach(self, outlet: Outlet) -> None:
        """The CONNACK must already be sent: what was held follows at once."""
        self._outlet = outlet
        self.drain()

    def detach(self) -> None:
        self._outlet = None
        unacknowledged = [_Waiting(message, 1, retain, key) for key, (message, retain) in self._in_flight.items()]
        self._in_flight.clear()
        kept = [waiting for waiting in self._waiting if waiting.qos]
        self._waiting = deque(unacknowledged + kept)
        self._bytes = sum(waiting.message.size for waiting in self._waiting)

    def deliver(self, message: Message, qos: int, retain: bool = False) -> None:
        """Sends now if the reader keeps up, otherwise holds (QoS 1, replays of retained messages) or drops."""
        outlet = self._outlet
        if outlet is not None and not outlet.stuck and not self._waiting:
            if not qos:
                self._counters.messages_out += 1
                outlet.send(message.unacknowledged_frame(retain))
                return
            if len(self._in_flight) < self._window and self._bytes + message.size <= self._limits.queue_bytes:
                self._bytes += message.size
                self._send_acknowledged(outlet, message, retain, 0)
                return
        if not qos and not (retain and outlet):
            if outlet:
                self._counters.dropped["slow-reader"] += 1
            return
        if self.held >= self._limits.queue_messages or self._bytes + message.size > self._limits.queue_bytes:
            self._counters.dropped["queue-full"] += 1
            return
        self._bytes += message.size
        self._waiting.append(_Waiting(message, qos, retain, 0))

    def acknowledge(self, packet_id: int) -> None:
        """Unknown ids are ignored: the acknowledgement may have crossed a reconnect."""
        flown = self._in_flight.pop(packet_id, None)
        if flown is not None:
            self._bytes -= flown[0].size
            if self._waiting:
                self.drain()

    def drain(self) -> None:
        """Sends what waits, until the reader is stuck or the window is full. The access rule is asked again, since
        it may have changed while the message waited."""
        outlet = self._outlet
        while outlet and self._waiting and not outlet.stuck and len(self._in_flight) < self._window:
            message, qos, retain, packet_id = self._waiting.popleft()
            if not self._may_receive(self, message.topic):
                self._bytes -= message.size
            elif qos:
                self._send_acknowledged(outlet, message, retain, packet_id)
            else:
                self._bytes -= message.size
                self._counters.messages_out += 1
                outlet.send(message.unacknowledged_frame(retain))

    def _send_acknowledged(self, outlet: Outlet, message: Message, retain: bool, flown_as: int) -> None:
        packet_id = flown_as or self._free_id()
        self._in_flight[packet_id] = (message, retain)
        self._counters.messages_out += 1
        outlet.send(message.acknowledged_frame(packet_id, flown_as != 0, retain))

    def _free_id(self) -> int:
        # Ids still to be redelivered are at the head of the queue, so they are back in flight before this is asked.
        packet_id = self._last_id % 65_535 + 1
        while packet_id in self._in_flight:
            packet_id = packet_id % 65_535 + 1
        self._last_id = packet_id
        return packet_id
