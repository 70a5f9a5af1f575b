"""Halls that come back together are served in turn, and what is in memory stays bounded."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import httpx
import pytest

from hub.receiver.admission import Admission, Busy, Room, TooLarge
from tests.receiver.halls import Hall
from tests.receiver.running import open_epoch, receiver, send, until

MIB = 1024 * 1024


async def test_what_is_granted_together_fits_what_there_is() -> None:
    admission = Admission(Room(), time.monotonic)
    grants = [admission.credit(f"hall-{n}") for n in range(100)]
    assert grants[0].bytes == Room().most
    again = [admission.credit(f"hall-{n}") for n in range(100)]
    assert sum(each.bytes for each in again) <= Room().total
    assert min(each.entries for each in again) > 100


async def test_those_who_wait_are_let_in_in_the_order_in_which_they_came() -> None:
    admission = Admission(Room(total=100), time.monotonic)
    order: list[str] = []
    held = asyncio.Event()

    async def batch(hall: str) -> None:
        async with admission.admitted(hall, 60):
            order.append(hall)
            await held.wait()

    async with asyncio.TaskGroup() as group:
        for hall in "abcde":
            group.create_task(batch(hall))
            await asyncio.sleep(0)
        await until(lambda: admission.waiting == 4)
        assert (order, admission.used) == (["a"], 60)
        with pytest.raises(Busy):
            async with admission.admitted("b", 10):
                pass
        held.set()
    assert order == list("abcde")
    assert (admission.used, admission.peak) == (0, 60)


async def test_whoever_waits_too_long_or_goes_away_leaves_the_queue() -> None:
    admission = Admission(Room(total=100, patience=0.05), time.monotonic)
    async with admission.admitted("a", 90):
        with pytest.raises(Busy):
            async with admission.admitted("b", 90):
                pass
        gone = asyncio.create_task(admission.admitted("c", 90).__aenter__())
        await until(lambda: admission.waiting == 1)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        assert admission.waiting == 0
    async with admission.admitted("b", 90):
        assert admission.used == 90
    admission.credit("d")
    with pytest.raises(TooLarge):
        async with admission.admitted("d", Room().most + 1):
            pass


async def test_many_halls_that_come_back_together_are_all_served_evenly(tmp_path: Path) -> None:
    halls = [Hall(f"hall-{n}") for n in range(20)]
    for hall in halls:
        hall.tickets(500)
    spread: list[tuple[int, int]] = []
    async with receiver(tmp_path, memory_mb=4) as (desk, client):
        done = dict.fromkeys((hall.name for hall in halls), 0)
        ready = asyncio.Barrier(len(halls))

        async def back(hall: Hall) -> None:
            # a line of its own, as halls have: a shared pool of connections is not fair
            async with httpx.AsyncClient(base_url=client.base_url, timeout=30, verify=False, trust_env=False) as line:
                await open_epoch(line, hall)
                await ready.wait()
                while done[hall.name] < hall.head:
                    answer = await send(line, hall, done[hall.name], 100)
                    done[hall.name] = answer.json()["committed"]
                    spread.append((min(done.values()), max(done.values())))

        await asyncio.gather(*(back(hall) for hall in halls))
        assert all(done[hall.name] == 500 for hall in halls)
        assert max(most - least for least, most in spread) <= 300
        assert desk.admission.peak <= 4 * MIB


async def test_bodies_past_what_there_is_room_for_wait_unread(tmp_path: Path) -> None:
    async with receiver(tmp_path, memory_mb=4) as (desk, client):
        lines: list[asyncio.StreamWriter] = []
        for n in range(40):
            _, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
            head = (
                f"POST /sync/v1/halls/h{n}/e/entries?base=1 HTTP/1.1\r\nHost: x\r\nContent-Length: {MIB // 2}\r\n\r\n"
            )
            writer.write(head.encode() + b"x" * 1000)
            lines.append(writer)
        await until(lambda: desk.admission.waiting == 32)
        assert desk.admission.used == 4 * MIB
        assert (await client.get("/health")).status_code == 200
        for writer in lines:
            writer.close()
        await until(lambda: desk.admission.used == 0)
