"""The story of 李悦: filed on Thursday night, accepted first thing on Friday, decided, told once that it is ready."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from hub.core.paths import StatePaths
from hub.web.access.store import AccessStore
from tests.web.cases import LI, WANG
from tests.web.running import HASHED, PASSWORD

from .processes import HubProcess, environment, free_port
from .waiting import until

NURSE = "G23"
"""护士执业首次注册: the health office reviews it in two steps."""
OFFICE = "D203"
PAPERS = [{"material": code, "original": True, "grade": "B"} for code in ("M1", "M2", "M3")]
_keys = count(1)


def beijing(text: str) -> int:
    """ms since 1970 UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()) * 1000


THURSDAY_NIGHT, FRIDAY, LATER = beijing("2026-11-26T21:40"), beijing("2026-11-27T09:00"), beijing("2026-11-27T14:00")


class Hall:
    """A hub process that may die, its log, and whoever is signed in at it, over all its lives."""

    def __init__(self, folder: Path, hub: HubProcess) -> None:
        self.hub = hub
        self.log = folder / "hall.db"
        self.web = free_port()
        self.settings = {
            **environment(self.log, "embedded", free_port(), self.web),
            "HALLHUB_QUEUE_HOURS": "profile",
        }
        self.people: dict[str, httpx.AsyncClient] = {}
        access = AccessStore(StatePaths.of(self.log).access)
        access.create_account("admin-1", "administrator", HASHED, must_change=False)
        access.create_account("clerk-1", "clerk", HASHED, must_change=False)
        access.create_account("review-1", "reviewer", HASHED, must_change=False, department=OFFICE)
        access.create_account("head-1", "reviewer", HASHED, must_change=False, department=OFFICE, head=True)
        access.close()

    async def sign_in(self, stack: AsyncExitStack) -> None:
        url = f"http://127.0.0.1:{self.web}"
        for name in ("admin-1", "clerk-1", "review-1", "head-1"):
            client = await stack.enter_async_context(httpx.AsyncClient(base_url=url, headers={"Origin": url}))
            begun = await client.post("/api/v1/session", json={"name": name, "password": PASSWORD})
            assert begun.status_code == 200, begun.text
            client.headers["X-CSRF-Token"] = begun.json()["csrf"]
            self.people[name] = client

    async def do(self, who: str, path: str, key: str | None = None, **body: object) -> dict[str, Any]:
        headers = {"Idempotency-Key": key or f"k-{next(_keys)}"}
        done = await self.people[who].post(f"/api/v1{path}", json=body, headers=headers)
        assert done.status_code < 300, done.text
        return done.json()

    async def see(self, path: str) -> dict[str, Any]:
        return (await self.people["clerk-1"].get(f"/api/v1{path}")).json()

    def messages(self) -> list[dict[str, Any]]:
        """In the order of their files and lines; half a line is none yet."""
        folder = StatePaths.of(self.log).notices
        lines = [
            line for file in sorted(folder.glob("*.jsonl")) for line in file.read_bytes().splitlines(keepends=True)
        ]
        return [json.loads(line) for line in lines if line.endswith(b"\n")]

    async def until_told(self, *kinds: str) -> None:
        await until(lambda: [each["kind"] for each in self.messages()] == list(kinds), 10)


@asynccontextmanager
async def thursday_night(folder: Path) -> AsyncIterator[tuple[Hall, AsyncExitStack]]:
    """A hall that is closed for the day, its hub at work and its people signed in."""
    async with HubProcess.open(folder) as hub, AsyncExitStack() as stack:
        hall = Hall(folder, hub)
        assert await hub.start(hall.settings, at=THURSDAY_NIGHT)
        await hall.sign_in(stack)
        await hall.do("admin-1", "/case-numbers", hall="DC", last=9999)
        yield hall, stack


async def file_at_night(hall: Hall) -> str:
    """In the zone that is open all night; nobody of the staff is there."""
    filed = await hall.do("clerk-1", "/cases", item=NURSE, applicant=LI, channel="kiosk", materials=PAPERS)
    return str(filed["case"])


def clock(case: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in case["clocks"] if each["clock"] == name)


@pytest.mark.parametrize("point", ["commit", "told"])
async def test_what_li_yue_filed_on_thursday_night_is_ready_on_friday_and_she_is_told_once_over_kills(
    tmp_path: Path, point: str
) -> None:
    async with thursday_night(tmp_path) as (hall, _):
        case = await file_at_night(hall)
        seen = await hall.see(f"/cases/{case}")
        assert seen["state"] == "received"
        assert clock(seen, "intake")["day"] == "2026-11-26", "the day of receipt is day 0, the night belongs to it"
        assert clock(seen, "intake")["due"] == "2026-12-03"
        hall.hub.kill()
        assert await hall.hub.ended(10) == 9
        assert hall.messages() == []

        # the second message of Friday's hub is the one that it dies at
        assert await hall.hub.start(hall.settings, *_trap(point), at=FRIDAY)
        [waiting] = (await hall.do("clerk-1", "/cases/search", state="received"))["cases"]
        assert waiting["case"] == case
        assert waiting["number"] == seen["number"]
        await hall.do("clerk-1", f"/cases/{case}/accept")
        await hall.until_told("accepted")
        accepted = await hall.see(f"/cases/{case}")
        assert clock(accepted, "promised")["day"] == "2026-11-27", "the promise runs from acceptance"
        for who, step in (("review-1", "S1"), ("head-1", "S2")):
            assert (await hall.people[who].get("/api/v1/inbox")).json()["tasks"][0]["case"] == case
            await hall.do(who, f"/cases/{case}/steps/{step}/claim")
            await hall.do(who, f"/cases/{case}/steps/{step}/opinion", verdict="agree", text="同意注册")
        granted = {"granted": True, "result": "护士证 2026-1127"}
        if point == "commit":
            hall.hub.kill()
            assert await hall.hub.ended(10) == 9
            assert await hall.hub.start(hall.settings, "commit", 1, at=FRIDAY + 3_600_000)
        with suppress(httpx.HTTPError):  # the hub may die before it answers
            await hall.do("head-1", f"/cases/{case}/review/decide", "decide-1", **granted)
        assert await hall.hub.ended(10) == 9

        assert await hall.hub.start(hall.settings, at=LATER)
        decided = await hall.do("head-1", f"/cases/{case}/review/decide", "decide-1", **granted)
        assert decided["number"] == seen["number"]
        await hall.until_told("accepted", "ready")
        # whatever was to be told twice would stand before the next one's message
        other = await hall.do("clerk-1", "/cases", item=NURSE, applicant=WANG, materials=PAPERS)
        await hall.do("clerk-1", f"/cases/{other['case']}/accept")
        await hall.until_told("accepted", "ready", "accepted")
        assert (await hall.see(f"/cases/{case}"))["state"] == "decided"
        ready = hall.messages()[1]
        assert set(ready) == {"id", "kind", "case", "to", "zh", "en", "at"}
        assert ready["case"] == seen["number"]
        assert "李*您好" in ready["zh"]
        assert "护士执业首次注册" in ready["zh"]
        written = json.dumps(hall.messages(), ensure_ascii=False)
        for personal in (LI["name"], LI["identity"], LI["phone"], WANG["name"], WANG["identity"], WANG["phone"]):
            assert personal not in written
        assert {file.name for file in StatePaths.of(hall.log).notices.iterdir()} == {"2026-11-27.jsonl"}
        await hall.hub.stop()


def _trap(point: str) -> tuple[str | None, int]:
    return (None, 0) if point == "commit" else (point, 2)
