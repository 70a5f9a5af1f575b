"""Passwords: argon2id in worker threads, so that no check stalls the event loop, and the rule for new ones."""

from __future__ import annotations

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hub.domain.refusals import Refused

SHORTEST, LONGEST = 10, 128
_WORKERS = 2
_WAITING = 32

# OWASP's second choice (19 MiB, 2 passes, 1 lane): two workers at once stay within the hub's memory.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hash_password(password: str) -> str:
    """The argon2id form. Takes tens of milliseconds. Raises ``Refused("weak-password")``."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refused("weak-password", shortest=SHORTEST, longest=LONGEST)
    return _HASHER.hash(password)


def random_password() -> str:
    """About 100 bits in letters and digits that people do not mix up."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


class PasswordDesk:
    """Checks and makes hashes in two threads; at most 32 requests wait."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="password")
        self._waiting = 0
        self._decoy = _HASHER.hash(secrets.token_urlsafe(16))

    async def check(self, stored: str | None, password: str) -> bool:
        """Whether the password fits; ``stored`` None (no such account) takes as long and never does.

        Raises ``Refused("too-many-attempts")`` when too many wait.
        """
        if self._waiting >= _WAITING:
            raise Refused("too-many-attempts", seconds=5)
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            fits = await loop.run_in_executor(self._pool, _fits, stored or self._decoy, password[: LONGEST + 1])
        finally:
            self._waiting -= 1
        return fits and stored is not None

    async def make(self, password: str) -> str:
        """``hash_password`` in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, hash_password, password)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def _fits(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
