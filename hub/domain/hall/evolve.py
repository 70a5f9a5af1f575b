"""How the hall's events change its state. Total: every event of the stream is taken."""

from __future__ import annotations

from typing import assert_never

from hub.domain.hall.events import CalendarPublished, HallEvent, ProfilePublished
from hub.domain.hall.state import HallState, ProfileVersion


def evolve(state: HallState, event: HallEvent) -> None:
    """Changes ``state`` in place."""
    match event:
        case ProfilePublished():
            # A version that was to take over no earlier than this one never rules.
            earlier = [each for each in state.profiles if each.from_day < event.from_day]
            state.profiles = [*earlier[-1:], ProfileVersion(event.version, event.profile, event.from_day)]
        case CalendarPublished():
            state.calendar = event.calendar
        case _:
            assert_never(event)
