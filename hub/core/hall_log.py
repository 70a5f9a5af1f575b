"""The hall as the log tells it, for who reads beside a hub."""

from __future__ import annotations

from typing import cast

from hub.domain.hall.events import HallEvent
from hub.domain.hall.evolve import evolve
from hub.domain.hall.state import HallState
from hub.log.codec import Codec
from hub.log.port import LogReader


def hall_of(reader: LogReader, codec: Codec) -> HallState:
    """The state after all that is published; an empty one when nothing is.

    Raises ``UnknownEvent`` or ``UnreadableEvent`` for what this version cannot read.
    """
    state = HallState()
    for entry in reader.read_stream("hall"):
        evolve(state, cast("HallEvent", codec.decode(entry)))
    return state
