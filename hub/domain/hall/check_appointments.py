"""What is wrong with the appointments of a hall profile."""

from __future__ import annotations

from collections.abc import Iterator

from hub.domain.hall.appointments import SlotGroup
from hub.domain.hall.clock_times import minutes_of
from hub.domain.hall.problems import Problem, missing, named, no_clock, topic_name, twice, unique, within
from hub.domain.hall.profile import HallProfile


def check_appointments(profile: HallProfile) -> Iterator[Problem]:
    """Every problem; paths begin with ``appointments``."""
    booked = profile.appointments
    yield from within("appointments.days_ahead", booked.days_ahead, 0, 60)
    yield from within("appointments.late_minutes", booked.late_minutes, 0, 480)
    yield from within("appointments.lease_hours", booked.lease_hours, 1, 24 * 60)
    yield from within("appointments.lease_ends_minutes", booked.lease_ends_minutes, 0, 24 * 60)
    grace = profile.policy.appointment.grace_minutes
    if booked.groups and 0 <= booked.late_minutes < grace:
        yield Problem(
            "appointments.late_minutes",
            f"{booked.late_minutes} 分钟后不再签到，可是迟到 {grace} 分钟内还算预约",
            f"check-in ends after {booked.late_minutes} minutes, while who is {grace} late still counts as booked",
            ("policy.appointment.grace_minutes",),
        )
    yield from unique("appointments.groups", "id", (each.id for each in booked.groups))
    letters = {each.letter for each in profile.categories}
    taken: set[str] = set()
    for n, group in enumerate(booked.groups):
        yield from _group(f"appointments.groups[{n}]", group, letters, taken)


def _group(path: str, group: SlotGroup, letters: set[str], taken: set[str]) -> Iterator[Problem]:
    yield from topic_name(f"{path}.id", group.id)
    yield from named(path, group.zh, group.en)
    if not group.categories:
        yield Problem(f"{path}.categories", "至少要有一个业务类别", "at least one category is needed")
    for k, letter in enumerate(group.categories):
        if letter not in letters:
            yield missing(f"{path}.categories[{k}]", "业务类别", "category", letter)
        elif letter in taken:
            yield twice(f"{path}.categories[{k}]", letter)
        taken.add(letter)
    yield from within(f"{path}.capacity", group.capacity, 1, 1000)
    yield from within(f"{path}.every_minutes", group.every_minutes, 5, 480)
    yield from within(f"{path}.walk_in_percent", group.walk_in_percent, 0, 100)
    yield from within(f"{path}.online_percent", group.online_percent, 0, 100)
    both = group.walk_in_percent + group.online_percent
    if 0 <= group.walk_in_percent <= 100 < both:
        yield Problem(
            f"{path}.online_percent",
            f"与 walk_in_percent 合计 {both}%，超过全部名额",
            f"with walk_in_percent it is {both}%, more than there is",
            (f"{path}.walk_in_percent",),
        )
    opens, closes = minutes_of(group.opens), minutes_of(group.closes)
    if group.opens and opens is None:
        yield no_clock(f"{path}.opens", group.opens)
    if group.closes and closes is None:
        yield no_clock(f"{path}.closes", group.closes)
    if opens is not None and closes is not None and closes <= opens:
        yield Problem(f"{path}.closes", f"{group.closes} 不晚于 {group.opens}", f"not after {group.opens}")
