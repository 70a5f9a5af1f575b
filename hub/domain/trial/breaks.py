"""Breaks in a rerun: each begins when the ticket at its window is done and lasts as long as in the record."""

from __future__ import annotations

from dataclasses import dataclass

_AGAIN_MS = 60_000


@dataclass(slots=True)
class _Break:
    recorded_at: int
    begun_at: int | None = None


class Breaks:
    def __init__(self) -> None:
        self._now: dict[str, _Break] = {}

    def put_off(self, window: str, recorded_at: int) -> None:
        """It cannot begin yet, somebody is there."""
        self._now[window] = _Break(recorded_at)

    def begin(self, window: str, recorded_at: int, at: int) -> None:
        self._now[window] = _Break(recorded_at, at)

    def later(self, window: str, recorded_at: int, at: int) -> int | None:
        """When a window that opened at ``recorded_at`` opens here, if that is later than ``at``.

        A break that has not begun is to be asked again after a minute.
        """
        found = self._now.get(window)
        if found is not None and found.begun_at is None:
            return at + _AGAIN_MS
        self._now.pop(window, None)
        if found is None or found.begun_at is None:
            return None
        over = found.begun_at + recorded_at - found.recorded_at
        return over if over > at else None

    def forget(self, window: str) -> None:
        """The window is no more."""
        self._now.pop(window, None)
