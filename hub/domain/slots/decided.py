"""What deciding a command about appointments comes to: events, each with the index of its stream, and the reply."""

from __future__ import annotations

from typing import TypeAlias

from hub.domain.decided import Decided
from hub.domain.queue.events import QueueEvent
from hub.domain.slots.events import SlotsEvent
from hub.domain.slots.replies import SlotsDone, SlotsReply

Placed: TypeAlias = tuple[int, SlotsEvent | QueueEvent]
SlotsDecided: TypeAlias = Decided[Placed, SlotsReply]

DONE = SlotsDone()
