"""A drawn hard day: 4,000 visits, folded and rerun in seconds, and the same bits in every process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace

from hub.core.profile_file import default_profile
from hub.demo.drawn_day import drawn_day
from hub.domain.hall.calendar import CalendarVersion
from hub.domain.hall.plan import DayPlan
from hub.domain.hall.planning import plan_for
from hub.domain.queue.evolve import evolve
from hub.domain.queue.state import QueueDay
from hub.domain.trial.recorded import script_of
from hub.domain.trial.rerun import rerun

VISITS = 4_000
DIGEST = """
import hashlib, msgspec
from tests.demo.test_drawn_day import VISITS, hard_plan
from hub.demo.drawn_day import drawn_day
from hub.domain.queue.evolve import evolve
from hub.domain.queue.state import QueueDay
day, done = QueueDay(), drawn_day(hard_plan(), VISITS)
for event in done.events:
    evolve(day, event)
lines = {name: list(line) for name, line in sorted(day.lines.items())}
parts = [done.events, list(day.tickets.items()), list(day.windows.items()), lines, list(day.pace.items())]
print(hashlib.sha256(msgspec.json.encode(parts)).hexdigest())
"""


def hard_plan() -> DayPlan:
    return plan_for(default_profile(), 1, CalendarVersion(1), "2026-11-23")


def test_a_hard_day_is_folded_and_rerun_under_a_draft_within_five_seconds_each() -> None:
    plan = hard_plan()
    drawn = drawn_day(plan, VISITS)
    assert len(drawn.day.tickets) == VISITS
    began = time.perf_counter()
    day = QueueDay()
    for event in drawn.events:
        evolve(day, event)
    folded = time.perf_counter() - began
    assert day == drawn.day
    began = time.perf_counter()
    draft = replace(plan, policy=replace(plan.policy, rush_share=0, long_wait_minutes=None))
    done = rerun(script_of(drawn.events), draft)
    assert len(done.outcomes) == VISITS
    assert (folded <= 5, time.perf_counter() - began <= 5) == (True, True)


def test_a_hard_day_is_the_same_to_the_bit_in_every_process() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
