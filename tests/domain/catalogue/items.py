"""Items and catalogues that the tests of this area work with, under the default hall."""

from __future__ import annotations

from hub.core.default_catalogue import default_catalogue
from hub.domain.catalogue.item import Catalogue, Item, MaterialRule, Overlay, RouteStep
from hub.domain.hall.state import HallState, ProfileVersion
from tests.domain.hall.halls import DEFAULT

SHIPPED = default_catalogue(DEFAULT)
DAY, AT = "2026-11-23", 1_795_399_200_000
"""A Monday, and ten in the morning of it in the hall."""

FORM = MaterialRule("M1", "申请表", "Application form")
PROOF = MaterialRule("M2", "场所证明", "Proof of premises", main=False, waivable=True)
OLD = MaterialRule("M3", "身份证复印件", "Copy of the ID card", main=False, now=False)
REVIEW = (
    RouteStep("S1", "审查", "Review", "D101"),
    RouteStep("S2", "决定", "Decision", "D101", role="approver", after=("S1",)),
)
ITEM = Item(
    "T1",
    "测试许可",
    "A licence",
    "licence",
    "D101",
    basis=("《行政许可法》",),
    legal_days=20,
    promised_days=10,
    materials=(FORM, PROOF, OLD),
    route=REVIEW,
    tolerance=True,
    promise=True,
    complete=True,
)
OVERLAY = Overlay("T1", "A")


def catalogue(*items: Item, overlays: tuple[Overlay, ...] | None = None) -> Catalogue:
    """Items of the centre are under category A unless told otherwise."""
    covered = tuple(Overlay(item.code, "A") for item in items if item.place == "centre")
    return Catalogue(0, items, covered if overlays is None else overlays)


def hall() -> HallState:
    return HallState([ProfileVersion(1, DEFAULT, "2026-11-01")])
