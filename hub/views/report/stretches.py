"""Stretches of time at a window: what state it was in, who sat there, when a visitor was there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from hub.domain.queue.state import CLOSED


@dataclass(frozen=True, slots=True)
class Stretch:
    """From ``begins`` to ``ends`` in ms, never backwards. ``what`` and ``why`` as its list says."""

    begins: int
    ends: int
    what: str = ""
    why: str = ""

    @property
    def ms(self) -> int:
        return self.ends - self.begins


def stretch(begins: int, ends: int, what: str = "", why: str = "") -> Stretch:
    """A clock that was set back makes it empty."""
    return Stretch(begins, max(begins, ends), what, why)


def total(stretches: Iterable[Stretch]) -> int:
    return sum(each.ms for each in stretches)


def within(stretches: Iterable[Stretch], frames: Iterable[Stretch]) -> int:
    """Ms of ``stretches`` inside ``frames``, which do not overlap each other."""
    framed = list(frames)
    return sum(
        max(0, min(each.ends, frame.ends) - max(each.begins, frame.begins)) for each in stretches for frame in framed
    )


@dataclass(slots=True)
class Place:
    """One window through the day. ``busy`` and ``serving`` end when the number leaves it.

    ``states``: open and paused stretches, ``what`` is the state. ``seats``: ``what`` is the clerk.
    """

    state: str = CLOSED
    why: str = ""
    since: int = 0
    clerk: str | None = None
    seated_at: int = 0
    ticket: str | None = None
    called_at: int = 0
    started_at: int | None = None
    states: list[Stretch] = field(default_factory=list[Stretch])
    seats: list[Stretch] = field(default_factory=list[Stretch])
    busy: list[Stretch] = field(default_factory=list[Stretch])
    serving: list[Stretch] = field(default_factory=list[Stretch])

    def turn(self, state: str, why: str, at: int) -> None:
        if self.state != CLOSED:
            self.states.append(stretch(self.since, at, self.state, self.why))
        self.state, self.why, self.since = state, why, at

    def seat(self, clerk: str | None, at: int) -> None:
        if self.clerk is not None:
            self.seats.append(stretch(self.seated_at, at, self.clerk))
        self.clerk, self.seated_at = clerk, at

    def call(self, ticket: str, at: int) -> None:
        self.ticket, self.called_at, self.started_at = ticket, at, None

    def leave(self, at: int) -> None:
        """Nothing when nobody is there."""
        if self.ticket is None:
            return
        self.busy.append(stretch(self.called_at, at))
        if self.started_at is not None:
            self.serving.append(stretch(self.started_at, at))
        self.ticket = None

    def until(self, at: int) -> Place:
        """The same with everything that still goes on ended at ``at``."""
        ended = Place(
            self.state,
            self.why,
            self.since,
            self.clerk,
            self.seated_at,
            self.ticket,
            self.called_at,
            self.started_at,
            list(self.states),
            list(self.seats),
            list(self.busy),
            list(self.serving),
        )
        ended.turn(CLOSED, "", at)
        ended.seat(None, at)
        ended.leave(at)
        return ended
