"""From entries to orders: each once, under an id made from what it is about."""

from __future__ import annotations

import pytest

from hub.core.orders import RATING_SECONDS, PrintOrder, RatingOrder, open_orders, orders_for
from hub.domain.hall.registry import Registry
from hub.domain.queue import commands as c
from tests.core.writers import OPENS, Desk, ticket
from tests.domain.hall.halls import DEFAULT
from tests.domain.queue.plans import DATE, MINUTE

REGISTRY = Registry(DEFAULT)


class Orders:
    """A desk, and the orders that its entries asked for as they were committed."""

    def __init__(self) -> None:
        self.desk = Desk.on()
        self.given: list[PrintOrder | RatingOrder] = []
        self.desk.writer.listen(self._map)

    def _map(self, batch) -> None:
        for each in batch:
            once = orders_for(each.event, self.desk.day, REGISTRY)
            assert once == orders_for(each.event, self.desk.day, REGISTRY)
            self.given += once

    async def do(self, command) -> None:
        assert (await self.desk.ask(command)).ok

    async def take(self, number: int, printer: str | None = "printer-1") -> None:
        await self.do(c.TakeTicket(DATE, OPENS, ticket(number), "A", kiosk="kiosk-1", printer=printer))


@pytest.fixture
async def orders() -> Orders:
    orders = Orders()
    await orders.desk.open_day()
    return orders


async def test_a_ticket_with_a_printer_is_printed_and_one_without_is_not(orders):
    await orders.take(1)
    await orders.take(2, None)
    assert [each.id for each in orders.given] == [f"print-{ticket(1)}-0"]
    assert orders.given[0].device == "printer-1"
    assert orders.given == open_orders(orders.desk.day, REGISTRY, OPENS)


async def test_a_reprint_and_a_reinstated_ticket_are_orders_of_their_own(orders):
    await orders.take(1)
    await orders.do(c.ReprintTicket(DATE, OPENS, ticket(1), "printer-2"))
    await orders.do(c.CallNext(DATE, OPENS, "101"))
    for _ in range(3):
        await orders.do(c.RecallTicket(DATE, OPENS, "101"))
    await orders.do(c.MissTicket(DATE, OPENS, "101"))
    await orders.do(c.ReinstateTicket(DATE, OPENS, ticket(1), "kiosk-1", "printer-1"))
    assert [(each.id, each.device) for each in orders.given] == [
        (f"print-{ticket(1)}-0", "printer-1"),
        (f"print-{ticket(1)}-1", "printer-2"),
        (f"print-{ticket(1)}-2", "printer-1"),
    ]
    assert open_orders(orders.desk.day, REGISTRY, OPENS) == orders.given[-1:]


@pytest.mark.parametrize("state", ["printed", "failed", "unknown"])
async def test_a_settled_print_is_open_no_more(orders, state):
    await orders.take(1)
    await orders.do(c.RecordPrint(DATE, OPENS, ticket(1), 0, state))
    assert open_orders(orders.desk.day, REGISTRY, OPENS) == []


async def test_a_finished_service_is_asked_about_until_it_is_rated_or_the_time_is_over(orders):
    await orders.take(1, None)
    await orders.do(c.CallNext(DATE, OPENS, "101"))
    await orders.do(c.FinishService(DATE, OPENS + MINUTE, "101"))
    asked = RatingOrder(
        f"rate-{ticket(1)}", "pad-101", OPENS + MINUTE + RATING_SECONDS * 1000, ticket(1), RATING_SECONDS
    )
    assert orders.given == [asked]
    day = orders.desk.day
    assert open_orders(day, REGISTRY, asked.deadline - 1) == [asked]
    assert open_orders(day, REGISTRY, asked.deadline) == []
    await orders.do(c.RateVisit(DATE, OPENS + MINUTE, ticket(1), 5))
    assert open_orders(day, REGISTRY, OPENS + MINUTE) == []
