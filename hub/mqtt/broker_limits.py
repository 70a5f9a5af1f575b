"""What the embedded broker grants a client at most, and what it has counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes are bytes on the wire without the fixed header; seconds are real seconds of the loop's clock."""

    packet_bytes: int = 256 * 1024
    connect_bytes: int = 64 * 1024
    """A packet before the client is known; holds its will."""
    client_id_bytes: int = 256
    connect_seconds: float = 10.0
    """From accept to CONNECT, and for the TLS handshake."""
    sweep_seconds: float = 0.5
    """How often deadlines are looked at: every one of them may be late by this much."""
    connections: int = 4_000
    """Fewer where the process may not open so many files; 128 of those are left alone."""
    sessions: int = 10_000
    """Kept sessions, connected or not. Past it the one that was offline longest is given up."""
    subscriptions: int = 200
    """Filters of one session; more are answered with 0x80."""
    in_flight: int = 50_000
    """QoS 1 messages sent to one client and not acknowledged; at most 65,535."""
    queue_messages: int = 100_000
    queue_bytes: int = 64 * 1024 * 1024
    """Of one session: what waits and what is in flight together. Newer messages are dropped past it."""
    write_bytes: int = 1024 * 1024
    """High water of one connection's write buffer. Above it a reader is stuck: QoS 0 is dropped, QoS 1 waits."""
    stuck_seconds: float = 30.0
    """A stuck reader that takes not one byte for so long is closed."""
    retained_messages: int = 100_000
    retained_bytes: int = 64 * 1024 * 1024


def _counter() -> Counter[str]:
    return Counter()


@dataclass(slots=True)
class Counters:
    """Since the start, except `connections`: sockets open now."""

    connections: int = 0
    accepted: int = 0
    messages_in: int = 0
    messages_out: int = 0
    dropped: Counter[str] = field(default_factory=_counter)
    """Messages by reason: denied, slow-reader, queue-full, retained-full, rule-failed."""
    refused: Counter[str] = field(default_factory=_counter)
    """CONNECTs by reason: login, level, client-id, unavailable; and too-many for sockets beyond the limit."""
    closed: Counter[str] = field(default_factory=_counter)
    """Connections by reason: disconnect, lost, malformed, oversized, connect-time, keep-alive, stuck, taken-over,
    refused, fault, stop."""
