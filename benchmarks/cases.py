"""Cases: opened and received with the metadata of five materials through the writer, and what their rules cost.

    python -m benchmarks.cases FOLDER CALLERS COUNT

Every case is a new person with name, identity number and phone sealed, pins its whole item, takes its number, and has
an idempotency key, so that its outcome is stored too. A caller is a coroutine with one command under way.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.processes import load
from benchmarks.writer import bare_inserts, hub_at
from hub.core.hub import Hub
from hub.domain.cases.almanac import Almanac
from hub.domain.cases.clocks import changed, start
from hub.domain.cases.commands import OpenCase
from hub.domain.cases.numbers import TEMPLATE, ReserveBlock
from hub.domain.cases.records import LEGAL, PROMISED, Supply
from hub.domain.cases.state import Case, Clock
from hub.domain.catalogue.item import Fee, Item, MaterialRule, Result, RouteStep, SpecialStep
from hub.domain.hall.calendar import CalendarVersion
from hub.domain.personal import Personal
from hub.log.entry import Outcome
from tests.domain.cases.office import STATE_CALENDAR, Office
from tests.domain.hall.halls import DEFAULT

CALLERS = 16
OPEN_CASES = 100_000
MATERIALS = tuple(
    MaterialRule(f"m{n}", f"材料{n}", f"material {n}", main=n < 3, reuse=f"kind-{n}", valid_days=90) for n in range(5)
)
ITEM = Item(
    "DC-C-017",
    "食品经营许可（新办）",
    "food business licence (new)",
    "licence",
    "wj",
    basic="000131001000",
    implementation="11110101MB0000000X4000131001000",
    basis=("《中华人民共和国食品安全法》第三十五条", "《食品经营许可和备案管理办法》第四条"),
    promised_days=8,
    special_steps=(SpecialStep("hearing", "听证", "hearing", True), SpecialStep("site", "现场核查", "on-site", False)),
    materials=MATERIALS,
    fees=(Fee("不收费", "free", 0, "京发改〔2015〕1号"),),
    tolerance=True,
    result=Result("certificate", "食品经营许可证", "food licence", 1825),
    route=(
        RouteStep("first", "初审", "first review", "wj", days=3),
        RouteStep("last", "终审", "last review", "wj", after=("first",), days=2),
    ),
    complete=True,
    keywords=("食品", "餐饮", "饭店"),
)


def opening(hub: Hub, number: int) -> OpenCase:
    identity = f"11010119900{number:06d}X"
    person = hub.subjects.of_id(identity)
    supplies = tuple(
        Supply(rule.code, f"{number:032x}{n:032x}", 240_000, "application/pdf", "scan", "B", "li", "2027-12-31", True)
        for n, rule in enumerate(MATERIALS)
    )
    return OpenCase(
        case=hub.ids.make().hex(),
        day=hub.today,
        at=hub.now(),
        by="li",
        item=ITEM,
        catalogue=1,
        category="C",
        channel="hall",
        applicant="person",
        person=person,
        name=Personal(person, "张三丰"),
        identity=Personal(person, identity),
        phone=Personal(person, f"138{number:08d}"),
        window="103",
        clerk="li",
        materials=supplies,
    )


async def measure(folder: Path, callers: int, count: int) -> dict[str, object]:
    async with hub_at(folder) as hub:
        block = ReserveBlock(hub.today[:4], hub.now(), "admin", "110101", TEMPLATE, 1, 999_999)
        reserved: Outcome = await hub.submit(block, actor="bench")
        assert reserved.ok, reserved.reply
        late: list[float] = []
        numbers = iter(range(count * 2 + callers))

        async def call(share: int) -> None:
            for _ in range(share):
                command = opening(hub, next(numbers))
                begun = time.perf_counter()
                outcome: Outcome = await hub.submit(
                    command, actor="bench", key=hub.ids.make(), fingerprint=b"fingerprint-of-16"
                )
                late.append(time.perf_counter() - begun)
                assert outcome.ok, outcome.reply

        await asyncio.gather(*(call(max(count // callers // 10, 1)) for _ in range(callers)))
        late.clear()
        batches, cpu, begun = hub.writer.batches, time.process_time(), time.perf_counter()
        await asyncio.gather(*(call(max(count // callers, 1)) for _ in range(callers)))
        took, cpu = time.perf_counter() - begun, time.process_time() - cpu
        done = len(late)
        late.sort()
        return {
            "rate": done / took,
            "p50_ms": late[done // 2] * 1e3,
            "p99_ms": late[done * 99 // 100] * 1e3,
            "cpu_us": cpu / done * 1e6,
            "batch": done / (hub.writer.batches - batches),
        }


def rules(rounds: int) -> dict[str, float]:
    """Median µs of decide and evolve in memory, by act, of a case from opening to its decision."""
    codes = [rule.code for rule in MATERIALS]
    acts: tuple[tuple[str, Callable[[Office], object]], ...] = (
        ("open", lambda office: office.open(ITEM)),
        ("supply", lambda office: office.supply(*codes)),
        ("accept", lambda office: office.accept()),
        ("opinion", lambda office: office.opine("first")),
        ("last opinion", lambda office: office.opine("last")),
        ("decide", lambda office: office.decide()),
    )
    spent: dict[str, list[float]] = {name: [] for name, _ in acts}
    for _ in range(rounds):
        office = Office()
        for name, act in acts:
            begun = time.perf_counter()
            act(office)
            spent[name].append(time.perf_counter() - begun)
    return {name: statistics.median(each) * 1e6 for name, each in spent.items()}


def recounted(count: int) -> tuple[float, int]:
    """Seconds to count every clock of ``count`` open cases again after a calendar change, and how many changed."""
    old = Almanac(DEFAULT, STATE_CALENDAR)
    days = [old.add("2026-10-09", n % 60).date for n in range(60)]
    cases: list[Case] = []
    for n in range(count):
        case = Case(state="review", item=ITEM)
        for name, limit in ((LEGAL, 20 + n % 3), (PROMISED, 8)):
            begun = start(old, name, 0, days[n % 60], limit)
            case.clocks.append(
                Clock(name, 0, begun.day, limit, begun.due, begun.due_at, begun.calendar, begun.provisional)
            )
        cases.append(case)
    year = replace(STATE_CALENDAR.years[-1], year=2027, holidays=(), workdays=())
    new = Almanac(DEFAULT, CalendarVersion(2, (*STATE_CALENDAR.years, year)))
    begun_at = time.perf_counter()
    found = sum(bool(changed(case, new)) for case in cases)
    return time.perf_counter() - begun_at, found


def cases(folder: Path, quick: bool) -> list[Figure]:
    floor = bare_inserts(folder, CALLERS * 4, 20 if quick else 300) / 4
    found = load("cases", folder, CALLERS, 200 if quick else 8_000, folder=folder)
    seconds, events = recounted(1_000 if quick else OPEN_CASES)
    cost = rules(3 if quick else 200)
    return [
        Figure(
            14,
            f"cases opened and received with 5 materials, {CALLERS} callers",
            found["rate"],
            "cases/s",
            ("≥", 2000),
            f"{floor:,.0f} cases/s as 4 bare rows of 400 bytes each",
            f"p50 {found['p50_ms']:.1f} ms, p99 {found['p99_ms']:.1f} ms, {found['batch']:.0f} a commit, CPU "
            f"{found['cpu_us']:.0f} µs each",
            f"CPU for {found['rate'] * found['cpu_us'] / 1e6:.0%} of the time, else waiting for the disk",
        ),
        Figure(
            14,
            f"deadlines of {OPEN_CASES:,} open cases counted again, two clocks each",
            seconds * (100 if quick else 1),
            "s",
            ("≤", 10),
            note=f"the pure part; {events:,} cases changed",
        ),
        Figure(
            14,
            "decide and evolve of the costliest act of a case",
            max(cost.values()),
            "µs",
            note=", ".join(f"{name} {us:.0f}" for name, us in cost.items()),
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("callers", type=int)
    parser.add_argument("count", type=int)
    asked = parser.parse_args()
    print(json.dumps(asyncio.run(measure(asked.folder, asked.callers, asked.count))))


if __name__ == "__main__":
    main()
