"""Trials in worker threads: a bounded number, each for whoever began it, failures told."""

from __future__ import annotations

import asyncio
import threading

import pytest

from hub.core.day_log import DayLog
from hub.core.policy_file import PolicyDraft
from hub.core.profile_file import default_profile
from hub.domain.queue.events import QueueEvent
from hub.domain.refusals import Refused
from hub.log.entry import Entry
from hub.web.trials import AT_ONCE, KEPT, TrialDesk, Trying
from tests.views.trial.days import DAY, busy_day

DRAFT = PolicyDraft(default_profile().policy)


class Days(DayLog):
    """Days held in memory, given out when ``gate`` opens."""

    def __init__(self, events: tuple[QueueEvent, ...]) -> None:
        self._held = events
        self.gate = threading.Event()
        self.gate.set()

    def events(self, day: str) -> list[tuple[Entry, QueueEvent]]:
        self.gate.wait(10)
        if day == "broken":
            raise OSError("disk")
        return [(None, event) for event in self._held] if day == DAY else []  # type: ignore[misc]


async def ended(desk: TrialDesk, name: str) -> Trying:
    found = desk.find(name, "li")
    assert found.task is not None
    await found.task
    return found


async def test_a_trial_ends_with_its_comparison_and_tells_its_progress() -> None:
    desk = TrialDesk(Days(busy_day()))
    found = await ended(desk, desk.begin(DAY, DRAFT, "li"))
    assert found.trial is not None
    assert found.trial.comparison.day == DAY
    assert found.share > 0.9


async def test_only_so_many_run_at_once() -> None:
    days = Days(())
    days.gate.clear()
    desk = TrialDesk(days)
    names = [desk.begin(DAY, DRAFT, "li") for _ in range(AT_ONCE)]
    with pytest.raises(Refused, match="too-many-trials"):
        desk.begin(DAY, DRAFT, "li")
    days.gate.set()
    await asyncio.gather(*(ended(desk, name) for name in names))
    assert desk.begin(DAY, DRAFT, "li")


async def test_a_day_that_never_was_and_a_failure_are_told() -> None:
    desk = TrialDesk(Days(()))
    assert (await ended(desk, desk.begin("2020-01-01", DRAFT, "li"))).failed == "unknown-day"
    assert (await ended(desk, desk.begin("broken", DRAFT, "li"))).failed == "internal-error"


async def test_a_trial_is_its_owner_s_and_is_forgotten_after_others() -> None:
    desk = TrialDesk(Days(()))
    first = desk.begin(DAY, DRAFT, "li")
    await ended(desk, first)
    with pytest.raises(Refused, match="unknown-trial"):
        desk.find(first, "wang")
    for _ in range(KEPT):
        await ended(desk, desk.begin(DAY, DRAFT, "li"))
    with pytest.raises(Refused, match="unknown-trial"):
        desk.find(first, "li")
