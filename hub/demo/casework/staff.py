"""Who works on the demo's cases: clerks and reviewers, signed in when they first act, with the passwords printed."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from hub.demo.api_client import ApiClient
from hub.domain.refusals import Refused
from hub.web.access.passwords import hash_password
from hub.web.access.store import AccessStore

PASSWORD = "demo-review-1"  # noqa: S105 - of a simulated hall, and printed


class Staff:
    """``url`` and ``certificate`` of the hub. ``access`` makes the account of a clerk that has none yet."""

    def __init__(self, access: AccessStore, url: str, certificate: Path | None) -> None:
        self._access = access
        self._url = url
        self._certificate = certificate
        self._signed: dict[str, ApiClient] = {}
        self._turn = asyncio.Lock()
        self._hashed = ""

    async def signed_in(self, name: str) -> ApiClient:
        """Acting as that account. Raises ``ApiRefused`` or ``ApiUnreachable``."""
        async with self._turn:
            known = self._signed.get(name)
            if known is None:
                await asyncio.to_thread(self._hire, name)
                known = ApiClient(self._url, None, self._certificate)
                await known.sign_in(name, PASSWORD)
                self._signed[name] = known
            return known

    async def close(self) -> None:
        for client in self._signed.values():
            await client.close()
        self._signed.clear()

    def _hire(self, name: str) -> None:
        if self._access.account(name) is None:
            self._hashed = self._hashed or hash_password(PASSWORD)
            with contextlib.suppress(Refused):
                self._access.create_account(name, "clerk", self._hashed, must_change=False)
