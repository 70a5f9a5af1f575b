import msgspec
import pytest

from devices.wire.session import Refused
from devices.wire.vocabulary import TicketReply, WaitMinutes
from tests.devices.fakes import refusal
from tests.devices.kinds.desk import KindDesk

TICKET = TicketReply(ticket="t1", number="A012", ahead=7, wait_minutes=WaitMinutes(p50=12, p90=21), printer=None)


@pytest.fixture
def desk(start):
    made = KindDesk("kiosk")
    made.hub.intake.answer = lambda type_, data: {"door": 3} if type_ == "code-entered" else TICKET
    start(made.device.run())
    return made


def asked(desk):
    return [(type_, msgspec.json.decode(data)) for type_, data in desk.hub.intake.taken]


async def test_a_person_takes_a_number(desk):
    assert await desk.device.request_ticket("A", phone="13800000000", priority="elderly") == TICKET
    expected = {"category": "A", "phone": "13800000000", "priority": "elderly", "items": []}
    assert asked(desk) == [("ticket-requested", expected)]


async def test_a_missed_number_is_returned(desk):
    assert await desk.device.return_missed("A012") == TICKET
    assert asked(desk) == [("missed-ticket-returned", {"number": "A012"})]


async def test_a_code_opens_a_door(desk):
    assert (await desk.device.enter_code("4711")).door == 3


async def test_a_refusal_is_shown_in_both_languages(desk):
    desk.hub.intake.answer = lambda type_, data: refusal("issuing-stopped")
    with pytest.raises(Refused):
        await desk.device.request_ticket("A")
    await desk.device.type_line("take A")
    assert desk.shown == ["不行 No [issuing-stopped]"]


@pytest.mark.parametrize(
    ("line", "word"),
    [("take A phone=138 priority=elderly", "A012"), ("return A012", "A012"), ("code 1", "3"), ("dance", "take")],
)
async def test_a_line_typed_is_a_tap(desk, line, word):
    await desk.device.type_line(line)
    assert word in desk.shown[0]


@pytest.mark.parametrize("line", ["take", "take A colour=red", 'take "A'])
async def test_a_line_that_is_no_tap_shows_what_is(desk, line):
    await desk.device.type_line(line)
    assert "take CATEGORY" in desk.shown[0]
    assert asked(desk) == []
