from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.hall.items import Items
from hub.domain.refusals import Refused
from tests.domain.hall.halls import DEFAULT

ITEMS = Items(DEFAULT)
UNLISTED = Items(replace(DEFAULT, items=()))
CODES = st.lists(st.sampled_from([item.code for item in DEFAULT.items]), max_size=20)
LETTERS = st.sampled_from([each.letter for each in DEFAULT.categories])


def test_the_letters_of_a_visit_come_in_the_order_of_its_items_each_once() -> None:
    assert ITEMS.categories_of(("E03", "A01", "E01", "O15")) == ("E", "A", "O")


def test_the_chosen_category_stays_first_and_the_items_others_follow() -> None:
    assert ITEMS.visit("Q", ("E03", "A01")) == ("Q", ("E", "A"))
    assert ITEMS.visit("A", ("E03", "A01")) == ("A", ("E",))
    assert ITEMS.visit("A", ("A01",)) == ("A", ())
    assert ITEMS.visit("A", ()) == ("A", ())


def test_without_a_category_the_first_items_is_taken() -> None:
    assert ITEMS.visit(None, ("E03", "A01")) == ("E", ("A",))


@pytest.mark.parametrize("items", [ITEMS, UNLISTED])
def test_neither_category_nor_items_is_refused(items: Items) -> None:
    with pytest.raises(Refused) as refused:
        items.visit(None, ())
    assert (refused.value.code, refused.value.facts["field"]) == ("bad-value", "category")


def test_an_unknown_item_is_refused_by_name() -> None:
    with pytest.raises(Refused) as refused:
        ITEMS.visit("A", ("A01", "X1"))
    assert (refused.value.code, dict(refused.value.facts)) == ("unknown-item", {"item": "X1"})


def test_a_profile_without_items_takes_any_code_and_no_category_from_it() -> None:
    assert UNLISTED.visit("A", ("X1", "E01")) == ("A", ())
    with pytest.raises(Refused):
        UNLISTED.visit(None, ("X1",))


@given(LETTERS | st.none(), CODES)
def test_a_visit_names_every_category_it_needs_once_and_none_else(category: str | None, codes: list[str]) -> None:
    if category is None and not codes:
        return
    first, also = ITEMS.visit(category, codes)
    needed = {code[0] for code in codes} | ({category} if category else set())
    assert {first, *also} == needed
    assert len({first, *also}) == 1 + len(also)
    assert first == (category or codes[0][0])
