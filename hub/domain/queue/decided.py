"""What deciding a queue command comes to."""

from __future__ import annotations

from typing import TypeAlias

from hub.domain.decided import Decided
from hub.domain.queue.events import QueueEvent
from hub.domain.queue.replies import Done, QueueReply

QueueDecided: TypeAlias = Decided[QueueEvent, QueueReply]

DONE = Done()
UNCHANGED: QueueDecided = Decided((), DONE)
