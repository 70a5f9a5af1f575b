"""The line page outside of a demo: it shows, and has no switch."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.web import assets, pages
from tests.web.running import running_hall

pytestmark = pytest.mark.asyncio


async def test_a_hall_at_work_has_no_switch_and_no_route_for_one(tmp_path: Path) -> None:
    async with running_hall(tmp_path) as hall:
        pages.register(hall.app, assets.load())
        async with hall.signed_in("administrator") as browser:
            shown = await browser.get("/outage")
            assert shown.status_code == 200
            assert "/outage/line" not in shown.text
            assert (await browser.post("/outage/line", data={"act": "cut"})).status_code == 404
