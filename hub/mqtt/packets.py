"""The packets of MQTT 3.1.1 as bytes: reading what a client may send, writing what a server may answer.

Pure: no socket, clock or broker state. Every reader raises Malformed for what the standard forbids; numbers such as
[MQTT-3.3.2-2] in messages are its normative statements (OASIS mqtt-v3.1.1).
"""

from __future__ import annotations

from dataclasses import dataclass

CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP = 1, 2, 3, 4, 5, 6, 7
SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT = 8, 9, 10, 11, 12, 13, 14

ACCEPTED, BAD_LEVEL, BAD_CLIENT_ID, UNAVAILABLE, BAD_LOGIN, NOT_AUTHORIZED = range(6)

PUBACK_HEAD = b"\x40\x02"
PUBREC_HEAD = b"\x50\x02"
PUBCOMP_HEAD = b"\x70\x02"
UNSUBACK_HEAD = b"\xb0\x02"
PINGRESP_FRAME = b"\xd0\x00"
# An MQTT 5 CONNACK: no session, reason 0x84 "unsupported protocol version", no properties.
REFUSAL_FOR_MQTT_5 = b"\x20\x03\x00\x84\x00"

SUBSCRIPTION_REFUSED = 0x80
TOPIC_LEVELS = 200  # mosquitto's own bound; without one a topic of 65,535 slashes is a tree of that depth


class Malformed(ValueError):
    """The peer broke the protocol: the connection must be closed, its will fires."""


class UnsupportedLevel(Exception):
    """A CONNECT of another protocol level than 4 (3.1.1)."""

    def __init__(self, level: int) -> None:
        super().__init__(f"protocol level {level}")
        self.level = level


@dataclass(frozen=True, slots=True)
class Will:
    topic: str
    payload: bytes
    qos: int
    retain: bool


@dataclass(frozen=True, slots=True)
class Connect:
    """keep_alive in seconds, 0 for none; client_id may be empty."""

    client_id: str
    clean: bool
    keep_alive: int
    username: str | None
    password: bytes | None
    will: Will | None


class Message:
    """One application message with its frames, encoded once and shared by all who receive it."""

    __slots__ = ("_opening", "_plain", "head", "payload", "size", "topic")

    def __init__(self, topic: str, head: bytes, payload: bytes) -> None:
        """head is the topic as it stands on the wire: two bytes of length, then UTF-8."""
        self.topic = topic
        self.head = head
        self.payload = payload
        self.size = len(head) + len(payload)
        self._plain = b""
        self._opening = b""

    def unacknowledged_frame(self, retain: bool) -> bytes:
        """PUBLISH at QoS 0."""
        if not self._plain:
            self._plain = b"".join((encode_length(self.size), self.head, self.payload))
        return (b"\x31" if retain else b"\x30") + self._plain

    def acknowledged_frame(self, packet_id: int, duplicate: bool, retain: bool) -> bytes:
        """PUBLISH at QoS 1."""
        if not self._opening:
            self._opening = encode_length(self.size + 2) + self.head
        first = _QOS_1_FIRST[duplicate * 2 + retain]
        return b"".join((first, self._opening, packet_id.to_bytes(2, "big"), self.payload))


_QOS_1_FIRST = (b"\x32", b"\x33", b"\x3a", b"\x3b")


def message_of(topic: str, payload: bytes) -> Message:
    raw = topic.encode()
    return Message(topic, len(raw).to_bytes(2, "big") + raw, payload)


def encode_length(length: int) -> bytes:
    """The remaining length of a fixed header, 1 to 4 bytes; at most 268,435,455."""
    if length < 0x80:
        return bytes((length,))
    out = bytearray()
    while True:
        length, digit = divmod(length, 0x80)
        if not length:
            out.append(digit)
            return bytes(out)
        out.append(digit | 0x80)


def read_length(data: bytes, at: int) -> tuple[int, int] | None:
    """(remaining length, offset behind it) of the header whose length starts at `at`; None while bytes are missing."""
    length = 0
    for shift in range(4):
        if at + shift >= len(data):
            return None
        digit = data[at + shift]
        length |= (digit & 0x7F) << (7 * shift)
        if digit < 0x80:
            return length, at + shift + 1
    raise Malformed("remaining length of more than four bytes")


def connack(code: int, session_present: bool = False) -> bytes:
    return bytes((CONNACK << 4, 2, session_present, code))


def suback(packet_id: int, codes: list[int]) -> bytes:
    return bytes((SUBACK << 4,)) + encode_length(2 + len(codes)) + packet_id.to_bytes(2, "big") + bytes(codes)


class _Reader:
    """A cursor over one packet's body."""

    __slots__ = ("at", "body")

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.at = 0

    @property
    def left(self) -> int:
        return len(self.body) - self.at

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self) -> int:
        return int.from_bytes(self.take(2), "big")

    def take(self, count: int) -> bytes:
        if self.left < count:
            raise Malformed("the packet ends inside a field")
        self.at += count
        return self.body[self.at - count : self.at]

    def binary(self) -> bytes:
        return self.take(self.number())

    def text(self) -> str:
        return read_text(self.binary())


def read_text(raw: bytes) -> str:
    """UTF-8 as the standard allows it: no surrogates, no NUL [MQTT-1.5.3-1, -2]."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as fault:
        raise Malformed("text that is not UTF-8") from fault
    if "\0" in text:
        raise Malformed("text with NUL")
    return text


def read_topic(raw: bytes) -> str:
    """A topic name to publish to: not empty, no wildcards, at most TOPIC_LEVELS levels."""
    topic = read_text(raw)
    if not topic or "+" in topic or "#" in topic:
        raise Malformed("topic name that is empty or has wildcards [MQTT-3.3.2-2, 4.7.3-1]")
    if topic.count("/") >= TOPIC_LEVELS:
        raise Malformed("topic of too many levels")
    return topic


def check_filter(text: str) -> str:
    """A topic filter: '#' alone in the last level, '+' alone in its level [MQTT-4.7.1-2, -3]."""
    levels = text.split("/")
    if not text or len(levels) > TOPIC_LEVELS:
        raise Malformed("topic filter that is empty or of too many levels")
    last = len(levels) - 1
    for depth, level in enumerate(levels):
        if ("#" in level and (level != "#" or depth != last)) or ("+" in level and level != "+"):
            raise Malformed("topic filter with a wildcard out of place")
    return text


def read_connect(first: int, body: bytes) -> Connect:
    """Raises UnsupportedLevel before it reads what another level may lay out otherwise."""
    if first & 0x0F:
        raise Malformed("reserved flags of CONNECT")
    reader = _Reader(body)
    name = reader.binary()
    level = reader.byte()
    if (name, level) == (b"MQIsdp", 3) or (name == b"MQTT" and level != 4):
        raise UnsupportedLevel(level)
    if name != b"MQTT":
        raise Malformed("another protocol than MQTT")
    flags = reader.byte()
    has_user, has_password, retain, has_will = flags & 0x80, flags & 0x40, flags & 0x20, flags & 0x04
    qos = flags >> 3 & 3
    if flags & 1 or qos == 3 or (not has_will and (qos or retain)) or (has_password and not has_user):
        raise Malformed("flags of CONNECT [MQTT-3.1.2-3, -11, -13..15, -22]")
    keep_alive = reader.number()
    client_id = reader.text()
    will = Will(read_topic(reader.binary()), reader.binary(), qos, bool(retain)) if has_will else None
    username = reader.text() if has_user else None
    password = reader.binary() if has_password else None
    if reader.left:
        raise Malformed("bytes behind the last field of CONNECT")
    return Connect(client_id, bool(flags & 0x02), keep_alive, username, password, will)


def read_packet_id(first: int, flags: int, body: bytes) -> int:
    """The packet id that is all an acknowledgement carries."""
    if first & 0x0F != flags or len(body) != 2:
        raise Malformed("flags or length of an acknowledgement")
    return int.from_bytes(body, "big")


def check_bare(first: int, body: bytes) -> None:
    """PINGREQ and DISCONNECT carry nothing [MQTT-3.12.1, 3.14.1-1]."""
    if first & 0x0F or body:
        raise Malformed("flags or length of PINGREQ or DISCONNECT")


def read_subscribe(first: int, body: bytes) -> tuple[int, list[tuple[str, int]]]:
    """(packet id, [(filter, asked QoS 0..2)]), at least one filter [MQTT-3.8.3-3]."""
    reader = _requests(first, body)
    packet_id = reader.number()
    wanted: list[tuple[str, int]] = []
    while reader.left:
        topic_filter = check_filter(reader.text())
        qos = reader.byte()
        if qos > 2:
            raise Malformed("QoS byte of SUBSCRIBE [MQTT-3-8.3-4]")
        wanted.append((topic_filter, qos))
    if not wanted or not packet_id:
        raise Malformed("SUBSCRIBE without a filter or a packet id")
    return packet_id, wanted


def read_unsubscribe(first: int, body: bytes) -> tuple[int, list[str]]:
    """(packet id, filters), at least one filter [MQTT-3.10.3-2]."""
    reader = _requests(first, body)
    packet_id = reader.number()
    filters: list[str] = []
    while reader.left:
        filters.append(check_filter(reader.text()))
    if not filters or not packet_id:
        raise Malformed("UNSUBSCRIBE without a filter or a packet id")
    return packet_id, filters


def _requests(first: int, body: bytes) -> _Reader:
    if first & 0x0F != 2:
        raise Malformed("flags of SUBSCRIBE or UNSUBSCRIBE [MQTT-3.8.1-1, 3.10.1-1]")
    return _Reader(body)
