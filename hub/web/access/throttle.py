"""How many wrong passwords an account or an address may try before it has to wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hub.domain.refusals import Refused

PER_ACCOUNT = 5
PER_ADDRESS = 20
LONGEST_WAIT_SECONDS = 900.0
FORGET_SECONDS = 3600.0
_REMEMBERED = 10_000


@dataclass(slots=True)
class _Tally:
    failures: int = 0
    last: float = 0.0


class Throttle:
    """Attempts count when they begin, so that a burst in parallel is counted too; a success takes its count back.

    After the free failures each further one doubles the wait, from 1 s to 15 min; an hour without any forgets them.
    """

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._tallies: dict[tuple[str, str], _Tally] = {}

    def begin(self, account: str, address: str) -> None:
        """Count an attempt. Raises ``Refused("too-many-attempts", seconds=…)`` instead when it comes too early."""
        now = self._seconds()
        keys = _keys(account, address)
        for key, free in keys:
            tally = self._tallies.get(key)
            if tally is None:
                continue
            if now - tally.last > FORGET_SECONDS:
                del self._tallies[key]
                continue
            wait = _wait(tally.failures - free) - (now - tally.last)
            if wait > 0:
                raise Refused("too-many-attempts", seconds=int(wait) + 1)
        self._make_room()
        for key, _ in keys:
            tally = self._tallies.setdefault(key, _Tally())
            tally.failures += 1
            tally.last = now

    def succeeded(self, account: str, address: str) -> None:
        """The account's failures are forgiven; the address only gets this attempt back."""
        (by_account, _), (by_address, _) = _keys(account, address)
        self._tallies.pop(by_account, None)
        tally = self._tallies.get(by_address)
        if tally is not None:
            tally.failures = max(0, tally.failures - 1)

    def _make_room(self) -> None:
        if len(self._tallies) >= _REMEMBERED:
            oldest = sorted(self._tallies, key=lambda key: self._tallies[key].last)
            for key in oldest[: _REMEMBERED // 10]:
                del self._tallies[key]


def _keys(account: str, address: str) -> tuple[tuple[tuple[str, str], int], tuple[tuple[str, str], int]]:
    return (("account", account[:64]), PER_ACCOUNT), (("address", address), PER_ADDRESS)


def _wait(excess: int) -> float:
    return 0.0 if excess < 0 else min(LONGEST_WAIT_SECONDS, 2.0 ** min(excess, 20))
