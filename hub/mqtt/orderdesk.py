"""Orders on their way to devices, each with one id until a final result is committed or its time is over.

What is open is derived from the day's state, so nothing is kept on disk here: a hub that starts again sends the same
ids again, and the device's ledger does each once.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from devices.wire import messages
from devices.wire.messages import Result
from devices.wire.topics import Address
from devices.wire.vocabulary import AskRating, PrintTicket, WaitMinutes
from hub.core.hub import Hub
from hub.core.orders import Order, PrintOrder, RatingOrder, open_orders, orders_for
from hub.core.submission import Committed, Submission
from hub.domain.queue.commands import RecordPrint
from hub.domain.queue.events import ReprintOrdered, ServiceFinished, TicketIssued, TicketReinstated
from hub.log.entry import Outcome
from hub.mqtt.bindings import Bindings
from hub.mqtt.presence import Presence

log = logging.getLogger(__name__)

GRACE_MS = 30_000
"""After a deadline, for a result still on its way."""

_ORDERING = (TicketIssued, TicketReinstated, ReprintOrdered, ServiceFinished)
_PRINT_ID = re.compile(r"print-([0-9a-f]{32})-([0-9]{1,2})")
_PRINT_STATE = {"done": "printed", "failed": "failed", "rejected": "failed", "expired": "failed", "unknown": "unknown"}


@dataclass(slots=True)
class _Open:
    order: Order
    sent: bool


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
        self.results: Counter[str] = Counter()

    @property
    def waiting(self) -> int:
        """Orders without a final result."""
        return sum(len(orders) for orders in self._open.values())

    def restore(self) -> None:
        """Take up what the log left open; it may have been sent before."""
        for order in open_orders(self._hub.day(), self._bindings.registry, self._hub.now()):
            self._open.setdefault(order.device, {})[order.id] = _Open(order, sent=True)

    def committed(self, batch: Sequence[Committed]) -> None:
        """Order what the entries ask for."""
        for each in batch:
            if isinstance(each.event, _ORDERING):
                for order in orders_for(each.event, self._hub.day(), self._bindings.registry):
                    slot = self._open.setdefault(order.device, {})
                    if order.id not in slot:
                        slot[order.id] = _Open(order, sent=False)
                        self._send(slot[order.id])

    def device_online(self, address: Address) -> None:
        """Send again what this device has not settled."""
        for waiting in self._open.get(address.device, {}).values():
            self._send(waiting)

    def result(self, address: Address, result: Result, settled: Callable[[], None]) -> None:
        """A ``result`` message; ``settled`` runs when its consequence is committed."""
        self.results[result.state] += 1
        waiting = self._open.get(address.device, {}).get(result.id)
        if result.state in ("accepted", "running"):
            settled()
            return
        if waiting is not None:
            self._close(waiting.order)
        # a print that was given up here may still turn out: its id says what it was about
        about = _PRINT_ID.fullmatch(result.id) if address.kind == "ticket_printer" else None
        if about is None:
            settled()
            return
        reason = str(result.facts.get("reason", ""))[:200]
        self._record(about[1], int(about[2]), address.device, _PRINT_STATE[result.state], reason, settled)

    def expire(self) -> None:
        """Settle orders whose time is long over; what may have reached the device is unknown, never failed."""
        limit = self._hub.now() - GRACE_MS
        over = [w for slot in self._open.values() for w in slot.values() if w.order.deadline < limit]
        for waiting in over:
            order = waiting.order
            if isinstance(order, RatingOrder):
                self._close(order)
            else:
                state, reason = ("unknown", "no-result") if waiting.sent else ("failed", "printer-offline")
                self._close(order)
                self._record(order.ticket, order.copy, order.device, state, reason, lambda: None)

    def _record(
        self, ticket: str, copy: int, device: str, state: str, reason: str, settled: Callable[[], None]
    ) -> None:
        def done(outcome: Outcome) -> None:
            # with no room the device's message stays unacknowledged and comes again with the next link
            if outcome.ok or b'"no-room"' not in outcome.reply:
                settled()

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
        kind = "ticket_printer" if isinstance(order, PrintOrder) else "rating_pad"
        address = Address(self._bindings.hall, kind, order.device)
        if not self._presence.online(address):
            return
        if isinstance(order, PrintOrder):
            op, args = "print-ticket", self._print_args(order)
        else:
            op, args = "ask-rating", AskRating(ticket=order.ticket, seconds=order.seconds)
        payload = messages.encode_command(order.id, self._fence, _time(order.deadline), op, args)
        waiting.sent = self._publish(address.topic("command"), payload) or waiting.sent

    def _print_args(self, order: PrintOrder) -> PrintTicket:
        return PrintTicket(
            ticket=order.ticket,
            number=order.number,
            category=order.category,
            at=_time(order.at),
            ahead=order.ahead,
            wait_minutes=WaitMinutes(p50=order.wait[0], p90=order.wait[1]) if order.wait is not None else None,
            url=self._url_of(order.ticket),
            copy=order.copy + 1,
        )


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
