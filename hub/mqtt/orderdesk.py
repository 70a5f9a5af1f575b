"""Orders on their way to devices, each with one id until a final result is committed or its time is over.

Theory. What is open is derived from the day's state, so nothing is kept on disk here: a hub that starts again sends the
same ids again, and the device's ledger does each once. An order is closed when its result is committed; where the disk
had no room for a result, the order is sent again, and the device answers with what it has stored.
"""

from __future__ import annotations

import logging
import re
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from devices.wire import messages
from devices.wire.messages import Result
from devices.wire.topics import Address
from devices.wire.vocabulary import PRINTED_ITEMS, PRINTED_PAPERS, AskRating, Printed, PrintTicket, WaitMinutes
from hub.core.hub import Hub
from hub.core.orders import Order, PrintOrder, RatingOrder, open_orders, orders_for
from hub.core.submission import Committed, Submission
from hub.domain.catalogue.listing import papers_of
from hub.domain.queue.commands import RecordPrint
from hub.domain.queue.events import ReprintOrdered, ServiceFinished, TicketIssued, TicketReinstated
from hub.log.entry import Outcome
from hub.mqtt.bindings import Bindings
from hub.mqtt.presence import Presence

log = logging.getLogger(__name__)

GRACE_MS = 30_000
"""After a deadline, for a result still on its way."""

GIVEN_UP_KEPT = 1000
LONGEST_PRINTED = 80
"""Characters of a name on paper, as the wire has it."""

_ORDERING = (TicketIssued, TicketReinstated, ReprintOrdered, ServiceFinished)
_PRINT_ID = re.compile(r"print-([0-9a-f]{32})-([0-9]{1,2})")
_PRINT_STATE = {"done": "printed", "failed": "failed", "rejected": "failed", "expired": "failed", "unknown": "unknown"}


@dataclass(slots=True)
class _Open:
    """``until``: when it is given up. ``sent``: the device may have it. ``again``: its result found no room."""

    order: Order
    until: int
    sent: bool
    again: bool = False


class OrderDesk:
    """``url_of`` gives the address of a ticket's page, None when phones cannot reach the hub."""

    def __init__(
        self,
        hub: Hub,
        bindings: Bindings,
        presence: Presence,
        publish: Callable[[str, bytes], bool],
        fence: int,
        url_of: Callable[[str], str | None],
    ) -> None:
        self._hub = hub
        self._bindings = bindings
        self._presence = presence
        self._publish = publish
        self._fence = fence
        self._url_of = url_of
        self._open: dict[str, dict[str, _Open]] = {}
        self._given_up: OrderedDict[str, str] = OrderedDict()
        self.results: Counter[str] = Counter()

    @property
    def waiting(self) -> int:
        """Orders without a final result."""
        return sum(len(orders) for orders in self._open.values())

    def restore(self) -> None:
        """Take up what the log left open; it may have been sent before, and its result may be on its way."""
        now = self._hub.now()
        for order in open_orders(self._hub.day(), self._bindings.registry, now):
            opened = _Open(order, max(order.deadline, now) + GRACE_MS, sent=True)
            self._open.setdefault(order.device, {})[order.id] = opened

    def committed(self, batch: Sequence[Committed]) -> None:
        """Order what the entries ask for."""
        for each in batch:
            if isinstance(each.event, _ORDERING):
                for order in orders_for(each.event, self._hub.day(), self._bindings.registry):
                    slot = self._open.setdefault(order.device, {})
                    if order.id not in slot:
                        slot[order.id] = _Open(order, order.deadline + GRACE_MS, sent=False)
                        self._send(slot[order.id])

    def device_online(self, address: Address) -> None:
        """Send again what this device has not settled."""
        for waiting in self._open.get(address.device, {}).values():
            if _kind(waiting.order) == address.kind:
                self._send(waiting)

    def result(self, address: Address, result: Result, settled: Callable[[], None]) -> None:
        """A ``result`` message; ``settled`` runs when it may be acknowledged."""
        self.results[result.state] += 1
        waiting = self._open.get(address.device, {}).get(result.id)
        if waiting is not None and _kind(waiting.order) != address.kind:
            waiting = None
        if result.state in ("accepted", "running"):
            settled()
            return
        state = _PRINT_STATE[result.state]
        reason = str(result.facts.get("reason") or result.facts.get("code") or "")[:200]
        if waiting is None:
            self._late(address, result.id, state, reason, settled)
        elif isinstance(waiting.order, PrintOrder):
            self._settle(waiting, waiting.order, state, reason)
            settled()
        else:
            self._close(waiting.order)
            settled()

    def tick(self) -> None:
        """Send again what found no room, and settle orders whose time is long over.

        What may have reached the device is unknown then, never failed.
        """
        now = self._hub.now()
        for waiting in [each for slot in self._open.values() for each in slot.values()]:
            order = waiting.order
            if waiting.until >= now:
                if waiting.again:
                    self._send(waiting)
            elif isinstance(order, RatingOrder):
                self._close(order)
            else:
                state, reason = ("unknown", "no-result") if waiting.sent else ("failed", "printer-offline")
                self._settle(waiting, order, state, reason)

    def _settle(self, waiting: _Open, order: PrintOrder, state: str, reason: str) -> None:
        def done(outcome: Outcome) -> None:
            if _had_room(outcome):
                self._close(order)
            else:
                waiting.again = True

        if state == "unknown":
            self._given_up[order.id] = order.device
            if len(self._given_up) > GIVEN_UP_KEPT:
                self._given_up.popitem(last=False)
        self._record(order.ticket, order.copy, order.device, state, reason, done)

    def _late(self, address: Address, id_: str, state: str, reason: str, settled: Callable[[], None]) -> None:
        """A print that was given up may still turn out: its id says what it was about, and only the printer that it
        was ordered from may say so."""
        about = _PRINT_ID.fullmatch(id_) if address.kind == "ticket_printer" else None
        if about is None:
            settled()
            return
        ticket = self._hub.day_named(self._hub.day_of(about[1])).tickets.get(about[1])
        ordered_from = self._given_up.get(id_) or (ticket.printer if ticket is not None else None)
        if ordered_from != address.device:
            self.results["foreign"] += 1
            settled()
            return

        def done(outcome: Outcome) -> None:
            # with no room the message stays unacknowledged and comes again with the next link
            if _had_room(outcome):
                settled()

        self._record(about[1], int(about[2]), address.device, state, reason, done)

    def _record(
        self, ticket: str, copy: int, device: str, state: str, reason: str, done: Callable[[Outcome], None]
    ) -> None:
        command = RecordPrint(self._hub.day_of(ticket), self._hub.now(), ticket, copy, state, reason)
        self._hub.writer.push(Submission(command, f"ticket_printer/{device}", self._hub.now()), done)

    def _close(self, order: Order) -> None:
        slot = self._open.get(order.device)
        if slot is not None:
            slot.pop(order.id, None)
            if not slot:
                del self._open[order.device]

    def _send(self, waiting: _Open) -> None:
        order = waiting.order
        address = Address(self._bindings.hall, _kind(order), order.device)
        if not self._presence.online(address):
            return
        if isinstance(order, PrintOrder):
            op, args = "print-ticket", self._print_args(order)
        else:
            op, args = "ask-rating", AskRating(ticket=order.ticket, seconds=order.seconds)
        payload = messages.encode_command(order.id, self._fence, _time(order.deadline), op, args)
        waiting.sent = self._publish(address.topic("command"), payload) or waiting.sent

    def _papers(self, order: PrintOrder) -> list[Printed]:
        """What the catalogue in force asks for of what the number was taken for."""
        force = self._hub.catalogue_in_force()
        if force is None:
            return []
        items = [force.items[code] for code in order.items if code in force.items]
        return [Printed(zh=_short(each.zh), en=_short(each.en)) for each in papers_of(items)]

    def _print_args(self, order: PrintOrder) -> PrintTicket:
        floor = next((each for each in self._bindings.profile.floors if each.number == order.floor), None)
        items = [item for item in map(self._bindings.items.item, order.items) if item is not None]
        papers = self._papers(order)
        return PrintTicket(
            ticket=order.ticket,
            number=order.number,
            category=order.category,
            at=_time(order.at),
            ahead=order.ahead,
            wait_minutes=WaitMinutes(p50=order.wait[0], p90=order.wait[1]) if order.wait is not None else None,
            url=self._url_of(order.ticket),
            copy=order.copy,
            floor=Printed(zh=floor.zh, en=floor.en) if floor is not None else None,
            items=[Printed(zh=item.zh, en=item.en) for item in items[:PRINTED_ITEMS]],
            more_items=max(len(items) - PRINTED_ITEMS, 0),
            bring=papers[:PRINTED_PAPERS],
            more_bring=max(len(papers) - PRINTED_PAPERS, 0),
        )


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_PRINTED else name[: LONGEST_PRINTED - 1] + "…"


def _kind(order: Order) -> str:
    return "ticket_printer" if isinstance(order, PrintOrder) else "rating_pad"


def _had_room(outcome: Outcome) -> bool:
    return outcome.ok or not outcome.reply.startswith(b'{"code":"no-room"')


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
