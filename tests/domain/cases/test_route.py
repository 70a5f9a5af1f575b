"""A route is checked before it is published, and opens its steps in order."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.cases.route import check_route, ends, finished, followers, ready
from hub.domain.catalogue.item import RouteStep
from tests.domain.cases.office import FIRST, JOINT, LAST

DEPARTMENTS = {"wj", "zj", "xf", "rf"}


def problems(*steps: RouteStep) -> list[str]:
    return [problem.path for problem in check_route(steps, DEPARTMENTS)]


def test_a_sound_route_has_no_problems() -> None:
    assert problems(FIRST, LAST) == []
    assert problems(*JOINT.route) == []
    assert problems() == []


def test_a_circle_is_found_and_named() -> None:
    found = check_route((replace(FIRST, after=("last",)), LAST), DEPARTMENTS)
    assert [each.path for each in found] == ["route"]
    assert "first" in found[0].zh
    assert problems(replace(FIRST, after=("first",))) == ["route"]


def test_unknown_steps_departments_and_values_are_found() -> None:
    assert problems(replace(FIRST, after=("nowhere",))) == ["route[0].after"]
    assert problems(replace(FIRST, department="nobody")) == ["route[0].department"]
    assert problems(replace(FIRST, join="some")) == ["route[0].join"]
    assert problems(replace(FIRST, on_timeout="explode")) == ["route[0].on_timeout"]
    assert problems(replace(FIRST, days=0)) == ["route[0].days"]
    assert problems(FIRST, FIRST) == ["route[1].id"]


def test_steps_open_when_all_before_them_are_done() -> None:
    route = JOINT.route
    assert [step.id for step in ready(route, (), ())] == ["build", "fire", "air"]
    opened = {"build", "fire", "air"}
    assert ready(route, opened, {"build", "fire"}) == ()
    assert [step.id for step in ready(route, opened, opened)] == ["end"]
    assert [step.id for step in ends(route)] == ["end"]
    assert followers(route, "fire") == {"end"}


@st.composite
def routes(draw: st.DrawFn) -> tuple[RouteStep, ...]:
    count = draw(st.integers(0, 7))
    steps: list[RouteStep] = []
    for n in range(count):
        after = draw(st.sets(st.sampled_from([f"s{k}" for k in range(n)]), max_size=3)) if n else set()
        join = draw(st.sampled_from(["all", "any"]))
        steps.append(RouteStep(f"s{n}", "步", "step", "wj", after=tuple(sorted(after)), join=join))
    return tuple(draw(st.permutations(steps)))


@given(routes(), st.randoms(use_true_random=False))
def test_every_sound_route_reaches_its_end_in_whatever_order_steps_are_done(route, random) -> None:
    assert check_route(route, DEPARTMENTS) == []
    opened: set[str] = set()
    done: set[str] = set()
    while not finished(route, done):
        opened |= {step.id for step in ready(route, opened, done)}
        waiting = sorted(opened - done)
        assert waiting
        done.add(random.choice(waiting))


@given(routes())
def test_a_step_added_before_its_own_predecessor_is_a_circle(route) -> None:
    for step in route:
        if step.after:
            looped = tuple(
                replace(each, after=(*each.after, step.id)) if each.id == step.after[0] else each for each in route
            )
            assert any(problem.path == "route" for problem in check_route(looped, DEPARTMENTS))
