"""The ticket printer as its hub sees it: a real session over a link in memory, a printer on a real socket."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest

from devices.kinds import kind_named
from devices.kinds.ticket_printer import KIND, TicketPrinter, TicketPrinterOptions
from devices.simulated.ticket_printer import SimulatedPrinter
from devices.wire.ledger import Ledger
from devices.wire.link import Link, Parting
from devices.wire.messages import encode_ack, encode_command, encode_hub_time
from devices.wire.session import DeviceSession
from devices.wire.topics import Address

ADDRESS = Address("hall", "ticket_printer", "p1")
ARGS: dict[str, object] = {
    "ticket": "t1",
    "number": "A012",
    "category": "A",
    "at": "2026-11-23T02:05:00Z",
    "ahead": 7,
    "wait_minutes": {"p50": 12, "p90": 21},
    "url": None,
}
LAYOUT: dict[str, object] = {
    "revision": 4,
    "hall_zh": "东城区政务服务中心",
    "hall_en": "Dongcheng Government Service Centre",
    "footer_zh": "过号请补号",
    "categories": {"A": {"zh": "新设企业专区", "en": "New enterprises", "place_zh": "1 层", "place_en": "floor 1"}},
}


class Hub:
    """The hub's end of a link in memory: what it says, and what it heard by channel."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self._said: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self._news = asyncio.Event()

    def say(self, topic: str, payload: bytes) -> None:
        self._said.put_nowait((topic, payload))

    def order(self, id_: str, args: dict[str, object], deadline: timedelta = timedelta(minutes=1)) -> None:
        at = datetime.now(UTC) + deadline
        self.say(ADDRESS.topic("command"), encode_command(id_, 1, at, "print-ticket", args))

    def of(self, channel: str) -> list[dict[str, Any]]:
        return [said for where, said in self.heard if where == channel]

    async def wait(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def result(self, id_: str) -> dict[str, Any]:
        def last() -> list[dict[str, Any]]:
            found = [result for result in self.of("result") if result["id"] == id_]
            return [result for result in found if result["state"] not in ("accepted", "running")]

        await self.wait(lambda: bool(last()))
        return last()[-1]

    def connector(self) -> Callable[[str, Parting], AbstractAsyncContextManager[Link]]:
        @asynccontextmanager
        async def connect(client_id: str, will: Parting) -> AsyncGenerator[Link]:
            self.say("hh/1/hall/hub/time", encode_hub_time(datetime.now(UTC)))
            yield self

        return connect

    async def subscribe(self, filters: Sequence[tuple[str, int]]) -> None:
        pass

    async def publish(self, topic: str, payload: bytes, *, qos: Literal[0, 1], retain: bool) -> None:
        channel, said = topic.rpartition("/")[2], msgspec.json.decode(payload)
        self.heard.append((channel, said))
        if channel == "event":
            self.say(ADDRESS.topic("ack"), encode_ack(said["epoch"], said["seq"]))
        self._news.set()

    async def messages(self) -> AsyncIterator[tuple[str, bytes]]:
        while True:
            yield await self._said.get()


@pytest.fixture
async def metal() -> AsyncIterator[SimulatedPrinter]:
    async with SimulatedPrinter() as printer:
        yield printer


@pytest.fixture
async def hub(metal: SimulatedPrinter) -> AsyncIterator[Hub]:
    hub = Hub()
    session = DeviceSession(ADDRESS, hub.connector(), description=KIND.description())
    options = TicketPrinterOptions(
        port=metal.port,
        poll_seconds=0.05,
        answer_seconds=0.2,
        fence_seconds=0.3,
        grace_seconds=0.2,
        silence_seconds=0.1,
    )
    device = TicketPrinter(session, options)
    running = asyncio.create_task(device.run())
    yield hub
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    device.close()


async def test_an_order_becomes_paper_and_then_done(hub: Hub, metal: SimulatedPrinter) -> None:
    hub.order("c1", ARGS)
    result = await hub.result("c1")
    assert (result["state"], result["facts"]) == ("done", {"paper": "ok"})
    assert "A012" in metal.papers[-1].text
    assert "补打" not in metal.papers[-1].text
    assert "取号 2026-11-23 10:05" in metal.papers[-1].text
    assert [said["state"] for said in hub.of("result")] == ["accepted", "running", "done"]


async def test_an_order_that_comes_twice_prints_once(hub: Hub, metal: SimulatedPrinter) -> None:
    hub.order("c1", ARGS)
    await hub.result("c1")
    before = len(hub.of("result"))
    hub.order("c1", ARGS)
    await hub.wait(lambda: len(hub.of("result")) > before)
    assert hub.of("result")[-1]["state"] == "done"
    assert metal.printed == 1


async def test_the_layout_that_the_hub_desires_is_on_the_next_ticket(hub: Hub, metal: SimulatedPrinter) -> None:
    hub.say(ADDRESS.topic("desired"), msgspec.json.encode(LAYOUT))
    await hub.wait(lambda: {"revision": 4} in hub.of("reported"))
    hub.order("c1", ARGS)
    await hub.result("c1")
    read = metal.papers[-1].text.splitlines()
    for expected in ("东城区政务服务中心", "新设企业专区", "请到 1 层", "Go to floor 1", "过号请补号"):
        assert expected in read


async def test_the_code_is_printed_only_with_a_url_and_if_the_hall_wants_it(hub: Hub, metal: SimulatedPrinter) -> None:
    hub.order("c1", {**ARGS, "url": "https://hall.example/t/1"})
    await hub.result("c1")
    assert "[QR https://hall.example/t/1]" in metal.papers[-1].text
    hub.say(ADDRESS.topic("desired"), msgspec.json.encode({**LAYOUT, "qr": False}))
    await hub.wait(lambda: {"revision": 4} in hub.of("reported"))
    hub.order("c2", {**ARGS, "url": "https://hall.example/t/1"})
    await hub.result("c2")
    assert "[QR" not in metal.papers[-1].text


async def test_a_reprint_keeps_its_number_and_is_marked(hub: Hub, metal: SimulatedPrinter) -> None:
    hub.order("c1", {**ARGS, "copy": 1})
    await hub.result("c1")
    assert "补打" in metal.papers[-1].text
    assert "A012" in metal.papers[-1].text


@pytest.mark.parametrize(
    ("fault", "value", "state", "reason"),
    [
        ("paper", "out", "failed", "paper-out"),
        ("cover_open", True, "failed", "cover-open"),
        ("offline", True, "failed", "offline"),
        ("never_reads", True, "unknown", "no-answer"),
        ("drop_fence", True, "unknown", "no-fence"),
        ("out_after_dots", 300, "unknown", "paper-out"),
        ("power_loss_before_fence", True, "unknown", "connection-lost"),
    ],
)
async def test_a_fault_becomes_a_result_with_its_reason(
    hub: Hub, metal: SimulatedPrinter, fault: str, value: object, state: str, reason: str
) -> None:
    await hub.wait(lambda: bool(hub.of("event")))  # the first look at the paper is over
    setattr(metal.faults, fault, value)
    hub.order("c1", ARGS)
    result = await hub.result("c1")
    assert (result["state"], result["facts"]["reason"]) == (state, reason)
    assert metal.printed <= 1


async def test_an_unknown_ticket_is_never_printed_again_by_itself(hub: Hub, metal: SimulatedPrinter) -> None:
    metal.faults.drop_fence = True
    hub.order("c1", ARGS)
    assert (await hub.result("c1"))["state"] == "unknown"
    metal.faults.drop_fence = False
    before = len(hub.of("result"))
    hub.order("c1", ARGS)
    await hub.wait(lambda: len(hub.of("result")) > before)
    assert hub.of("result")[-1]["state"] == "unknown"
    assert metal.printed == 1


async def test_the_paper_level_is_told_once_per_change(hub: Hub, metal: SimulatedPrinter) -> None:
    def levels() -> list[str]:
        return [event["data"]["level"] for event in hub.of("event") if event["type"] == "paper-changed"]

    await hub.wait(lambda: levels() == ["ok"])
    metal.faults.paper = "low"
    await hub.wait(lambda: len(levels()) == 2)
    asked = metal.received
    async with asyncio.timeout(2):
        await metal.until(lambda: metal.received > asked + 3 * 12)  # three more looks
    metal.faults.paper = "out"
    await hub.wait(lambda: len(levels()) == 3)
    metal.faults.paper = "ok"
    await hub.wait(lambda: len(levels()) == 4)
    assert levels() == ["ok", "low", "out", "ok"]


async def test_orders_come_out_one_at_a_time_and_in_order(hub: Hub, metal: SimulatedPrinter) -> None:
    for n in range(5):
        hub.order(f"c{n}", {**ARGS, "number": f"A{n:03d}"})
    await hub.result("c4")
    assert [f"A{n:03d}" in paper.text for n, paper in enumerate(metal.papers)] == [True] * 5


async def test_arguments_that_cannot_be_are_rejected_by_field(hub: Hub, metal: SimulatedPrinter) -> None:
    hub.order("c1", {**ARGS, "ahead": -1})
    result = await hub.result("c1")
    assert result["state"] == "rejected"
    assert "ahead" in str(result["facts"])
    assert metal.printed == 0


async def test_a_technician_asks_for_the_status_and_a_test_ticket(metal: SimulatedPrinter) -> None:
    shown: list[str] = []
    session = DeviceSession(ADDRESS, Hub().connector(), description=KIND.description())
    device = TicketPrinter(session, TicketPrinterOptions(port=metal.port), shown.append)
    for line in ("status", "test", "dance"):
        await device.type_line(line)
    assert shown[:2] == ["printer: ready, paper ok", "test ticket: done"]
    assert "status, test" in shown[2]
    assert "测试页" in metal.papers[-1].text
    device.close()


def test_the_kind_is_found_by_its_name() -> None:
    assert kind_named("ticket_printer") is KIND


@pytest.mark.parametrize(
    ("field", "value"), [("time_zone", "Mars/Olympus"), ("port", 0), ("port", 70000), ("fence_seconds", 0.0)]
)
def test_options_that_cannot_be_are_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=field):
        replace(TicketPrinterOptions(), **{field: value})


async def test_a_ticket_under_the_head_when_the_process_dies_is_unknown_and_not_printed_again(
    metal: SimulatedPrinter, tmp_path: Path
) -> None:
    metal.faults.delay = 60  # the fence does not come while this test lasts
    first, second = Hub(), Hub()
    options = TicketPrinterOptions(port=metal.port)

    def start(hub: Hub) -> tuple[TicketPrinter, asyncio.Task[None]]:
        ledger = Ledger(tmp_path / "ledger.sqlite")
        device = TicketPrinter(
            DeviceSession(ADDRESS, hub.connector(), description=KIND.description(), ledger=ledger), options
        )
        return device, asyncio.create_task(device.run())

    dying, its_task = start(first)
    first.order("c1", ARGS)
    async with asyncio.timeout(5):
        await metal.until(lambda: metal.printed == 1)
    reborn, task = start(second)  # finds the ledger as a killed process leaves it
    second.order("c1", ARGS)
    assert (await second.result("c1"))["state"] == "unknown"
    for each in (its_task, task):
        each.cancel()
    await asyncio.gather(its_task, task, return_exceptions=True)
    for device in (dying, reborn):
        device.close()
    assert metal.printed == 1
