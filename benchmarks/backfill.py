"""A hall that comes back after nine days: its entries go to the city's receiver while tickets are taken.

Hub, feed, receiver and PostgreSQL run on the same machine, with signatures both ways. The line is paused, tickets are
taken at a steady pace, the line goes on, and the same pace is kept until the receiver has everything. For the next
round the receiver begins anew with an empty database, so that the whole log goes up again.
"""

from __future__ import annotations

import asyncio
import http.client
import random
import statistics
import sys
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from benchmarks.cities import HALL, NICE, Keys, Standing, database_cpu, give_way, keys_of, receiver
from benchmarks.clusters import Cluster, binaries, cluster
from benchmarks.figures import Figure
from benchmarks.processes import BenchFailed, HubProcess, cpu_seconds, ended, free_port, hub, load, started
from hub.log.open import open_reader
from hub.ops.control import ask_running
from hub.sync.identity import new_identity

ROW: Final = 24
ENTRIES, FEW = 300_000, 3_000
ROUNDS: Final = 3
STEADY: Final = 200
A_SECOND: Final = 20.0
"""Tickets: twice what a hall of 58 windows takes in its busiest minutes."""
QUIET_SECONDS: Final = 20.0
_SECONDS: Final = 300.0
_OPTIONS: Final = ("max_wal_size=4GB", "shared_buffers=512MB")
SOMEWHERE: Final = Path("/var/tmp")


@dataclass(frozen=True, slots=True)
class Round:
    """When it ended and the seconds it took, entries, both p99 in ms, CPU seconds of feed, receiver and database."""

    ended: float
    seconds: float
    entries: int
    without: float
    during: float
    cpu: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Hall:
    """A hub whose line is paused, and the port where its city has to listen."""

    hub: HubProcess
    port: int
    keys: Keys
    database: Cluster

    def do(self, what: str) -> dict[str, object]:
        answer = asyncio.run(ask_running(self.hub.folder / "hall.sock", "sync", {"do": what}))
        if answer is None:
            raise BenchFailed("the hub has no line")
        return answer

    def head(self) -> int:
        return int(cast("dict[str, int]", self.do("status")["feed"])["head"])


@contextmanager
def hall(folder: Path, entries: int) -> Generator[Hall]:
    """With a log of as many entries, all read by the hub's own readers."""
    own = folder / "hall"
    own.mkdir()
    load("hall_log", own, entries, folder=folder)
    keys, port = keys_of(folder / "city", {HALL: new_identity()}, own / "hall.db"), free_port()
    (own / "hall.sync-paused").touch()
    line = f'[sync]\nurl = "http://127.0.0.1:{port}"\nhall = "{HALL}"\n'
    with cluster(SOMEWHERE, *_OPTIONS) as database, hub(own, more=line) as running:
        give_way(database)
        _settle(running)
        yield Hall(running, port, keys, database)


def backfill(folder: Path, quick: bool) -> list[Figure]:
    """Row 24: medians of the rounds, then the steady state of the last one."""
    if binaries() is None:
        return [Figure(ROW, "backfill", None, "", ("=", 0), note="PostgreSQL is not installed")]
    with hall(folder, FEW if quick else ENTRIES) as own:
        token = own.hub.token("clerk")
        rounds, folded = list[Round](), 0.0
        late: list[tuple[float, float, float]] = []
        for last in (True,) if quick else (False,) * (ROUNDS - 1) + (True,):
            url = own.database.database()
            with receiver(folder, own.port, url, own.keys, NICE) as city, closing(Standing(url)) as standing:
                with _paced(own, folder, token) as tickets:
                    rounds.append(_round(own, tickets, standing, city.pid, 1.0 if quick else QUIET_SECONDS))
                if last:
                    folded = _until(standing, own.head(), 1) - rounds[-1].ended
                    late = steady(own, standing, token, 10 if quick else STEADY)
                own.do("pause")
    return [*_of_rounds(rounds, folded), *_of_steady(late)]


def _of_rounds(rounds: list[Round], folded: float) -> list[Figure]:
    entries = rounds[0].entries
    ratios = sorted(each.during / each.without for each in rounds)
    feed, city, database = (statistics.median(each.cpu[n] for each in rounds) / entries * 1e6 for n in range(3))
    shown = ", ".join(f"{each.without:.1f} → {each.during:.1f}" for each in rounds)
    return [
        Figure(
            ROW,
            f"backfill of {entries:,} entries into the receiver on PostgreSQL",
            statistics.median(each.seconds for each in rounds),
            "s",
            ("≤", 60),
            "row 21: the same storage without a line",
            f"signed, while {A_SECOND:.0f} tickets/s are taken; CPU an entry: feed {feed:.1f} µs, receiver {city:.1f} "
            f"µs with the rows that it folds meanwhile, database {database:.1f} µs; last rows {folded:.1f} s later; "
            f"median of {len(rounds)}, " + ", ".join(f"{each.seconds:.1f}" for each in rounds),
            "the receiver's CPU",
        ),
        Figure(
            ROW,
            "ticket p99 over HTTP during the backfill over p99 without",
            statistics.median(ratios),
            "×",
            ("≤", 1.5),
            f"p99 without: {statistics.median(each.without for each in rounds):.1f} ms",
            f"p99 in ms of each round: {shown}; ratios {ratios[0]:.2f} to {ratios[-1]:.2f}; receiver and database at "
            f"nice {NICE}",
            "the cores that the city's side takes here and has for itself elsewhere",
        ),
    ]


def _of_steady(late: list[tuple[float, float, float]]) -> list[Figure]:
    kept, shown = (sorted(each[which] * 1e3 for each in late) for which in (0, 1))
    return [
        Figure(
            ROW,
            "a ticket asked to its row at the receiver, p95",
            shown[len(shown) * 95 // 100],
            "ms",
            ("≤", 300),
            f"its answer over HTTP alone p50 {statistics.median(each[2] for each in late) * 1e3:.1f} ms",
            f"signed, {len(late)} tickets one after the other; to its row p50 {shown[len(shown) // 2]:.1f} ms; entry "
            f"committed there p50 {kept[len(kept) // 2]:.1f}, p95 {kept[len(kept) * 95 // 100]:.1f} ms",
            "two commits, one request, and who else wants the cores",
        )
    ]


@contextmanager
def _paced(own: Hall, folder: Path, token: str) -> Generator[Path]:
    """Tickets at a steady pace; the file of how late each was."""
    file = folder / "tickets"
    pace = ["-m", "benchmarks.paced_tickets", str(own.hub.web_port), token, str(A_SECOND), str(file)]
    process = started([sys.executable, *pace], folder / "paced.out")
    try:
        yield file
        if process.poll() is not None:
            raise BenchFailed((folder / "paced.out").read_text(errors="replace")[-600:])
    finally:
        ended(process)


def _round(own: Hall, tickets: Path, standing: Standing, city: int, quiet: float) -> Round:
    time.sleep(1)
    first = time.monotonic()
    time.sleep(quiet)
    paused, child = time.monotonic(), _feed_of(own.hub)
    head, before = own.head(), (cpu_seconds(child), cpu_seconds(city), database_cpu(own.database))
    begun = time.monotonic()
    own.do("resume")
    end = _until(standing, head, 0)
    after = (cpu_seconds(child), cpu_seconds(city), database_cpu(own.database))
    feed, receiver, database = (b - a for a, b in zip(before, after, strict=True))
    late = [tuple(map(float, line.split())) for line in tickets.read_text().splitlines() if line.count(" ") == 1]
    without = [took for due, took in late if first <= due < paused]
    during = [took for due, took in late if begun <= due < end]
    return Round(end, end - begun, head, _p99(without), _p99(during), (feed, receiver, database))


def steady(own: Hall, standing: Standing, token: str, count: int) -> list[tuple[float, float, float]]:
    """Seconds from asking for a ticket until its entry is committed at the city, until its row is, and until its
    answer came here."""
    chance, late = random.Random(5), list[tuple[float, float, float]]()
    link = http.client.HTTPConnection("127.0.0.1", own.hub.web_port, timeout=20)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with closing(link), closing(open_reader(f"sqlite:///{own.hub.folder / 'hall.db'}")) as log:
        for number in range(count):
            time.sleep(chance.uniform(0.03, 0.2))
            headers["Idempotency-Key"] = f"{own.port}-{number}"
            begun = time.monotonic()
            link.request("POST", "/api/v1/tickets", b'{"category":"A"}', headers)
            answer = link.getresponse()
            answer.read()
            answered, position = time.monotonic(), log.head().position
            if answer.status != 201:
                raise BenchFailed(f"{answer.status} for a ticket")
            committed = _until(standing, position, 0, 0.002)
            late.append((committed - begun, _until(standing, position, 1, 0.002) - begun, answered - begun))
    return late


def _until(standing: Standing, head: int, which: int, every: float = 0.1) -> float:
    """When the receiver had committed (0) or folded (1) up to ``head``."""
    until = time.monotonic() + _SECONDS
    while standing.now()[which] < head:
        if time.monotonic() > until:
            raise BenchFailed(f"the receiver is at {standing.now()} of {head} after {_SECONDS:.0f} s")
        time.sleep(every)
    return time.monotonic()


def _p99(late: list[float]) -> float:
    """In ms; with few of them the slowest."""
    if not late:
        raise BenchFailed("no ticket was taken")
    return sorted(late)[min(len(late) * 99 // 100, len(late) - 1)] * 1e3


def _settle(running: HubProcess) -> None:
    """Until the hub has read its log to the end and rests."""
    until = time.monotonic() + _SECONDS
    used = cpu_seconds(running.pid)
    while time.monotonic() < until:
        time.sleep(1)
        before, used = used, cpu_seconds(running.pid)
        if used - before < 0.1:
            return
    raise BenchFailed("the hub does not come to rest")


def _feed_of(running: HubProcess) -> int:
    for child in Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split():
        if b"hub.sync.child" in Path(f"/proc/{child}/cmdline").read_bytes():
            return int(child)
    raise BenchFailed("the hub has no feed")
