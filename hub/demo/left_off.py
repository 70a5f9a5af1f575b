"""Where a demo's log left off, so that a start with the same state goes on with the same day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import msgspec

from hub.domain.hall.calendar import CalendarVersion, CalendarYear
from hub.domain.hall.plan import DayPlan
from hub.domain.hall.planning import plan_for
from hub.domain.hall.profile import HallProfile
from hub.log.codec import Codec
from hub.log.open import open_reader

BEFORE_OPENING_MS = 5 * 60_000
_YEAR = 366


@dataclass(frozen=True, slots=True)
class LeftOff:
    """The last business day in the log, when its last entry was written (ms), and whether the day was closed."""

    day: str
    at: int
    closed: bool


@dataclass(frozen=True, slots=True)
class People:
    """Which visits a day has: kept beside the log, so that a restart goes on with the same ones."""

    day: str
    seed: int
    visits: int


def people_of_day(state: Path, day: str, seed: int, visits: int) -> People:
    """The people of ``day``: as kept in ``state`` when it is the same day, else these, kept from now on."""
    file = state / "people.json"
    try:
        kept = msgspec.json.decode(file.read_bytes(), type=People)
    except (FileNotFoundError, msgspec.DecodeError):
        kept = None
    if kept is not None and kept.day == day:
        return kept
    people = People(day, seed, visits)
    fresh = file.with_suffix(".new")
    fresh.write_bytes(msgspec.json.encode(people))
    fresh.replace(file)
    return people


def left_off(url: str) -> LeftOff | None:
    """None for a log that does not exist or holds no day. Raises ``BadUrl`` or ``LogBroken``."""
    try:
        reader = open_reader(url)
    except FileNotFoundError:
        return None
    with closing(reader):
        days = reader.streams("queue/")
        if not days:
            return None
        head = reader.head().position
        last = reader.read(head - 1, 1)[0].recorded_at
        closed = any(entry.type.partition("/")[0] == "day-closed" for entry in reader.read_stream(days[-1]))
        return LeftOff(days[-1].removeprefix("queue/"), last, closed)


def events_of(url: str, day: str, codec: Codec) -> Iterator[object]:
    """The day's events, from the log. Raises as ``left_off``, and ``FileNotFoundError``."""
    with closing(open_reader(url)) as reader:
        for entry in reader.read_stream(f"queue/{day}"):
            yield codec.decode(entry)


def starts_at(profile: HallProfile, years: tuple[CalendarYear, ...], left: LeftOff | None, wish: date) -> int:
    """When the demo's clock starts: where the log left off, else five minutes before the next opening.

    ``wish`` is the first date that a new log may take. Raises ``ValueError`` when no day of a year is worked.
    """
    if left is not None and not left.closed:
        return left.at
    calendar = CalendarVersion(1, years)
    first = wish if left is None else date.fromisoformat(left.day) + timedelta(days=1)
    for days in range(_YEAR):
        plan: DayPlan = plan_for(profile, 1, calendar, (first + timedelta(days=days)).isoformat())
        if plan.working and plan.opens is not None:
            return plan.opens - BEFORE_OPENING_MS
    raise ValueError("大厅全年不开放 the hall never opens")
