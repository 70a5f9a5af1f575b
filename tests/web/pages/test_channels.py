"""Which live channels an event changes, and what pages keep over the end of a day."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx
import msgspec
import pytest

from hub.domain.queue import commands as c
from hub.web.live import PACE_SECONDS, Subscriber
from tests.browser.hall import MINUTE, Demo, demo_hall


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    async with demo_hall(tmp_path, filled=False) as running:
        yield running


async def _changed(demo: Demo, channels: list[str], command: c.QueueCommand) -> set[str]:
    """Those of the channels that ``command`` touches."""
    subscriber = Subscriber()
    assert demo.live.join(channels, subscriber) == []
    await subscriber.frames()
    await demo.do(command)
    chunks: list[bytes] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(4 * PACE_SECONDS):
            while True:
                chunks.append(await subscriber.frames())
    frames = b"".join(chunks).split(b"\n\n")
    demo.live.leave(channels, subscriber)
    return {msgspec.json.decode(frame.partition(b"data: ")[2])["channel"] for frame in frames if b"snapshot" in frame}


CHANNELS = ["board/hall", "board/floor/1", "board/floor/2", "window/101", "window/102", "window/201", "overview"]


async def test_a_ticket_changes_the_boards_of_its_floor_and_the_windows_that_may_call_it(demo: Demo) -> None:
    take = c.TakeTicket(demo.hub.today, demo.hub.now(), demo.hub.ticket_id(), "A")
    expected = {"board/hall", "board/floor/1", "window/101", "window/102", "overview"}
    assert await _changed(demo, CHANNELS, take) == expected


async def test_a_pause_changes_its_window_and_nobody_elses(demo: Demo) -> None:
    await demo.do(c.OpenWindow(demo.hub.today, demo.hub.now(), "201"))
    pause = c.PauseWindow(demo.hub.today, demo.hub.now(), "201")
    changed = await _changed(demo, ["window/101", "window/201", "overview"], pause)
    assert changed == {"window/201", "overview"}


async def test_a_call_changes_the_tickets_page(demo: Demo) -> None:
    await demo.do(c.OpenWindow(demo.hub.today, demo.hub.now(), "101"))
    ticket = await demo.take("A")
    call = c.CallNext(demo.hub.today, demo.hub.now(), "101")
    assert await _changed(demo, [f"ticket/{ticket}"], call) == {f"ticket/{ticket}"}


async def test_a_freeze_changes_every_page_at_once(demo: Demo) -> None:
    ticket = await demo.take("A")
    channels = ["board/hall", "board/zone/new-enterprises", "window/101", "window/301", f"ticket/{ticket}", "overview"]
    freeze = c.FreezeHall(demo.hub.today, demo.hub.now(), "消防演练")
    assert await _changed(demo, channels, freeze) == set(channels)
    assert await _changed(demo, channels, c.ReleaseHall(demo.hub.today, demo.hub.now())) == set(channels)


async def test_a_visit_that_goes_on_changes_the_floor_it_goes_to(demo: Demo) -> None:
    await demo.do(c.OpenWindow(demo.hub.today, demo.hub.now(), "101"))
    await demo.take("A", also=("E",))
    await demo.do(c.CallNext(demo.hub.today, demo.hub.now(), "101"))
    finish = c.FinishService(demo.hub.today, demo.hub.now(), "101")
    changed = await _changed(demo, CHANNELS, finish)
    assert {"board/floor/1", "board/floor/2", "window/101", "window/201"} <= changed


async def test_advice_stands_for_five_seconds_and_goes_with_the_act_it_names(demo: Demo) -> None:
    channels = demo.app.state.pages.channels
    await demo.take("A")
    demo.clock.advance(31 * MINUTE)
    assert "窗口都没有开" in channels.overview_parts()["advice"]
    await demo.take("E")
    demo.clock.advance(31 * MINUTE)
    assert 'data-path="windows/201/open"' in channels.overview_parts()["advice"]
    await demo.do(c.OpenWindow(demo.hub.today, demo.hub.now(), "201"))
    assert 'data-path="windows/201/open"' not in channels.overview_parts()["advice"]
    await demo.take("L")
    demo.clock.advance(4_999)
    before = channels.overview_parts()["loads"]
    demo.clock.advance(1)
    assert channels.overview_parts()["loads"] != before


async def test_a_call_changes_the_attendants_of_its_floor_and_of_the_hall(demo: Demo) -> None:
    await demo.do(c.OpenWindow(demo.hub.today, demo.hub.now(), "201"))
    await demo.take("E", floor=2)
    call = c.CallNext(demo.hub.today, demo.hub.now(), "201")
    assert await _changed(demo, ["attend/all", "attend/1", "attend/2"], call) == {"attend/all", "attend/2"}


async def test_there_is_no_channel_of_what_is_not(demo: Demo) -> None:
    names = ["board/floor/9", "window/999", "attend/9", "attend/4", "ticket/" + "f" * 32]
    assert demo.live.join(names, Subscriber()) == names


async def test_a_new_day_begins_with_an_empty_curve_and_empty_lists(demo: Demo) -> None:
    channels = demo.app.state.pages.channels
    await demo.do(c.OpenWindow(demo.hub.today, demo.hub.now(), "101"))
    for _ in range(3):
        await demo.take("A")
        await demo.do(c.CallNext(demo.hub.today, demo.hub.now(), "101"))
        await demo.do(c.ParkTicket(demo.hub.today, demo.hub.now(), "101"))
    demo.clock.advance(30 * MINUTE)
    assert sum(channels.curve().arrivals) == 3
    assert "A003" in channels.window_parts("101")["aside"]
    demo.clock.advance(24 * 60 * MINUTE)
    await demo.hub.keep()
    assert sum(channels.curve().arrivals) == 0
    assert "A003" not in channels.window_parts("101")["aside"]


async def test_every_snapshot_is_json_with_html_parts(demo: Demo) -> None:
    channels = demo.app.state.pages.channels
    for drawn in (channels.overview(), channels.devices()):
        snapshot = msgspec.json.decode(drawn)
        assert snapshot["at"] == demo.hub.now()
        assert all("<" in html for html in snapshot["parts"].values() if html)


async def test_what_people_type_is_never_markup(demo: Demo) -> None:
    await demo.do(c.OpenWindow(demo.hub.today, demo.hub.now(), "101"))
    await demo.do(c.PauseWindow(demo.hub.today, demo.hub.now(), "101", "<img src=x onerror=alert(1)>"))
    visit = demo.app.state.pages.channels.window_parts("101")["visit"]
    assert "<img" not in visit
    assert "&lt;img" in visit


async def test_the_board_tells_the_time_before_its_script_runs(demo: Demo) -> None:
    async with httpx.AsyncClient(base_url=demo.url, trust_env=False) as browser:
        page = (await browser.get("/board/hall")).text
    assert re.search(r"<time>\d\d:\d\d</time>", page)
