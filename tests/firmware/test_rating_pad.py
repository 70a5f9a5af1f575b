from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiomqtt

from .boards import FirmwareBoard, Hall, board_of, needs_micropython

pytestmark = needs_micropython
QUESTION = "glass 1 非常不满意"


def pad(port: int, folder: Path, **config: object):
    return board_of(folder / "r1", kind="rating_pad", device="r1", window="101",
                    broker={"host": "127.0.0.1", "port": port}, **config)  # fmt: skip


async def serve_one(hall: Hall) -> None:
    """Window 101 calls, starts and finishes one ticket, which makes the hub ask for a rating."""
    await hall.issue(1)
    async with hall.client("window") as client:
        for seq, key in enumerate(("call-next", "start", "finish"), 1):
            event = {"epoch": "w1", "seq": seq, "at": "2026-01-05T01:00:00Z", "type": key, "data": {"window": "101"}}
            await client.publish("hh/1/t/call_button/w1/event", json.dumps(event), qos=1)
        await hall.hears("call_button/w1/reply", lambda reply: reply["seq"] == 3)


async def test_a_finished_visit_is_asked_about_and_rated_by_one_key(hall: Hall, tmp_path: Path):
    async with pad(hall.port, tmp_path) as board:
        await board.sees("lamp link on")
        board.press("5")  # nobody was asked: it counts for nothing
        await hall.hears("rating_pad/r1/state")
        await serve_one(hall)
        await board.sees(QUESTION)
        done = await hall.hears("rating_pad/r1/result", lambda result: result["state"] == "done")
        board.press("9", "4", "1")
        await board.sees("glass 谢谢您的评价")
        await hall.hears("rating_pad/r1/ack", lambda ack: ack["seq"] == 1)
        (rated,) = hall.committed("visit-rated")
        assert rated["score"] == 4
        assert done["id"] == f"rate-{rated['ticket']}"
        assert [result["state"] for result in hall.said("rating_pad/r1/result")] == ["accepted", "running", "done"]


async def test_a_rating_given_without_a_hub_survives_a_power_cut_and_counts_once(hall: Hall, tmp_path: Path):
    async with pad(hall.port, tmp_path) as board:
        await board.sees("lamp link on")
        await hall.hears("rating_pad/r1/state")
        await serve_one(hall)
        await board.sees(QUESTION)
        await hall.hears("rating_pad/r1/result", lambda result: result["state"] == "done")
        await hall.break_broker()
        await board.sees("lamp link off", since=3)
        board.press("2")
        await board.sees("glass 谢谢您的评价")
        await board.cut_power()
        await hall.mend_broker()
        await board.switch_on()
        await hall.hears("rating_pad/r1/ack", lambda ack: ack["seq"] == 1)
        await board.cut_power()
        await board.switch_on()
        await board.sees("lamp link on")
        assert [rated["score"] for rated in hall.committed("visit-rated")] == [2]


# -- the test speaks for the hub --------------------------------------------------------------------------------


class Speaker:
    """The hub's side of one pad, by hand."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client
        self._news = asyncio.Event()
        self.heard: list[tuple[str, dict[str, Any]]] = []

    async def listen(self) -> None:
        async for message in self._client.messages:
            assert isinstance(message.payload, bytes)
            self.heard.append((str(message.topic).rpartition("/")[2], json.loads(message.payload)))
            self._news.set()

    async def say(self, channel: str, **what: object) -> None:
        place = "hub" if channel in ("time", "state", "rebirth") else "rating_pad/r1"
        await self._client.publish(f"hh/1/t/{place}/{channel}", json.dumps(what), qos=1)

    async def tell_time(self) -> None:
        await self.say("time", at=datetime.now(UTC).isoformat())

    async def order(self, id_: str, fence: int = 1, within: float = 60, op: str = "ask-rating", **args: object) -> None:
        deadline = (datetime.now(UTC) + timedelta(seconds=within)).isoformat()
        args = args or {"ticket": f"ticket-{id_}", "seconds": 60}
        await self.say("command", id=id_, fence=fence, deadline=deadline, op=op, args=args)

    async def hears(self, channel: str, **wanted: object) -> dict[str, Any]:
        """Waits for a message that was not waited for yet; everything before it is forgotten."""
        async with asyncio.timeout(10):
            while True:
                self._news.clear()
                for n, (where, what) in enumerate(self.heard):
                    if where == channel and wanted.items() <= what.items():
                        del self.heard[: n + 1]
                        return what
                await self._news.wait()


@asynccontextmanager
async def speaking(port: int) -> AsyncIterator[Speaker]:
    async with aiomqtt.Client("127.0.0.1", port, identifier="hub") as client:
        speaker = Speaker(client)
        await client.subscribe("hh/1/t/rating_pad/#", qos=1)
        listening = asyncio.create_task(speaker.listen())
        try:
            yield speaker
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def ready(board: FirmwareBoard, hub: Speaker) -> None:
    await hub.hears("state", state="online")
    await hub.tell_time()


async def test_no_command_runs_before_the_clock_is_known_and_each_id_once(broker: int, tmp_path: Path):
    async with speaking(broker) as hub, pad(broker, tmp_path) as board:
        await hub.hears("state", state="online")
        await hub.order("c1")
        await hub.order("late", within=-1)
        await asyncio.sleep(0.2)
        assert not [what for where, what in hub.heard if where == "result"]
        await hub.tell_time()
        await hub.hears("result", id="c1", state="accepted")
        await hub.hears("result", id="late", state="expired")
        done = await hub.hears("result", id="c1", state="done")
        await hub.order("c1", within=-60)
        assert await hub.hears("result", id="c1") == done
        await hub.order("c2", fence=7)
        await hub.hears("result", id="c2", state="done")
        await hub.order("c3", fence=6)
        refused = await hub.hears("result", id="c3", state="rejected")
        assert refused["facts"] == {"code": "stale-fence", "fence": 7}
        await hub.order("c4", fence=7, ticket="t", seconds_=1)
        assert (await hub.hears("result", id="c4", state="rejected"))["facts"]["field"] == "args.seconds"
        await hub.order("c5", fence=7, op="open-door", door=1)
        assert (await hub.hears("result", id="c5", state="rejected"))["facts"]["code"] == "unknown-op"
        assert len([line for line in board.lines if line.startswith(QUESTION)]) == 2


async def test_a_question_cut_by_the_power_is_unknown_and_not_asked_again(broker: int, tmp_path: Path):
    async with speaking(broker) as hub, pad(broker, tmp_path, board={"glass_ms": 60_000}) as board:
        await ready(board, hub)
        await hub.order("c1")
        await hub.hears("result", id="c1", state="running")
        await board.cut_power()
        await hub.hears("state", state="lost")
        await board.switch_on()
        assert (await hub.hears("result", id="c1"))["state"] == "unknown"
        await hub.tell_time()
        await hub.order("c1")
        assert (await hub.hears("result", id="c1"))["state"] == "unknown"
        assert not [line for line in board.lines if line.startswith(QUESTION)]


async def test_a_question_stands_for_its_seconds(broker: int, tmp_path: Path):
    async with speaking(broker) as hub, pad(broker, tmp_path) as board:
        await ready(board, hub)
        await hub.order("c1", ticket="t1", seconds=1)
        asked = await board.sees(QUESTION)
        await board.sees("glass  | ", since=asked)
        board.press("5")
        await hub.order("c2", ticket="t2", seconds=60)
        await board.sees(QUESTION, since=asked)
        await hub.hears("result", id="c2", state="done")
        board.press("3")
        event = await hub.hears("event")
        assert (event["seq"], event["data"]) == (1, {"ticket": "t2", "score": 3})


async def test_what_is_missing_comes_again_and_what_is_lost_begins_an_epoch(broker: int, tmp_path: Path):
    async with speaking(broker) as hub, pad(broker, tmp_path, outbox_limit=2) as board:
        await ready(board, hub)
        for n in range(1, 5):
            await hub.order(f"c{n}")
            await hub.hears("result", id=f"c{n}", state="done")
            board.press(str(n))
            event = await hub.hears("event", seq=n)
        # Two fit, so 1 and 2 are gone; 3 is still there.
        await hub.say("ack", epoch=event["epoch"], seq=0, missing=[3, 3])
        assert (await hub.hears("event", seq=3))["data"]["score"] == 3
        await hub.say("ack", epoch=event["epoch"], seq=0, missing=[1, 3])
        lost = await hub.hears("event", type="outbox-lost")
        assert lost["seq"] == 1
        assert lost["epoch"] != event["epoch"]
        assert lost["data"] == {"epoch": event["epoch"], "from": 1, "to": 2}
        assert [(await hub.hears("event", epoch=lost["epoch"], seq=n))["data"]["score"] for n in (2, 3)] == [3, 4]


async def test_rebirth_says_everything_again_and_silence_sends_again(broker: int, tmp_path: Path):
    async with speaking(broker) as hub, pad(broker, tmp_path) as board:
        await ready(board, hub)
        await hub.order("c1")
        await hub.hears("result", id="c1", state="done")
        board.press("5")
        first = await hub.hears("event", seq=1)
        await hub.say("rebirth", kind="rating_pad", device="other")
        await hub.say("rebirth", spread_ms=100)
        await hub.hears("state", state="online")
        assert (await hub.hears("description"))["place"] == {"window": "101"}
        again = await hub.hears("event", seq=1)
        silent = await hub.hears("event", seq=1)  # after five seconds without an ack
        assert silent["age"] > again["age"] > first["age"]
        await hub.say("state", state="online", boot="another")
        await hub.hears("event", seq=1)
        await hub.say("ack", epoch=first["epoch"], seq=1)
        await hub.say("rebirth", spread_ms=0)
        await hub.hears("description")
        assert not [what for where, what in hub.heard if where == "event"]


async def test_what_cannot_be_read_is_counted_and_harms_nothing(broker: int, tmp_path: Path):
    async with speaking(broker) as hub, pad(broker, tmp_path) as board:
        await ready(board, hub)
        await hub.say("command", id="x" * 20_000)
        await hub.say("command", nonsense=True)
        await hub.say("reply", epoch=1)
        await hub.say("ack", seq="many")
        await hub.order("c1")
        await hub.hears("result", id="c1", state="done")
        numbers = await hub.hears("telemetry")
        while numbers["unreadable"] != 4:
            numbers = await hub.hears("telemetry")
        assert numbers["connections"] == 1
