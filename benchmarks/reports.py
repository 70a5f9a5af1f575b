"""A year of days in the reports: 250 days of 900 visits each in the log, every page over HTTP.

The log is written by this process, the views' file by the hub's own reader; then a hub starts on both and is asked for
each page as often, another day or range each time.
"""

from __future__ import annotations

import random
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.processes import LOAD_SECONDS, BenchFailed, HubProcess, cpu_seconds, hub
from benchmarks.report_days import working_days, write_days
from hub.core.readers import Readers
from hub.log.cursors import open_cursors
from hub.log.keys import Keys
from hub.log.names import hub_codec
from hub.log.open import beside, open_reader
from hub.ops.state_files import opened
from hub.views.history import DayHistory
from hub.views.report.folds import DayFolds
from hub.views.report.history import DayReports

DAYS, VISITS, ASKED = 250, 900, 60


def year_of_days(folder: Path, days: list[date], visits: int) -> tuple[int, float]:
    """A log and its views' file; entries and the seconds that the reader took."""
    folder.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{folder / 'hall.db'}"
    with opened(url) as state:
        entries = sum(write_days(state.store, hub_codec(state.keys), days, visits))
        state.store.checkpoint()
    codec = hub_codec(Keys(None))
    with (
        closing(open_reader(url)) as reading,
        closing(open_cursors(beside(folder / "hall.db", "views.db"), lambda: 0)) as cursors,
    ):
        both = [DayHistory(codec), DayReports(DayFolds(reading, codec), codec)]
        readers = Readers(reading, cursors, both, lambda: entries)
        begun = time.monotonic()
        readers.catch_up()
    return entries, time.monotonic() - begun


def addresses(days: list[date], chance: random.Random) -> dict[str, str]:
    """One address of every page, of any day or range of the year."""
    day = chance.choice(days)
    month = day.strftime("%Y-%m")
    first = chance.choice(days[: len(days) // 4 or 1])
    last = first + timedelta(days=chance.randint(200, 330))
    return {
        "the year's calendar": f"/reports?month={month}",
        "a day": f"/reports/day/{day}",
        "a clerk's day": f"/reports/day/{day}/clerk/%E8%81%8C%E5%91%98101",
        "a month": f"/reports/range?from={month}-01&to={month}-28",
        "the year": f"/reports/range?from={days[0]}&to={days[-1]}",
        "any range": f"/reports/range?from={first}&to={last}",
        "a day as JSON": f"/api/v1/reports/days/{day}",
        "a day as XLSX": f"/reports/day/{day}.xlsx",
        "the year as CSV": f"/reports/range.csv?from={days[0]}&to={days[-1]}",
        "the year as XLSX": f"/reports/range.xlsx?from={days[0]}&to={days[-1]}",
    }


FILES = ("a day as XLSX", "the year as CSV", "the year as XLSX")


def asked(running: HubProcess, token: str, days: list[date], times: int) -> dict[str, list[float]]:
    """Milliseconds of each answer, sorted."""
    chance = random.Random(7)
    took: dict[str, list[float]] = {}
    for _ in range(times):
        for name, address in addresses(days, chance).items():
            begun = time.perf_counter()
            status, _, _ = running.get(address, Authorization=f"Bearer {token}", Accept_Encoding="gzip")
            assert status == 200, (address, status)
            took.setdefault(name, []).append((time.perf_counter() - begun) * 1e3)
    return {name: sorted(each) for name, each in took.items()}


def reports(folder: Path, quick: bool) -> list[Figure]:
    count, visits, times = (12, 120, 3) if quick else (DAYS, VISITS, ASKED)
    days = working_days(date.today(), count)
    entries, read = year_of_days(folder / "hub", days, visits)
    size = (folder / "hub" / "hall.views.db").stat().st_size / 1e6
    with hub(folder / "hub") as running:
        token = running.token("supervisor")
        _settled(running, token)
        took = asked(running, token, days, times)
        idle = sorted(_of_nothing(running) for _ in range(times))
        p95 = {name: each[len(each) * 95 // 100] for name, each in took.items()}
        pages = {name: each for name, each in p95.items() if name not in FILES}
        slowest = max(pages, key=lambda name: pages[name])
        cpu = _cpu(running, token, [addresses(days, random.Random(n))[slowest] for n in range(times)])
    return [
        Figure(
            11,
            f"any page of the reports, {count} days of {visits} visits, p95 ({slowest})",
            pages[slowest],
            "ms",
            ("≤", 100),
            f"{idle[len(idle) * 95 // 100]:.1f} ms for the start page of the same hub, p95",
            f"{cpu:.0f} ms of the hub's CPU; " + ", ".join(f"{name} {each:.0f}" for name, each in p95.items()),
            "tallies of months added up, a template of some thousand cells",
        ),
        Figure(
            11,
            "reading the year's log into the reports",
            entries / read,
            "entries/s",
            note=f"{entries:,} entries in {read:.0f} s, a views' file of {size:.0f} MB",
        ),
    ]


def _settled(running: HubProcess, token: str) -> None:
    """Wait until every other reader of the hub has seen the year too."""
    until = time.monotonic() + LOAD_SECONDS
    while time.monotonic() < until:
        _, _, body = running.get("/metrics", Authorization=f"Bearer {token}")
        lags = [line for line in body.decode().splitlines() if line.startswith("hallhub_reader_lag")]
        if lags and float(lags[0].split()[-1]) == 0:
            return
        time.sleep(0.2)
    raise BenchFailed("the hub's readers did not come to the log's end")


def _cpu(running: HubProcess, token: str, asked: list[str]) -> float:
    """Milliseconds of the hub's CPU an answer, on the mean: what a busy machine does not change."""
    before = cpu_seconds(running.pid)
    for address in asked:
        running.get(address, Authorization=f"Bearer {token}", Accept_Encoding="gzip")
    return (cpu_seconds(running.pid) - before) / len(asked) * 1e3


def _of_nothing(running: HubProcess) -> float:
    begun = time.perf_counter()
    running.get("/", Accept_Encoding="gzip")
    return (time.perf_counter() - begun) * 1e3
