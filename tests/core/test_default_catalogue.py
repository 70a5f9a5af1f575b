"""The catalogue that ships with the default hall."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hub.core.default_catalogue import catalogue_for
from hub.domain.catalogue.routes import in_order
from tests.domain.catalogue.items import SHIPPED
from tests.domain.hall.halls import DEFAULT, WARSAW

COMPLETE = [item for item in SHIPPED.items if item.complete]


def test_it_has_the_halls_717_items_and_39_elsewhere_under_names_of_their_own():
    centre = {item.code: item.zh for item in SHIPPED.items if item.place == "centre"}
    assert centre == {item.code: item.zh for item in DEFAULT.items}
    assert (len(centre), len(SHIPPED.items)) == (717, 756)
    assert len({item.zh for item in SHIPPED.items}) == len({item.en.lower() for item in SHIPPED.items}) == 756


def test_at_least_forty_are_complete_and_four_take_at_most_one_trip():
    assert len(COMPLETE) >= 40
    assert sum(item.once for item in SHIPPED.items) == 4
    assert all(item.complete for item in SHIPPED.items if item.once)


def test_the_papers_of_every_complete_item_were_cut_by_a_third_or_more():
    for item in COMPLETE:
        before, now = sum(each.before for each in item.materials), sum(each.now for each in item.materials)
        assert now * 3 <= before * 2, item.code


def test_the_steps_of_a_route_fit_the_promise():
    for item in COMPLETE:
        ends: dict[str, int] = {}
        for round_ in in_order(item.route):
            for step in round_:
                ends[step.id] = step.days + max((ends[each] for each in step.after), default=0)
        assert max(ends.values(), default=0) <= (item.promised_days or 0), item.code


def test_a_hall_that_it_does_not_fit_begins_without_it():
    assert catalogue_for(DEFAULT) == SHIPPED
    assert catalogue_for(WARSAW) is None
    assert catalogue_for(replace(DEFAULT, departments=DEFAULT.departments[1:])) is None


def test_every_kind_of_item_is_there():
    assert {item.type for item in SHIPPED.items} == {
        "licence",
        "payment",
        "confirmation",
        "reward",
        "adjudication",
        "other-power",
        "public-service",
    }
    counted = Counter(
        {
            "immediate": sum(item.kind == "immediate" for item in COMPLETE),
            "joint": sum(item.handling == "joint" for item in COMPLETE),
            "deemed": sum(item.deemed for item in COMPLETE),
            "external": sum(bool(item.external) for item in COMPLETE),
            "tolerance": sum(item.tolerance for item in COMPLETE),
            "promise": sum(item.promise for item in COMPLETE),
            "fees": sum(bool(item.fees) for item in COMPLETE),
            "stopped": sum(any(each.excluded for each in item.special_steps) for item in COMPLETE),
        }
    )
    assert min(counted.values()) >= 4, counted
    assert {item.department for item in COMPLETE} >= {"D101", "D102", "D201", "D203", "D301", "D302", "D304", "D306"}
