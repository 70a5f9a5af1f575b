import asyncio

import msgspec
import pytest

from tests.devices.fakes import refusal
from tests.devices.kinds.desk import KindDesk


@pytest.fixture
def desk(start):
    made = KindDesk("call_button")
    start(made.device.run())
    return made


async def test_a_press_names_the_window_of_the_button(desk):
    assert (await desk.device.press("call-next")).number == "A001"
    assert desk.hub.intake.taken == [("call-next", b'{"window":"112"}')]


async def test_a_transfer_says_whither_and_why(desk):
    await desk.device.press("transfer", "B", "取错号")
    (type_, data) = desk.hub.intake.taken[0]
    assert (type_, msgspec.json.decode(data)) == ("transfer", {"window": "112", "to": "B", "why": "取错号"})


async def test_a_double_tap_is_one_press(desk):
    replies = await asyncio.gather(desk.device.press("call-next"), desk.device.press("call-next"))
    assert replies[0] == replies[1]
    assert len(desk.hub.intake.taken) == 1
    await desk.device.press("call-next")
    assert len(desk.hub.intake.taken) == 2


async def test_a_tap_given_up_by_one_is_still_answered_to_the_other(desk):
    first = asyncio.create_task(desk.device.press("call-next"))
    second = asyncio.create_task(desk.device.press("call-next"))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).number == "A001"


def test_a_button_without_a_window_is_refused():
    with pytest.raises(ValueError, match=r"place\.window"):
        KindDesk("call_button", place=None)


@pytest.mark.parametrize(
    ("line", "expected"),
    [("next", "call-next: A001"), ("transfer B 取错号", "transfer: A001"), ("dance", "next |"), ("", "next |")],
)
async def test_a_line_typed_is_a_key(desk, line, expected):
    await desk.device.type_line(line)
    assert desk.shown[0].startswith(expected)


async def test_a_refusal_is_shown(desk):
    desk.hub.intake.answer = lambda type_, data: refusal("window-paused")
    await desk.device.type_line("next")
    assert desk.shown == ["不行 No [window-paused]"]
