"""The items people take numbers for are the catalogue's."""

from __future__ import annotations

from dataclasses import replace

from hub.domain.catalogue.item import MaterialRule, Overlay
from hub.domain.catalogue.listing import papers_of, to_bring, with_items
from hub.domain.hall.check import check
from tests.domain.catalogue.items import ITEM, SHIPPED, catalogue
from tests.domain.hall.halls import DEFAULT


def test_the_shipped_catalogue_lists_what_the_default_hall_lists():
    assert with_items(DEFAULT, SHIPPED) == DEFAULT


def test_without_a_catalogue_the_profile_stands():
    assert with_items(DEFAULT, None) is DEFAULT


def test_items_elsewhere_and_of_what_the_hall_has_no_more_are_left_out():
    away, strange = replace(ITEM, code="T2", place="street"), replace(ITEM, code="T3", department="D999")
    overlays = (Overlay("T1", "B"), Overlay("T3", "B"), Overlay("T4", "?"))
    listed = with_items(DEFAULT, catalogue(ITEM, away, strange, replace(ITEM, code="T4"), overlays=overlays))
    assert [(item.code, item.category) for item in listed.items] == [("T1", "B")]
    assert {each.letter: each.items for each in listed.categories if each.items} == {"B": 1}


def test_a_long_name_is_cut_as_tickets_and_searches_need_it():
    listed = with_items(DEFAULT, catalogue(replace(ITEM, zh="名" * 200)))
    assert listed.items[0].zh == "名" * 79 + "…"
    assert check(listed) == []


def test_what_to_bring_is_asked_for_now_main_first_and_each_paper_once():
    assert [each.code for each in to_bring(ITEM)] == ["M1", "M2"]
    secondary_first = replace(ITEM, materials=ITEM.materials[::-1])
    assert [each.code for each in to_bring(secondary_first)] == ["M1", "M2"]
    other = replace(ITEM, materials=(MaterialRule("X", "申请表", "Form"), MaterialRule("Y", "照片", "Photo")))
    assert [each.zh for each in papers_of([ITEM, other])] == ["申请表", "场所证明", "照片"]
