"""Window displays and hall boards: what stands on them, and that it only moves forward."""

import asyncio

from devices.wire.codec import encode
from devices.wire.vocabulary import Call, CallsShown, WindowShown
from tests.devices.fakes import NOON
from tests.devices.kinds.desk import KindDesk


async def show(desk, desired):
    changed = asyncio.Event()
    usual = desk.device.changed
    desk.device.changed = lambda: (usual(), changed.set())
    desk.hub.say(desk.hub.address.topic("desired"), encode(desired))
    await asyncio.wait_for(changed.wait(), 5)
    desk.device.changed = usual


def call(number: str) -> Call:
    return Call(number=number, window="112", at=NOON)


async def test_a_window_display_shows_the_number_and_the_state(start):
    desk = KindDesk("window_display")
    start(desk.device.run())
    await desk.hub.until(lambda: "description" in desk.hub.published)
    await show(desk, WindowShown(revision=1, window="112", number="A012", state="called"))
    assert desk.device.shown.number == "A012"
    assert desk.shown == ["窗口 Window 112  A012  请到窗口 Please come"]


async def test_an_old_call_never_overwrites_a_new_one(start):
    desk = KindDesk("hall_board")
    start(desk.device.run())
    await desk.hub.until(lambda: "description" in desk.hub.published)
    await show(desk, CallsShown(revision=7, scope="hall", calls=[call("A013"), call("A012")]))
    stale = CallsShown(revision=6, scope="hall", calls=[call("A012")])
    desk.hub.say(desk.hub.address.topic("desired"), encode(stale))
    await show(desk, CallsShown(revision=8, scope="hall", calls=[call("A014")]))
    assert desk.shown == ["[hall] A013→112  A012→112", "[hall] A014→112"]


async def test_a_display_without_its_hub_says_that_it_is_stale(start):
    desk = KindDesk("window_display")
    start(desk.device.run())
    await desk.hub.until(lambda: "description" in desk.hub.published)
    await show(desk, WindowShown(revision=1, window="112", state="open"))
    assert not desk.device.stale
    desk.hub.refuse_links = True
    gone = asyncio.Event()
    desk.device.session.on_presence(lambda present: present or gone.set())
    desk.hub.cut()
    await asyncio.wait_for(gone.wait(), 5)
    assert desk.device.stale
    assert "离线" in desk.shown[-1]
