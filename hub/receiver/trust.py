"""Who sent a request: the seam that message signatures fill (``hub.sync.signing``), and what loopback does without."""

from __future__ import annotations

import base64
import hashlib
from typing import Protocol

from starlette.requests import Request


class Untrusted(Exception):
    """``code`` is one of the protocol's: ``unsigned``, ``replayed`` or ``not-yours``; ``detail`` for the log."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class Trust(Protocol):
    async def verify(self, request: Request) -> str:
        """The hall whose key signed the request and its ``Content-Digest``, or who stands in its scope because an
        application in front (``build(…, front=…)``) has verified that. Raises ``Untrusted``.
        """
        ...


class Anybody:
    """For loopback alone: the hall is whichever the path or ``X-Hall`` names."""

    async def verify(self, request: Request) -> str:
        return str(request.path_params.get("hall") or request.headers.get("x-hall", ""))


async def sender(trust: Trust, request: Request) -> str:
    """The hall that sent the request; the one of its path, where there is one. Raises ``Untrusted``."""
    hall = await trust.verify(request)
    if not hall or request.path_params.get("hall", hall) != hall:
        raise Untrusted("not-yours", hall)
    return hall


def check_digest(request: Request, body: bytes | bytearray) -> None:
    """Hold a body to the ``Content-Digest`` (RFC 9530) that was signed with the rest. Raises ``Untrusted``."""
    given = request.headers.get("content-digest")
    if given is None:
        return
    for each in given.split(","):
        algorithm, _, value = each.strip().partition("=")
        if algorithm == "sha-256":
            found = base64.b64encode(hashlib.sha256(body).digest()).decode()
            if value == f":{found}:":
                return
            raise Untrusted("unsigned", "the body is not the one of its digest")
    raise Untrusted("unsigned", "no sha-256 in Content-Digest")
