from dataclasses import replace

import pytest

from hub.domain.hall.check import check
from hub.domain.hall.item_check import LONGEST_ITEM_NAME, LONGEST_KEYWORD, MOST_KEYWORDS
from hub.domain.hall.profile import HallProfile
from tests.domain.hall.halls import DEFAULT, WARSAW


def with_item(n: int, **changes: object) -> HallProfile:
    items = list(DEFAULT.items)
    items[n] = replace(items[n], **changes)
    return replace(DEFAULT, items=tuple(items))


@pytest.mark.parametrize(
    ("profile", "path"),
    [
        (with_item(1, code="A01"), "items[1].code"),
        (with_item(0, code="A/1"), "items[0].code"),
        (with_item(0, zh=" "), "items[0].zh"),
        (with_item(0, en=""), "items[0].en"),
        (with_item(0, en="x" * (LONGEST_ITEM_NAME + 1)), "items[0].en"),
        (with_item(0, zh="执照\x1b@"), "items[0].zh"),
        (with_item(1, zh=DEFAULT.items[0].zh), "items[1].zh"),
        (with_item(0, department="D999"), "items[0].department"),
        (with_item(0, department="D201"), "items[0].department"),
        (with_item(0, keywords=("x" * (LONGEST_KEYWORD + 1),)), "items[0].keywords[0]"),
        (with_item(0, keywords=("好", " ")), "items[0].keywords[1]"),
        (with_item(0, keywords=tuple("x" * (MOST_KEYWORDS + 1))), "items[0].keywords"),
    ],
)
def test_a_wrong_item_is_named_by_its_row_and_field(profile: HallProfile, path: str) -> None:
    assert [problem.path for problem in check(profile)] == [path]


def test_an_item_of_no_category_leaves_its_own_one_short() -> None:
    assert [problem.path for problem in check(with_item(0, category="Z"))] == [
        "items[0].category",
        "categories[0].items",
    ]


def test_a_category_that_counts_others_than_are_listed_is_named() -> None:
    [problem] = check(replace(DEFAULT, items=DEFAULT.items[1:]))
    assert problem.path == "categories[0].items"
    assert "18" in problem.zh
    assert "17" in problem.en


def test_a_profile_may_list_no_items_whatever_its_categories_count() -> None:
    assert check(replace(DEFAULT, items=())) == []
    assert not WARSAW.items


def test_an_items_name_may_be_longer_than_a_places() -> None:
    assert check(with_item(0, zh="办" * LONGEST_ITEM_NAME)) == []
