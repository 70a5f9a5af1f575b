"""What a version changes, field by field and in words."""

from __future__ import annotations

from dataclasses import replace

from hub.domain.catalogue.difference import difference
from hub.domain.catalogue.item import Catalogue, Overlay
from tests.domain.catalogue.items import FORM, ITEM, OLD, PROOF, REVIEW, SHIPPED, catalogue


def changed(after: Catalogue) -> dict[str, tuple[str, str]]:
    """Path to Chinese words before and after, of the one item that changed."""
    found = difference(catalogue(ITEM), after)
    return {field.path: (field.before[0], field.after[0]) for each in found.changed for field in each.fields}


def test_a_catalogue_against_itself_is_no_difference():
    assert not difference(SHIPPED, SHIPPED)


def test_against_nothing_everything_is_added_and_the_other_way_removed():
    other = replace(ITEM, code="T2")
    assert difference(None, catalogue(ITEM)).added == (ITEM,)
    found = difference(catalogue(ITEM), catalogue(other))
    assert (found.added, found.removed, found.changed) == ((other,), (ITEM,), ())


def test_plain_fields_are_told_in_words():
    after = replace(ITEM, promised_days=5, legal_days=None, kind="immediate", once=True, basis=("甲", "乙"))
    assert changed(catalogue(after)) == {
        "promised_days": ("10", "5"),
        "legal_days": ("20", "无"),
        "kind": ("承诺件", "即办件"),
        "once": ("否", "是"),
        "basis": ("《行政许可法》", "甲；乙"),
    }


def test_a_text_that_looks_like_a_code_stays_a_text():
    assert changed(catalogue(replace(ITEM, external="online"))) == {"external": ("无", "online")}


def test_materials_are_told_one_by_one():
    after = replace(ITEM, materials=(FORM, replace(PROOF, waivable=False), replace(OLD, code="M4")))
    assert changed(catalogue(after)) == {
        "materials[M2].waivable": ("是", "否"),
        "materials[M3]": ("身份证复印件", "无"),
        "materials[M4]": ("无", "身份证复印件"),
    }


def test_steps_results_order_and_the_overlay_are_told():
    assert changed(catalogue(replace(ITEM, route=(replace(REVIEW[0], days=4), REVIEW[1])))) == {
        "route[S1].days": ("1", "4")
    }
    assert changed(catalogue(replace(ITEM, materials=(PROOF, FORM, OLD)))) == {
        "materials": ("M1、M2、M3", "M2、M1、M3")
    }
    assert changed(catalogue(ITEM, overlays=(Overlay("T1", "B", minutes=5.0),))) == {
        "overlay.category": ("A", "B"),
        "overlay.minutes": ("无", "5.0"),
    }
