"""From a device's event to the command it asks for."""

from __future__ import annotations

import msgspec
import pytest

from devices.wire import messages
from devices.wire.vocabulary import EVENTS
from hub.core.hub import Hub
from hub.core.submission import Command
from hub.domain.devices.commands import RecordOutboxLost, RecordPages, RecordPaper
from hub.domain.queue import commands as queue
from hub.domain.refusals import Refused
from hub.domain.slots.commands import CheckIn
from hub.mqtt.bindings import Bindings
from hub.mqtt.translate import translate
from tests.domain.hall.halls import DEFAULT

from .stands import HALL, a_hub, at, taken


def asked(hub: Hub, kind: str, device: str, type_: str, data: object, age: int = 0, mode: str = "approved") -> Command:
    read = messages.decode_data(kind, type_, msgspec.Raw(msgspec.json.encode(data)))
    return translate(hub, Bindings(HALL, DEFAULT, mode), at(kind, device), type_, read, age).command


async def test_a_number_is_asked_for_with_the_kiosks_floor_and_printer() -> None:
    hub = await a_hub()
    wanted = {"category": "P", "priority": "elderly", "phone": "138 0013 8000", "items": ["D18", "A01"]}
    command = asked(hub, "kiosk", "kiosk-1", "ticket-requested", wanted)
    assert isinstance(command, queue.TakeTicket)
    assert (command.day, command.at, command.category, command.floor) == (hub.today, hub.now(), "P", 1)
    assert (command.priority, command.items) == ("elderly", ("D18", "A01"))
    assert command.also == ("D", "A")
    assert (command.kiosk, command.printer) == ("kiosk-1", "printer-1")
    assert command.phone is not None
    assert len(command.ticket) == 32


async def test_a_number_that_is_no_phone_is_refused() -> None:
    hub = await a_hub()
    with pytest.raises(Refused) as refused:
        asked(hub, "kiosk", "kiosk-1", "ticket-requested", {"category": "A", "phone": "12345"})
    assert refused.value.code == "bad-phone"


async def test_an_item_that_the_hall_does_not_list_is_refused() -> None:
    hub = await a_hub()
    with pytest.raises(Refused) as refused:
        asked(hub, "kiosk", "kiosk-1", "ticket-requested", {"category": "A", "items": ["A01", "x-1"]})
    assert (refused.value.code, refused.value.facts["item"]) == ("unknown-item", "x-1")


async def test_what_is_asked_for_happens_now_and_what_happened_is_dated_by_its_age() -> None:
    hub = await a_hub()
    ticket = await taken(hub)
    button = asked(hub, "call_button", "button-101", "call-next", {"window": "101"}, age=5000)
    rating = asked(hub, "rating_pad", "pad-101", "rated", {"ticket": ticket, "score": 5}, age=5000)
    paper = asked(hub, "ticket_printer", "printer-1", "paper-changed", {"level": "out"}, age=5000)
    assert button == queue.CallNext(hub.today, hub.now(), "101")
    assert rating == queue.RateVisit(hub.today, hub.now() - 5000, ticket, 5)
    assert paper == RecordPaper("printer-1", hub.now() - 5000, "out")


@pytest.mark.parametrize(
    ("type_", "command"),
    [
        ("call-next", queue.CallNext),
        ("recall", queue.RecallTicket),
        ("start", queue.StartService),
        ("finish", queue.FinishService),
        ("miss", queue.MissTicket),
        ("park", queue.ParkTicket),
    ],
)
async def test_each_key_of_a_button_asks_for_its_act(type_: str, command: type) -> None:
    hub = await a_hub()
    made = asked(hub, "call_button", "button-101", type_, {"window": "101"})
    assert made == command(hub.today, hub.now(), "101")


async def test_a_transfer_says_where_to_and_why() -> None:
    hub = await a_hub()
    made = asked(hub, "call_button", "button-101", "transfer", {"window": "101", "to": "B", "why": "取错号"})
    assert made == queue.TransferTicket(hub.today, hub.now(), "101", "B", "取错号")


async def test_a_bound_button_names_its_window_or_is_refused_and_an_unbound_one_names_any() -> None:
    hub = await a_hub()
    with pytest.raises(Refused) as refused:
        asked(hub, "call_button", "button-101", "call-next", {"window": "102"})
    assert refused.value.code == "wrong-window"
    assert refused.value.facts == {"device": "button-101", "bound": "101", "window": "102"}
    assert asked(hub, "call_button", "spare", "call-next", {"window": "102"}, mode="open")


async def test_a_missed_number_comes_back_with_the_kiosks_printer() -> None:
    hub = await a_hub()
    made = asked(hub, "kiosk", "kiosk-2", "missed-ticket-returned", {"number": "A001"})
    assert made == queue.ReinstateTicket(hub.today, hub.now(), "A001", kiosk="kiosk-2", printer="printer-2")


async def test_every_kind_may_say_that_its_outbox_was_lost() -> None:
    hub = await a_hub()
    made = asked(hub, "rating_pad", "pad-101", "outbox-lost", {"epoch": "e1", "from": 3, "to": 9})
    assert made == RecordOutboxLost("pad-101", hub.now(), "e1", 3, 9)


async def test_scanned_pages_keep_their_order() -> None:
    hub = await a_hub()
    pages = [{"sha256": f"{each:064x}", "bytes": each} for each in (7, 3)]
    made = asked(hub, "scanner", "scanner-1", "pages-scanned", {"scan": "s1", "pages": pages}, mode="open")
    assert isinstance(made, RecordPages)
    assert [page.bytes for page in made.pages] == [7, 3]


async def test_what_the_contract_knows_and_this_hub_does_not_do_is_refused_as_not_in_service() -> None:
    hub = await a_hub()
    bindings = Bindings(HALL, DEFAULT, "open")
    unserved: set[tuple[str, str]] = set()
    for kind, type_ in EVENTS:
        try:
            translate(hub, bindings, at(kind if kind != "*" else "kiosk", "spare"), type_, None, 0)
        except Refused as refused:
            unserved.add((type_, refused.code))
        except AttributeError:
            pass  # it is served, and there is no data
    assert unserved == {("code-entered", "not-in-service"), ("door-changed", "not-in-service")}


async def test_a_wrong_code_is_counted_at_its_kiosk_and_soon_nothing_more_is_looked_at() -> None:
    hub = await a_hub()
    for _ in range(5):
        command = asked(hub, "kiosk", "kiosk-1", "appointment-checked-in", {"code": "abcd 2345"})
        assert isinstance(command, CheckIn)
        assert (command.code, command.floor, command.printer) == ("ABCD2345", 1, "printer-1")
    with pytest.raises(Refused) as refused:
        asked(hub, "kiosk", "kiosk-1", "appointment-checked-in", {"code": "abcd2345"})
    assert (refused.value.code, refused.value.facts["minutes"]) == ("too-many-codes", 10)
    asked(hub, "kiosk", "kiosk-2", "appointment-checked-in", {"code": "abcd2345"})
