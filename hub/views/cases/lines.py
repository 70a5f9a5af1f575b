"""The clocks of a case as a drawn timeline: where each bar begins and ends, where it stands still, where today is.

Places are in units of a drawing ``WIDE`` units wide, one scale for all clocks; days are calendar days.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from hub.domain.cases.almanac import Almanac
from hub.domain.cases.clocks import ClockFace, faces
from hub.domain.cases.lights import Light, light
from hub.domain.cases.state import Case
from hub.views.cases.words import clock_words
from hub.views.words import Words

WIDE = 1000
LIGHTS: dict[Light, Words] = {
    "green": Words("正常", "in time"),
    "stopped": Words("停止计时", "stopped"),
    "yellow": Words("黄牌", "yellow"),
    "red": Words("红牌", "red"),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """``x`` to ``x + wide``."""

    x: int
    wide: int


@dataclass(frozen=True, slots=True)
class ClockLine:
    """``left``: working days after today up to the due day, negative past it; None: stopped or ended.

    ``whole``: from its start to its due day, or to where it ended; ``used``: the part that has passed.
    """

    face: ClockFace
    named: Words
    light: Light
    left: int | None
    whole: Bar
    used: Bar
    stops: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """``first`` to ``last`` day; ``today`` where the mark stands, None when today is not on it."""

    first: str
    last: str
    today: int | None
    lines: tuple[ClockLine, ...]


def timeline(case: Case, almanac: Almanac, now: int, today: str) -> Timeline | None:
    """None while no clock has begun."""
    found = faces(case, almanac)
    if not found:
        return None
    days = [face.day for face in found]
    days += [face.due for face in found if face.due]
    days += [almanac.day_of(face.ended_at) for face in found if face.ended_at is not None]
    if any(face.ended_at is None for face in found):
        days.append(today)
    first, last = min(days), max(days)
    place = _scale(first, last)
    lines: list[ClockLine] = []
    for face, clock in zip(found, case.clocks, strict=True):
        ended = None if face.ended_at is None else almanac.day_of(face.ended_at)
        end = ended or face.due or max(today, face.day)
        passed = min(end, today) if ended is None else ended
        lines.append(
            ClockLine(
                face=face,
                named=clock_words(face.name, case.item),
                light=light(clock, almanac, now, today),
                left=_left(almanac, face, today),
                whole=_bar(place, face.day, end),
                used=_bar(place, face.day, max(passed, face.day)),
                stops=tuple(
                    _bar(place, stop.from_day, stop.to_day or max(today, stop.from_day)) for stop in face.stops
                ),
            )
        )
    return Timeline(first, last, place(today) if first <= today <= last else None, tuple(lines))


def _left(almanac: Almanac, face: ClockFace, today: str) -> int | None:
    if face.state != "running" or face.due is None:
        return None
    if face.due >= today:
        return almanac.between(today, face.due)
    return -almanac.between(face.due, today)


def _scale(first: str, last: str) -> Callable[[str], int]:
    begin = date.fromisoformat(first).toordinal()
    days = max(date.fromisoformat(last).toordinal() - begin, 1)

    def place(day: str) -> int:
        return round((date.fromisoformat(day).toordinal() - begin) * WIDE / days)

    return place


def _bar(place: Callable[[str], int], first: str, last: str) -> Bar:
    """At least a stroke wide, so that what began and ended on one day is seen."""
    x = min(place(first), WIDE - 6)
    return Bar(x, max(min(place(last), WIDE) - x, 6))
