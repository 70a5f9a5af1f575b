"""The route of an item's review as a graph: what is wrong with one, and the order its steps can be done in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.domain.catalogue.item import ALL, ANY, ESCALATE, PASS, WAIT, RouteStep
from hub.domain.hall.problems import Problem, missing, named, no_choice, topic_name, twice, within

MOST_STEPS = 40
LONGEST_BUDGET = 365
"""Working days of one step."""


def problems_of_route(steps: Sequence[RouteStep]) -> list[Problem]:
    """Every problem, with paths from ``route[0].id`` on; empty for a route that reaches its end. No steps: no problem.

    Departments are not looked at here, since only a profile knows them.
    """
    if len(steps) > MOST_STEPS:
        return [Problem("route", f"最多 {MOST_STEPS} 个环节", f"at most {MOST_STEPS} steps")]
    return list(_problems(steps))


def _problems(steps: Sequence[RouteStep]) -> Iterator[Problem]:
    known = {step.id for step in steps}
    seen: set[str] = set()
    for n, step in enumerate(steps):
        path = f"route[{n}]"
        yield from topic_name(f"{path}.id", step.id)
        if step.id in seen:
            yield twice(f"{path}.id", step.id)
        seen.add(step.id)
        yield from named(path, step.zh, step.en)
        yield from topic_name(f"{path}.role", step.role)
        yield from within(f"{path}.days", step.days, 0, LONGEST_BUDGET)
        if step.join not in (ALL, ANY):
            yield no_choice(f"{path}.join", step.join, (ALL, ANY))
        if step.on_timeout not in (ESCALATE, PASS, WAIT):
            yield no_choice(f"{path}.on_timeout", step.on_timeout, (ESCALATE, PASS, WAIT))
        for k, earlier in enumerate(step.after):
            if earlier not in known:
                yield missing(f"{path}.after[{k}]", "环节", "step", earlier)
            elif earlier in step.after[:k]:
                yield twice(f"{path}.after[{k}]", earlier)
    if sum(step.lead for step in steps) > 1:
        yield Problem("route", "只能有一个牵头环节", "only one step may lead")
    circles = _in_circles(steps)
    for n, step in enumerate(steps):
        if step.id in circles:
            yield Problem(
                f"route[{n}].after",
                f"环节“{step.id}”等待的环节又在等它，永远开始不了",
                f'step "{step.id}" waits for steps that wait for it, and would never begin',
            )


def in_order(steps: Sequence[RouteStep]) -> list[tuple[RouteStep, ...]]:
    """The steps in rounds: each can begin when the rounds before it are done. Steps in a circle are left out."""
    rounds: list[tuple[RouteStep, ...]] = []
    done: set[str] = set()
    known = {step.id for step in steps}
    left = list(steps)
    while ready := tuple(step for step in left if all(each in done or each not in known for each in step.after)):
        rounds.append(ready)
        done.update(step.id for step in ready)
        left = [step for step in left if step.id not in done]
    return rounds


def _in_circles(steps: Sequence[RouteStep]) -> set[str]:
    """The steps of circles; not those that merely come after one."""
    after = {step.id: set(step.after) for step in steps}
    reached = dict(after)
    for _ in steps:
        reached = {each: before.union(*(after.get(one, set()) for one in before)) for each, before in reached.items()}
    return {each for each, before in reached.items() if each in before}
