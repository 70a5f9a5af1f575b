"""A disk that is really full under a hub that really runs: nothing taken is lost, nothing refused is half taken."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from hub.log.chain import verify
from hub.log.sqlite import SqliteLog

from .fleet import token_for
from .halls import WireDevice, code
from .processes import HubProcess, environment, free_port


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small disk needs the right to mount one")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """A file that takes all the room there is."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        for size in (65536, 4096):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))
    assert os.statvfs(disk).f_bavail == 0
    return filler


async def test_a_full_disk_is_told_to_everybody_pages_go_on_and_the_same_events_are_taken_once_there_is_room(
    tmp_path, small_disk
):
    log, web = small_disk / "hall.db", free_port()
    token = token_for(log)
    port = free_port()
    async with (
        HubProcess.open(tmp_path) as hub,
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{web}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
            trust_env=False,
        ) as caller,
    ):
        assert await hub.start(environment(log, "embedded", port, web))
        async with WireDevice.at(port, "kiosk", "kiosk-1") as kiosk, WireDevice.at(port, "call_button", "b1") as button:
            kiosk.take(1)
            first = await kiosk.reply(1)
            assert first["ok"]
            await kiosk.acknowledged(1)

            filler = fill(small_disk)
            seq = 1
            with_room: list[int] = []
            while True:
                seq += 1
                kiosk.take(seq, phone=f"138{seq:08d}")
                answer = await kiosk.reply(seq)
                if not answer["ok"]:
                    break
                with_room.append(seq)
            assert code(answer) == "no-room"
            lost = seq
            kiosk.take(lost + 1)
            kiosk.take(lost, phone=f"138{lost:08d}")
            await kiosk.until(lambda: [each for each in kiosk.heard.replies[lost:] if each["seq"] == lost] != [])
            button.press(1, "call-next")
            assert code(await button.reply(1)) == "no-room"
            posted = await caller.post("/api/v1/tickets", json={"category": "B"}, headers={"Idempotency-Key": "k1"})
            assert posted.status_code == 507
            assert posted.json()["code"] == "no-room"
            for page in ("/board/hall", "/kiosk/kiosk-1", f"/ticket/{first['data']['ticket']}", "/health/live", "/"):
                shown = await caller.get(page)
                assert shown.status_code in (200, 303, 307), (page, shown.status_code, shown.text[:300])
            assert (await caller.get("/api/v1/windows")).status_code == 200
            assert (await caller.get("/health/ready")).status_code in (200, 503)
            assert await hub.ended(2.5) is None, hub.said()
            assert max(each["seq"] for each in kiosk.heard.acks if "missing" not in each) < lost

            filler.unlink()
            heard = len(kiosk.heard.replies)
            kiosk.take(lost, phone=f"138{lost:08d}")
            kiosk.take(lost + 1)
            await kiosk.acknowledged(lost + 1)
            taken = {each["seq"]: each for each in kiosk.heard.replies[heard:]}
            assert taken[lost]["ok"]
            assert taken[lost + 1]["ok"]
            kiosk.take(lost, phone=f"138{lost:08d}")
            await kiosk.until(lambda: len(kiosk.heard.replies) >= heard + 3)
            assert kiosk.heard.replies[-1] == taken[lost]
            button.press(1, "call-next")
            await button.acknowledged(1)
            assert button.heard.replies[-1]["data"]["number"] == "A001"
            answers = [
                await caller.post("/api/v1/tickets", json={"category": "B"}, headers={"Idempotency-Key": "k1"})
                for _ in range(2)
            ]
            assert [each.status_code for each in answers] == [201, 201]
            assert answers[0].json() == answers[1].json()
        await hub.stop()
    with closing(SqliteLog(log)) as read:
        entries = read.read(0, 100_000)
        assert verify(entries).fault is None
        issued = [each for each in entries if each.type == "ticket-issued"]
        assert len(issued) == lost + 2
        assert [each.type for each in entries].count("ticket-called") == 1
