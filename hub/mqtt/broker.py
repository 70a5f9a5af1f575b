"""The embedded MQTT 3.1.1 broker: clients, sessions, routing and access, all in memory on purpose.

Nothing may depend on its store: after a restart every client finds an empty broker and puts its state back.
Why it is first-party: docs/decisions/0004-embedded-broker.md.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import secrets
import ssl as tls

from hub.mqtt import packets
from hub.mqtt.broker_access import Access, Allow, Authenticate
from hub.mqtt.broker_limits import Counters, Limits
from hub.mqtt.broker_link import Link, Oversized
from hub.mqtt.broker_session import Session
from hub.mqtt.packets import Malformed, Message
from hub.mqtt.subscriptions import RetainedTopics, Subscriptions

_INBOX_BYTES = 32 * 1024  # also how much one client may ask of the loop before the next has its turn
_LINGER_SECONDS = 5.0
_RESERVED_FILES = 128  # open files left to the rest of the process, whatever clients do
_REMEMBERED_TOPICS = 20_000

_log = logging.getLogger(__name__)


class Broker:
    """`async with Broker() as broker: port = await broker.start("127.0.0.1", 0)`; one start for each object.

    `authenticate` and `allow` are absent for a broker that is open to all; broker_access says what they are asked.
    Every method belongs to the loop that started it.
    """

    def __init__(
        self,
        authenticate: Authenticate | None = None,
        allow: Allow | None = None,
        limits: Limits | None = None,
        ssl: tls.SSLContext | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.counters = Counters()
        self.inbox = bytearray(_INBOX_BYTES)
        self._access = Access(authenticate, allow, self.counters)
        self._ssl = ssl
        self._sessions: dict[str, Session] = {}
        self._offline: dict[str, Session] = {}  # longest away first
        self._subscriptions: Subscriptions[Session] = Subscriptions()
        self._retained = RetainedTopics(self.limits.retained_messages, self.limits.retained_bytes)
        self._online: dict[Session, Link] = {}
        self._links: set[Link] = set()
        self._room = self.limits.connections
        self._topics: dict[bytes, str] = {}
        self._unflushed: list[Link] = []
        self._loop: asyncio.AbstractEventLoop
        self._server: asyncio.Server | None = None
        self._sweeping: asyncio.TimerHandle | None = None

    @property
    def sessions(self) -> int:
        """Sessions kept, connected or not."""
        return len(self._sessions)

    @property
    def retained(self) -> int:
        """Topics with a retained message."""
        return len(self._retained)

    async def __aenter__(self) -> Broker:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, host: str = "127.0.0.1", port: int = 1883) -> int:
        """Listens; the bound port comes back (port 0: the system's choice). OSError when it cannot listen."""
        self._loop = loop = asyncio.get_running_loop()
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if files != resource.RLIM_INFINITY and files - _RESERVED_FILES < self._room:
            self._room = max(files - _RESERVED_FILES, 1)
            _log.warning("the limit of open files (ulimit -n) leaves room for %d connections", self._room)
        self._server = await loop.create_server(
            lambda: Link(self, loop),
            host,
            port,
            ssl=self._ssl,
            backlog=1024,
            ssl_handshake_timeout=self.limits.connect_seconds if self._ssl else None,
            ssl_shutdown_timeout=_LINGER_SECONDS if self._ssl else None,
        )
        self._sweeping = loop.call_later(self.limits.sweep_seconds, self._sweep)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        """Closes every connection at once; no will fires, since nobody is left to hear it."""
        if self._server is None:
            return
        server, self._server = self._server, None
        server.close()
        if self._sweeping:
            self._sweeping.cancel()
        for link in list(self._links):
            link.will = None
            self._end(link, "stop")
        # Aborted transports report their loss within a few rounds. wait_closed() would wait for TLS handshakes.
        for _ in range(10):
            await asyncio.sleep(0)
            if not self._links:
                break

    # The owner's side of a link.

    def opened(self, link: Link) -> None:
        self._links.add(link)
        self.counters.accepted += 1
        self.counters.connections = len(self._links)
        if len(self._links) > self._room or self._server is None:
            self.counters.refused["too-many"] += 1
            self._end(link, "refused")

    def lost(self, link: Link) -> None:
        self._end(link, "lost")
        self._links.discard(link)
        self.counters.connections = len(self._links)

    def failed(self, link: Link, fault: Exception) -> None:
        if isinstance(fault, Malformed):
            _log.info("client %.80r is closed: %s", link.session.client_id if link.session else None, fault)
            self._end(link, "oversized" if isinstance(fault, Oversized) else "malformed")
        else:
            _log.error("a packet brought the broker to a fault; its connection is closed", exc_info=fault)
            self._end(link, "fault")

    def wants_flush(self, link: Link) -> None:
        if not self._unflushed:
            # The next round of the loop gathers what many clients send to one. Measured against writing at the end of
            # each read: 3 µs more for a lone echo, 4 µs of CPU less an event with a hundred publishers.
            self._loop.call_soon(self._flush)
        self._unflushed.append(link)

    def _flush(self) -> None:
        links, self._unflushed = self._unflushed, []
        for link in links:
            link.flush()

    def take(self, link: Link, first: int, data: bytes, at: int, stop: int) -> None:
        session = link.session
        if session is None:
            if first >> 4 != packets.CONNECT:
                raise Malformed("the first packet is not CONNECT [MQTT-3.1.0-1]")
            self._connect(link, first, data[at:stop])
            return
        if first >> 4 == packets.PUBLISH:
            self._publish(link, session, first, data, at, stop)
            return
        body = data[at:stop]
        match first >> 4:
            case packets.PUBACK:
                session.acknowledge(packets.read_packet_id(first, 0, body))
            case packets.PUBREL:
                session.received.discard(packets.read_packet_id(first, 2, body))
                link.send(packets.PUBCOMP_HEAD + body)
            case packets.SUBSCRIBE:
                self._subscribe(link, session, first, body)
            case packets.UNSUBSCRIBE:
                self._unsubscribe(link, session, first, body)
            case packets.PINGREQ:
                packets.check_bare(first, body)
                link.send(packets.PINGRESP_FRAME)
            case packets.DISCONNECT:
                packets.check_bare(first, body)
                link.will = None
                self._end(link, "disconnect", graceful=True)
            case _:
                raise Malformed("a second CONNECT, or a packet that no client sends here")

    # Connections and sessions.

    def _connect(self, link: Link, first: int, body: bytes) -> None:
        try:
            asked = packets.read_connect(first, body)
        except packets.UnsupportedLevel as other:
            self._refuse(link, "level", packets.BAD_LEVEL, packets.REFUSAL_FOR_MQTT_5 if other.level == 5 else None)
            return
        if (not asked.client_id and not asked.clean) or len(asked.client_id) > self.limits.client_id_bytes:
            self._refuse(link, "client-id", packets.BAD_CLIENT_ID)
            return
        client_id = asked.client_id or f"auto-{secrets.token_hex(8)}"
        if code := self._access.refusal(client_id, asked.username, asked.password):
            self._refuse(link, "unavailable" if code == packets.UNAVAILABLE else "login", code)
            return
        kept = self._sessions.get(client_id)
        if kept and (predecessor := self._online.get(kept)):
            self._end(predecessor, "taken-over")
            kept = self._sessions.get(client_id)
        if kept and (asked.clean or kept.username != asked.username):
            # Another user behind the same id must not inherit what waits for the first.
            self._forget(kept)
            kept = None
        session = kept or self._new_session(client_id, asked.username, asked.clean)
        if session is None:
            self._refuse(link, "unavailable", packets.UNAVAILABLE)
            return
        link.session = session
        link.will = asked.will
        link.keep_alive = asked.keep_alive
        self._offline.pop(client_id, None)
        self._online[session] = link
        link.send(packets.connack(packets.ACCEPTED, session_present=kept is not None))
        session.attach(link)

    def _new_session(self, client_id: str, username: str | None, clean: bool) -> Session | None:
        if len(self._sessions) >= self.limits.sessions:
            longest_away = next(iter(self._offline.values()), None)
            if longest_away is None:
                return None
            self._forget(longest_away)
        session = Session(client_id, username, clean, self.limits, self.counters, self._access.may_receive)
        self._sessions[client_id] = session
        return session

    def _forget(self, session: Session) -> None:
        for topic_filter in session.filters:
            self._subscriptions.remove(topic_filter, session)
        self._sessions.pop(session.client_id, None)
        self._offline.pop(session.client_id, None)

    def _refuse(self, link: Link, reason: str, code: int, frame: bytes | None = None) -> None:
        self.counters.refused[reason] += 1
        link.send(frame or packets.connack(code))
        self._end(link, "refused", graceful=True)

    def _end(self, link: Link, reason: str, graceful: bool = False) -> None:
        """The only way a connection ends; its will fires unless it was taken away before."""
        if link.ended:
            return
        self.counters.closed[reason] += 1
        if graceful:
            link.finish()
        else:
            link.abort()
        session, link.session = link.session, None
        if session is None:
            return
        self._online.pop(session, None)
        session.detach()
        if session.clean:
            self._forget(session)
        else:
            self._offline[session.client_id] = session
        will, link.will = link.will, None
        if will and self._access.permits(session, "publish", will.topic):
            self._route(packets.message_of(will.topic, will.payload), will.qos, will.retain)

    def _sweep(self) -> None:
        limits, now = self.limits, self._loop.time()
        for link in list(self._links):
            if link.ended:
                if now - link.ended_at > _LINGER_SECONDS:
                    link.abort()
            elif link.session is None:
                if now - link.opened_at > limits.connect_seconds:
                    self._end(link, "connect-time")
            elif link.keep_alive and link.silent_for() > link.keep_alive * 1.5:
                self._end(link, "keep-alive")
            elif link.stuck_for() > limits.stuck_seconds:
                self._end(link, "stuck")
        self._sweeping = self._loop.call_later(limits.sweep_seconds, self._sweep)

    # Packets of connected clients.

    def _publish(self, link: Link, session: Session, first: int, data: bytes, at: int, stop: int) -> None:
        split = at + 2 + int.from_bytes(data[at : at + 2], "big")
        qos = first >> 1 & 3
        behind = split + 2 if qos else split
        if behind > stop or stop - at < 2 or qos == 3 or (first & 0x0E) == 0x08:
            raise Malformed("PUBLISH that is too short, of QoS 3, or a duplicate of QoS 0")
        raw = data[at + 2 : split]
        topic = self._topics.get(raw)
        if topic is None:
            topic = self._learn(raw)
        if qos:
            packet_id = data[split:behind]
            if packet_id == b"\0\0":
                raise Malformed("packet id 0 [MQTT-2.3.1-1]")
            if qos == 1:
                link.send(packets.PUBACK_HEAD + packet_id)
            else:
                link.send(packets.PUBREC_HEAD + packet_id)
                number = int.from_bytes(packet_id, "big")
                if number in session.received:
                    return
                session.received.add(number)
        self.counters.messages_in += 1
        if self._access.open or self._access.permits(session, "publish", topic):
            self._route(Message(topic, data[at:split], data[behind:stop]), qos, bool(first & 1))

    def _learn(self, raw: bytes) -> str:
        topic = packets.read_topic(raw)
        if len(self._topics) >= _REMEMBERED_TOPICS:
            self._topics.clear()
        if len(raw) <= 256:
            self._topics[raw] = topic
        return topic

    def _route(self, message: Message, qos: int, retain: bool) -> None:
        topic = message.topic
        if retain:
            if not message.payload:
                self._retained.clear(topic)
            elif not self._retained.keep(message, qos):
                self.counters.dropped["retained-full"] += 1
        for session, granted in self._subscriptions.match(topic):
            if self._access.open or self._access.may_receive(session, topic):
                session.deliver(message, min(granted, qos))

    def _subscribe(self, link: Link, session: Session, first: int, body: bytes) -> None:
        packet_id, wanted = packets.read_subscribe(first, body)
        codes: list[int] = []
        replays: dict[Message, int] = {}
        for topic_filter, asked in wanted:
            granted = min(asked, 1)
            if not self._grant(session, topic_filter, granted):
                codes.append(packets.SUBSCRIPTION_REFUSED)
                continue
            codes.append(granted)
            for message, qos in self._retained.match(topic_filter):
                replays[message] = max(replays.get(message, 0), min(qos, granted))
        link.send(packets.suback(packet_id, codes))
        for message, qos in replays.items():
            if self._access.may_receive(session, message.topic):
                session.deliver(message, qos, retain=True)

    def _grant(self, session: Session, topic_filter: str, qos: int) -> bool:
        if topic_filter.startswith("$share/"):
            return False  # an MQTT 5 feature: a plain filter of that name would stay silent for ever
        if topic_filter not in session.filters and len(session.filters) >= self.limits.subscriptions:
            return False
        if not self._access.permits(session, "subscribe", topic_filter):
            return False
        session.filters[topic_filter] = qos
        self._subscriptions.add(topic_filter, session, qos)
        return True

    def _unsubscribe(self, link: Link, session: Session, first: int, body: bytes) -> None:
        packet_id, filters = packets.read_unsubscribe(first, body)
        for topic_filter in filters:
            if session.filters.pop(topic_filter, None) is not None:
                self._subscriptions.remove(topic_filter, session)
        link.send(packets.UNSUBACK_HEAD + packet_id.to_bytes(2, "big"))
