"""Versions: published whole, kept for good, each ruling from its day on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.catalogue.commands import PublishCatalogue
from hub.domain.catalogue.decide import decide
from hub.domain.catalogue.evolve import evolve
from hub.domain.catalogue.item import Item, Overlay
from hub.domain.catalogue.replies import CatalogueReply
from hub.domain.catalogue.state import CatalogueState
from hub.domain.hall.state import HallState
from hub.domain.refusals import Refused
from tests.domain.catalogue.items import AT, DAY, ITEM, SHIPPED, catalogue, hall


def publish(state: CatalogueState, *items: Item, **more: object) -> CatalogueReply:
    made = catalogue(*items)
    decided = decide(state, hall(), PublishCatalogue(made.items, made.overlays, AT, **more))  # type: ignore[arg-type]
    for event in decided.events:
        evolve(state, event)
    return decided.reply


def test_the_first_version_rules_from_today():
    state = CatalogueState()
    assert publish(state, ITEM) == CatalogueReply(1, True, DAY)
    assert state.ruling(DAY) is state.version(1)
    assert state.ruling("2026-11-22") is None
    assert state.item(1, "T1") == ITEM
    assert state.overlay(1, "T1") == Overlay("T1", "A")


def test_a_later_version_takes_over_on_its_day_and_the_earlier_one_stays():
    state, dearer = CatalogueState(), replace(ITEM, promised_days=5)
    publish(state, ITEM)
    publish(state, dearer, valid_from="2026-12-01")
    assert state.ruling("2026-11-30") is state.version(1)
    assert state.ruling("2026-12-01") is state.version(2)
    assert (state.ends(1), state.ends(2)) == ("2026-12-01", None)
    assert state.item(1, "T1") == ITEM
    assert state.item(2, "T1") == dearer


def test_a_version_published_after_one_that_was_to_come_wins():
    state = CatalogueState()
    publish(state, ITEM)
    publish(state, replace(ITEM, promised_days=5), valid_from="2026-12-01")
    publish(state, replace(ITEM, promised_days=6), valid_from="2026-11-25")
    assert state.ruling("2026-12-05") is state.version(3)


def test_a_version_with_an_end_gives_way_to_the_one_before_it():
    state = CatalogueState()
    publish(state, ITEM)
    publish(state, replace(ITEM, promised_days=5), valid_to="2026-11-30")
    assert state.ruling("2026-11-30") is state.version(2)
    assert state.ruling("2026-12-01") is state.version(1)


def test_an_event_carries_only_what_changed_and_the_versions_share_the_rest():
    state = CatalogueState()
    first = decide(state, hall(), PublishCatalogue(SHIPPED.items, SHIPPED.overlays, AT)).events[0]
    evolve(state, first)
    items = tuple(replace(item, zh="改名") if item.code == "A01" else item for item in SHIPPED.items[:-1])
    event = decide(state, hall(), PublishCatalogue(items, SHIPPED.overlays, AT)).events[0]
    evolve(state, event)
    assert ([item.code for item in event.items], event.removed, event.overlays) == (["A01"], ("X39",), ())
    assert state.item(2, "A02") is state.item(1, "A02")
    assert len(state.versions[1].items) == 755


def test_the_same_again_is_no_event():
    state = CatalogueState()
    publish(state, ITEM)
    assert publish(state, ITEM) == CatalogueReply(1, False, DAY)
    assert publish(state, ITEM, valid_to="2027-01-01").changed


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"valid_from": "2026-11-22"}, "bad-value"),
        ({"valid_from": "tomorrow"}, "bad-value"),
        ({"valid_from": "20261201"}, "bad-value"),
        ({"valid_to": "2026-11-22"}, "bad-value"),
        ({"source": "a\nb"}, "bad-value"),
    ],
)
def test_dates_and_source_are_looked_at(more: dict[str, object], code: str):
    with pytest.raises(Refused) as refused:
        publish(CatalogueState(), ITEM, **more)
    assert refused.value.code == code


def test_what_is_wrong_is_refused_and_counted():
    with pytest.raises(Refused) as refused:
        publish(CatalogueState(), replace(ITEM, department="D999", zh=""))
    assert (refused.value.code, refused.value.facts["count"]) == ("catalogue-invalid", 2)
    with pytest.raises(Refused):
        decide(CatalogueState(), HallState(), PublishCatalogue((ITEM,), (), AT))


_versions = st.lists(
    st.dictionaries(st.sampled_from("abcd"), st.integers(1, 3), min_size=1, max_size=4), min_size=1, max_size=6
)


@given(_versions)
def test_every_version_reads_as_it_was_published_whatever_came_later(versions: list[dict[str, int]]):
    state = CatalogueState()
    wanted: list[tuple[Item, ...]] = []
    for each in versions:
        items = tuple(replace(ITEM, code=code, promised_days=days) for code, days in sorted(each.items()))
        if publish(state, *items).changed:
            wanted.append(items)
    assert [version.catalogue.items for version in state.versions] == wanted
    assert [version.catalogue.version for version in state.versions] == list(range(1, len(wanted) + 1))
