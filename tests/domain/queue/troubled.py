"""Generated hours in a hall where anything goes: windows close and pause, clerks who may not serve, a freeze."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from hub.domain.hall.plan import ClerkPlan
from hub.domain.queue import commands as c
from hub.domain.refusals import Refused
from tests.domain.queue.hall import Hall
from tests.domain.queue.plans import HOUR, RUSH, small_plan

PLAN = replace(small_plan(policy=RUSH), clerks=(ClerkPlan("li", ("P",)), ClerkPlan("wu", ("A", "E"))))
WINDOWS = ("101", "102", "103", "201", "202")
CLERKS = ("li", "wu", "zhao")

_windows = st.sampled_from(WINDOWS)
_acts = st.one_of(
    st.tuples(
        st.just(c.TakeTicket),
        st.fixed_dictionaries(
            {
                "category": st.sampled_from("AAABEP"),
                "floor": st.sampled_from((1, 2)),
                "also": st.sampled_from([(), (), (), ("E",), ("P",), ("B", "E")]),
                "priority": st.sampled_from([None, None, "elderly"]),
            }
        ),
    ),
    st.tuples(
        st.sampled_from([c.OpenWindow, c.CallNext, c.CallNext, c.FinishService]),
        st.fixed_dictionaries({"window": _windows}),
    ),
    st.tuples(
        st.just(c.PauseWindow),
        st.fixed_dictionaries({"window": _windows, "why": st.sampled_from(["", "午餐", "设备故障"])}),
    ),
    st.tuples(st.just(c.CloseWindow), st.fixed_dictionaries({"window": _windows})),
    st.tuples(
        st.just(c.SignInClerk),
        st.fixed_dictionaries({"window": _windows, "clerk": st.sampled_from(CLERKS), "move": st.just(True)}),
    ),
    st.tuples(
        st.just(c.TransferTicket),
        st.fixed_dictionaries({"window": _windows, "to": st.sampled_from(("103", "201", "P")), "why": st.just("x")}),
    ),
    st.tuples(
        st.just(c.ReskillWindow),
        st.fixed_dictionaries({"window": _windows, "categories": st.sampled_from([("P",), ("E",), ("A", "B")])}),
    ),
)
_hours = st.lists(st.tuples(_acts, st.sampled_from([0, 0, 1, 2, 7, 20])), max_size=40)


@st.composite
def halls(draw: st.DrawFn, *, frozen: bool = False) -> Hall:
    """A hall in the middle of its day or near its end: a morning's crowd, then acts, each followed by some minutes;
    what is refused is left out.
    """
    hall = Hall(PLAN)
    hall.at += draw(st.sampled_from([0, 0, 7])) * HOUR
    for window in draw(st.sets(_windows)):
        hall.do(c.OpenWindow, window=window)
    for window in draw(st.sets(_windows, max_size=3)):
        hall.do(c.SignInClerk, window=window, clerk=draw(st.sampled_from(CLERKS)), move=True)
    for category, count in draw(st.dictionaries(st.sampled_from("ABEP"), st.integers(1, 25))).items():
        for _ in range(count):
            hall.take(category, floor=2 if category == "E" else 1)
    for (command, fields), minutes in draw(_hours):
        try:
            if command is c.TakeTicket:
                also = tuple(letter for letter in fields["also"] if letter != fields["category"])
                taken: dict[str, Any] = {**fields, "also": also}
                hall.take(**taken)
            else:
                hall.do(command, **fields)
        except Refused:
            continue
        hall.wait(minutes)
    if frozen:
        hall.do(c.FreezeHall, why="消防演练")
    hall.wait(draw(st.sampled_from([0, 1, 31, 45])))
    return hall
