"""Routes are graphs without circles, whose steps can all be reached."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.catalogue.item import RouteStep
from hub.domain.catalogue.routes import in_order, problems_of_route
from tests.domain.catalogue.items import REVIEW, SHIPPED


def step(id: str, *after: str, **more: object) -> RouteStep:
    return RouteStep(id, "审查", "Review", "D101", after=after, **more)  # type: ignore[arg-type]


def test_a_route_in_a_line_and_no_route_have_no_problems():
    assert problems_of_route(REVIEW) == []
    assert problems_of_route(()) == []


@pytest.mark.parametrize(
    ("steps", "paths"),
    [
        ((step("a", "a"),), ["route[0].after"]),
        ((step("a", "c"), step("b", "a"), step("c", "b"), step("d", "c")), [f"route[{n}].after" for n in range(3)]),
        ((step("a"), step("b", "x")), ["route[1].after[0]"]),
        ((step("a"), step("a")), ["route[1].id"]),
        ((step("a"), step("b", "a", "a")), ["route[1].after[1]"]),
        ((step("a", lead=True), step("b", lead=True)), ["route"]),
        ((step("a", join="some"),), ["route[0].join"]),
        ((step("a", on_timeout="shrug"),), ["route[0].on_timeout"]),
        ((step("a", days=-1),), ["route[0].days"]),
        ((step("a b"),), ["route[0].id"]),
        (tuple(step(f"s{n}") for n in range(41)), ["route"]),
    ],
)
def test_what_is_wrong_is_told_by_its_path(steps: tuple[RouteStep, ...], paths: list[str]):
    assert [problem.path for problem in problems_of_route(steps)] == paths


@given(st.lists(st.lists(st.integers(0, 7), max_size=3, unique=True), min_size=1, max_size=8))
def test_a_route_without_problems_reaches_every_step_and_one_with_a_circle_has_problems(edges: list[list[int]]):
    steps = tuple(step(f"s{n}", *(f"s{k}" for k in after if k < len(edges))) for n, after in enumerate(edges))
    reached = [each.id for round_ in in_order(steps) for each in round_]
    assert (problems_of_route(steps) == []) == (sorted(reached) == sorted(each.id for each in steps))


def test_rounds_come_in_the_order_that_joins_ask_for():
    steps = (step("d", "b", "c"), step("a"), step("b", "a"), step("c", "a"))
    assert [[each.id for each in round_] for round_ in in_order(steps)] == [["a"], ["b", "c"], ["d"]]


def test_the_joint_review_of_construction_is_four_departments_side_by_side_under_one_lead():
    item = next(item for item in SHIPPED.items if item.code == "M01")
    parallel = in_order(item.route)[1]
    assert len({each.department for each in parallel}) == len(parallel) == 4
    assert [each.department for each in parallel if each.lead] == [item.department]
    assert problems_of_route(tuple(replace(each, lead=False) for each in item.route)) == []
