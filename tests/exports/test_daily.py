"""Daily files: each entry in one day's file, the same bytes after a kill, numbers and never names."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from hub.core.clock import ManualClock
from hub.core.hub import Hub
from hub.domain.cases.commands import WithdrawCase
from hub.domain.queue import commands as q
from hub.exports.daily import DailyExports
from hub.exports.port import FolderDrop
from hub.log.cursors import Cursors
from hub.log.entry import NoRoom
from hub.log.memory import MemoryLog
from tests.core.writers import DAY_MS, MONDAY_AT_TEN, hub_on
from tests.domain.hall.halls import DEFAULT
from tests.web.filings import filed_week

GONE = "disc full"
HALL = DEFAULT.hall.id
DAYS = ("2026-12-02", "2026-12-03")


class Tearing:
    """A drop that takes ``after`` files and then finds no room."""

    def __init__(self, folder: Path, after: int) -> None:
        self._drop, self.after = FolderDrop(folder), after

    def put(self, name: str, content: bytes) -> None:
        if not self.after:
            raise NoRoom(GONE)
        self.after -= 1
        self._drop.put(name, content)


@pytest_asyncio.fixture
async def hub() -> Hub:
    """Two days with filings, a rating and a withdrawal, and a third that has begun."""
    clock = ManualClock(MONDAY_AT_TEN)
    hub = await hub_on(MemoryLog(), clock, always=True)
    made = await filed_week(hub, clock)
    await rated(hub)
    clock.advance(DAY_MS)
    await hub.keep()
    withdrawn = WithdrawCase(made["filed-0"], hub.now(), "li", "不办了")
    assert (await hub.submit(withdrawn, actor="li")).ok
    clock.advance(DAY_MS)
    await hub.keep()
    return hub


async def rated(hub: Hub) -> None:
    day, ticket = hub.today, hub.ticket_id()
    for command in (
        q.OpenWindow(day, hub.now(), "101"),
        q.TakeTicket(day, hub.now(), ticket, "A", phone=hub.phone("13800001111")),
        q.CallNext(day, hub.now(), "101"),
        q.StartService(day, hub.now(), "101"),
        q.FinishService(day, hub.now(), "101"),
        q.RateVisit(day, hub.now(), ticket, 5),
    ):
        assert (await hub.submit(command, actor="test")).ok


async def all_days(exports: DailyExports) -> int:
    days = 0
    while await exports.look():
        days += 1
    return days


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def read(folder: Path) -> dict[str, Any]:
    return {name: msgspec.json.decode(told) for name, told in contents(folder).items() if name.endswith(".json")}


async def test_every_entry_is_in_one_days_file_and_today_waits(hub: Hub, tmp_path: Path) -> None:
    exports = DailyExports(hub, hub.log, Cursors(None), FolderDrop(tmp_path))
    await all_days(exports)
    found = read(tmp_path)
    assert list(found) == [f"{kind}-{HALL}-{day}.json" for kind in ("cases", "ratings") for day in DAYS]
    first, second = (found[f"cases-{HALL}-{day}.json"] for day in DAYS)
    assert sorted({row["event"] for row in first["rows"]}) == ["case-deemed-accepted", "case-received"]
    assert [row["event"] for row in second["rows"]] == ["case-withdrawn"]
    assert second["rows"][0]["case"].startswith("DC2026")
    assert first["last"] < second["first"]
    assert all(first["first"] <= row["position"] <= first["last"] for row in first["rows"])
    rated = found[f"ratings-{HALL}-{DAYS[0]}.json"]["rows"]
    assert [(row["event"], row["window"], row["score"]) for row in rated] == [("visit-rated", "101", 5)]
    assert await all_days(exports) == 0


async def test_the_table_says_what_the_json_says(hub: Hub, tmp_path: Path) -> None:
    await all_days(DailyExports(hub, hub.log, Cursors(None), FolderDrop(tmp_path)))
    for name, told in read(tmp_path).items():
        told = told["rows"]
        table = contents(tmp_path)[name.replace(".json", ".csv")].decode("utf-8-sig")
        assert [row["position"] for row in csv.DictReader(io.StringIO(table))] == [str(row["position"]) for row in told]


async def test_no_name_phone_or_word_of_a_person_is_in_any_file(hub: Hub, tmp_path: Path) -> None:
    await all_days(DailyExports(hub, hub.log, Cursors(None), FolderDrop(tmp_path)))
    content = b"".join(contents(tmp_path).values())
    for planted in ("李悦", "王小明", "11010519491231002X", "13800138000", "13800001111", "东城区某街", "租赁合同"):
        assert planted.encode() not in content


@pytest.mark.parametrize("after", [0, 1, 2, 3])
async def test_a_day_that_was_handed_over_half_is_handed_over_again_to_the_byte(
    hub: Hub, tmp_path: Path, after: int
) -> None:
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    await all_days(DailyExports(hub, hub.log, Cursors(None), FolderDrop(whole)))
    cursors = Cursors(None)
    with pytest.raises(NoRoom):
        await all_days(DailyExports(hub, hub.log, cursors, Tearing(torn, after)))
    await all_days(DailyExports(hub, hub.log, cursors, FolderDrop(torn)))
    assert contents(torn) == contents(whole)


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    drop = FolderDrop(tmp_path / "new")
    drop.put("a.json", b"one")
    drop.put("a.json", b"two")
    assert contents(tmp_path / "new") == {"a.json": b"two"}
