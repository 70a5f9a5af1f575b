"""An MQTT 3.1.1 client for tests that says exactly what it is told, with a codec of its own."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass


def length(count: int) -> bytes:
    out = bytearray()
    while True:
        count, digit = divmod(count, 128)
        out.append(digit | (128 if count else 0))
        if not count:
            return bytes(out)


def frame(first: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return bytes((first,)) + length(len(body)) + body


def number(value: int) -> bytes:
    return value.to_bytes(2, "big")


def field(value: str | bytes) -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    return number(len(raw)) + raw


def connect(
    client_id: str = "",
    *,
    clean: bool = True,
    keep_alive: int = 0,
    will: tuple[str, bytes, int, bool] | None = None,
    username: str | None = None,
    password: str | None = None,
    level: int = 4,
) -> bytes:
    flags = 0x02 if clean else 0
    tail = b""
    if will:
        topic, payload, qos, retain = will
        flags |= 0x04 | qos << 3 | (0x20 if retain else 0)
        tail += field(topic) + field(payload)
    if username is not None:
        flags |= 0x80
        tail += field(username)
    if password is not None:
        flags |= 0x40
        tail += field(password)
    return frame(0x10, field("MQTT"), bytes((level, flags)), number(keep_alive), field(client_id), tail)


def publish(
    topic: str | bytes,
    payload: bytes = b"",
    *,
    qos: int = 0,
    packet_id: int = 1,
    retain: bool = False,
    dup: bool = False,
) -> bytes:
    first = 0x30 | (8 if dup else 0) | qos << 1 | retain
    return frame(first, field(topic), number(packet_id) if qos else b"", payload)


def subscribe(*wanted: tuple[str, int], packet_id: int = 1) -> bytes:
    return frame(0x82, number(packet_id), *(field(topic) + bytes((qos,)) for topic, qos in wanted))


def unsubscribe(*filters: str, packet_id: int = 1) -> bytes:
    return frame(0xA2, number(packet_id), *(field(topic) for topic in filters))


def puback(packet_id: int) -> bytes:
    return frame(0x40, number(packet_id))


PINGREQ = b"\xc0\x00"
DISCONNECT = b"\xe0\x00"


@dataclass(frozen=True, slots=True)
class Packet:
    first: int
    body: bytes

    @property
    def kind(self) -> int:
        return self.first >> 4


@dataclass(frozen=True, slots=True)
class Received:
    topic: str
    payload: bytes
    qos: int
    retain: bool
    dup: bool
    packet_id: int


def received(packet: Packet) -> Received:
    assert packet.kind == 3, packet
    qos = packet.first >> 1 & 3
    size = int.from_bytes(packet.body[:2], "big")
    topic = packet.body[2 : 2 + size].decode()
    rest = packet.body[2 + size :]
    packet_id = int.from_bytes(rest[:2], "big") if qos else 0
    return Received(topic, rest[2:] if qos else rest, qos, bool(packet.first & 1), bool(packet.first & 8), packet_id)


_opened: list[RawClient] = []


async def close_all() -> None:
    """Ends every client that was opened since the last call, so that a test need not."""
    clients = _opened.copy()
    _opened.clear()
    for client in clients:
        client.cut()
        client.writer.close()
    await asyncio.gather(*(client.writer.wait_closed() for client in clients), return_exceptions=True)


class RawClient:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, port: int, *, receive_buffer: int | None = None) -> RawClient:
        # asyncio sets TCP_NODELAY only where the protocol is named.
        wire = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        wire.setblocking(False)
        if receive_buffer:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        try:
            await asyncio.get_running_loop().sock_connect(wire, ("127.0.0.1", port))
        except OSError:
            wire.close()
            raise
        reader, writer = await asyncio.open_connection(sock=wire)
        client = cls(reader, writer)
        _opened.append(client)
        return client

    @classmethod
    async def connected(cls, port: int, client_id: str = "", **options: object) -> RawClient:
        """Connects and expects to be accepted; `session_present` says what the broker answered."""
        client = await cls.open(port)
        client.send(connect(client_id, **options))  # pyright: ignore[reportArgumentType]
        answer = await client.packet()
        assert (answer.first, answer.body[1:]) == (0x20, b"\0"), answer
        client.session_present = bool(answer.body[0])
        return client

    session_present = False

    def send(self, *frames: bytes) -> None:
        self.writer.write(b"".join(frames))

    async def packet(self, seconds: float = 5) -> Packet:
        """The next packet; asyncio.IncompleteReadError or ConnectionError when the broker has closed."""
        async with asyncio.timeout(seconds):
            first = (await self.reader.readexactly(1))[0]
            size = shift = 0
            while True:
                digit = (await self.reader.readexactly(1))[0]
                size |= (digit & 127) << shift
                shift += 7
                if digit < 128:
                    break
            return Packet(first, await self.reader.readexactly(size))

    async def message(self, seconds: float = 5) -> Received:
        """The next PUBLISH, not acknowledged."""
        return received(await self.packet(seconds))

    async def subscribed(self, *wanted: tuple[str, int], packet_id: int = 1) -> list[int]:
        """The codes of SUBACK, which must come next."""
        self.send(subscribe(*wanted, packet_id=packet_id))
        answer = await self.packet()
        assert (answer.first, answer.body[:2]) == (0x90, number(packet_id)), answer
        return list(answer.body[2:])

    async def published(self, topic: str, payload: bytes, *, retain: bool = False, packet_id: int = 1) -> None:
        """At QoS 1, until its PUBACK, which must come next."""
        self.send(publish(topic, payload, qos=1, packet_id=packet_id, retain=retain))
        answer = await self.packet()
        assert (answer.first, answer.body) == (0x40, number(packet_id)), answer

    async def quiet(self) -> list[Received]:
        """Everything that came before the answer to a ping: what was routed to this client by now."""
        self.send(PINGREQ)
        found: list[Received] = []
        while (packet := await self.packet()).first != 0xD0:
            found.append(received(packet))
        return found

    async def closed_by_broker(self, seconds: float = 5) -> bytes:
        """What still came before the end of the connection; TimeoutError when it stays open."""
        rest = b""
        async with asyncio.timeout(seconds):
            try:
                while chunk := await self.reader.read(65536):
                    rest += chunk
            except ConnectionError:
                pass
        return rest

    async def leave(self) -> None:
        """A clean DISCONNECT."""
        self.send(DISCONNECT)
        await self.closed_by_broker()
        self.cut()

    def cut(self) -> None:
        """Ends the connection without a word."""
        self.writer.transport.abort()
