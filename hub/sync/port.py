"""The seam of both ways: what is asked over the line, and what comes back.

The machines of the feed and the inbox only make an ``Ask`` or a ``Wait`` and hear an ``Answer`` or that the line was
lost, so a simulation may carry them as well as a socket does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

JSON = "application/json"
HEAD = "X-Hall-Head"
"""The position of the hub's last entry, so that the receiver knows what it has not yet."""


class Ask(msgspec.Struct, frozen=True):
    """One request; ``path`` below the receiver's address. ``seconds``: how long the answer may take to begin."""

    method: str
    path: str
    query: Mapping[str, str] = {}
    body: bytes = b""
    type: str = JSON
    seconds: float = 30.0
    headers: Mapping[str, str] = {}


class Wait(msgspec.Struct, frozen=True):
    """Nothing to ask for ``ms``, or until something happens here (None: only then)."""

    ms: int | None


class Answer(msgspec.Struct, frozen=True):
    """``retry_after`` in seconds, as the receiver asked for."""

    status: int
    body: bytes = b""
    retry_after: float | None = None
    headers: Mapping[str, str] = {}


class LinkDown(Exception):
    """No answer, or none that is to be believed.

    ``code``: ``unreachable``, ``timeout``, ``tls``, ``certificate``, ``too-long``, ``broken-off``, ``untrusted`` (not
    signed by the online hall) or ``files`` (own keys or certificates that cannot be read).
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class Line(Protocol):
    async def call(self, ask: Ask) -> Answer:
        """Raises ``LinkDown``; whether the request arrived is not known then."""
        ...
