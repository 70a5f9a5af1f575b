"""From a command to its streams and rule, and from a stream to its state: the only place that knows all areas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast, get_args

import msgspec

from hub.core.submission import Command, Event
from hub.domain.cases import credit, leave, numbers
from hub.domain.cases.commands import CaseCommand
from hub.domain.cases.decide import decide as decide_case
from hub.domain.cases.evolve import evolve as evolve_case
from hub.domain.cases.state import Case
from hub.domain.cases.streams import gathered
from hub.domain.cases.streams import streams_of as streams_of_case
from hub.domain.catalogue.commands import CatalogueCommand, PublishCatalogue
from hub.domain.catalogue.decide import decide as decide_catalogue
from hub.domain.catalogue.evolve import evolve as evolve_catalogue
from hub.domain.catalogue.state import CatalogueState
from hub.domain.clock.commands import ClockCommand
from hub.domain.clock.decide import decide as decide_clock
from hub.domain.clock.evolve import evolve as evolve_clock
from hub.domain.clock.state import ClockState
from hub.domain.consultations.commands import ConsultationCommand
from hub.domain.consultations.decide import decide as decide_consultation
from hub.domain.consultations.decide import streams_of as streams_of_consultation
from hub.domain.consultations.evolve import evolve as evolve_consultation
from hub.domain.consultations.state import Consultation
from hub.domain.devices.commands import DeviceCommand
from hub.domain.devices.decide import decide as decide_device
from hub.domain.devices.evolve import evolve as evolve_device
from hub.domain.devices.state import DeviceState
from hub.domain.hall.commands import HallCommand
from hub.domain.hall.decide import decide as decide_hall
from hub.domain.hall.evolve import evolve as evolve_hall
from hub.domain.hall.state import HallState
from hub.domain.online.commands import OnlineCommand
from hub.domain.online.decide import decide as decide_online
from hub.domain.online.evolve import evolve as evolve_online
from hub.domain.online.state import Online
from hub.domain.queue.commands import QueueCommand
from hub.domain.queue.decide import decide as decide_queue
from hub.domain.queue.evolve import evolve as evolve_queue
from hub.domain.queue.state import QueueDay
from hub.domain.ratings.commands import OpenRectification, RatingsCommand, RecountDue
from hub.domain.ratings.decide import decide as decide_rating
from hub.domain.ratings.evolve import evolve as evolve_rating
from hub.domain.ratings.state import Rectification
from hub.domain.slots.commands import SlotsCommand
from hub.domain.slots.decide import decide as decide_slots
from hub.domain.slots.decide import streams_of as streams_of_slots
from hub.domain.slots.evolve import evolve as evolve_slots
from hub.domain.slots.state import SlotDay

Events = Sequence[tuple[int, Event]]
ONLINE = "online"
"""The stream of the online hall's messages."""


@dataclass(frozen=True, slots=True)
class Fold:
    """How a stream's state begins and follows its events.

    ``snapshot`` names the fold's version for long streams, whose state is then kept as JSON; None: always replayed.
    """

    fresh: Callable[[], object]
    evolve: Callable[[object, Event], None]
    snapshot: str | None = None
    encode: Callable[[object], bytes] = msgspec.json.encode
    decode: Callable[[bytes], object] = msgspec.json.decode


@dataclass(frozen=True, slots=True)
class Rule:
    """``streams`` names the one to three streams a command needs; ``decide`` gets their states in that order.

    It returns events, each with the index of its stream, and the reply; it raises ``Refused`` before anything changes.
    """

    streams: Callable[[Command], tuple[str, ...]]
    decide: Callable[[Sequence[object], Command], tuple[Events, object]]


def _queue(states: Sequence[object], command: Command) -> tuple[Events, object]:
    decided = decide_queue(cast(QueueDay, states[0]), cast(QueueCommand, command))
    return [(0, event) for event in decided.events], decided.reply


def _hall(states: Sequence[object], command: Command) -> tuple[Events, object]:
    decided = decide_hall(cast(HallState, states[0]), cast(HallCommand, command))
    return [(0, event) for event in decided.events], decided.reply


def _device(states: Sequence[object], command: Command) -> tuple[Events, object]:
    decided = decide_device(cast(DeviceState, states[0]), cast(DeviceCommand, command))
    return [(0, event) for event in decided.events], decided.reply


def _clock(states: Sequence[object], command: Command) -> tuple[Events, object]:
    decided = decide_clock(cast(ClockState, states[0]), cast(ClockCommand, command))
    return [(0, event) for event in decided.events], decided.reply


def _rating(states: Sequence[object], command: Command) -> tuple[Events, object]:
    hall = cast(HallState, states[1]) if len(states) > 1 else None
    decided = decide_rating(cast(Rectification, states[0]), hall, cast(RatingsCommand, command))
    return [(0, event) for event in decided.events], decided.reply


def _case(states: Sequence[object], command: Command) -> tuple[Events, object]:
    decided = decide_case(gathered(states), cast(CaseCommand, command))
    taken = numbers.NumberTaken
    return [(1 if isinstance(event, taken) else 0, event) for event in decided.events], decided.reply


def _numbers(states: Sequence[object], command: Command) -> tuple[Events, object]:
    decided = numbers.decide(cast(numbers.NumbersYear, states[0]), cast(numbers.NumbersCommand, command))
    return [(0, event) for event in decided.events], decided.reply


def _credit(states: Sequence[object], command: Command) -> tuple[Events, object]:
    decided = credit.decide(cast(credit.Credit, states[0]), cast(credit.CreditCommand, command))
    return [(0, event) for event in decided.events], decided.reply


def _leave(states: Sequence[object], command: Command) -> tuple[Events, object]:
    decided = leave.decide(cast(leave.ReviewDesk, states[0]), cast(leave.LeaveCommand, command))
    return [(0, event) for event in decided.events], decided.reply


def _catalogue(states: Sequence[object], command: Command) -> tuple[Events, object]:
    decided = decide_catalogue(
        cast(CatalogueState, states[0]), cast(HallState, states[1]), cast(CatalogueCommand, command)
    )
    return [(0, event) for event in decided.events], decided.reply


def _slots(states: Sequence[object], command: Command) -> tuple[Events, object]:
    decided = decide_slots(states, cast(SlotsCommand, command))
    return decided.events, decided.reply


def _online(states: Sequence[object], command: Command) -> tuple[Events, object]:
    decided = decide_online(cast(Online, states[0]), cast(OnlineCommand, command))
    return [(0, event) for event in decided.events], decided.reply


def _consultation(states: Sequence[object], command: Command) -> tuple[Events, object]:
    hall = cast(HallState, states[1]) if len(states) > 1 else None
    decided = decide_consultation(cast(Consultation, states[0]), hall, cast(ConsultationCommand, command))
    return [(0, event) for event in decided.events], decided.reply


def _streams_of_queue(command: Command) -> tuple[str, ...]:
    return ("queue/" + cast(QueueCommand, command).day,)


def _streams_of_device(command: Command) -> tuple[str, ...]:
    return ("device/" + cast(DeviceCommand, command).device,)


def _streams_of_rating(command: Command) -> tuple[str, ...]:
    stream = "rectification/" + cast(RatingsCommand, command).ticket
    return (stream, "hall") if isinstance(command, OpenRectification | RecountDue) else (stream,)


def _streams_of_case(command: Command) -> tuple[str, ...]:
    return streams_of_case(cast(CaseCommand, command))


def _streams_of_consultation(command: Command) -> tuple[str, ...]:
    return streams_of_consultation(cast(ConsultationCommand, command))


RULES: dict[type, Rule] = {
    **dict.fromkeys(get_args(QueueCommand), Rule(_streams_of_queue, _queue)),
    **dict.fromkeys(get_args(HallCommand), Rule(lambda _: ("hall",), _hall)),
    **dict.fromkeys(get_args(DeviceCommand), Rule(_streams_of_device, _device)),
    **dict.fromkeys(get_args(ClockCommand), Rule(lambda _: ("hub",), _clock)),
    **dict.fromkeys(get_args(RatingsCommand), Rule(_streams_of_rating, _rating)),
    **dict.fromkeys(get_args(CaseCommand), Rule(_streams_of_case, _case)),
    numbers.ReserveBlock: Rule(lambda it: ("numbers/" + cast(numbers.ReserveBlock, it).year,), _numbers),
    **dict.fromkeys(
        get_args(credit.CreditCommand), Rule(lambda it: ("person/" + cast(credit.CreditCommand, it).person,), _credit)
    ),
    **dict.fromkeys(
        get_args(leave.LeaveCommand), Rule(lambda it: ("review/" + cast(leave.LeaveCommand, it).department,), _leave)
    ),
    **dict.fromkeys(get_args(SlotsCommand), Rule(lambda it: streams_of_slots(cast(SlotsCommand, it)), _slots)),
    **dict.fromkeys(get_args(ConsultationCommand), Rule(_streams_of_consultation, _consultation)),
    OnlineCommand: Rule(lambda _: (ONLINE,), _online),
    PublishCatalogue: Rule(lambda _: ("catalogue", "hall"), _catalogue),
}

_Evolve = Callable[[object, Event], None]

FOLDS: dict[str, Fold] = {
    "queue": Fold(QueueDay, cast(_Evolve, evolve_queue)),
    "slots": Fold(SlotDay, cast(_Evolve, evolve_slots)),
    "hall": Fold(HallState, cast(_Evolve, evolve_hall)),
    "device": Fold(
        DeviceState,
        cast(_Evolve, evolve_device),
        snapshot="device-1",
        decode=lambda data: msgspec.json.decode(data, type=DeviceState),
    ),
    "catalogue": Fold(CatalogueState, cast(_Evolve, evolve_catalogue)),
    "hub": Fold(ClockState, cast(_Evolve, evolve_clock)),
    ONLINE: Fold(
        Online,
        cast(_Evolve, evolve_online),
        snapshot="online-1",
        decode=lambda data: msgspec.json.decode(data, type=Online),
    ),
    "rectification": Fold(
        Rectification,
        cast(_Evolve, evolve_rating),
        snapshot="rectification-1",
        decode=lambda data: msgspec.json.decode(data, type=Rectification),
    ),
    "consultation": Fold(
        Consultation,
        cast(_Evolve, evolve_consultation),
        snapshot="consultation-1",
        decode=lambda data: msgspec.json.decode(data, type=Consultation),
    ),
    "case": Fold(
        Case,
        cast(_Evolve, evolve_case),
        snapshot="case-1",
        decode=lambda data: msgspec.json.decode(data, type=Case),
    ),
    "numbers": Fold(
        numbers.NumbersYear,
        cast(_Evolve, numbers.evolve),
        snapshot="numbers-1",
        decode=lambda data: msgspec.json.decode(data, type=numbers.NumbersYear),
    ),
    "person": Fold(
        credit.Credit,
        cast(_Evolve, credit.evolve),
        snapshot="person-1",
        decode=lambda data: msgspec.json.decode(data, type=credit.Credit),
    ),
    "review": Fold(
        leave.ReviewDesk,
        cast(_Evolve, leave.evolve),
        snapshot="review-1",
        decode=lambda data: msgspec.json.decode(data, type=leave.ReviewDesk),
    ),
}
"""By the part of a stream's name before the slash."""
