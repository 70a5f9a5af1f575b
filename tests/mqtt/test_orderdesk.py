"""Orders: one id until a final result is committed, sent again as often as it takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from devices.wire.messages import Result, ResultState, State
from devices.wire.topics import Address
from hub.core.clock import ManualClock
from hub.core.default_catalogue import default_catalogue
from hub.core.hub import Hub
from hub.core.orders import PRINT_WITHIN_MS, RATING_SECONDS
from hub.domain.catalogue.commands import PublishCatalogue
from hub.domain.queue.commands import FinishService, ReprintTicket, StartService
from hub.log.memory import MemoryLog
from hub.mqtt.bindings import Bindings
from hub.mqtt.orderdesk import GRACE_MS, OrderDesk
from hub.mqtt.presence import Presence
from tests.core.writers import MONDAY_AT_TEN
from tests.domain.hall.halls import DEFAULT

from .stands import HALL, Sent, a_hub, at, called, done, taken

PRINTER = at("ticket_printer", "printer-1")
OTHER_PRINTER = at("ticket_printer", "printer-2")
PAD = at("rating_pad", "pad-101")
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


@dataclass
class Desk:
    hub: Hub
    clock: ManualClock
    log: MemoryLog
    desk: OrderDesk
    presence: Presence
    sent: Sent
    settled: list[str] = field(default_factory=list[str])

    @classmethod
    async def open(cls, log: MemoryLog | None = None, clock: ManualClock | None = None) -> Desk:
        log, clock = log or MemoryLog(), clock or ManualClock(MONDAY_AT_TEN)
        hub, sent, bindings = await a_hub(log, clock=clock), Sent(), Bindings(HALL, DEFAULT, "approved")
        presence = Presence(hub.now, lambda address: desk.device_online(address), lambda _: None, lambda _: None)
        desk = OrderDesk(hub, bindings, presence, sent, 7, lambda ticket: f"https://hall/{ticket[:4]}")
        hub.listen(desk.committed)
        return cls(hub, clock, log, desk, presence, sent)

    def comes(self, address: Address) -> None:
        self.presence.heard(address, State("online", "b1", NOON))

    def goes(self, address: Address) -> None:
        self.presence.heard(address, State("lost", "b1", NOON))

    async def says(self, address: Address, id_: str, state: ResultState, **facts: object) -> None:
        self.desk.result(address, Result(id_, state, NOON, facts), lambda: self.settled.append(id_))
        self.hub.writer.flush()

    def tick(self) -> None:
        self.desk.tick()
        self.hub.writer.flush()

    def ids(self) -> list[str]:
        return [command["id"] for command in self.sent.on("command")]

    def print_state(self, ticket: str) -> str | None:
        return self.hub.day().tickets[ticket].print_state


async def test_a_ticket_is_ordered_from_its_printer_when_it_is_committed() -> None:
    desk = await Desk.open()
    desk.comes(PRINTER)
    ticket = await taken(desk.hub, printer="printer-1")
    [(topic, command)] = desk.sent.messages
    assert topic == PRINTER.topic("command")
    assert command["id"] == f"print-{ticket}-0"
    assert (command["op"], command["fence"]) == ("print-ticket", 7)
    assert command["args"]["number"] == "A001"
    assert command["args"]["url"] == f"https://hall/{ticket[:4]}"
    assert command["deadline"] == "2026-11-23T02:02:00Z"


async def test_the_order_names_the_floor_and_the_first_items_in_words() -> None:
    desk = await Desk.open()
    desk.comes(PRINTER)
    await taken(desk.hub, printer="printer-1", items=("A06", "A01", "E03", "O15"))
    [(_, command)] = desk.sent.messages
    assert command["args"]["floor"] == {"zh": "一层", "en": "Floor 1"}
    assert [item["zh"] for item in command["args"]["items"]] == [
        "个体工商户设立登记",
        "企业名称自主申报",
        "就业创业证申领",
    ]
    assert command["args"]["more_items"] == 1


async def test_the_order_names_the_papers_to_have_ready_each_once() -> None:
    desk = await Desk.open()
    catalogue = default_catalogue(DEFAULT)
    await done(desk.hub, PublishCatalogue(catalogue.items, catalogue.overlays, desk.hub.now()))
    desk.comes(PRINTER)
    await taken(desk.hub, printer="printer-1", items=("A02", "A10", "A01"))
    [(_, command)] = desk.sent.messages
    papers = [paper["zh"] for paper in command["args"]["bring"]]
    assert papers[0] == "公司登记（备案）申请书"
    assert len(papers) == len(set(papers)) == 6
    assert command["args"]["more_bring"] == 2


async def test_a_ticket_without_a_printer_orders_nothing() -> None:
    desk = await Desk.open()
    desk.comes(PRINTER)
    await taken(desk.hub)
    assert not desk.sent.messages
    assert desk.desk.waiting == 0


async def test_an_order_waits_for_its_device_and_is_sent_again_under_the_same_id_at_every_online() -> None:
    desk = await Desk.open()
    ticket = await taken(desk.hub, printer="printer-1")
    assert not desk.sent.messages
    desk.comes(PRINTER)
    desk.comes(PRINTER)
    assert desk.ids() == [f"print-{ticket}-0"] * 2


async def test_a_device_of_another_kind_with_the_same_name_is_sent_nothing() -> None:
    desk = await Desk.open()
    await taken(desk.hub, printer="printer-1")
    desk.comes(at("rating_pad", "printer-1"))
    assert not desk.sent.messages


async def test_a_done_print_is_committed_and_the_order_closed() -> None:
    desk = await Desk.open()
    desk.comes(PRINTER)
    ticket = await taken(desk.hub, printer="printer-1")
    await desk.says(PRINTER, f"print-{ticket}-0", "done")
    assert desk.print_state(ticket) == "printed"
    assert desk.settled == [f"print-{ticket}-0"]
    assert desk.desk.waiting == 0
    desk.comes(PRINTER)
    assert len(desk.ids()) == 1


async def test_accepted_and_running_settle_nothing_but_the_message() -> None:
    desk = await Desk.open()
    desk.comes(PRINTER)
    ticket = await taken(desk.hub, printer="printer-1")
    for state in ("accepted", "running"):
        await desk.says(PRINTER, f"print-{ticket}-0", state)
    assert desk.print_state(ticket) == "pending"
    assert len(desk.settled) == 2
    assert desk.desk.waiting == 1


async def test_a_failed_print_is_committed_with_its_reason() -> None:
    desk = await Desk.open()
    desk.comes(PRINTER)
    for state, expected in (
        ("failed", "failed"),
        ("rejected", "failed"),
        ("expired", "failed"),
        ("unknown", "unknown"),
    ):
        ticket = await taken(desk.hub, printer="printer-1")
        await desk.says(PRINTER, f"print-{ticket}-0", state, reason="paper-out")  # type: ignore[arg-type]
        assert desk.print_state(ticket) == expected
    assert desk.desk.waiting == 0


async def test_a_reprint_is_a_new_order() -> None:
    desk = await Desk.open()
    desk.comes(PRINTER)
    ticket = await taken(desk.hub, printer="printer-1")
    await desk.says(PRINTER, f"print-{ticket}-0", "done")
    await done(desk.hub, ReprintTicket(desk.hub.today, desk.hub.now(), ticket, "printer-2"))
    desk.comes(OTHER_PRINTER)
    topic, command = desk.sent.messages[-1]
    assert topic == OTHER_PRINTER.topic("command")
    assert (command["id"], command["args"]["copy"]) == (f"print-{ticket}-1", 1)


async def test_only_the_printer_that_it_was_ordered_from_may_settle_a_print() -> None:
    desk = await Desk.open()
    desk.comes(PRINTER)
    ticket = await taken(desk.hub, printer="printer-1")
    await desk.says(OTHER_PRINTER, f"print-{ticket}-0", "done")
    await desk.says(at("rating_pad", "printer-1"), f"print-{ticket}-0", "done")
    assert desk.print_state(ticket) == "pending"
    assert len(desk.settled) == 2
    assert desk.desk.results["foreign"] == 1
    assert desk.desk.waiting == 1


async def test_a_result_about_nothing_is_acknowledged_and_forgotten() -> None:
    desk = await Desk.open()
    head = desk.hub.head()
    for id_ in ("nonsense", "print-x-0", f"print-{'0' * 32}-0", f"rate-{'0' * 32}"):
        await desk.says(PRINTER, id_, "done")
    assert len(desk.settled) == 4
    assert desk.hub.head() == head


async def test_a_printer_that_never_came_has_failed_when_the_time_is_over() -> None:
    desk = await Desk.open()
    ticket = await taken(desk.hub, printer="printer-1")
    desk.clock.advance(PRINT_WITHIN_MS + GRACE_MS)
    desk.tick()
    assert desk.print_state(ticket) == "pending"
    desk.clock.advance(1)
    desk.tick()
    assert desk.print_state(ticket) == "failed"
    assert desk.desk.waiting == 0


async def test_what_may_have_reached_the_printer_is_unknown_and_may_still_turn_out() -> None:
    desk = await Desk.open()
    desk.comes(PRINTER)
    ticket = await taken(desk.hub, printer="printer-1")
    desk.clock.advance(PRINT_WITHIN_MS + GRACE_MS + 1)
    desk.tick()
    assert desk.print_state(ticket) == "unknown"
    await desk.says(OTHER_PRINTER, f"print-{ticket}-0", "done")
    assert desk.print_state(ticket) == "unknown"
    await desk.says(PRINTER, f"print-{ticket}-0", "done")
    assert desk.print_state(ticket) == "printed"


async def test_a_link_that_was_down_is_not_a_send() -> None:
    desk = await Desk.open()
    desk.comes(PRINTER)
    desk.sent.up = False
    ticket = await taken(desk.hub, printer="printer-1")
    desk.clock.advance(PRINT_WITHIN_MS + GRACE_MS + 1)
    desk.tick()
    assert desk.print_state(ticket) == "failed"


async def test_a_result_without_room_is_asked_for_again_until_it_is_committed() -> None:
    desk = await Desk.open()
    desk.comes(PRINTER)
    ticket = await taken(desk.hub, printer="printer-1")
    desk.log.room = desk.hub.head()
    await desk.says(PRINTER, f"print-{ticket}-0", "done")
    assert desk.print_state(ticket) == "pending"
    assert desk.desk.waiting == 1
    desk.log.room = None
    desk.tick()
    assert desk.ids() == [f"print-{ticket}-0"] * 2
    await desk.says(PRINTER, f"print-{ticket}-0", "done")
    assert desk.print_state(ticket) == "printed"
    assert desk.desk.waiting == 0


async def test_a_late_result_without_room_stays_unacknowledged() -> None:
    desk = await Desk.open()
    desk.comes(PRINTER)
    ticket = await taken(desk.hub, printer="printer-1")
    desk.clock.advance(PRINT_WITHIN_MS + GRACE_MS + 1)
    desk.tick()
    desk.log.room = desk.hub.head()
    await desk.says(PRINTER, f"print-{ticket}-0", "done")
    assert not desk.settled
    desk.log.room = None
    await desk.says(PRINTER, f"print-{ticket}-0", "done")
    assert desk.settled == [f"print-{ticket}-0"]


async def finished(desk: Desk) -> str:
    """The id of the ticket that was served."""
    await taken(desk.hub)
    await called(desk.hub)
    await done(desk.hub, StartService(desk.hub.today, desk.hub.now(), "101"))
    await done(desk.hub, FinishService(desk.hub.today, desk.hub.now(), "101"))
    return desk.hub.day().windows["101"].last_finished or ""


async def test_after_a_service_the_windows_pad_is_asked_for_a_rating_and_any_result_ends_it() -> None:
    desk = await Desk.open()
    desk.comes(PAD)
    ticket = await finished(desk)
    [(topic, command)] = desk.sent.messages
    assert topic == PAD.topic("command")
    assert (command["id"], command["op"]) == (f"rate-{ticket}", "ask-rating")
    assert command["args"] == {"ticket": ticket, "seconds": RATING_SECONDS}
    head = desk.hub.head()
    await desk.says(PAD, f"rate-{ticket}", "failed")
    assert desk.settled == [f"rate-{ticket}"]
    assert desk.desk.waiting == 0
    assert desk.hub.head() == head


async def test_a_rating_that_nobody_gave_is_given_up_without_an_entry() -> None:
    desk = await Desk.open()
    await finished(desk)
    head = desk.hub.head()
    desk.clock.advance(RATING_SECONDS * 1000 + GRACE_MS + 1)
    desk.tick()
    assert desk.desk.waiting == 0
    assert desk.hub.head() == head


async def test_a_hub_that_starts_again_sends_the_same_ids_and_takes_a_result_on_its_way() -> None:
    before = await Desk.open()
    before.comes(PRINTER)
    settled = await taken(before.hub, printer="printer-1")
    await before.says(PRINTER, f"print-{settled}-0", "done")
    ticket = await taken(before.hub, printer="printer-1")
    rated = await finished(before)
    desk = await Desk.open(before.log, before.clock)
    desk.desk.restore()
    assert desk.desk.waiting == 2
    assert not desk.sent.messages
    desk.comes(PRINTER)
    desk.comes(PAD)
    assert desk.ids() == [f"print-{ticket}-0", f"rate-{rated}"]
    await desk.says(PRINTER, f"print-{ticket}-0", "done")
    assert desk.print_state(ticket) == "printed"


async def test_an_order_past_its_time_at_a_start_gets_the_grace_and_is_unknown_then() -> None:
    before = await Desk.open()
    ticket = await taken(before.hub, printer="printer-1")
    before.clock.advance(PRINT_WITHIN_MS + GRACE_MS + 1)
    desk = await Desk.open(before.log, before.clock)
    desk.desk.restore()
    desk.tick()
    assert desk.print_state(ticket) == "pending"
    desk.clock.advance(GRACE_MS + 1)
    desk.tick()
    assert desk.print_state(ticket) == "unknown"
