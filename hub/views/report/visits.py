"""Each number of the day as the report needs it, moved by the day's events."""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.domain.queue.state import FINISHED


@dataclass(frozen=True, slots=True)
class Service:
    """A window's part of a visit, from call to finish (ms); ``started_at`` None: never known apart from the finish."""

    category: str
    called_at: int
    started_at: int | None
    ended_at: int


@dataclass(slots=True)
class Visit:
    """``category``: taken; ``present``: by which it goes on now. ``several``: taken for several categories.

    ``end``: finished, abandoned, void or expired, empty while under way. ``left_at``: when a window sent it on with
    items left, until it is called again. ``window``: where it is called or served now. ``stood_at``: windows that
    started, transferred or finished it.
    """

    number: str
    category: str
    joined_at: int
    hand: bool = False
    priority: bool = False
    appointment: bool = False
    late: bool = False
    several: bool = False
    present: str = ""
    window: str | None = None
    end: str = ""
    first_called_at: int | None = None
    called_at: int | None = None
    started_at: int | None = None
    left_at: int | None = None
    missed: int = 0
    reinstated: int = 0
    transfers: int = 0
    wrong_number: bool = False
    parked: int = 0
    stood_at: set[str] = field(default_factory=set[str])
    later_waits: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    services: list[Service] = field(default_factory=list[Service])

    def call(self, window: str, at: int) -> None:
        self.window = window
        if self.first_called_at is None:
            self.first_called_at = at
        if self.left_at is not None:
            self.later_waits.append((self.present, at - self.left_at))
            self.left_at = None
        self.called_at, self.started_at = at, None

    def serve(self, window: str, at: int) -> None:
        """A window did its part."""
        self.stood_at.add(window)
        called_at = at if self.called_at is None else self.called_at
        apart = self.started_at is not None and self.started_at != at
        self.services.append(Service(self.present, called_at, self.started_at if apart else None, at))

    def wait(self) -> int | None:
        """Ms from joining to the first call; None when it was never called."""
        return None if self.first_called_at is None else self.first_called_at - self.joined_at

    @property
    def finished(self) -> bool:
        return self.end == FINISHED
