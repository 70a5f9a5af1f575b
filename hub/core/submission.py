"""A command on its way to the writer, and what every listener hears of what was committed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from hub.domain.clock.commands import ClockCommand
from hub.domain.clock.events import ClockEvent
from hub.domain.devices.commands import DeviceCommand
from hub.domain.devices.events import DeviceEvent
from hub.domain.hall.commands import HallCommand
from hub.domain.hall.events import HallEvent
from hub.domain.queue.commands import QueueCommand
from hub.domain.queue.events import QueueEvent
from hub.log.entry import Entry

Command: TypeAlias = QueueCommand | HallCommand | DeviceCommand | ClockCommand
Event: TypeAlias = QueueEvent | HallEvent | DeviceEvent | ClockEvent


@dataclass(frozen=True, slots=True)
class StepKey:
    """The device event a command came from; the intake has made sure that it is the next one of its epoch."""

    device: str
    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class Submission:
    """``command`` None: a device event that changes nothing but uses up its seq (refused at the edge, or counted).

    ``key``: a 16-byte idempotency id, None for acts that cannot be repeated. ``fingerprint`` is of the body.
    ``refused``: code and facts that the edge found, stored as the outcome of the step.
    """

    command: Command | None
    actor: str
    occurred_at: int
    key: bytes | None = None
    fingerprint: bytes = b""
    step: StepKey | None = None
    refused: bytes | None = None


@dataclass(frozen=True, slots=True)
class Committed:
    """One entry after its commit, with the event it holds."""

    entry: Entry
    event: Event
