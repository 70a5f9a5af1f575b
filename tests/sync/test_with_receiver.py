"""The hub's line against the city's own receiver, over a real socket."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from hub.compose import running
from hub.domain.clock.commands import ReportClockStep
from hub.receiver.desk import Desk
from hub.receiver.server import serving
from hub.receiver.settings import ReceiverSettings
from hub.sync.standing_rows import TAKEN
from tests.sync.test_composed import settings_of
from tests.sync.test_feed_process import until

HALL = "dongcheng"


@asynccontextmanager
async def receiver(folder: Path, *, snapshots: bool) -> AsyncGenerator[tuple[Desk, str]]:
    settings = ReceiverSettings(
        url=f"sqlite:///{folder}/receiver.db",
        files=folder / "files-of-receiver",
        listen="127.0.0.1:0",
        snapshots=snapshots,
    )
    async with serving(settings) as (desk, urls):
        yield desk, urls[0]


@pytest.mark.parametrize("snapshots", [False, True])
async def test_a_hall_and_its_city_come_to_the_same_history_and_rows(tmp_path: Path, snapshots: bool) -> None:
    async with receiver(tmp_path, snapshots=snapshots) as (desk, url), running(settings_of(tmp_path, url)) as hall:
        assert hall.line is not None

        def equal() -> bool:
            found = desk.store.standing(HALL)
            return found is not None and (found.committed, found.viewed) == (hall.hub.head(), hall.hub.head())

        await until(equal)
        desk.store.say(HALL, "a" * 32, "weather", b"{}", 1)
        desk.bells.ring(HALL)
        await until(lambda: desk.store.count(HALL, TAKEN) == 1)
        assert (await hall.hub.submit(ReportClockStep(hall.hub.now(), 400_000), actor="hub")).ok
        await until(equal)
        found = desk.store.standing(HALL)
        assert found is not None
        assert found.hash == hall.hub.log.head().hash
        assert (found.base > 0) == snapshots
        await until(lambda: hall.line is not None and hall.line.standing().inbox.phase == "listening")
        assert msgspec.to_builtins(hall.line.standing())["configured"]
