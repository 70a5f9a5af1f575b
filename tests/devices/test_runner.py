import asyncio
import logging

import pytest

from devices.config import DeviceConfig
from devices.runner import Host, make_device
from devices.wire.link import BrokerUrl
from devices.wire.messages import Place
from devices.wire.session import Backoff
from devices.wire.topics import Address
from devices.wire.vocabulary import Rated
from tests.devices.fakes import MemoryHub

FAST = Backoff(first=0.001, most=0.002)


class Faulty:
    """A device that breaks at its first `lives` starts."""

    def __init__(self, starts: list[int], lives: int, closed: list[int], running: asyncio.Event | None = None) -> None:
        starts.append(len(starts))
        self._breaks = len(starts) <= lives
        self._closed = closed
        self.running = running or asyncio.Event()

    async def run(self) -> None:
        if self._breaks:
            raise RuntimeError("glass broken")
        self.running.set()
        await asyncio.Event().wait()

    async def type_line(self, line: str) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self._closed.append(1)


def config(tmp_path, kind="rating_pad"):
    return DeviceConfig(
        Address("hall", kind, "D1"), BrokerUrl("127.0.0.1", 1), state=tmp_path, place=Place(window="112")
    )


async def test_a_fault_in_one_device_harms_no_other_and_it_comes_back(start, caplog):
    caplog.set_level(logging.CRITICAL)
    starts: list[int] = []
    closed: list[int] = []
    sound, came_back = Faulty([], 0, []), asyncio.Event()
    host = Host({"faulty": lambda: Faulty(starts, 2, closed, came_back), "sound": lambda: sound}, backoff=FAST)
    start(host.run())
    async with asyncio.timeout(5):
        await sound.running.wait()
        await came_back.wait()
    assert host.faults == {"faulty": 2, "sound": 0}
    assert len(closed) == 2
    assert host.device("sound") is sound


async def test_a_device_that_cannot_be_made_is_counted_and_tried_again(start, caplog):
    caplog.set_level(logging.CRITICAL)
    tried = asyncio.Event()
    count: list[int] = []

    def make():
        count.append(1)
        if len(count) > 2:
            tried.set()
        raise ValueError("place.window")

    host = Host({"button": make}, backoff=FAST)
    start(host.run())
    await asyncio.wait_for(tried.wait(), 5)
    assert host.device("button") is None


async def test_a_hosted_device_keeps_its_outbox_over_a_restart_of_the_process(tmp_path):
    hub = MemoryHub(Address("hall", "rating_pad", "D1"))
    first = make_device(config(tmp_path), connect=hub.connect)
    await first.session.emit("rated", Rated(ticket="t1", score=5))
    first.close()
    second = make_device(config(tmp_path), connect=hub.connect)
    running = asyncio.create_task(second.run())
    await hub.until(lambda: len(hub.intake.taken) == 1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    second.close()
    assert (tmp_path / "hall-rating_pad-D1" / "outbox.sqlite3").exists()


def test_a_device_that_lacks_its_place_is_refused_and_leaves_no_file_open(tmp_path):
    lacking = DeviceConfig(Address("hall", "call_button", "B1"), BrokerUrl("127.0.0.1", 1), state=tmp_path)
    with pytest.raises(ValueError, match=r"place\.window"):
        make_device(lacking)
