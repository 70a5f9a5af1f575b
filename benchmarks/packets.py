"""MQTT 3.1.1 on a raw socket: as much as load needs, so that a client library is no part of a figure."""

from __future__ import annotations

import socket
from collections.abc import Iterator

PUBLISH, PUBACK = 3, 4


def frame(first: int, body: bytes) -> bytes:
    size, out = len(body), bytearray((first,))
    while size > 127:
        out.append(size & 127 | 128)
        size >>= 7
    out.append(size)
    return bytes(out) + body


def text(value: bytes) -> bytes:
    return len(value).to_bytes(2, "big") + value


def publish(topic: bytes, payload: bytes, packet_id: int = 0, retain: bool = False) -> bytes:
    """QoS 1 with a packet id, QoS 0 without."""
    middle = packet_id.to_bytes(2, "big") if packet_id else b""
    return frame(0x30 | (2 if packet_id else 0) | retain, text(topic) + middle + payload)


def puback(packet_id: bytes) -> bytes:
    return b"\x40\x02" + packet_id


def subscribe(filters: list[bytes], qos: int = 1, packet_id: int = 1) -> bytes:
    return frame(0x82, packet_id.to_bytes(2, "big") + b"".join(text(name) + bytes((qos,)) for name in filters))


def connect(name: bytes, keepalive: int = 0, will: tuple[bytes, bytes] | None = None) -> bytes:
    """A clean session; ``will`` is topic and payload, QoS 1 and retained."""
    flags = 2 | (0x2C if will else 0)
    body = text(b"MQTT") + bytes((4, flags)) + keepalive.to_bytes(2, "big") + text(name)
    return frame(0x10, body + (text(will[0]) + text(will[1]) if will else b""))


def joined(port: int, name: bytes, filters: list[bytes] | None = None, qos: int = 1) -> socket.socket:
    """A connected client whose filters are acknowledged."""
    wire = socket.create_connection(("127.0.0.1", port), timeout=20)
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    wire.sendall(connect(name))
    assert wire.recv(4, socket.MSG_WAITALL)[3] == 0
    if filters:
        wire.sendall(subscribe(filters, qos))
        granted = wire.recv(4 + len(filters), socket.MSG_WAITALL)
        assert 0x80 not in granted[4:], granted
    return wire


def packets(buffer: bytearray) -> Iterator[tuple[int, bytes]]:
    """First byte and body of every whole packet, taken out of ``buffer``."""
    at, end = 0, len(buffer)
    while end - at >= 2:
        size, shift, start = 0, 0, at + 1
        while start < end:
            byte = buffer[start]
            size |= (byte & 127) << shift
            shift += 7
            start += 1
            if byte < 128:
                break
        else:
            break
        if end - start < size:
            break
        yield buffer[at], bytes(buffer[start : start + size])
        at = start + size
    del buffer[:at]


def message(first: int, body: bytes) -> tuple[bytes, bytes, bytes]:
    """Topic, packet id (empty for QoS 0) and payload of a PUBLISH."""
    end = 2 + int.from_bytes(body[:2], "big")
    begin = end + 2 if first & 6 else end
    return body[2:end], body[end:begin], body[begin:]
