"""First pages of every list over a million cases, 100,000 of them open, in SQLite.

The rows are generated straight into SQL (``case_rows``; a test holds them equal to folded ones); each question is asked
with other values every time, and its page is read to the end, up to the rows that a page or an answer is made of.
"""

from __future__ import annotations

import random
import sqlite3
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks import case_rows
from benchmarks.figures import Figure
from hub.core.calendar_source import from_package
from hub.domain.cases.almanac import Almanac
from hub.domain.hall.calendar import CalendarVersion
from hub.log.chain import GENESIS
from hub.log.cursors import Cursors
from hub.log.keys import Keys
from hub.log.memory import MemoryLog
from hub.log.names import hub_codec
from hub.views.cases import figures
from hub.views.cases.book import CaseBook
from hub.views.cases.rows import PAGE, Search
from tests.domain.hall.halls import DEFAULT, ms

ROW: Final = 17
CASES: Final = 1_000_000
OPEN: Final = 100_000
ASKED: Final = 200
TODAY: Final = "2026-11-23"
REACH_MS: Final = 50


def case_lists(folder: Path, quick: bool) -> list[Figure]:
    count, open_cases = (4_000, 1_000) if quick else (CASES, OPEN)
    path = folder / "views.db"
    cursors = Cursors(path)
    begun = time.monotonic()
    fill(path, count, open_cases)
    filled = time.monotonic() - begun
    found = [
        _asked(what, ask, floor=_floor(path, count) if n == 0 else "", rounds=10 if quick else ASKED)
        for n, (what, ask) in enumerate(_questions(cursors, count).items())
    ]
    size = path.stat().st_size / 1e6
    cursors.close()
    built = Figure(ROW, f"{count:,} rows generated straight into SQL", filled, "s", note=f"a file of {size:,.0f} MB")
    return [*found, built]


def fill(path: Path, count: int, open_cases: int) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    case_rows.fill(db, count, open_cases)
    db.execute("INSERT OR REPLACE INTO cursor VALUES ('cases', 1, 0, ?)", (GENESIS,))
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def _questions(cursors: Cursors, count: int) -> dict[str, Callable[[], int]]:
    """By name, each asked with new values at every call; how many rows it gave."""
    book = CaseBook(MemoryLog(), cursors, hub_codec(Keys(None)))
    any_of = random.Random(17)
    almanac = Almanac(DEFAULT, CalendarVersion(1, from_package()))
    now = ms(f"{TODAY} 10:00", "Asia/Shanghai")
    tonight, morning = almanac.ends(TODAY), ms(f"{TODAY} 04:00", "Asia/Shanghai")

    def search(**asked: str) -> int:
        return len(book.find(Search(**asked)).rows)

    def item() -> str:
        return f"I-{any_of.randrange(case_rows.ITEMS):04d}"

    def department() -> str:
        return case_rows.department_at(any_of.randrange(case_rows.DEPARTMENTS))

    def state() -> str:
        return any_of.choice(("draft", "received", "correction", "review", "special", "decided", "archived"))

    def number() -> str:
        return case_rows.number_of(any_of.randrange(count))

    def inbox(*, stopped: bool) -> int:
        asked = department()
        book.inbox_counts(asked, now, tonight)
        return len(book.inbox(asked, stopped=stopped).rows)

    def deadlines(light: str, whole: bool) -> int:
        asked = "" if whole else department()
        book.due_counts(now, TODAY, almanac, asked)
        return len(book.deadlines(now, TODAY, almanac, light=light, department=asked).rows)

    return {
        "number, whole": lambda: book.numbered(number()) is not None,
        "number, its beginning": lambda: search(number=number()[: any_of.randrange(8, 18)]),
        "item": lambda: search(item=item()),
        "item and state": lambda: search(item=item(), state=state()),
        "person by keyed hash": lambda: search(person=case_rows.person_of(any_of.randrange(count))),
        "state": lambda: search(state=state()),
        "department and state": lambda: search(department=department(), state=state()),
        "item, department and state": lambda: search(item=item(), department=department(), state=state()),
        "the newest": lambda: search(),
        "a department's inbox, with its counts": lambda: inbox(stopped=False),
        "a department's stopped clocks, with its counts": lambda: inbox(stopped=True),
        "claimed by one reviewer": lambda: len(book.claimed("wang").rows),
        "escalated to the supervisor": lambda: len(book.escalated(PAGE)),
        "opened by one clerk since": lambda: len(
            book.mine(
                f"clerk{any_of.randrange(case_rows.CLERKS):02d}", morning - any_of.randrange(40) * 86_400_000
            ).rows
        ),
        "a ticket's cases": lambda: len(book.of_ticket(f"{any_of.randrange(count) + (1 << 96):032x}")),
        "deadlines of the hall, with counts": lambda: deadlines("", True),
        "red lights of the hall, with counts": lambda: deadlines("red", True),
        "yellow lights of the hall, with counts": lambda: deadlines("yellow", True),
        "yellow lights of a department, with counts": lambda: deadlines("yellow", False),
        "stopped clocks of the hall, with counts": lambda: deadlines("stopped", True),
        "figures of a month by item": lambda: len(figures.by_item(cursors, "2026-10")),
        "figures of twelve months": lambda: len(figures.by_month(cursors, "2025-12", "2026-11")),
    }


def _asked(what: str, ask: Callable[[], int], floor: str, rounds: int) -> Figure:
    took: list[float] = []
    rows = 0
    for _ in range(rounds):
        begun = time.perf_counter()
        rows += ask()
        took.append((time.perf_counter() - begun) * 1e3)
    ordered = sorted(took)
    return Figure(
        ROW,
        f"list of cases: {what}, first page of {PAGE}, p95",
        statistics.quantiles(took, n=20)[18],
        "ms",
        ("≤", REACH_MS),
        floor,
        f"p50 {ordered[len(ordered) // 2]:.1f} ms, highest {ordered[-1]:.1f} ms, {rows / rounds:.0f} rows each",
        "rows read from a file that the page cache does not hold whole",
    )


def _floor(path: Path, count: int) -> str:
    """One row by its key, without more."""
    db = sqlite3.connect(path)
    took: list[float] = []
    for n in range(300):
        begun = time.perf_counter()
        db.execute("SELECT * FROM cases WHERE seq = ?", (n * 7919 % count + 1,)).fetchone()
        took.append((time.perf_counter() - begun) * 1e3)
    db.close()
    return f"{statistics.median(took):.3f} ms for one row by its key"
