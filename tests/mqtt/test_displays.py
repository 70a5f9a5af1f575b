"""What displays, boards and printers are told to show."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from hub.core.hub import Hub
from hub.domain.hall.profile import HallProfile
from hub.domain.queue.commands import FinishService, PauseWindow, StartService
from hub.mqtt.bindings import Bindings
from hub.mqtt.displays import CALLS_SHOWN, Displays
from tests.domain.hall.halls import DEFAULT

from .stands import HALL, Sent, a_hub, at, called, done, taken

DISPLAY = at("window_display", "display-101").topic("desired")
BOARD = at("hall_board", "board-hall").topic("desired")
UPSTAIRS = at("hall_board", "board-floor-2").topic("desired")
PRINTER = at("ticket_printer", "printer-1").topic("desired")


async def shown(profile: HallProfile = DEFAULT) -> tuple[Hub, Bindings, Displays, Sent]:
    hub = await a_hub(profile=profile)
    sent = Arriving()
    bindings = Bindings(HALL, profile, "approved")
    displays = Displays(hub, bindings, sent)
    hub.listen(displays.committed)
    return hub, bindings, displays, sent


class Arriving(Sent):
    """Wakes who waits for what is shown."""

    news: asyncio.Event | None = None

    def __call__(self, topic: str, payload: bytes) -> bool:
        if self.news is not None:
            self.news.set()
        return super().__call__(topic, payload)

    def topics(self) -> list[str]:
        return [topic for topic, _ in self.messages]

    def last(self, topic: str) -> dict[str, object] | None:
        return next((payload for name, payload in reversed(self.messages) if name == topic), None)

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(2):
            while not holds():
                self.news = asyncio.Event()
                await self.news.wait()


async def test_everything_is_shown_at_once_whatever_was_shown_before() -> None:
    _, bindings, displays, sent = await shown()
    displays.show_all()
    kinds = ("window_display", "hall_board", "ticket_printer")
    everything = {at(kind, each.id).topic("desired") for kind in kinds for each in bindings.registry.of_kind(kind)}
    assert set(sent.topics()) == everything
    assert len(sent.messages) == len(everything)
    displays.show_all()
    assert len(sent.messages) == 2 * len(everything)


async def test_a_window_without_a_ticket_shows_its_own_state() -> None:
    _, _, displays, sent = await shown()
    displays.show_all()
    told = sent.last(DISPLAY)
    assert told is not None
    assert (told["window"], told.get("number"), told["state"]) == ("101", None, "closed")


async def test_a_call_is_shown_over_its_window_and_on_the_boards_that_look_there() -> None:
    hub, _, displays, sent = await shown()
    displays.show_all()
    sent.messages.clear()
    await taken(hub)
    await called(hub)
    await sent.until(lambda: sent.last(BOARD))
    told = sent.last(DISPLAY)
    assert told is not None
    assert (told["number"], told["state"], told["revision"]) == ("A001", "called", hub.head())
    board = sent.last(BOARD)
    assert board is not None
    assert board["calls"] == [{"number": "A001", "window": "101", "at": "2026-11-23T02:00:00Z"}]
    assert UPSTAIRS not in sent.topics()
    assert len(sent.topics()) == len(set(sent.topics()))


async def test_a_burst_at_a_window_is_shown_once_as_it_ended() -> None:
    hub, _, displays, sent = await shown()
    displays.show_all()
    sent.messages.clear()
    await taken(hub)
    await called(hub)
    await done(hub, StartService(hub.today, hub.now(), "101"))
    await done(hub, FinishService(hub.today, hub.now(), "101"))
    await done(hub, PauseWindow(hub.today, hub.now(), "101"))
    await sent.until(lambda: sent.last(DISPLAY))
    assert [payload["state"] for topic, payload in sent.messages if topic == DISPLAY] == ["paused"]
    assert BOARD not in sent.topics()  # nobody is called before and after


async def test_a_board_shows_the_newest_calls_first_and_no_more_than_fit() -> None:
    hub, _, displays, sent = await shown()
    floor = [each.number for each in DEFAULT.windows if each.floor == 1] + ["201", "202"]
    windows = [each for each in floor if each in hub.day().windows][: CALLS_SHOWN + 2]
    for number in windows:
        home = next(each for each in DEFAULT.windows if each.number == number).home
        await taken(hub, home)
        hub.clock._clock.advance(1000)  # type: ignore[attr-defined]
        await called(hub, number)
    displays.show_all()
    board = sent.last(BOARD)
    assert board is not None
    assert [call["window"] for call in board["calls"]] == windows[::-1][:CALLS_SHOWN]  # type: ignore[union-attr]
    downstairs = sent.last(at("hall_board", "board-floor-1").topic("desired"))
    assert downstairs is not None
    assert {call["window"] for call in downstairs["calls"]} <= set(floor) - {"201", "202"}  # type: ignore[union-attr]


async def test_what_could_not_be_sent_is_shown_when_it_can() -> None:
    hub, _, displays, sent = await shown()
    displays.show_all()
    sent.messages.clear()
    sent.up = False
    await taken(hub)
    sent.news = tried = asyncio.Event()
    await called(hub)
    await asyncio.wait_for(tried.wait(), 2)
    assert not sent.messages
    sent.up = True
    await done(hub, StartService(hub.today, hub.now(), "101"))
    await sent.until(lambda: sent.last(BOARD))
    told = sent.last(DISPLAY)
    assert told is not None
    assert told["state"] == "serving"


async def test_a_printer_is_told_the_halls_names_and_where_a_category_is_served() -> None:
    _, _, displays, sent = await shown()
    displays.show_all()
    layout = sent.last(PRINTER)
    assert layout is not None
    assert layout["hall_zh"] == DEFAULT.hall.zh
    assert layout["time_zone"] == "Asia/Shanghai"
    categories = layout["categories"]
    assert isinstance(categories, dict)
    assert set(categories) == {each.letter for each in DEFAULT.categories}
    several = next(each for each in DEFAULT.categories if len(each.floors) > 1)
    names = {floor.number: floor for floor in DEFAULT.floors}
    assert categories[several.letter]["place_zh"] == "、".join(names[n].zh for n in several.floors)


async def test_a_display_of_a_window_the_day_does_not_have_is_told_nothing_and_ends_nothing() -> None:
    hub, bindings, displays, sent = await shown()
    moved = tuple(replace(each, window="999") if each.id == "display-101" else each for each in DEFAULT.devices)
    bindings.adopt(replace(DEFAULT, devices=moved))
    displays.show_all()
    assert DISPLAY not in sent.topics()
    assert BOARD in sent.topics()
    sent.messages.clear()
    await taken(hub)
    await called(hub)
    await sent.until(lambda: sent.last(BOARD))
    assert DISPLAY not in sent.topics()
