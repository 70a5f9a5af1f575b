"""Open cases in a real log: a hub that starts again, and every deadline counted again after a calendar is published.

    python -m benchmarks.case_deadlines FOLDER COUNT

The cases are of the last thirty days before the calendar year ends, as in December, when the next year's calendar is
published: most legal limits reach into it. Their entries are appended a case after the other, chained and with sealed
names; the hub, the reaction and its commands are the real ones.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import signal
import time
from pathlib import Path
from typing import Final

from benchmarks import case_rows
from benchmarks.figures import Figure
from benchmarks.processes import hub as hub_process
from benchmarks.processes import load
from benchmarks.restart import imports
from benchmarks.writer import hub_at
from hub.core.calendar_source import from_package
from hub.core.hub import Hub
from hub.core.reactions import Reactions
from hub.core.recomputed_deadlines import RecomputedDeadlines
from hub.domain.cases.almanac import almanac_of
from hub.domain.hall.calendar import CalendarYear, Holiday
from hub.domain.hall.commands import PublishCalendar
from hub.log.cursors import Cursors
from hub.log.entry import Batch, Draft
from hub.views.cases.book import CaseBook

ROW: Final = 18
OPEN: Final = 100_000
RESTARTED: Final = 20_000
STARTS: Final = 3
BUILD_SECONDS: Final = 900
LAST_DAY: Final = "2026-12-18"
FESTIVAL: Final = tuple(Holiday(f"2027-02-{day:02d}", "春节", "Spring Festival") for day in range(5, 12))
NEXT_YEAR: Final = CalendarYear(2027, (Holiday("2027-01-01", "元旦", "New Year's Day"), *FESTIVAL), ())


def append_cases(hub: Hub, count: int) -> int:
    """Entries of ``count`` open cases; how many."""
    written = 0
    drafts: list[Draft] = []
    for number in range(count):
        events = case_rows.events_of(case_rows.kind_of(number, count, count, LAST_DAY), number)
        for version, event in enumerate(events, 1):
            hub.codec.keys.ensure(hub.codec.subjects(event))
            name, data = hub.codec.encode(event, f"case/{case_rows.id_of(number)}")
            drafts.append(Draft(f"case/{case_rows.id_of(number)}", version, name, event.at, "bench", b"c" * 16, data))
        if len(drafts) > 5_000 or number == count - 1:
            written += len(hub.log.append(Batch(drafts, (), (), hub.now())))
            drafts = []
    hub.log.checkpoint()
    return written


async def measure(folder: Path, count: int) -> dict[str, object]:
    async with hub_at(folder) as hub:
        await hub.submit(PublishCalendar(from_package(), hub.now()), actor="bench")
        entries = append_cases(hub, count)
    async with hub_at(folder) as hub:
        cursors = Cursors(folder / "hall.views.db")
        book = CaseBook(hub.log, cursors, hub.codec)
        begun = time.perf_counter()
        book.timed(0, 1)
        folded = time.perf_counter() - begun
        begun = time.perf_counter()
        book.recounted(almanac_of(hub.hall(), hub.today))
        looked = time.perf_counter() - begun
        reaction = RecomputedDeadlines(hub, lambda: book.recounted(almanac_of(hub.hall(), hub.today)))
        reactions = Reactions(hub, hub.log, cursors, [reaction])
        await reactions.catch_up()
        before = hub.head()
        gc.freeze()  # as hub.compose does once everything is loaded
        cpu, begun = time.process_time(), time.perf_counter()
        await hub.submit(PublishCalendar((*from_package(), NEXT_YEAR), hub.now()), actor="bench")
        await reactions.catch_up()
        took, cpu = time.perf_counter() - begun, time.process_time() - cpu
        changed = sum(entry.type == "deadlines-recomputed" for entry in hub.log.read(before, count + 10))
        return {
            "entries": entries,
            "folded": folded,
            "looked": looked,
            "took": took,
            "cpu": cpu,
            "changed": changed,
            "left": len(book.recounted(almanac_of(hub.hall(), hub.today))),
        }


def case_deadlines(folder: Path, quick: bool) -> list[Figure]:
    all_, few = folder / "hub", folder / "few"
    all_.mkdir()
    few.mkdir()
    count = 500 if quick else OPEN
    found = load("case_deadlines", all_, count, folder=folder, seconds=BUILD_SECONDS)
    load("case_deadlines", few, 200 if quick else RESTARTED, folder=folder, seconds=BUILD_SECONDS)
    took: list[float] = []
    for _ in range(2 if quick else STARTS + 1):
        with hub_process(few, end=signal.SIGKILL) as running:
            took.append(running.ready_seconds)
    slowest = max(took[1:])
    return [
        Figure(
            ROW,
            f"every deadline of {count:,} open cases after a calendar change, events committed",
            found["took"],
            "s",
            ("≤", 10),
            f"{found['looked']:.1f} s to count them all again and write nothing",
            f"{found['changed']:,} cases changed and have an event, {found['left']} left; CPU {found['cpu']:.1f} s",
            "reading each changed case's stream from the log before its rule",
        ),
        Figure(
            ROW,
            "the case index built again from the log",
            found["entries"] / found["folded"],
            "entries/s",
            note=f"{found['entries']:,} entries in {found['folded']:.1f} s",
        ),
        Figure(
            ROW,
            f"restart after kill -9 with {200 if quick else RESTARTED:,} open cases, slowest of {len(took) - 1}",
            slowest,
            "s",
            ("≤", 2.0),
            f"{imports():.2f} s to start Python and import the hub",
            ", ".join(f"{each:.2f}" for each in took[1:]),
            "importing the hub",
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    asked = parser.parse_args()
    print(json.dumps(asyncio.run(measure(asked.folder, asked.count))))


if __name__ == "__main__":
    main()
