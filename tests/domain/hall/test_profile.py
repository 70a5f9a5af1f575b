import json
from collections import Counter
from dataclasses import replace

import msgspec

from hub.domain.hall.check import check
from hub.domain.hall.profile import BINDINGS, HallProfile, Ratings, categories_of, departments_of
from tests.domain.hall.halls import DEFAULT, WARSAW

# Category, floors, home windows by floor, items: the table of the default hall.
TABLE = {
    "A": ((1,), {1: 5}, 18),
    "B": ((1,), {1: 4}, 30),
    "C": ((1,), {1: 3}, 35),
    "D": ((1,), {1: 3}, 20),
    "E": ((2,), {2: 5}, 75),
    "F": ((2,), {2: 3}, 60),
    "G": ((2,), {2: 3}, 65),
    "H": ((2,), {2: 3}, 60),
    "I": ((2,), {2: 2}, 40),
    "J": ((2,), {2: 2}, 40),
    "K": ((2,), {2: 2}, 30),
    "L": ((3,), {3: 4}, 60),
    "M": ((3,), {3: 5}, 80),
    "N": ((3,), {3: 4}, 64),
    "O": ((3,), {3: 4}, 40),
    "P": ((1, 2, 3), {1: 2, 2: 1, 3: 1}, 0),
    "Q": ((1, 2), {1: 1, 2: 1}, 0),
}


def test_the_default_hall_passes_the_check():
    assert check(DEFAULT) == []


def test_the_default_hall_has_the_totals_of_the_report():
    assert len(DEFAULT.windows) == 58
    assert len(DEFAULT.departments) == 38
    assert sum(category.items for category in DEFAULT.categories) == 717
    assert sum(category.items for category in DEFAULT.categories if category.floors == (1,)) == 103
    assert [floor.number for floor in DEFAULT.floors] == [1, 2, 3, 4, 5]
    assert [floor.number for floor in DEFAULT.floors if not floor.public] == [4]


def test_the_default_hall_has_the_table_of_categories():
    homes = {letter: Counter(w.floor for w in DEFAULT.windows if w.home == letter) for letter in TABLE}
    assert {c.letter: (c.floors, dict(homes[c.letter]), c.items) for c in DEFAULT.categories} == TABLE
    assert [c.letter for c in DEFAULT.categories if c.service] == ["P", "Q"]


def test_nothing_is_taken_on_floors_four_and_five():
    assert not any(window.floor in (4, 5) for window in DEFAULT.windows)
    assert not any({4, 5} & set(category.floors) for category in DEFAULT.categories)


def test_windows_are_numbered_by_floor_without_a_gap():
    for floor, count in ((1, 18), (2, 22), (3, 18)):
        numbers = [window.number for window in DEFAULT.windows if window.floor == floor]
        assert numbers == [str(floor * 100 + n) for n in range(1, count + 1)]


def test_departments_stand_on_the_floors_of_the_report():
    assert Counter(department.floor for department in DEFAULT.departments) == {1: 4, 2: 19, 3: 15}


def test_every_window_has_a_button_a_display_and_a_pad_and_every_kiosk_one_printer():
    kinds = Counter(device.kind for device in DEFAULT.devices)
    assert kinds["call_button"] == kinds["window_display"] == kinds["rating_pad"] == 58
    kiosks = {device.id: device.floor for device in DEFAULT.devices if device.kind == "kiosk"}
    assert kiosks == {"kiosk-1": 1, "kiosk-2": 1, "kiosk-3": 1, "kiosk-4": 1, "kiosk-5": 2, "kiosk-6": 3}
    assert sorted(d.kiosk for d in DEFAULT.devices if d.kind == "ticket_printer") == sorted(kiosks)
    assert {"hall", "floor/1", "floor/2", "floor/3"} <= {d.scope for d in DEFAULT.devices if d.kind == "hall_board"}
    assert kinds.keys() <= BINDINGS.keys()


def test_a_comprehensive_window_serves_its_floor_and_leaves_the_service_queues_alone():
    at = {window.number: window for window in DEFAULT.windows}
    assert categories_of(DEFAULT, at["101"]) == ("A", "B", "C", "D")
    assert categories_of(DEFAULT, at["116"]) == ("P",)
    assert categories_of(DEFAULT, at["118"]) == ("Q",)
    assert len(departments_of(DEFAULT, at["201"])) == 19
    assert departments_of(DEFAULT, at["116"]) == ()


def test_another_hall_needs_only_another_file():
    assert check(WARSAW) == []
    assert [window.number for window in WARSAW.windows] == ["1", "2", "13"]
    assert [categories_of(WARSAW, window) for window in WARSAW.windows] == [("A", "B"), ("A", "B"), ("B",)]


def test_a_profile_published_before_a_section_existed_is_read_with_that_sections_defaults():
    written = json.loads(msgspec.json.encode(DEFAULT))
    del written["ratings"]
    assert msgspec.convert(written, HallProfile) == replace(DEFAULT, ratings=Ratings())
