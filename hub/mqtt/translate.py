"""From a device's event to the command it asks for: one line a wire name, and the bindings that complete it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from devices.wire import vocabulary as wire
from devices.wire.topics import Address
from hub.core.hub import Hub
from hub.core.submission import Command
from hub.domain.devices.commands import Page, RecordOutboxLost, RecordPages, RecordPaper
from hub.domain.queue import commands as queue
from hub.domain.refusals import Refused
from hub.mqtt.bindings import Bindings


@dataclass(frozen=True, slots=True)
class Asked:
    command: Command


@dataclass(frozen=True, slots=True)
class _Asking:
    hub: Hub
    bindings: Bindings
    address: Address
    at: int

    @property
    def day(self) -> str:
        return self.hub.today

    def window(self, named: str) -> str:
        """The window a device may act for. Raises ``Refused`` wrong-window for a bound device that names another."""
        bound = self.bindings.registry.window_of(self.address.device)
        if bound is not None and bound != named:
            raise Refused("wrong-window", device=self.address.device, bound=bound, window=named)
        return named


def translate(hub: Hub, bindings: Bindings, address: Address, type_: str, data: object, age: int) -> Asked:
    """The command of an event whose data was read by the vocabulary. Raises ``Refused``.

    ``age`` (ms) dates what has happened already (a rating, paper); what is asked for happens now.
    """
    handler = _EVENTS.get((address.kind, type_)) or _EVENTS.get(("*", type_))
    if handler is None:
        raise Refused("not-in-service", type=type_)
    now = hub.now()
    asking = _Asking(hub, bindings, address, now)
    return Asked(handler(asking, data, now - age))


def _take(a: _Asking, data: object, _: int) -> Command:
    asked = cast(wire.TicketRequested, data)
    category, also = a.bindings.items.visit(asked.category, asked.items)
    return queue.TakeTicket(
        day=a.day,
        at=a.at,
        ticket=a.hub.ticket_id(),
        category=category,
        floor=a.bindings.kiosk_floor(a.address.device),
        priority=asked.priority,
        phone=a.hub.phone(asked.phone) if asked.phone is not None else None,
        items=tuple(asked.items),
        kiosk=a.address.device,
        printer=a.bindings.registry.printer_of(a.address.device),
        also=also,
    )


def _return(a: _Asking, data: object, _: int) -> Command:
    number = cast(wire.MissedTicketReturned, data).number
    kiosk = a.address.device
    return queue.ReinstateTicket(a.day, a.at, number, kiosk=kiosk, printer=a.bindings.registry.printer_of(kiosk))


def _check_in(a: _Asking, data: object, _: int) -> Command:
    asked = cast(wire.AppointmentCheckedIn, data)
    kiosk = a.address.device
    return a.hub.appointments.check_in(
        asked.code,
        category=asked.category,
        floor=a.bindings.kiosk_floor(kiosk),
        kiosk=kiosk,
        printer=a.bindings.registry.printer_of(kiosk),
        guarded=kiosk,
    )


def _button(make: Callable[[str, int, str], Command]) -> Callable[[_Asking, object, int], Command]:
    def press(a: _Asking, data: object, _: int) -> Command:
        return make(a.day, a.at, a.window(cast(wire.ButtonPressed, data).window))

    return press


def _transfer(a: _Asking, data: object, _: int) -> Command:
    asked = cast(wire.TransferPressed, data)
    return queue.TransferTicket(a.day, a.at, a.window(asked.window), asked.to or "", asked.why or "")


def _rated(a: _Asking, data: object, at: int) -> Command:
    asked = cast(wire.Rated, data)
    return queue.RateVisit(a.hub.day_of(asked.ticket), at, asked.ticket, asked.score)


def _paper(a: _Asking, data: object, at: int) -> Command:
    return RecordPaper(a.address.device, at, cast(wire.PaperChanged, data).level)


def _outbox(a: _Asking, data: object, at: int) -> Command:
    lost = cast(wire.OutboxLost, data)
    return RecordOutboxLost(a.address.device, at, lost.epoch, lost.from_, lost.to)


def _pages(a: _Asking, data: object, at: int) -> Command:
    scanned = cast(wire.PagesScanned, data)
    pages = tuple(Page(page.sha256, page.bytes) for page in scanned.pages)
    return RecordPages(a.address.device, at, scanned.scan, pages)


_EVENTS: Mapping[tuple[str, str], Callable[[_Asking, object, int], Command]] = {
    ("kiosk", "ticket-requested"): _take,
    ("kiosk", "missed-ticket-returned"): _return,
    ("kiosk", "appointment-checked-in"): _check_in,
    ("call_button", "call-next"): _button(lambda day, at, window: queue.CallNext(day, at, window)),
    ("call_button", "recall"): _button(lambda day, at, window: queue.RecallTicket(day, at, window)),
    ("call_button", "start"): _button(lambda day, at, window: queue.StartService(day, at, window)),
    ("call_button", "finish"): _button(lambda day, at, window: queue.FinishService(day, at, window)),
    ("call_button", "miss"): _button(lambda day, at, window: queue.MissTicket(day, at, window)),
    ("call_button", "park"): _button(lambda day, at, window: queue.ParkTicket(day, at, window)),
    ("call_button", "transfer"): _transfer,
    ("rating_pad", "rated"): _rated,
    ("ticket_printer", "paper-changed"): _paper,
    ("scanner", "pages-scanned"): _pages,
    ("document_camera", "pages-scanned"): _pages,
    ("*", "outbox-lost"): _outbox,
}
