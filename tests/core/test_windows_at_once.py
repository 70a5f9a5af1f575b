"""Windows that call in the same instant, in every order and batch that a loop can make of them."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.queue import commands as c
from tests.core.writers import OPENS, Desk, reply, take
from tests.domain.queue.plans import DATE

taps = st.lists(
    st.tuples(
        st.sampled_from(["101", "102"]), st.sampled_from([c.CallNext, c.CallNext, c.FinishService]), st.booleans()
    ),
    min_size=1,
    max_size=40,
)


@given(st.integers(0, 8), taps)
def test_nobody_is_called_twice_and_no_call_finds_nobody_while_somebody_waits(people, schedule):
    async def run() -> None:
        desk = Desk.on()
        await desk.open_day()
        await asyncio.gather(*(desk.ask(take(n, "AB"[n % 2])) for n in range(1, people + 1)))
        heard = desk.heard()
        asked = []
        for window, act, pause in schedule:
            asked.append((act, asyncio.ensure_future(desk.ask(act(DATE, OPENS, window)))))
            if pause:
                await asyncio.sleep(0)
                await asyncio.sleep(0)
        answers = [(act, await outcome) for act, outcome in asked]
        called = [each.event.ticket for each in heard if each.entry.type == "ticket-called"]
        assert len(called) == len(set(called))
        nobody = sum(1 for act, each in answers if act is c.CallNext and reply(each)["number"] is None)
        if nobody:
            assert len(called) == people
        active = [each.active for each in desk.day.windows.values() if each.active]
        assert len(active) == len(set(active))

    asyncio.run(run())
