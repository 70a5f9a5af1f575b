"""The hall as it was: every profile ever published, by the moment at which it ruled."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from hub.core.clock import ManualClock
from hub.core.hall_past import HallPast
from hub.core.hub import Hub
from hub.core.paths import StatePaths
from hub.core.profile_file import default_profile
from hub.domain.hall.commands import NOW, PublishProfile
from hub.log.keys import Keys
from hub.log.memory import MemoryLog
from hub.log.names import hub_codec
from hub.log.subjects import Subjects
from tests.domain.hall.halls import ms

DAY_MS = 86_400_000


async def test_a_moment_finds_the_name_of_its_day_however_many_came_since(tmp_path: Path) -> None:
    clock = ManualClock(ms("2026-03-02 10:00", "Asia/Shanghai"))
    hub = Hub(MemoryLog(), hub_codec(Keys(None)), Subjects(bytes(32)), clock, StatePaths.of(tmp_path / "hall.db"))
    first = default_profile()
    await hub.start(first)
    past = HallPast(lambda: nullcontext(hub.log), hub.codec)
    began = hub.now()
    assert past.bring_up()(began - 365 * DAY_MS).hall.zh == first.hall.zh
    for n in range(1, 4):
        clock.advance(DAY_MS)
        await hub.keep()
        renamed = replace(first, hall=replace(first.hall, zh=f"改名 {n}"))
        assert (await hub.submit(PublishProfile(renamed, NOW, hub.now()), actor="test")).ok
    at = past.bring_up()
    assert [at(began + n * DAY_MS).hall.zh for n in range(4)] == [first.hall.zh, "改名 1", "改名 2", "改名 3"]


def test_a_log_without_a_profile_has_no_past() -> None:
    past = HallPast(lambda: nullcontext(MemoryLog()), hub_codec(Keys(None)))
    with pytest.raises(LookupError):
        past.bring_up()
