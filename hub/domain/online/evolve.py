"""How the stream's events change its state. Total."""

from __future__ import annotations

from typing import assert_never

from hub.domain.online.events import InboxRewound, MessageAnswered, OnlineEvent
from hub.domain.online.state import Online


def evolve(state: Online, event: OnlineEvent) -> None:
    """Changes ``state`` in place."""
    match event:
        case MessageAnswered():
            state.taken, state.hash = event.n, event.hash
        case InboxRewound():
            state.taken, state.hash = event.to, event.hash
        case _:
            assert_never(event)
