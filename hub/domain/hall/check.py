"""What is wrong with a hall profile. Pure; every problem names its field as ``windows[3].floor``, counted from 0."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from hub.domain.hall.check_appointments import check_appointments
from hub.domain.hall.check_policy import check_policy
from hub.domain.hall.clock_times import DAY_MINUTES, minutes_of
from hub.domain.hall.item_check import check_items
from hub.domain.hall.problems import (
    Problem,
    labelled,
    missing,
    named,
    no_choice,
    no_clock,
    on_floor,
    one_line,
    out_of_range,
    topic_name,
    twice,
    unique,
    within,
)
from hub.domain.hall.profile import (
    BINDINGS,
    CALENDARS,
    CAPACITY,
    WEEKDAYS,
    HallProfile,
    Ratings,
    categories_of,
    departments_of,
)

_NUMBER = re.compile(r"[A-Z]?[0-9]{1,6}")
_LONGEST_BODY = 60


def check(profile: HallProfile) -> list[Problem]:
    """Every problem of the profile, in its order; empty when it may be published."""
    return [
        *_hall(profile),
        *_hours(profile),
        *check_policy(profile.policy),
        *_places(profile),
        *_categories(profile),
        *_windows(profile),
        *_served(profile),
        *_devices(profile),
        *_clerks(profile),
        *_ratings(profile.ratings),
        *_remedies(profile),
        *within("consultations.reply_within_days", profile.consultations.reply_within_days, 1, 60),
        *check_items(profile),
        *check_appointments(profile),
    ]


def _hall(profile: HallProfile) -> Iterator[Problem]:
    hall = profile.hall
    yield from topic_name("hall.id", hall.id)
    yield from named("hall", hall.zh, hall.en)
    if not _known_timezone(hall.timezone):
        yield Problem(
            "hall.timezone",
            f"没有时区“{hall.timezone}”，例如 Asia/Shanghai",
            f'there is no time zone "{hall.timezone}"; write one like Asia/Shanghai',
        )
    if hall.calendar not in CALENDARS:
        yield no_choice("hall.calendar", hall.calendar, CALENDARS)
    try:
        re.compile(hall.phone)
        fits = 0 < len(hall.phone) <= 100
    except re.error:
        fits = False
    if not fits:
        yield Problem("hall.phone", "不是手机号的正则表达式", "is no regular expression for phone numbers")


def _known_timezone(name: str) -> bool:
    try:
        datetime(2026, 1, 1, tzinfo=ZoneInfo(name)).utcoffset()
    except (KeyError, ValueError, OSError):
        return False
    return True


def _hours(profile: HallProfile) -> Iterator[Problem]:
    hours = profile.hours
    day_starts = minutes_of(hours.day_starts)
    if day_starts is None or day_starts == DAY_MINUTES:
        yield no_clock("hours.day_starts", hours.day_starts)
        day_starts = 0
    before = hours.issuing_before_minutes
    if not 0 <= before <= DAY_MINUTES:
        yield out_of_range("hours.issuing_before_minutes", before, 0, DAY_MINUTES)
        before = 0
    yield from _span("hours", hours.opens, hours.closes, before, day_starts)
    seen: set[str] = set()
    for n, row in enumerate(hours.weekdays):
        path = f"hours.weekdays[{n}]"
        for k, weekday in enumerate(row.weekdays):
            if weekday not in WEEKDAYS:
                yield no_choice(f"{path}.weekdays[{k}]", weekday, WEEKDAYS)
            elif weekday in seen:
                yield twice(f"{path}.weekdays[{k}]", weekday)
            seen.add(weekday)
        if not row.closed:
            yield from _span(path, row.opens, row.closes, before, day_starts)
    if hours.capacity not in CAPACITY:
        yield no_choice("hours.capacity", hours.capacity, CAPACITY)
    for n, row in enumerate(hours.rosters):
        path = f"hours.rosters[{n}]"
        begins, ends = minutes_of(row.begins), minutes_of(row.ends)
        if begins is None:
            yield no_clock(f"{path}.begins", row.begins)
        if ends is None:
            yield no_clock(f"{path}.ends", row.ends)
        if begins is not None and ends is not None and ends <= begins:
            yield Problem(f"{path}.ends", f"{row.ends} 不晚于 {row.begins}", f"{row.ends} is not after {row.begins}")
        yield from within(f"{path}.open_percent", row.open_percent, 1, 100)


def _span(path: str, opens: str, closes: str, before: int, day_starts: int) -> Iterator[Problem]:
    opening, closing = minutes_of(opens), minutes_of(closes)
    if opening is None:
        yield no_clock(f"{path}.opens", opens)
    if closing is None:
        yield no_clock(f"{path}.closes", closes)
    if opening is None or closing is None:
        return
    if closing <= opening:
        yield Problem(
            f"{path}.closes", f"下班时间 {closes} 不晚于开门时间 {opens}", f"{closes} is not after opening at {opens}"
        )
    if opening - before < day_starts:
        yield Problem(
            f"{path}.opens",
            "取号开始于营业日切换之前；请推迟开门、减少提前分钟，或提前 day_starts",
            "issuing would start before the business day does; open later, issue later, or move day_starts back",
        )


def _places(profile: HallProfile) -> Iterator[Problem]:
    floors = {floor.number for floor in profile.floors}
    if not floors:
        yield Problem("floors", "至少要有一个楼层", "at least one floor is needed")
    yield from unique("floors", "number", (floor.number for floor in profile.floors))
    yield from unique("zones", "id", (zone.id for zone in profile.zones))
    yield from unique("departments", "code", (each.code for each in profile.departments))
    for n, floor in enumerate(profile.floors):
        yield from within(f"floors[{n}].number", floor.number, -9, 199)
        yield from named(f"floors[{n}]", floor.zh, floor.en)
    for n, zone in enumerate(profile.zones):
        yield from topic_name(f"zones[{n}].id", zone.id)
        yield from named(f"zones[{n}]", zone.zh, zone.en)
        yield from on_floor(f"zones[{n}].floor", zone.floor, floors)
    for n, department in enumerate(profile.departments):
        yield from topic_name(f"departments[{n}].code", department.code)
        yield from named(f"departments[{n}]", department.zh, department.en)
        yield from on_floor(f"departments[{n}].floor", department.floor, floors)


def _categories(profile: HallProfile) -> Iterator[Problem]:
    public = {floor.number: floor.public for floor in profile.floors}
    if not profile.categories:
        yield Problem("categories", "至少要有一个业务类别", "at least one category is needed")
    yield from unique("categories", "letter", (each.letter for each in profile.categories))
    for n, each in enumerate(profile.categories):
        path = f"categories[{n}]"
        if not re.fullmatch(r"[A-Z]", each.letter):
            yield Problem(f"{path}.letter", "要写一个大写字母 A 到 Z", "must be one capital letter, A to Z")
        yield from named(path, each.zh, each.en)
        if not each.floors:
            yield Problem(f"{path}.floors", "至少要有一个楼层", "at least one floor is needed")
        yield from unique(f"{path}.floors", "", each.floors)
        for k, floor in enumerate(each.floors):
            yield from on_floor(f"{path}.floors[{k}]", floor, public)
            if public.get(floor) is False:
                yield Problem(
                    f"{path}.floors[{k}]", f"{floor} 层不对公众开放，不能办理业务", f"floor {floor} is not public"
                )
        yield from within(f"{path}.items", each.items, 0, 100_000)
        if not 0.1 <= each.minutes <= 480:
            yield out_of_range(f"{path}.minutes", each.minutes, 0.1, 480)


def _windows(profile: HallProfile) -> Iterator[Problem]:
    public = {floor.number: floor.public for floor in profile.floors}
    zones = {zone.id: zone.floor for zone in profile.zones}
    letters = {each.letter: each.floors for each in profile.categories}
    codes = {each.code for each in profile.departments}
    several_floors = len({window.floor for window in profile.windows}) > 1
    if not profile.windows:
        yield Problem("windows", "至少要有一个窗口", "at least one window is needed")
    yield from unique("windows", "number", (window.number for window in profile.windows))
    for n, window in enumerate(profile.windows):
        path = f"windows[{n}]"
        if window.floor not in public:
            # One mistake is one problem: what depends on the floor is looked at when there is one.
            yield missing(f"{path}.floor", "楼层", "floor", window.floor)
            continue
        if not _NUMBER.fullmatch(window.number):
            yield Problem(
                f"{path}.number", f"窗口号“{window.number}”要写数字，例如 101", f'"{window.number}" is no window number'
            )
        elif several_floors and window.floor > 0 and not window.number.startswith(str(window.floor)):
            yield Problem(
                f"{path}.number",
                f"窗口 {window.number} 在 {window.floor} 层，号码要以 {window.floor} 开头",
                f"window {window.number} is on floor {window.floor}; its number must begin with {window.floor}",
            )
        if not public[window.floor]:
            yield Problem(f"{path}.floor", f"{window.floor} 层不对公众开放", f"floor {window.floor} is not public")
        if zones.get(window.zone) is None:
            yield missing(f"{path}.zone", "服务区", "zone", window.zone)
        elif zones[window.zone] != window.floor:
            yield Problem(
                f"{path}.zone",
                f"服务区 {window.zone} 在 {zones[window.zone]} 层，窗口在 {window.floor} 层",
                f"zone {window.zone} is on floor {zones[window.zone]}, the window on floor {window.floor}",
            )
        named = [(f"{path}.categories[{k}]", letter) for k, letter in enumerate(window.categories)]
        for where, letter in [(f"{path}.home", window.home), *named]:
            if letter not in letters:
                yield missing(where, "业务类别", "category", letter)
            elif window.floor not in letters[letter]:
                yield Problem(
                    where,
                    f"类别 {letter} 不在 {window.floor} 层办理",
                    f"category {letter} is not served on floor {window.floor}",
                )
        if window.home in letters and window.home not in categories_of(profile, window):
            yield Problem(
                f"{path}.home",
                f"窗口不办理自己的主类别 {window.home}；服务类窗口请写 comprehensive = false",
                f"the window does not serve its own home category {window.home}; "
                "for a service queue write comprehensive = false",
            )
        yield from unique(f"{path}.categories", "", window.categories)
        yield from unique(f"{path}.departments", "", window.departments)
        for k, code in enumerate(window.departments):
            if code not in codes:
                yield missing(f"{path}.departments[{k}]", "部门", "department", code)
        if window.comprehensive and len(set(departments_of(profile, window))) < 2:
            yield Problem(
                f"{path}.departments",
                f"综合窗口 {window.number} 至少要办理两个部门的业务",
                f"comprehensive window {window.number} must serve at least two departments",
            )


def _served(profile: HallProfile) -> Iterator[Problem]:
    served = {(letter, window.floor) for window in profile.windows for letter in categories_of(profile, window)}
    for n, each in enumerate(profile.categories):
        for k, floor in enumerate(each.floors):
            if (each.letter, floor) not in served:
                yield Problem(
                    f"categories[{n}].floors[{k}]",
                    f"{floor} 层没有窗口办理类别 {each.letter}",
                    f"no window on floor {floor} serves category {each.letter}",
                )


def _devices(profile: HallProfile) -> Iterator[Problem]:
    yield from unique("devices", "id", (device.id for device in profile.devices))
    known: dict[str, frozenset[str | int]] = {
        "window": frozenset(window.number for window in profile.windows),
        "kiosk": frozenset(device.id for device in profile.devices if device.kind == "kiosk"),
        "floor": frozenset(floor.number for floor in profile.floors),
        "scope": frozenset(
            ["hall", *(f"floor/{floor.number}" for floor in profile.floors), *(f"zone/{z.id}" for z in profile.zones)]
        ),
    }
    printers: set[str] = set()
    for n, device in enumerate(profile.devices):
        path = f"devices[{n}]"
        yield from topic_name(f"{path}.id", device.id)
        yield from labelled(path, device.zh, device.en)
        if device.kind not in BINDINGS:
            yield no_choice(f"{path}.kind", device.kind, tuple(BINDINGS))
            continue
        needed = BINDINGS[device.kind]
        bound = {"window": device.window, "kiosk": device.kiosk, "floor": device.floor, "scope": device.scope}
        for field, value in bound.items():
            if value is None:
                if field == needed:
                    yield Problem(f"{path}.{field}", f"{device.kind} 要写 {field}", f"a {device.kind} needs a {field}")
            elif field != needed:
                yield Problem(
                    f"{path}.{field}",
                    f"{device.kind} 不能绑定 {field}" + (f"，应写 {needed}" if needed else ""),
                    f"a {device.kind} is not bound to a {field}" + (f" but to a {needed}" if needed else ""),
                )
            elif value not in known[field]:
                yield missing(f"{path}.{field}", field, field, value)
        if device.kind == "ticket_printer" and device.kiosk is not None:
            if device.kiosk in printers:
                yield Problem(
                    f"{path}.kiosk",
                    f"取号机 {device.kiosk} 已绑定另一台打印机",
                    f"kiosk {device.kiosk} has another printer already",
                )
            printers.add(device.kiosk)


def _clerks(profile: HallProfile) -> Iterator[Problem]:
    letters = {each.letter for each in profile.categories}
    yield from unique("clerks", "name", (clerk.name for clerk in profile.clerks))
    for n, clerk in enumerate(profile.clerks):
        yield from topic_name(f"clerks[{n}].name", clerk.name)
        yield from unique(f"clerks[{n}].categories", "", clerk.categories)
        for k, letter in enumerate(clerk.categories):
            if letter not in letters:
                yield missing(f"clerks[{n}].categories[{k}]", "业务类别", "category", letter)


def _ratings(ratings: Ratings) -> Iterator[Problem]:
    yield from within("ratings.rectify_within_days", ratings.rectify_within_days, 1, 60)
    yield from within("ratings.call_back_tries", ratings.call_back_tries, 1, 10)


def _remedies(profile: HallProfile) -> Iterator[Problem]:
    named = [("remedies", profile.remedies.review_body, profile.remedies.court)]
    named += [(f"departments[{n}]", each.review_body, each.court) for n, each in enumerate(profile.departments)]
    for path, review_body, court in named:
        yield from one_line(f"{path}.review_body", review_body, _LONGEST_BODY)
        yield from one_line(f"{path}.court", court, _LONGEST_BODY)
