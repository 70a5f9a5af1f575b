"""Cases in a whole hub with timers and reactions, over HTTP and the command line, through darkness and new years."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from hub.compose import Running, running
from hub.core.calendar_source import from_package
from hub.core.clock import FastClock
from hub.settings import load_settings
from tests.ops.processes import HubProcess, hub_process
from tests.web.cases import LI, original

SHANGHAI = ZoneInfo("Asia/Shanghai")
LAST_YEAR = from_package()[-1].year
"""The last one whose calendar is published."""


def ms(when: datetime) -> int:
    return int(when.timestamp() * 1000)


def client(hall: Running, role: str) -> httpx.AsyncClient:
    token = hall.access.create_token(role, "test")
    return httpx.AsyncClient(base_url=hall.web_url, headers={"Authorization": f"Bearer {token}"}, trust_env=False)


async def post(by: httpx.AsyncClient, path: str, **body: object) -> dict[str, Any]:
    key = f"{path}-{body.get('item', '')}".replace("/", "-")[-60:]
    answer = await by.post(f"/api/v1{path}", json=body, headers={"Idempotency-Key": key})
    assert answer.is_success, answer.text
    return answer.json()


async def received(hall: Running, by: httpx.AsyncClient, item: str, *codes: str) -> dict[str, Any]:
    """A case with these originals, as it is seen once it is received."""
    async with client(hall, "administrator") as admin:
        await post(admin, "/case-numbers", hall="DC", last=99, year=hall.hub.today[:4])
    made = await post(by, "/cases", item=item, applicant=LI, materials=original(*codes))
    return await seen(by, made["case"])


async def seen(by: httpx.AsyncClient, case: str) -> dict[str, Any]:
    return (await by.get(f"/api/v1/cases/{case}")).json()


async def until(ask: Callable[[], Awaitable[Any]]) -> Any:
    """What is told once it holds, within 20 s: reactions and timers work in moments of their own."""
    async with asyncio.timeout(20):
        while not (found := await ask()):  # noqa: ASYNC110 (the other side of HTTP announces nothing)
            await asyncio.sleep(0.05)
    return found


def clock(case: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in case["clocks"] if each["clock"] == name)


async def test_a_case_deemed_accepted_in_the_dark_is_dated_when_its_limit_passed(tmp_path: Path) -> None:
    then = datetime.now(SHANGHAI) - timedelta(days=30)
    with hub_process(tmp_path / "one") as hub:
        async with (
            running(load_settings(hub.config, {}), clock=FastClock(ms(then), 1)) as hall,
            client(hall, "clerk") as by,
        ):
            case = await received(hall, by, "C01", "M1", "M2", "M3", "M4")
        assert (case["state"], clock(case, "intake")["state"]) == ("received", "running")
        hub.start()
        by = httpx.AsyncClient(base_url=hub.web, headers={"Authorization": f"Bearer {hub.token('supervisor')}"})
        async with by:

            async def accepted() -> dict[str, Any] | None:
                found = await seen(by, case["case"])
                return found if found["accepted_at"] else None

            deemed = await until(accepted)
    assert (deemed["deemed"], deemed["state"]) == (True, "review")
    assert deemed["accepted_at"] == clock(case, "intake")["due_at"] < datetime.now(ZoneInfo("UTC")).isoformat()
    assert clock(deemed, "legal")["day"] == clock(case, "intake")["day"]


async def test_a_review_in_a_department_without_reviewers_is_the_supervisors_at_once(tmp_path: Path) -> None:
    hub = HubProcess(tmp_path / "one")
    async with running(load_settings(hub.config, {})) as hall, client(hall, "supervisor") as by:
        case = await received(hall, by, "L28", "M1", "M2", "M3", "M4")
        await post(by, f"/cases/{case['case']}/accept")

        async def escalated() -> list[dict[str, Any]]:
            tasks = (await by.get("/api/v1/inbox")).json()["tasks"]
            return [each for each in tasks if each["case"] == case["case"] and each["escalated"]]

        (task,) = await until(escalated)
        await post(by, f"/cases/{case['case']}/steps/{task['step']}/opinion", verdict="agree", text="代为审查")
        steps = (await seen(by, case["case"]))["steps"]
    assert next(each for each in steps if each["step"] == task["step"])["verdict"] == "同意"


async def test_a_limit_into_an_unpublished_year_is_provisional_until_it_is_published(tmp_path: Path) -> None:
    morning = datetime(LAST_YEAR, 11, 23, 10, tzinfo=SHANGHAI)
    hub = HubProcess(tmp_path / "one")
    async with (
        running(load_settings(hub.config, {}), clock=FastClock(ms(morning), 1)) as hall,
        client(hall, "clerk") as by,
    ):
        case = await received(hall, by, "L28", "M1", "M2", "M3", "M4")
        await post(by, f"/cases/{case['case']}/accept")
        before = await seen(by, case["case"])
        calendar = tmp_path / "calendar.toml"
        days = [f"{LAST_YEAR + 1}-01-{day:02d}" for day in range(1, 9)]
        holidays = ", ".join(f'{{date = {day}, zh = "假日", en = "holiday"}}' for day in days)
        calendar.write_text(f"years = [{{year = {LAST_YEAR + 1}, holidays = [{holidays}], workdays = []}}]")
        await asyncio.to_thread(hub.run, "calendar", "import", str(calendar))

        async def counted() -> dict[str, Any] | None:
            found = clock(await seen(by, case["case"]), "legal")
            return None if found["provisional"] else found

        after = await until(counted)
        page = (await by.get(f"/api/v1/cases/{case['case']}")).json()
    legal, promised = clock(before, "legal"), clock(before, "promised")
    assert (legal["provisional"], promised["provisional"]) == (True, False)
    assert legal["due"] < after["due"]
    assert clock(page, "promised")["due"] == promised["due"]
    assert [step["zh"] for step in page["history"]].count("期限重算") == 1
