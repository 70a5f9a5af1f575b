"""A hall made of an office's day: a category a queue, lettered afresh, and a window for each counter that was open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hub.demo.office.flow import BEFORE, MINUTE, Flow
from hub.domain.hall.plan import MissedPolicy
from hub.domain.hall.problems import LONGEST_NAME
from hub.domain.hall.profile import Category, Department, Device, Floor, Hall, HallProfile, Hours, Policy, Window, Zone

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TIMEZONE = "Europe/Warsaw"
KIOSK = "biletomat"
_QUARTER = 15


@dataclass(frozen=True, slots=True)
class Place:
    """A queue with its letter and its windows."""

    letter: str
    flow: Flow
    windows: tuple[str, ...]


def places_of(flows: Sequence[Flow]) -> tuple[Place, ...]:
    """Letters and window numbers, in the order of the queues; those past the alphabet have no place."""
    found: list[Place] = []
    number = 0
    for letter, flow in zip(LETTERS, flows, strict=False):
        found.append(Place(letter, flow, tuple(str(number + n + 1) for n in range(flow.windows))))
        number += flow.windows
    return tuple(found)


def profile_of(office: str, day: str, places: Sequence[Place]) -> HallProfile:
    """The hall of that day. Hours reach from the first arrival to the last sample, in quarters of an hour."""
    begins = min((p.flow.arrivals[0] for p in places if p.flow.arrivals), default=480 * MINUTE) // MINUTE
    ends = max(max((*p.flow.arrivals, *(c.at for c in p.flow.calls)), default=0) for p in places) // MINUTE
    opens = max((begins + BEFORE) // _QUARTER * _QUARTER, 0)
    closes = min(max((ends // _QUARTER + 1) * _QUARTER, opens + _QUARTER), 24 * 60)
    windows = [
        Window(number, 0, "hall", place.letter, comprehensive=False) for place in places for number in place.windows
    ]
    devices = [Device(KIOSK, "kiosk", floor=0), Device("tablica", "hall_board", scope="hall")]
    devices += [Device(f"przycisk-{window.number}", "call_button", window=window.number) for window in windows]
    return HallProfile(
        hall=Hall(
            id=office.lower().replace("_", "-"),
            zh=office,
            en=office,
            timezone=TIMEZONE,
            calendar="weekdays" if date.fromisoformat(day).weekday() < 5 else "every-day",
            phone=r"(\+48)?[0-9]{9}",
        ),
        hours=Hours(
            opens=_clock(opens),
            closes=_clock(closes),
            issuing_before_minutes=min(opens, max(opens - begins, 0) + BEFORE),
            day_starts="00:00",
        ),
        policy=Policy(classes=(), home_credit_minutes=0, missed=MissedPolicy(0, 1, None, 0)),
        floors=(Floor(0, "底层", "Ground floor"),),
        zones=(Zone("hall", "办事厅", "Hall", 0),),
        departments=(Department("U", office, office, 0),),
        categories=tuple(
            Category(place.letter, name, name, (0,), minutes=place.flow.minutes)
            for place in places
            for name in (_short(place.flow.name),)
        ),
        windows=tuple(windows),
        devices=tuple(devices),
    )


def _short(name: str) -> str:
    """A name as a profile may hold it: one line, cut where it is too long."""
    line = "".join(character if character.isprintable() else " " for character in name)
    return line if len(line) <= LONGEST_NAME else line[: LONGEST_NAME - 1].rstrip() + "…"


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
