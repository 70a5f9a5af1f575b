"""The list of items that ships with the default hall."""

from __future__ import annotations

import re
from collections import Counter

from tests.domain.hall.halls import DEFAULT

ITEMS = DEFAULT.items


def test_there_are_717_spread_over_the_categories_as_the_hall_counts_them() -> None:
    counted = Counter(item.category for item in ITEMS)
    assert sum(counted.values()) == 717
    assert counted == {each.letter: each.items for each in DEFAULT.categories if each.items}


def test_every_department_that_serves_people_has_one() -> None:
    public = {floor.number for floor in DEFAULT.floors if floor.number in (1, 2, 3)}
    assert {item.department for item in ITEMS} == {each.code for each in DEFAULT.departments if each.floor in public}


def test_names_are_different_in_both_languages_and_no_numbered_variants() -> None:
    assert len({item.zh for item in ITEMS}) == len({item.en.lower() for item in ITEMS}) == len(ITEMS)
    assert [item.code for item in ITEMS if re.search(r"[0-9一二三四五六七八九十]$", item.zh)] == []
    assert [item.code for item in ITEMS if not re.search(r"[\u4e00-\u9fff]", item.zh) or not item.en.isascii()] == []


def test_a_code_is_its_categorys_letter_and_a_number() -> None:
    assert all(re.fullmatch(item.category + "[0-9]{2}", item.code) for item in ITEMS)
