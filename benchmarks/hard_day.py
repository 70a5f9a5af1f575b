"""A generated hard day: 4,000 visits in a hall of 58 windows, replayed from a log and rerun under a draft policy."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec

from benchmarks.figures import Figure
from hub.core.day_log import day_events
from hub.core.profile_file import default_profile
from hub.demo.drawn_day import drawn_day
from hub.domain.hall.calendar import CalendarVersion
from hub.domain.hall.plan import DayPlan
from hub.domain.hall.planning import plan_for
from hub.domain.queue.evolve import evolve
from hub.domain.queue.state import QueueDay
from hub.domain.trial.recorded import script_of
from hub.domain.trial.rerun import rerun
from hub.log.entry import Batch, Draft
from hub.log.names import reading_codec
from hub.log.open import open_log, open_reader

DATE = "2026-11-23"
VISITS, FEW = 4_000, 200


def plan() -> DayPlan:
    return plan_for(default_profile(), 1, CalendarVersion(1), DATE)


def hard_day(folder: Path, quick: bool) -> list[Figure]:
    """The fastest of three each; the floor is reading the same entries and doing nothing."""
    visits = FEW if quick else VISITS
    url = f"sqlite:///{folder}/hall.db"
    entries = _write(url, visits)
    read, folded, tried = [], [], []
    for _ in range(3):
        read.append(_timed(lambda: _read(url)))
        folded.append(_timed(lambda: fold(url)))
        tried.append(_timed(lambda: _try(url)))
    differ = len({_digest(folder, seed) for seed in ("1", "2", "3")}) - 1
    note = f"{visits:,} visits, {entries:,} entries"
    floor = f"entries read: {min(read):.3f} s"
    return [
        Figure(12, "a hard day replayed from the log", min(folded), "s", ("≤", 5), floor=floor, note=note),
        Figure(12, "a hard day tried under a draft, from log to outcomes", min(tried), "s", ("≤", 5), floor=floor),
        Figure(12, "processes whose replayed state differs, of 3", differ, "", ("=", 0)),
    ]


def fold(url: str) -> QueueDay:
    """The day's state out of the log."""
    day = QueueDay()
    with closing(open_reader(url)) as reader:
        for _, event in day_events(reader, reading_codec(), DATE):
            evolve(day, event)
    return day


def digest(day: QueueDay) -> str:
    """Of everything in the state that has an order: what two processes must agree on to the bit."""
    lines = [(name, list(line)) for name, line in day.lines.items()]
    parts = [list(day.tickets.items()), list(day.windows.items()), lines, list(day.pace.items()), day.servers]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def _digest(folder: Path, seed: str) -> str:
    code = f"from benchmarks.hard_day import *\nprint(digest(fold('sqlite:///{folder}/hall.db')))"
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _try(url: str) -> None:
    with closing(open_reader(url)) as reader:
        script = script_of(event for _, event in day_events(reader, reading_codec(), DATE))
    rerun(script)
    drafted = script.plan
    rerun(script, replace(drafted, policy=replace(drafted.policy, long_wait_minutes=45, rush_share=5)))


def _read(url: str) -> None:
    with closing(open_reader(url)) as reader:
        for _ in reader.read_stream(f"queue/{DATE}"):
            pass


def _write(url: str, visits: int) -> int:
    codec, log, stream = reading_codec(), open_log(url), f"queue/{DATE}"
    drafts: list[Draft] = []
    for version, event in enumerate(drawn_day(plan(), visits).events, 1):
        wire, data = codec.encode(event, stream)
        drafts.append(Draft(stream, version, wire, 0, "bench", version.to_bytes(16, "big"), data))
    for begins in range(0, len(drafts), 1000):
        log.append(Batch(drafts[begins : begins + 1000], (), (), 0))
    log.close()
    return len(drafts)


def _timed(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began
