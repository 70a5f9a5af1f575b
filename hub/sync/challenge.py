"""Freshness without clocks: the receiver hands out challenges, the sender counts its requests under one.

A nonce is ``{challenge}.{count}``. A challenge holds when it was made and a MAC under a secret of this process, so a
restart of the receiver refuses everything signed before it, and nothing has to be stored for that. Under one challenge
of one owner each count is taken once, in any order within a span, as IPsec does it (RFC 4303, 3.4.3).
"""

from __future__ import annotations

import secrets
import struct
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from hmac import compare_digest

LIFE_SECONDS = 600
SPAN = 1024
"""Counts below the highest one that may still arrive late."""
LINES = 32
"""Challenges of one owner in use at once: processes of its hub, times two while one gives way to the next."""
NONE = "-"
"""Stands for a challenge in the first request of a sender that has none yet."""

_HEAD = struct.Struct(">Q8s")
_MAC = 16


class NoChallenge(Exception):
    """The nonce stands under no challenge that is still good: sign again under a new one."""


class Replayed(Exception):
    """The nonce was taken before, or is too old to know."""


@dataclass(slots=True)
class _Window:
    made: int
    highest: int = 0
    seen: int = 0
    """Bit i: ``highest - i`` was taken."""


class Challenges:
    """Makes challenges and takes each nonce once. Memory: at most ``LINES`` windows of 200 bytes an owner."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic, life: int = LIFE_SECONDS) -> None:
        self._monotonic = monotonic
        self._life = life * 1000
        self._secret = secrets.token_bytes(32)
        self._windows: dict[str, dict[str, _Window]] = {}
        self._floor: dict[str, int] = {}

    def new(self) -> str:
        head = _HEAD.pack(self._now(), secrets.token_bytes(8))
        return urlsafe_b64encode(head + self._mac(head)).decode()

    def take(self, owner: str, nonce: str) -> bool:
        """Whether the challenge has passed half its life, so that the sender should get a new one.

        Call it with a verified nonce only. Raises ``NoChallenge`` or ``Replayed``.
        """
        challenge, _, count = nonce.rpartition(".")
        if not count.isascii() or not count.isdecimal() or len(count) > 15:
            raise NoChallenge
        made = self._made(challenge)
        age = self._now() - made
        windows = self._windows.setdefault(owner, {})
        if age > self._life or made <= self._floor.get(owner, -1):
            windows.pop(challenge, None)
            raise NoChallenge
        if challenge not in windows:
            self._make_room(owner, windows)
            if made <= self._floor.get(owner, -1):
                raise NoChallenge
            windows[challenge] = _Window(made)
        _take(windows[challenge], int(count))
        return age > self._life // 2

    def _make_room(self, owner: str, windows: dict[str, _Window]) -> None:
        now = self._now()
        for challenge in [each for each, window in windows.items() if now - window.made > self._life]:
            del windows[challenge]
        if len(windows) >= LINES:
            # what a dropped window knew is gone, so nothing made up to then is taken again
            oldest = min(windows, key=lambda each: windows[each].made)
            self._floor[owner] = windows.pop(oldest).made

    def _made(self, challenge: str) -> int:
        try:
            raw = urlsafe_b64decode(challenge.encode())
        except ValueError:
            raise NoChallenge from None
        head, mac = raw[: _HEAD.size], raw[_HEAD.size :]
        if (
            urlsafe_b64encode(raw).decode() != challenge
            or len(head) != _HEAD.size
            or not compare_digest(mac, self._mac(head))
        ):
            raise NoChallenge
        made, _ = _HEAD.unpack(head)
        return made

    def _mac(self, head: bytes) -> bytes:
        return blake2b(head, digest_size=_MAC, key=self._secret).digest()

    def _now(self) -> int:
        return int(self._monotonic() * 1000)


def _take(window: _Window, count: int) -> None:
    if count > window.highest:
        shift = min(count - window.highest, SPAN)
        window.seen = (window.seen << shift | 1) & ((1 << SPAN) - 1)
        window.highest = count
        return
    bit = window.highest - count
    if count < 1 or bit >= SPAN or window.seen >> bit & 1:
        raise Replayed
    window.seen |= 1 << bit
