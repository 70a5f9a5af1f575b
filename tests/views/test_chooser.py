"""What the chooser offers, and what a visit takes, said before a number is taken."""

from __future__ import annotations

import pytest

from hub.domain.hall.items import Items
from hub.domain.queue import commands as c
from hub.domain.refusals import Refused
from hub.views.chooser import MOST_ITEMS, MOST_SHOWN, offer, visit
from hub.views.item_search import ItemIndex
from hub.views.kiosk import kiosk
from tests.domain.hall.halls import DEFAULT
from tests.views.day import DATE, Morning

INDEX = ItemIndex(DEFAULT, {})
ITEMS = Items(DEFAULT)


def test_a_category_offers_its_departments_and_how_many_items_each_has() -> None:
    offered = offer(INDEX, DEFAULT, "", "M", None)
    assert [each.code for each in offered.departments] == ["D301", "D308", "D309", "D311", "D313"]
    assert sum(each.items for each in offered.departments) == offered.total == 80
    assert offered.found == ()


def test_a_category_of_one_department_offers_its_items_at_once() -> None:
    offered = offer(INDEX, DEFAULT, " ", "G", None)
    assert (offered.departments, len(offered.found)) == ((), 65)


def test_a_department_offers_all_its_items_in_the_category() -> None:
    offered = offer(INDEX, DEFAULT, "", "M", "D308")
    assert {each.item.department for each in offered.found} == {"D308"}
    assert offered.total == len(offered.found) == 9


def test_a_query_shows_the_best_and_counts_the_rest() -> None:
    offered = offer(INDEX, DEFAULT, "登记", None, None)
    assert len(offered.found) == MOST_SHOWN < offered.total


def test_nothing_asked_offers_nothing() -> None:
    assert offer(INDEX, DEFAULT, "", None, None).total == 0


def test_a_visits_leg_says_floor_and_wait_as_the_categorys_button_does() -> None:
    morning = Morning()
    morning.open("101", "201", "301")
    for _ in range(4):
        morning.take("A")
    shown = {choice.letter: choice for choice in kiosk(morning.day, 1, morning.now).choices}
    asked = visit(morning.day, ITEMS, ("E03", "A01", "E01"), 1, morning.now)
    told = {leg.categories[0].letter: (leg.floor, leg.ahead, leg.wait) for leg in asked.legs}
    assert told == {letter: (shown[letter].floor, shown[letter].ahead, shown[letter].wait) for letter in "AE"}
    assert {tuple(item.code for item in leg.items) for leg in asked.legs} == {("E03", "E01"), ("A01",)}
    assert (asked.stopped, asked.full) == (None, False)


def test_categories_that_one_window_does_are_one_leg() -> None:
    [leg] = visit(Morning().day, ITEMS, ("B01", "A01"), 1, Morning().now).legs
    assert [queue.letter for queue in leg.categories] == ["B", "A"]
    assert [item.code for item in leg.items] == ["B01", "A01"]


def test_the_legs_are_the_way_that_the_ticket_takes() -> None:
    morning = Morning()
    morning.open("101", "201")
    asked = visit(morning.day, ITEMS, ("E03", "A01", "B01"), 1, morning.now)
    morning.do(c.TakeTicket(DATE, morning.now, "1" * 32, "E", also=("A", "B"), items=("E03", "A01", "B01")))
    issued = morning.events[-1]
    assert (issued.ahead, issued.wait) == (asked.legs[0].ahead, asked.legs[0].wait)  # type: ignore[union-attr]
    assert issued.line.endswith(f"/{asked.legs[0].floor}")  # type: ignore[union-attr]
    assert issued.category in [queue.letter for queue in asked.legs[0].categories]  # type: ignore[union-attr]


def test_twenty_items_are_a_full_visit() -> None:
    codes = [item.code for item in DEFAULT.items[: MOST_ITEMS + 5]]
    asked = visit(Morning().day, ITEMS, codes, 1, Morning().now)
    assert asked.full
    assert sum(len(leg.items) for leg in asked.legs) == MOST_ITEMS


def test_after_closing_time_a_visit_says_so_before_the_number() -> None:
    morning = Morning()
    morning.later(481)
    assert visit(morning.day, ITEMS, ("A01",), 1, morning.now).stopped is not None


def test_an_item_that_is_no_more_is_refused_by_name() -> None:
    with pytest.raises(Refused, match="unknown-item"):
        visit(Morning().day, ITEMS, ("X1",), 1, Morning().now)
