"""The hub's session with its broker, on paho-mqtt: one link at a time, PUBACK only when the hub says so.

Theory. A link is one paho client from CONNECT to its end; its number travels with every received message, because a
redelivery reuses packet ids and a late acknowledgement must not hit the wrong link. The client id is fixed and the
session persistent, so what was not acknowledged comes again. What the hub had in flight outward is dropped with the
link: retained state is published again at every start of a link, replies are asked for again, orders are sent again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

log = logging.getLogger(__name__)

SUBSCRIBE_GUARD_SECONDS = 5.0
KEEPALIVE_SECONDS = 15
PACKETS_A_TURN = 256
BACKOFF_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class LinkDown(Exception):
    """The broker refused or lost the link; the session connects again."""


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where the broker is and who the hub is to it."""

    host: str
    port: int
    username: str | None = None
    password: str | None = None
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class Will:
    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Delivery:
    """A received message's right to be acknowledged: once, and only on the link it came by."""

    link: int
    mid: int
    qos: int


Receive = Callable[[str, bytes, bool, Delivery], None]


class _CoalescingSocket:
    """A socket that gathers what paho sends within a loop tick and reads ahead, instead of a system call a packet."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._out = bytearray()
        self._ahead = b""
        self._at = 0
        self.taken = 0
        self.before_close: Callable[[int], None] | None = None

    def recv(self, size: int) -> bytes:
        if self._at >= len(self._ahead):
            self._ahead, self._at = self._sock.recv(262_144), 0
        data = self._ahead[self._at : self._at + size]
        self._at += len(data)
        self.taken += len(data)
        return data

    def pending(self) -> int:
        """Bytes already read from the socket that no selector will announce."""
        ahead = len(self._ahead) - self._at
        return ahead + (self._sock.pending() if isinstance(self._sock, ssl.SSLSocket) else 0)

    def send(self, data: bytes | bytearray) -> int:
        self._out += data
        return len(data)

    def flush(self) -> bool:
        """Send what was gathered; True when all of it went out. Raises OSError when the link is gone."""
        while self._out:
            try:
                sent = self._sock.send(self._out)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return False
            del self._out[:sent]
        return True

    @property
    def unsent(self) -> int:
        return len(self._out)

    def setblocking(self, flag: bool) -> None:
        self._sock.setblocking(flag)

    def fileno(self) -> int:
        return self._sock.fileno()

    def close(self, flush: bool = True) -> None:
        """Paho closes it too, right after its DISCONNECT: what was gathered goes first, or the will would fire. And a
        number still watched by the loop would leave its next owner deaf."""
        number = self._sock.fileno()
        if flush and number >= 0:
            with contextlib.suppress(OSError):
                self.flush()
        if number >= 0 and self.before_close is not None:
            self.before_close(number)
        self._sock.close()


class _Client(paho.Client):
    """Paho over the coalescing socket; ``_create_socket`` is its one seam for that (2.x, pinned by the lock)."""

    def _create_socket(self) -> Any:
        sock = cast(socket.socket, super()._create_socket())
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _CoalescingSocket(sock)


class HubSession:
    """Keeps one link to the broker alive.

    ``address`` is asked before each link. ``receive`` is called in the loop's thread for every message; the receiver
    calls ``acknowledge`` with the delivery when what the message asked for is committed. ``on_up`` runs after every
    SUBACK of all filters, ``on_down`` after a link that was up ended.
    """

    def __init__(
        self,
        address: Callable[[], BrokerAddress],
        client_id: str,
        filters: Sequence[tuple[str, int]],
        will: Will,
        receive: Receive,
        on_up: Callable[[], None],
        on_down: Callable[[], None],
    ) -> None:
        self._address = address
        self._client_id = client_id
        self._filters = list(filters)
        self._will = will
        self._receive = receive
        self._on_up = on_up
        self._on_down = on_down
        self._link = 0
        self._client: paho.Client | None = None
        self._sock: _CoalescingSocket | None = None
        self._connecting = False
        self._accepted = False
        self._flushing = False
        self._writing = False
        self._connected: asyncio.Future[None] | None = None
        self._lost: asyncio.Event = asyncio.Event()
        self._stopping = False
        self.up = False
        self.links = 0
        self.last_problem = ""

    @property
    def unsent(self) -> int:
        """Bytes that wait for the broker's socket."""
        return self._sock.unsent if self._sock is not None else 0

    async def run(self) -> None:
        """Connect and connect again until cancelled."""
        attempt = 0
        while not self._stopping:
            links = self.links
            try:
                await self._one_link()
            except (OSError, LinkDown, paho.WebsocketConnectionError) as error:
                if str(error) != self.last_problem:
                    log.warning("broker link down", extra={"facts": {"problem": str(error)}})
                self.last_problem = str(error)
            if self.links > links:
                attempt = 0
            delay = BACKOFF_SECONDS[min(attempt, len(BACKOFF_SECONDS) - 1)]
            attempt += 1
            await asyncio.sleep(delay * random.uniform(0.7, 1.3))  # noqa: S311 - jitter

    def publish(self, topic: str, payload: bytes, qos: int = 1, retain: bool = False) -> bool:
        """Send when the broker has accepted the link; False (and nothing is kept) when there is none.

        Not only when it is up: messages of the kept session come before SUBACK, and their replies go at once.
        """
        client = self._client
        if client is None or not self._accepted:
            return False
        client.publish(topic, payload, qos, retain)
        return True

    def acknowledge(self, delivery: Delivery) -> None:
        """PUBACK; ignored when the link it came by is gone, for the broker will deliver it again."""
        client = self._client
        if client is not None and delivery.link == self._link and delivery.qos:
            client.ack(delivery.mid, delivery.qos)

    async def stop(self) -> None:
        """Say goodbye: the will is not fired, the persistent session stays."""
        self._stopping = True
        client = self._client
        if client is not None and self.up:
            with contextlib.suppress(OSError):
                client.disconnect()
                client.loop_write()
                if self._sock is not None:
                    self._sock.flush()
        self._lost.set()

    async def _one_link(self) -> None:
        loop = asyncio.get_running_loop()
        self._link += 1
        link = self._link
        address = self._address()
        client = self._make_client(link, address)
        self._lost = asyncio.Event()
        self._connected = loop.create_future()
        self._connecting = True
        ticker: asyncio.Task[None] | None = None
        sock: _CoalescingSocket | None = None
        try:
            opening = loop.run_in_executor(None, client.connect, address.host, address.port, KEEPALIVE_SECONDS)
            try:
                await asyncio.shield(opening)
            except asyncio.CancelledError:
                # the thread goes on: what it opens belongs to nobody
                client.on_socket_register_write = None
                opening.add_done_callback(lambda each: _let_go(client, each))
                raise
            self._connecting = False
            sock = self._sock = client.socket()  # type: ignore[assignment]
            assert sock is not None
            self._client = client
            sock.before_close = self._unwatch
            loop.add_reader(sock.fileno(), self._readable)
            self._flush_soon()
            try:
                async with asyncio.timeout(SUBSCRIBE_GUARD_SECONDS):
                    await self._connected
            except TimeoutError:
                raise LinkDown(f"no SUBACK within {SUBSCRIBE_GUARD_SECONDS:.0f} s") from None
            self.up = True
            self.links += 1
            self.last_problem = ""
            log.info("broker link up", extra={"facts": {"link": link}})
            self._on_up()
            ticker = asyncio.create_task(self._tick(client))
            await self._lost.wait()
        finally:
            self._connecting = False
            if ticker is not None:
                ticker.cancel()
            self._drop(client, sock)
        if not self._stopping:
            raise LinkDown(self.last_problem or "connection lost")

    def _unwatch(self, number: int) -> None:
        loop = asyncio.get_running_loop()
        loop.remove_reader(number)
        loop.remove_writer(number)
        self._writing = False

    def _drop(self, client: paho.Client, sock: _CoalescingSocket | None) -> None:
        was_up, self.up, self._accepted = self.up, False, False
        if sock is not None:
            sock.close()
        self._client = self._sock = None
        client.on_message = client.on_disconnect = client.on_connect = client.on_subscribe = None
        if was_up:
            self._on_down()

    def _make_client(self, link: int, address: BrokerAddress) -> paho.Client:
        client = _Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._client_id,
            clean_session=False,
            protocol=paho.MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.max_inflight_messages_set(0)
        client.max_queued_messages_set(0)
        client.will_set(self._will.topic, self._will.payload, 1, retain=True)
        if address.username is not None:
            client.username_pw_set(address.username, address.password)
        if address.tls is not None:
            client.tls_set_context(address.tls)  # pyright: ignore[reportUnknownMemberType] - paho leaves it untyped

        def on_register_write(_c: paho.Client, _u: object, _s: object) -> None:
            self._flush_soon()

        def on_connect(c: paho.Client, _u: object, _f: object, reason: Any, _p: object) -> None:
            if reason.is_failure:
                self._fail(LinkDown(f"the broker refused the hub: {reason}"))
            else:
                self._accepted = True
                c.subscribe(self._filters)

        def on_subscribe(_c: paho.Client, _u: object, _mid: int, reasons: Sequence[Any], _p: object) -> None:
            refused = [f for f, r in zip(self._filters, reasons, strict=False) if r.is_failure]
            if refused:
                self._fail(LinkDown(f"the broker refused the filter {refused[0][0]}"))
            elif self._connected is not None and not self._connected.done():
                self._connected.set_result(None)

        def on_message(_c: paho.Client, _u: object, message: paho.MQTTMessage) -> None:
            delivery = Delivery(link, message.mid, message.qos)
            try:
                topic = message.topic
            except UnicodeDecodeError:
                self.acknowledge(delivery)
                return
            self._receive(topic, bytes(message.payload), message.retain, delivery)

        def on_disconnect(_c: paho.Client, _u: object, _f: object, reason: Any, _p: object) -> None:
            self._fail(LinkDown(f"disconnected: {reason}"))

        client.on_socket_register_write = on_register_write
        client.on_connect = on_connect
        client.on_subscribe = on_subscribe
        client.on_message = on_message
        client.on_disconnect = on_disconnect
        return client

    def _fail(self, problem: LinkDown) -> None:
        self.last_problem = str(problem)
        if self._connected is not None and not self._connected.done():
            self._connected.set_exception(problem)
        self._lost.set()

    def _readable(self) -> None:
        client, sock = self._client, self._sock
        if client is None or sock is None:
            return
        for _ in range(PACKETS_A_TURN):
            taken = sock.taken
            client.loop_read()
            if self._client is not client or sock.fileno() < 0:
                return
            if sock.taken == taken or not sock.pending():
                return
        # the rest is in our own buffer, which no selector announces
        asyncio.get_running_loop().call_soon(self._readable)

    def _flush_soon(self) -> None:
        if not self._connecting and not self._flushing:
            self._flushing = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._flushing = False
        client, sock = self._client, self._sock
        if client is None or sock is None or sock.fileno() < 0:
            return
        client.loop_write()
        if sock.fileno() < 0:
            return
        try:
            drained = sock.flush()
        except OSError as error:
            self._fail(LinkDown(str(error)))
            return
        loop = asyncio.get_running_loop()
        if not drained and not self._writing:
            self._writing = True
            loop.add_writer(sock.fileno(), self._flush)
        elif drained and self._writing:
            self._writing = False
            loop.remove_writer(sock.fileno())

    async def _tick(self, client: paho.Client) -> None:
        while True:
            await asyncio.sleep(1)
            client.loop_misc()


def _let_go(client: paho.Client, opened: asyncio.Future[Any]) -> None:
    sock = cast("_CoalescingSocket | None", client.socket())
    if not opened.cancelled():
        opened.exception()  # nobody asks any more
    if sock is not None:
        sock.close(flush=False)
