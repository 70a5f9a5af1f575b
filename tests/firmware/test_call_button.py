from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from .boards import FirmwareBoard, Hall, board_of, needs_micropython

pytestmark = needs_micropython
EVENTS, REPLIES, ACKS = "call_button/b1/event", "call_button/b1/reply", "call_button/b1/ack"


def button(hall: Hall, folder: Path, **config: object):
    where = {"host": "127.0.0.1", "port": hall.port}
    return board_of(folder / "b1", kind="call_button", device="b1", window="101", broker=where, **config)


async def press(board: FirmwareBoard, key: str) -> str:
    """What the digits show in the end."""
    since = len(board.lines)
    board.press(key)
    asked = await board.sees("digits ....", since=since)
    return board.lines[await board.sees("digits", since=asked) - 1].removeprefix("digits ")


async def test_a_clerk_works_by_six_keys_and_every_press_is_committed_before_it_shows(hall: Hall, tmp_path: Path):
    async with button(hall, tmp_path, double_press_ms=0) as board:
        await board.sees("lamp link on")
        await hall.issue(3)
        assert await press(board, "next") == "A001"
        assert len(hall.committed("ticket-called")) == 1
        assert await press(board, "recall") == "A001"
        assert await press(board, "start") == "A001"
        assert await press(board, "finish") == "----"
        assert await press(board, "next") == "A002"
        assert await press(board, "park") == "----"
        assert await press(board, "miss") == "E01"
        await hall.hears(ACKS, lambda ack: ack["seq"] == 7)
        await hall.hears(EVENTS, lambda event: event["seq"] == 7)
        assert hall.said(EVENTS)[-1]["seq"] == 7


async def test_a_key_pressed_twice_at_once_is_one_press(hall: Hall, tmp_path: Path):
    async with button(hall, tmp_path) as board:
        await board.sees("lamp link on")
        await hall.issue(2)
        board.press("finish", "next", "next", "next")
        await board.sees("digits A001")
        await hall.hears(ACKS, lambda ack: ack["seq"] == 2)
        assert [event["type"] for event in hall.said(EVENTS)] == ["finish", "call-next"]


async def test_transfer_goes_where_the_config_says_and_is_no_key_without_it(hall: Hall, tmp_path: Path):
    async with button(hall, tmp_path, transfer_to="B", transfer_why="取错号") as board:
        await board.sees("lamp link on")
        await hall.issue(1)
        assert await press(board, "next") == "A001"
        assert await press(board, "transfer") == "----"
        assert hall.said(EVENTS)[-1]["data"] == {"window": "101", "to": "B", "why": "取错号"}


async def test_a_killed_broker_is_found_again_and_late_presses_are_refused_not_run(hall: Hall, tmp_path: Path):
    async with button(hall, tmp_path, answer_ms=1000) as board:
        await board.sees("lamp link on")
        await hall.issue(2)
        assert await press(board, "next") == "A001"
        since = len(board.lines)
        await hall.break_broker()
        since = await board.sees("lamp link off", since=since)
        board.press("start")
        await board.sees("digits E90", since=since)
        await hall.mend_broker()
        await board.sees("lamp link on", since=since)
        refused = await hall.hears(REPLIES, lambda reply: reply["seq"] == 2 and not reply["ok"])
        assert isinstance(refused["refused"], dict)
        assert refused["refused"]["code"] == "stale"
        assert await press(board, "recall") == "A001"
        assert len(hall.committed("ticket-called")) == 1
        assert not hall.committed("service-started")


async def test_a_press_whose_broker_dies_under_it_is_answered_by_the_next_link(hall: Hall, tmp_path: Path):
    async with button(hall, tmp_path) as board:
        await board.sees("lamp link on")
        await hall.issue(1)
        await hall.break_broker()
        board.press("next")
        await board.sees("digits ....")
        await hall.mend_broker()
        await board.sees("digits A001")
        assert len(hall.committed("ticket-called")) == 1


async def test_a_button_that_lost_its_power_asks_nobody_to_carry_out_old_presses(hall: Hall, tmp_path: Path):
    async with button(hall, tmp_path) as board:
        await board.sees("lamp link on")
        await hall.issue(2)
        assert await press(board, "next") == "A001"
        await hall.break_broker()
        await board.sees("lamp link off", since=3)
        board.press("finish")
        await board.sees("digits ....", since=len(board.lines) - 1)
        await board.cut_power()
        await hall.mend_broker()
        await board.switch_on()
        refused = await hall.hears(REPLIES, lambda reply: reply["seq"] == 2)
        event = await hall.hears(EVENTS, lambda event: event["seq"] == 2)
        assert not refused["ok"]
        assert int(str(event["age"])) >= 60_000
        assert await press(board, "start") == "A001"
        assert hall.said(EVENTS)[-1]["seq"] == 3


async def test_a_power_cut_at_any_moment_doubles_no_press(hall: Hall, tmp_path: Path):
    async with button(hall, tmp_path) as board:
        await hall.issue(8)
        for n in range(6):
            await board.sees("lamp link on")
            board.press("next", "start", "finish")
            await asyncio.sleep(0.003 * n)  # the moment of the cut is what is tried here
            await board.cut_power()
            await board.switch_on()
        await board.sees("lamp link on")
        assert (await press(board, "recall"))[0] in "AE"
        last = hall.said(EVENTS)[-1]
        await hall.hears(
            ACKS, lambda ack: ack["epoch"] == last["epoch"] and int(str(ack["seq"])) >= int(str(last["seq"]))
        )
        seen: dict[tuple[object, object], object] = {}
        for event in hall.said(EVENTS):
            what = (event["type"], event["at"], event["data"])
            assert seen.setdefault((event["epoch"], event["seq"]), what) == what
        answers = {(r["epoch"], r["seq"]): r["ok"] for r in hall.said(REPLIES)}
        done = [seq for seq, ok in answers.items() if ok]
        types = ("ticket-called", "service-started", "service-finished", "ticket-recalled")
        assert len(done) == sum(len(hall.committed(type_, "call_button/b1")) for type_ in types)


@pytest.mark.parametrize("count", [2000, pytest.param(50_000, marks=pytest.mark.soak)])
@pytest.mark.parametrize("hall", ["embedded"], indirect=True)
async def test_the_heap_stays_flat_over_thousands_of_presses(hall: Hall, tmp_path: Path, count: int):
    async with button(hall, tmp_path, double_press_ms=0) as board:
        await board.sees("lamp link on")
        board.press("recall")
        await hall.hears("call_button/b1/telemetry", lambda numbers: numbers["refused"] == 1)
        keys = ["recall", "start", "finish", "miss", "park"]
        for _ in range(count // len(keys)):
            since = len(board.lines)
            board.press(*keys)
            for _ in keys:  # each shows that it asks, then its refusal
                since = await board.sees("digits E01", since=since)
        before = len(hall.heard)
        last = await hall.hears("call_button/b1/telemetry", lambda n: n["kept"] == 0, since=before, seconds=60)
        heaps = [int(str(numbers["heap"])) for numbers in hall.said("call_button/b1/telemetry")]
        early, late = max(heaps[:3]), int(str(last["heap"]))
        assert late - early < 6000, heaps[:: max(1, len(heaps) // 20)]
        assert max(heaps) < 120_000
        assert (tmp_path / "b1" / "outbox.log").stat().st_size < 140_000
