"""Scripts for the trial's tests: a small hall's day, drawn or written by hand."""

from __future__ import annotations

from hypothesis import strategies as st

from hub.domain.queue import commands as c
from hub.domain.trial.script import GONE, MISSED, PARKED, SERVED, TRANSFERRED, Act, Script, Turn, Visitor
from tests.domain.queue.plans import CLOSES, DATE, HOUR, MINUTE, OPENS, RUSH, small_plan

PLAN = small_plan(policy=RUSH)
WINDOWS = tuple(window.number for window in PLAN.windows)


def served(minutes: float, *done: str) -> Turn:
    return Turn(SERVED, int(minutes * MINUTE), done=done or ("A",))


def visitor(n: int, minute: float, *turns: Turn, category: str = "A", **more: object) -> Visitor:
    floor = 2 if category == "E" else 1
    at = OPENS + int(minute * MINUTE)
    return Visitor(f"{n:032x}", at, category, floor, turns=turns, **more)  # type: ignore[arg-type]


def script(*visitors: Visitor, acts: tuple[Act, ...] | None = None, windows: tuple[str, ...] = ("101",)) -> Script:
    opened = tuple(c.OpenWindow(DATE, OPENS, number) for number in windows)
    closed = tuple(c.CloseWindow(DATE, CLOSES, number) for number in windows)
    return Script(
        plan=PLAN,
        begins=OPENS,
        ends=CLOSES,
        visitors=visitors,
        acts=(*opened, *closed) if acts is None else acts,
        gaps={},
        gap=10_000,
        means={"A": 10 * MINUTE},
        lasting=frozenset(windows),
    )


TURNS = st.builds(
    Turn,
    st.sampled_from([MISSED, PARKED, TRANSFERRED, GONE, SERVED]),
    st.integers(0, 20 * MINUTE),
    walk=st.integers(0, 8 * MINUTE),
    away=st.none() | st.integers(0, 40 * MINUTE),
    by_name=st.booleans(),
    to=st.sampled_from(["A", "B", "E", "P", "101", "201", "999", "Z"]),
    wrong=st.booleans(),
    done=st.sampled_from([("A",), ("A", "B"), ("E",)]),
)


@st.composite
def visitors(draw: st.DrawFn) -> tuple[Visitor, ...]:
    count = draw(st.integers(0, 30))
    found: list[Visitor] = []
    for n in range(count):
        at = OPENS + draw(st.integers(0, 7 * HOUR))
        found.append(
            Visitor(
                ticket=f"{n:032x}",
                at=at,
                category=draw(st.sampled_from("ABEP")),
                floor=draw(st.sampled_from([1, 2])),
                also=draw(st.sampled_from([(), (), ("B",), ("E", "A")])),
                priority=draw(st.sampled_from([None, None, "elderly", "gone"])),
                phone=draw(st.booleans()),
                slot=draw(st.none() | st.integers(at - HOUR, at + HOUR)),
                turns=tuple(draw(st.lists(TURNS, max_size=4))),
                leaves=draw(st.none() | st.integers(at, at + 2 * HOUR)),
            )
        )
    return tuple(sorted(found, key=lambda each: each.at))


@st.composite
def acts(draw: st.DrawFn) -> tuple[Act, ...]:
    found: list[Act] = []
    for number in WINDOWS:
        if draw(st.booleans()):
            found.append(c.OpenWindow(DATE, OPENS, number))
    for _ in range(draw(st.integers(0, 12))):
        at, number = OPENS + draw(st.integers(0, 8 * HOUR)), draw(st.sampled_from([*WINDOWS, "999"]))
        clerk = draw(st.sampled_from(["li", "wang"]))
        found.append(
            draw(
                st.sampled_from(
                    [
                        c.OpenWindow(DATE, at, number),
                        c.PauseWindow(DATE, at, number, "午休", anyway=True),
                        c.CloseWindow(DATE, at, number, anyway=True),
                        c.SignInClerk(DATE, at, number, clerk, move=True),
                        c.SignOutClerk(DATE, at, number, clerk),
                        c.ReskillWindow(DATE, at, number, ("E", "A"), None),
                        c.ReskillWindow(DATE, at, number),
                        c.FreezeHall(DATE, at, "演练"),
                        c.ReleaseHall(DATE, at),
                    ]
                )
            )
        )
    return tuple(sorted(found, key=lambda act: act.at))


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    everybody, everything = draw(visitors()), draw(acts())
    return Script(
        plan=PLAN,
        begins=OPENS,
        ends=CLOSES,
        visitors=everybody,
        acts=everything,
        gaps={"101": (0, 30_000)},
        gap=15_000,
        means={"A": 8 * MINUTE},
        lasting=frozenset(WINDOWS) if draw(st.booleans()) else frozenset(),
    )
