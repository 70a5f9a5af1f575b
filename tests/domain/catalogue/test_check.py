"""Each wall of the item model, told by its path."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.domain.catalogue.check import check
from hub.domain.catalogue.item import Fee, Item, MaterialRule, Overlay, SpecialStep
from tests.domain.catalogue.items import FORM, ITEM, OLD, PROOF, REVIEW, SHIPPED, catalogue
from tests.domain.hall.halls import DEFAULT


def paths(*items: Item, overlays: tuple[Overlay, ...] | None = None) -> list[str]:
    return [problem.path for problem in check(catalogue(*items, overlays=overlays), DEFAULT)]


def test_the_shipped_catalogue_and_a_whole_item_have_no_problems():
    assert check(SHIPPED, DEFAULT) == []
    assert paths(ITEM) == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"code": "a b"}, "code"),
        ({"zh": ""}, "zh"),
        ({"zh": "名" * 201}, "zh"),
        ({"en": "a\x07b"}, "en"),
        ({"type": "permit"}, "type"),
        ({"department": "D999"}, "department"),
        ({"kind": "quick"}, "kind"),
        ({"handling": "both"}, "handling"),
        ({"promised_days": 21}, "promised_days"),
        ({"legal_days": -1, "promised_days": None, "complete": False}, "legal_days"),
        ({"kind": "immediate", "promised_days": 3}, "promised_days"),
        ({"promised_days": None}, "promised_days"),
        ({"intake_days": 0}, "intake_days"),
        ({"basis": ()}, "basis"),
        ({"basis": ("",)}, "basis[0]"),
        ({"once": True, "visits": 2}, "visits"),
        ({"materials": (FORM,), "promise": False}, "tolerance"),
        ({"materials": (FORM, replace(PROOF, waivable=False))}, "promise"),
        ({"materials": (OLD,), "tolerance": False, "promise": False}, "materials"),
        ({"materials": (FORM, PROOF, FORM)}, "materials[2].code"),
        ({"materials": (FORM, PROOF, MaterialRule("M9", "x", "x", before=False, now=False))}, "materials[2].now"),
        ({"materials": (replace(FORM, grade="E"), PROOF)}, "materials[0].grade"),
        ({"materials": (replace(FORM, valid_days=0), PROOF)}, "materials[0].valid_days"),
        ({"special_steps": (SpecialStep("T1", "听证", "", True),)}, "special_steps[0].en"),
        ({"fees": (Fee("工本费", "Cost", -1, ""),)}, "fees[0].amount"),
        ({"channels": ("hall", "fax")}, "channels[1]"),
        ({"route": ()}, "route"),
        ({"route": (replace(REVIEW[0], after=("S2",)), REVIEW[1])}, "route[0].after"),
        ({"route": (replace(REVIEW[0], department="D999"), REVIEW[1])}, "route[0].department"),
        ({"handling": "joint"}, "route"),
        ({"external": "公安系统"}, "external"),
        ({"place": "moon"}, "place"),
        ({"tolerance_overdue": "forgive"}, "tolerance_overdue"),
    ],
)
def test_what_is_wrong_with_an_item_is_told_by_its_path(change: dict[str, object], path: str):
    assert f"items[0].{path}" in paths(replace(ITEM, **change))  # type: ignore[arg-type]


def test_what_is_only_known_by_name_needs_no_basis_materials_or_route():
    assert paths(Item("T2", "名称", "Name", "licence", "D101")) == []


def test_an_item_of_the_centre_needs_a_category_and_one_elsewhere_has_none():
    away = replace(ITEM, place="street")
    assert paths(ITEM, overlays=()) == ["items[0].place"]
    assert paths(away, overlays=()) == []
    assert paths(away, overlays=(Overlay("T1", "A"),)) == ["overlays[0].item"]


def test_overlays_name_items_and_categories_that_are_there_once():
    assert paths(ITEM, overlays=(Overlay("T1", "A"), Overlay("T1", "A"))) == ["overlays[1].item"]
    assert paths(ITEM, overlays=(Overlay("T1", "A"), Overlay("T9", "A"))) == ["overlays[1].item"]
    assert paths(ITEM, overlays=(Overlay("T1", "?"),)) == ["overlays[0].category"]
    assert paths(ITEM, overlays=(Overlay("T1", "A", minutes=0.0),)) == ["overlays[0].minutes"]


def test_a_department_is_on_a_floor_where_the_category_is_served():
    assert paths(ITEM, overlays=(Overlay("T1", "E"),)) == ["items[0].department"]


def test_codes_stand_once_and_an_empty_catalogue_is_none():
    assert paths(ITEM, ITEM)[0] == "items[1].code"
    assert paths() == ["items"]
