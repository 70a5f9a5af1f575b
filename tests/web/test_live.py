from __future__ import annotations

import asyncio
import json
from typing import cast

import pytest

from hub.core.submission import Committed
from hub.web.live import PACE_SECONDS, Live, Subscriber


class Board:
    """A snapshot that counts how often it was drawn."""

    def __init__(self) -> None:
        self.drawn = 0
        self.broken = False

    def __call__(self) -> bytes:
        if self.broken:
            raise ValueError("no board")
        self.drawn += 1
        return b'{"drawn":%d}' % self.drawn


def snapshots(chunk: bytes) -> list[dict[str, object]]:
    """The envelopes in a chunk of frames, checked as server-sent events."""
    events = [event for event in chunk.decode().split("\n\n") if event]
    lines = [event.split("\n") for event in events if event.startswith("event: snapshot\n")]
    assert all(len(each) == 2 for each in lines)
    return [json.loads(data.removeprefix("data: ")) for _, data in lines]


async def next_snapshot(subscriber: Subscriber) -> dict[str, object]:
    return snapshots(await asyncio.wait_for(subscriber.frames(), 2))[-1]


@pytest.fixture
def live() -> Live:
    return Live("boot-1", "assets-1")


async def test_a_page_gets_the_present_snapshot_at_once_with_its_envelope(live: Live) -> None:
    live.channel("board/hall", Board())
    page = Subscriber()
    assert live.join(["board/hall"], page) == []
    assert await next_snapshot(page) == {
        "channel": "board/hall",
        "boot": "boot-1",
        "sequence": 1,
        "age": 0,
        "assets": "assets-1",
        "payload": {"drawn": 1},
    }
    live.leave(["board/hall"], page)


async def test_nothing_is_drawn_while_nobody_looks(live: Live) -> None:
    board = Board()
    channel = live.channel("board/hall", board)
    for _ in range(100):
        channel.touch()
    await asyncio.sleep(0)
    assert board.drawn == 0


async def test_the_first_change_leaves_at_once_and_a_burst_once_more(live: Live) -> None:
    board, page, loop = Board(), Subscriber(), asyncio.get_running_loop()
    channel = live.channel("board/hall", board)
    live.join(["board/hall"], page)
    await page.frames()
    await asyncio.sleep(PACE_SECONDS)
    began = loop.time()
    channel.touch()
    await asyncio.sleep(0)
    assert list(page.unsent()), "the first change does not wait"
    await page.frames()
    for _ in range(500):
        channel.touch()
    last = await next_snapshot(page)
    assert loop.time() - began >= PACE_SECONDS * 0.9
    assert last["payload"] == {"drawn": 3}
    assert cast("int", last["age"]) > 0
    live.leave(["board/hall"], page)


async def test_one_rendering_serves_every_page(live: Live) -> None:
    board, pages = Board(), [Subscriber() for _ in range(50)]
    channel = live.channel("board/hall", board)
    for page in pages:
        live.join(["board/hall"], page)
        await page.frames()
    assert board.drawn == 1
    await asyncio.sleep(PACE_SECONDS)
    channel.touch()
    chunks = {await page.frames() for page in pages}
    assert len(chunks) == 1
    assert board.drawn == 2


async def test_a_slow_page_gets_only_the_newest_of_each_channel(live: Live) -> None:
    one, two, page = Board(), Board(), Subscriber()
    first, second = live.channel("board/hall", one), live.channel("board/floor/1", two)
    live.join(["board/hall", "board/floor/1"], page)
    for _ in range(3):
        first.touch()
        second.touch()
        await asyncio.sleep(PACE_SECONDS * 1.2)
    got = snapshots(await page.frames())
    assert [(each["channel"], each["sequence"]) for each in got] == [("board/hall", 4), ("board/floor/1", 4)]
    live.leave(["board/hall", "board/floor/1"], page)


async def test_html_travels_as_a_string_and_json_keeps_to_one_line(live: Live) -> None:
    live.channel("window/1", lambda: "<b>\n一</b>")
    live.channel("window/2", lambda: b'{\n "a": "b"\n}')
    page = Subscriber()
    live.join(["window/1", "window/2"], page)
    html, data = snapshots(await page.frames())
    assert html["payload"] == "<b>\n一</b>"
    assert data["payload"] == {"a": "b"}
    live.leave(["window/1", "window/2"], page)


async def test_channels_of_a_factory_are_made_when_joined_and_dropped_when_left(live: Live) -> None:
    made: list[str] = []

    def make(name: str):
        if name == "window/999":
            return None
        made.append(name)
        return Board()

    live.factory("window/", make)
    one, two = Subscriber(), Subscriber()
    assert live.join(["window/101"], one) == []
    assert live.join(["window/101"], two) == []
    assert live.join(["window/101", "window/999"], Subscriber()) == ["window/999"]
    assert made == ["window/101"]
    live.leave(["window/101"], one)
    live.touch("window/101")
    live.leave(["window/101"], two)
    assert live.join(["window/101"], one) == []
    assert made == ["window/101", "window/101"]
    live.leave(["window/101"], one)


async def test_a_name_that_leads_nowhere_joins_nothing(live: Live) -> None:
    channel, page = live.channel("board/hall", Board()), Subscriber()
    assert live.join(["board/hall", "board/none"], page) == ["board/none"]
    assert not channel.subscribers
    assert not live.subscribers


async def test_committed_events_touch_what_routes_name_and_a_broken_route_stops_nobody(live: Live) -> None:
    def broken(_: Committed):
        raise ValueError

    live.route(broken)
    live.route(lambda _: ["board/", "unheard-of"])
    board, page = Board(), Subscriber()
    live.channel("board/hall", board)
    live.join(["board/hall"], page)
    await page.frames()
    await asyncio.sleep(PACE_SECONDS)
    live.on_committed([cast("Committed", None)])
    assert (await next_snapshot(page))["payload"] == {"drawn": 2}
    assert live.failed_renders == 1
    live.leave(["board/hall"], page)


async def test_a_render_that_fails_keeps_the_old_snapshot_until_it_works_again(live: Live) -> None:
    board, page, late = Board(), Subscriber(), Subscriber()
    channel = live.channel("board/hall", board)
    live.join(["board/hall"], page)
    await page.frames()
    board.broken = True
    channel.touch()
    await asyncio.sleep(PACE_SECONDS * 1.5)
    live.join(["board/hall"], late)
    assert (await next_snapshot(late))["sequence"] == 1
    board.broken = False
    channel.touch()
    assert (await next_snapshot(page))["sequence"] == 2
    for each in (page, late):
        live.leave(["board/hall"], each)


async def test_a_channel_with_a_refresh_is_drawn_again_by_itself(live: Live) -> None:
    board, page = Board(), Subscriber()
    live.channel("overview", board, refresh=0.02)
    live.join(["overview"], page)
    assert (await next_snapshot(page))["sequence"] == 1
    assert (await next_snapshot(page))["sequence"] == 2
    live.leave(["overview"], page)
    drawn = board.drawn
    await asyncio.sleep(0.1)
    assert board.drawn == drawn


async def test_the_first_page_after_a_pause_sees_what_time_has_changed(live: Live) -> None:
    board = Board()
    live.channel("overview", board, refresh=60)
    for expected in (1, 2):
        page = Subscriber()
        live.join(["overview"], page)
        assert (await next_snapshot(page))["payload"] == {"drawn": expected}
        other = Subscriber()
        live.join(["overview"], other)
        assert (await next_snapshot(other))["payload"] == {"drawn": expected}, "one drawing for all who look"
        live.leave(["overview"], page)
        live.leave(["overview"], other)


async def test_heartbeats_come_by_name_while_nothing_changes() -> None:
    live = Live("boot-1", "assets-1", heartbeat=0.02)
    live.channel("board/hall", Board())
    page = Subscriber()
    live.join(["board/hall"], page)
    await page.frames()
    beat = await asyncio.wait_for(page.frames(), 2)
    assert beat == b'event: heartbeat\ndata: {"boot":"boot-1","assets":"assets-1"}\n\n'
    live.leave(["board/hall"], page)


def test_a_channel_name_is_taken_once(live: Live) -> None:
    live.channel("board/hall", Board())
    with pytest.raises(ValueError, match="board/hall"):
        live.channel("board/hall", Board())
