"""A command on its way to the writer, and what every listener hears of what was committed.

Structs, since one is made for every command and a frozen dataclass takes ten times as long.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from hub.domain.cases.commands import CaseCommand
from hub.domain.cases.credit import CreditCommand, CreditEvent
from hub.domain.cases.events import CaseEvent
from hub.domain.cases.leave import LeaveCommand, LeaveEvent
from hub.domain.cases.numbers import NumbersCommand, NumbersEvent
from hub.domain.catalogue.commands import CatalogueCommand
from hub.domain.catalogue.events import CatalogueEvent
from hub.domain.clock.commands import ClockCommand
from hub.domain.clock.events import ClockEvent
from hub.domain.consultations.commands import ConsultationCommand
from hub.domain.consultations.events import ConsultationEvent
from hub.domain.devices.commands import DeviceCommand
from hub.domain.devices.events import DeviceEvent
from hub.domain.hall.commands import HallCommand
from hub.domain.hall.events import HallEvent
from hub.domain.online.commands import OnlineCommand
from hub.domain.online.events import OnlineEvent
from hub.domain.queue.commands import QueueCommand
from hub.domain.queue.events import QueueEvent
from hub.domain.ratings.commands import RatingsCommand
from hub.domain.ratings.events import RatingsEvent
from hub.domain.slots.commands import SlotsCommand
from hub.domain.slots.events import SlotsEvent
from hub.log.entry import Entry

CasesCommand: TypeAlias = CaseCommand | NumbersCommand | CreditCommand | LeaveCommand
CasesEvent: TypeAlias = CaseEvent | NumbersEvent | CreditEvent | LeaveEvent
Command: TypeAlias = (
    QueueCommand
    | HallCommand
    | DeviceCommand
    | ClockCommand
    | RatingsCommand
    | CasesCommand
    | CatalogueCommand
    | SlotsCommand
    | OnlineCommand
    | ConsultationCommand
)
Event: TypeAlias = (
    QueueEvent
    | HallEvent
    | DeviceEvent
    | ClockEvent
    | RatingsEvent
    | CasesEvent
    | CatalogueEvent
    | SlotsEvent
    | OnlineEvent
    | ConsultationEvent
)


class StepKey(msgspec.Struct, frozen=True):
    """The device event a command came from; the intake has made sure that it is the next one of its epoch."""

    device: str
    epoch: str
    seq: int


class MessageKey(msgspec.Struct, frozen=True):
    """The online hall's message a command came from; ``hash`` (hex) is the inbox's chain there.

    ``own``: the citizen's own words in it, which no answer tells back.
    """

    n: int
    kind: str
    hash: str
    own: tuple[str, ...] = ()


class Submission(msgspec.Struct, frozen=True):
    """``command`` None: a device event that changes nothing but uses up its seq (refused at the edge, or counted).

    ``key``: a 16-byte idempotency id, None for acts that cannot be repeated. ``fingerprint`` is of the body.
    ``refused``: code and facts that the edge found, stored as the outcome of the step.
    ``message``: it is taken only when it is the next one, its answer becomes an entry, and its key's outcome is kept
    for ever.
    """

    command: Command | None
    actor: str
    occurred_at: int
    key: bytes | None = None
    fingerprint: bytes = b""
    step: StepKey | None = None
    refused: bytes | None = None
    message: MessageKey | None = None


class Committed(msgspec.Struct, frozen=True):
    """One entry after its commit, with the event it holds."""

    entry: Entry
    event: Event
