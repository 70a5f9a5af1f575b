from dataclasses import replace

import pytest

from hub.domain.hall.check import check
from hub.domain.hall.clock_times import minutes_of
from hub.domain.hall.plan import MissedPolicy
from hub.domain.hall.profile import Consultations, Device, HallProfile, Ratings, Remedies, WeekdayHours
from tests.domain.hall.halls import DEFAULT, WARSAW


def with_row(profile: HallProfile, rows: str, n: int, **changes: object) -> HallProfile:
    held = list(getattr(profile, rows))
    held[n] = replace(held[n], **changes)
    return replace(profile, **{rows: tuple(held)})


def with_hall(**changes: object) -> HallProfile:
    return replace(DEFAULT, hall=replace(DEFAULT.hall, **changes))


def with_hours(**changes: object) -> HallProfile:
    return replace(DEFAULT, hours=replace(DEFAULT.hours, **changes))


def with_device(device: Device) -> HallProfile:
    return replace(DEFAULT, devices=(*DEFAULT.devices, device))


LAST = f"devices[{len(DEFAULT.devices)}]"

WRONG = {
    "an id that is no topic level": (with_hall(id="a/b"), "hall.id"),
    "an unknown time zone": (with_hall(timezone="Asia/Dongcheng"), "hall.timezone"),
    "a time zone that is a path": (with_hall(timezone="../etc/passwd"), "hall.timezone"),
    "a time zone that is a folder": (with_hall(timezone="Asia"), "hall.timezone"),
    "no time zone": (with_hall(timezone=""), "hall.timezone"),
    "a name with a command for printers": (with_hall(zh="大厅\x1b@"), "hall.zh"),
    "a name longer than a line": (with_hall(en="x" * 61), "hall.en"),
    "a floor in the sky": (with_row(DEFAULT, "floors", 4, number=1000), "floors[4].number"),
    "no day to rectify in": (replace(DEFAULT, ratings=Ratings(0)), "ratings.rectify_within_days"),
    "a review body of two lines": (replace(DEFAULT, remedies=Remedies("区政\n府")), "remedies.review_body"),
    "no day to answer in": (replace(DEFAULT, consultations=Consultations(0)), "consultations.reply_within_days"),
    "calls back without end": (replace(DEFAULT, ratings=Ratings(7, 11)), "ratings.call_back_tries"),
    "an unknown calendar": (with_hall(calendar="moon"), "hall.calendar"),
    "a broken phone pattern": (with_hall(phone="1[3-9"), "hall.phone"),
    "a name left out": (with_hall(en=" "), "hall.en"),
    "closing before opening": (with_hours(opens="17:00", closes="09:00"), "hours.closes"),
    "a time that is none": (with_hours(opens="9 o'clock"), "hours.opens"),
    "issuing before the business day": (with_hours(issuing_before_minutes=301), "hours.opens"),
    "a rollover that is no time": (with_hours(day_starts="24:00"), "hours.day_starts"),
    "an unknown weekday": (
        with_hours(weekdays=(WeekdayHours(("sunday",), closed=True),)),
        "hours.weekdays[0].weekdays[0]",
    ),
    "a weekday twice": (
        with_hours(weekdays=(WeekdayHours(("sat",), closed=True), WeekdayHours(("sat",), "09:00", "12:00"))),
        "hours.weekdays[1].weekdays[0]",
    ),
    "hours missing on a weekday": (with_hours(weekdays=(WeekdayHours(("sat",)),)), "hours.weekdays[0].opens"),
    "a floor twice": (with_row(DEFAULT, "floors", 1, number=1), "floors[1].number"),
    "a zone on no floor": (with_row(DEFAULT, "zones", 11, floor=9), "zones[11].floor"),
    "a department twice": (with_row(DEFAULT, "departments", 1, code="D101"), "departments[1].code"),
    "a letter twice": (with_row(DEFAULT, "categories", 1, letter="A"), "categories[1].letter"),
    "a small letter": (with_row(DEFAULT, "categories", 0, letter="a"), "categories[0].letter"),
    "a category on a floor of offices": (with_row(DEFAULT, "categories", 0, floors=(1, 4)), "categories[0].floors[1]"),
    "a category that no window serves": (
        with_row(DEFAULT, "categories", 16, floors=(1, 3)),
        "categories[16].floors[1]",
    ),
    "a service that takes no time": (with_row(DEFAULT, "categories", 0, minutes=0.0), "categories[0].minutes"),
    "a window on a floor that is not there": (with_row(DEFAULT, "windows", 3, floor=7), "windows[3].floor"),
    "a window numbered for another floor": (with_row(DEFAULT, "windows", 3, number="904"), "windows[3].number"),
    "a window number twice": (with_row(DEFAULT, "windows", 3, number="101"), "windows[3].number"),
    "a window that is no number": (with_row(DEFAULT, "windows", 3, number="A"), "windows[3].number"),
    "a window in no zone": (with_row(DEFAULT, "windows", 3, zone="moon"), "windows[3].zone"),
    "a window in another floor's zone": (with_row(DEFAULT, "windows", 3, zone="floor-2"), "windows[3].zone"),
    "an unknown home category": (with_row(DEFAULT, "windows", 3, home="Z"), "windows[3].home"),
    "a category of another floor": (
        with_row(DEFAULT, "windows", 3, categories=("A", "E")),
        "windows[3].categories[1]",
    ),
    "a home category that is not served": (
        with_row(DEFAULT, "windows", 3, categories=("B", "C")),
        "windows[3].home",
    ),
    "a comprehensive window of one department": (
        with_row(DEFAULT, "windows", 3, departments=("D101",)),
        "windows[3].departments",
    ),
    "a comprehensive window of one department said twice": (
        with_row(DEFAULT, "windows", 3, departments=("D101", "D101")),
        "windows[3].departments",
    ),
    "an unknown department": (
        with_row(DEFAULT, "windows", 3, departments=("D101", "D999")),
        "windows[3].departments[1]",
    ),
    "a device id twice": (with_device(Device("kiosk-1", "kiosk", floor=1)), f"{LAST}.id"),
    "an unknown kind": (with_device(Device("x", "teapot")), f"{LAST}.kind"),
    "a button at no window": (with_device(Device("x", "call_button")), f"{LAST}.window"),
    "a button at an unknown window": (with_device(Device("x", "call_button", window="999")), f"{LAST}.window"),
    "a button at a floor": (with_device(Device("x", "call_button", window="101", floor=1)), f"{LAST}.floor"),
    "a printer of an unknown kiosk": (with_device(Device("x", "ticket_printer", kiosk="kiosk-9")), f"{LAST}.kiosk"),
    "two printers of a kiosk": (with_device(Device("x", "ticket_printer", kiosk="kiosk-1")), f"{LAST}.kiosk"),
    "a board of an unknown scope": (with_device(Device("x", "hall_board", scope="floor/9")), f"{LAST}.scope"),
    "a modem bound to a window": (with_device(Device("x", "sms_modem", window="101")), f"{LAST}.window"),
    "a priority class twice": (
        replace(DEFAULT, policy=replace(DEFAULT.policy, classes=DEFAULT.policy.classes[:1] * 2)),
        "policy.classes[1].name",
    ),
    "a negative credit": (
        replace(DEFAULT, policy=replace(DEFAULT.policy, home_credit_minutes=-1)),
        "policy.home_credit_minutes",
    ),
    "a time limit for no reinstatement": (
        replace(DEFAULT, policy=replace(DEFAULT.policy, missed=MissedPolicy(2, 0, 30, 3))),
        "policy.missed.within_minutes",
    ),
    "no windows": (replace(DEFAULT, windows=(), devices=()), "windows"),
}


@pytest.mark.parametrize(("profile", "path"), WRONG.values(), ids=WRONG.keys())
def test_the_check_names_the_field_in_both_languages(profile: HallProfile, path: str):
    problems = {problem.path: problem for problem in check(profile)}
    assert path in problems, sorted(problems)
    assert problems[path].zh
    assert problems[path].en


def test_a_hall_on_one_floor_may_number_its_windows_as_it_likes():
    assert not check(replace(WARSAW, windows=tuple(replace(w, number=f"{n}7") for n, w in enumerate(WARSAW.windows))))


@pytest.mark.parametrize(
    ("clock", "minutes"), [("00:00", 0), ("09:05", 545), ("24:00", 1440), ("24:01", None), ("9:00", None), ("", None)]
)
def test_times_of_day_are_two_digits_and_two_digits(clock: str, minutes: int | None):
    assert minutes_of(clock) == minutes


def test_one_wrong_floor_is_one_problem():
    wrong = with_row(DEFAULT, "windows", 3, floor=7)
    assert [problem.path for problem in check(wrong)] == ["windows[3].floor"]
