import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from hub.domain.hall.appointments import Appointments, SlotGroup
from hub.domain.hall.calendar import CalendarYear
from hub.domain.hall.plan import MissedPolicy, PriorityClass
from hub.domain.hall.profile import (
    BINDINGS,
    CALENDARS,
    Category,
    Consultations,
    Department,
    Device,
    Floor,
    Hall,
    HallProfile,
    Hours,
    Item,
    Policy,
    Ratings,
    Remedies,
    WeekdayHours,
    Window,
    Zone,
)

GUIDE = (Path(__file__).parents[2] / "docs" / "profile.md").read_text(encoding="utf-8")
RECORDS = [
    HallProfile,
    Hall,
    Hours,
    WeekdayHours,
    Policy,
    PriorityClass,
    MissedPolicy,
    Floor,
    Zone,
    Department,
    Category,
    Item,
    Window,
    Device,
    Ratings,
    Appointments,
    SlotGroup,
    Remedies,
    Consultations,
    CalendarYear,
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_the_guide_explains_every_field(record: type):
    written = set(re.findall(r"[a-z_0-9]+", " ".join(re.findall(r"`([^`\n]+)`", GUIDE)))) | set(
        re.findall(r"(\w+) = ", GUIDE)
    )
    assert {field.name for field in fields(record)} <= written


def test_the_guide_names_every_device_kind_and_calendar():
    assert all(f"`{name}`" in GUIDE for name in (*BINDINGS, *CALENDARS))


def test_the_guides_examples_are_toml():
    examples = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    assert len(examples) == 5
    for example in examples:
        tomllib.loads(f"rows = [\n{example}]" if example.startswith("{") else example)
