"""The review's route as a graph: what is wrong with one, which steps may begin, and when its end is reached.

A step begins when all, or any one, of the steps in ``after`` are done. Steps that nothing waits for any more, since one
of several was enough, are left aside. The end is reached when every step that no other follows is done.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hub.domain.catalogue.item import ALL, ANY, ESCALATE, PASS, WAIT, RouteStep
from hub.domain.hall.problems import Problem


def check_route(route: Sequence[RouteStep], departments: Collection[str], path: str = "route") -> list[Problem]:
    """What keeps a route from being published; empty when it may be. ``departments``: codes of the hall's."""
    problems: list[Problem] = []
    ids = [step.id for step in route]
    for n, step in enumerate(route):
        at = f"{path}[{n}]"
        if not step.id or ids.index(step.id) != n:
            problems.append(
                Problem(f"{at}.id", f"环节编号“{step.id}”为空或重复", f'step "{step.id}" is empty or twice')
            )
        if step.department not in departments:
            problems.append(
                Problem(f"{at}.department", f"没有部门“{step.department}”", f'no department "{step.department}"')
            )
        if step.join not in (ALL, ANY):
            problems.append(Problem(f"{at}.join", f"应为 {ALL} 或 {ANY}", f"must be {ALL} or {ANY}"))
        if step.on_timeout not in (ESCALATE, PASS, WAIT):
            words = f"{ESCALATE}, {PASS}, {WAIT}"
            problems.append(Problem(f"{at}.on_timeout", f"应为其中之一：{words}", f"must be one of {words}"))
        if step.days < 1:
            problems.append(Problem(f"{at}.days", "时限至少 1 个工作日", "at least 1 working day"))
        problems += [
            Problem(f"{at}.after", f"没有环节“{name}”", f'no step "{name}"') for name in step.after if name not in ids
        ]
    if loop := _loop(route):
        around = " → ".join((*loop, loop[0]))
        problems.append(Problem(path, f"环节成环：{around}", f"the steps go in a circle: {around}"))
    return problems


def ready(route: Sequence[RouteStep], opened: Collection[str], done: Collection[str]) -> tuple[RouteStep, ...]:
    """The steps that may begin now and have not: ``opened`` holds all that began, done ones too."""
    useless = superseded(route, opened)
    return tuple(step for step in route if step.id not in opened and step.id not in useless and _may_begin(step, done))


def superseded(route: Sequence[RouteStep], opened: Collection[str]) -> frozenset[str]:
    """Steps all of whose followers have begun or are left aside themselves."""
    found: set[str] = set()
    grew = True
    while grew:
        grew = False
        for step in route:
            followers = [each.id for each in route if step.id in each.after]
            if step.id not in found and followers and all(each in opened or each in found for each in followers):
                found.add(step.id)
                grew = True
    return frozenset(found)


def finished(route: Sequence[RouteStep], done: Collection[str]) -> bool:
    """Whether the end is reached; a route without steps has it at once."""
    return all(step.id in done for step in ends(route))


def ends(route: Sequence[RouteStep]) -> tuple[RouteStep, ...]:
    """The steps that no other follows."""
    waited = {name for step in route for name in step.after}
    return tuple(step for step in route if step.id not in waited)


def followers(route: Sequence[RouteStep], step: str) -> frozenset[str]:
    """Every step that comes after that one, at any distance."""
    found: set[str] = set()
    front = {step}
    while front:
        front = {each.id for each in route if front & set(each.after)} - found
        found |= front
    return frozenset(found)


def step_of(route: Sequence[RouteStep], id: str) -> RouteStep | None:
    return next((step for step in route if step.id == id), None)


def _may_begin(step: RouteStep, done: Collection[str]) -> bool:
    if not step.after:
        return True
    waits = (name in done for name in step.after)
    return all(waits) if step.join == ALL else any(waits)


def _loop(route: Sequence[RouteStep]) -> tuple[str, ...]:
    """One circle, empty without any: what is left when steps without an open predecessor are taken away again."""
    left = {step.id: [name for name in step.after if any(each.id == name for each in route)] for step in route}
    while free := [id for id, after in left.items() if not any(name in left for name in after)]:
        for id in free:
            del left[id]
    if not left:
        return ()
    walked = [next(iter(left))]
    while True:
        before = next(name for name in left[walked[-1]] if name in left)
        if before in walked:
            return tuple(reversed(walked[walked.index(before) :]))
        walked.append(before)
