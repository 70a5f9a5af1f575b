"""Who works on the demo's cases: clerks and reviewers, each in a session of their account from their first act on.

Sessions are begun beside the sign-in page: two dozen passwords checked would cost more memory than the whole day.
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from hub.demo.api_client import ApiClient
from hub.domain.refusals import Refused
from hub.web.access.store import AccessStore

PASSWORD = "demo-review-1"  # noqa: S105 - of a simulated hall, and printed
NOBODY = "-"
"""As a hash: no password fits it."""


class Staff:
    """``url`` and ``certificate`` of the hub. ``access`` makes the account of a clerk that has none yet."""

    def __init__(self, access: AccessStore, url: str, certificate: Path | None) -> None:
        self._access = access
        self._url = url
        self._certificate = certificate
        self._signed: dict[str, ApiClient] = {}
        self._turn = asyncio.Lock()

    async def signed_in(self, name: str) -> ApiClient:
        """Acting as that account. Raises ``ApiRefused`` or ``ApiUnreachable``."""
        async with self._turn:
            known = self._signed.get(name)
            if known is None:
                session = await asyncio.to_thread(self._session, name)
                known = ApiClient(self._url, None, self._certificate)
                await known.take_session(session)
                self._signed[name] = known
            return known

    async def close(self) -> None:
        for client in self._signed.values():
            await client.close()
        self._signed.clear()

    def _session(self, name: str) -> str:
        if self._access.account(name) is None:
            with contextlib.suppress(Refused):
                self._access.create_account(name, "clerk", NOBODY, must_change=False)
        return self._access.begin_session(name)
