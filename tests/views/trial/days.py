"""A drawn day in a log on the disk, as a hub would have recorded it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hub.core.profile_file import default_profile
from hub.demo.drawn_day import drawn_day
from hub.domain.hall.calendar import CalendarVersion
from hub.domain.hall.events import ProfilePublished
from hub.domain.hall.plan import DayPlan
from hub.domain.hall.planning import plan_for
from hub.domain.queue.events import QueueEvent
from hub.log.entry import Batch, Draft
from hub.log.names import reading_codec
from hub.ops.state_files import opened

DAY = "2026-11-23"
VISITS = 1_000


def busy_plan() -> DayPlan:
    """The default hall with every other window, so that people wait."""
    plan = plan_for(default_profile(), 1, CalendarVersion(1), DAY)
    return replace(plan, windows=plan.windows[::2])


def busy_day() -> tuple[QueueEvent, ...]:
    return drawn_day(busy_plan(), VISITS).events


def write_days(url: str, days: dict[str, Sequence[QueueEvent]]) -> None:
    """A log with the default profile published and these days."""
    codec = reading_codec()
    first = ProfilePublished(1, default_profile(), "now", DAY, 0)
    streams: dict[str, Sequence[object]] = {"hall": [first], **{f"queue/{day}": events for day, events in days.items()}}
    drafts: list[Draft] = []
    for stream, events in streams.items():
        for version, event in enumerate(events, 1):
            wire, data = codec.encode(event, stream)
            drafts.append(Draft(stream, version, wire, 0, "test", len(drafts).to_bytes(16, "big"), data))
    with opened(url) as state:
        for begins in range(0, len(drafts), 500):
            state.store.append(Batch(drafts[begins : begins + 500], (), (), 0))
