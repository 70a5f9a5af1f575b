"""A week of ratings in the filled hall: low ones at every step of their rectification, one of them overdue."""

from __future__ import annotations

import random

from hub.core.low_ratings import LowRatings
from hub.core.reactions import Reactions
from hub.domain.queue import commands as c
from hub.domain.ratings import commands as r
from hub.log.cursors import Cursors
from tests.browser.hall import MINUTE, Demo

HOUR = 60 * MINUTE
DAY = 24 * HOUR
SUPERVISOR = "account/supervisor"
WINDOWS = {"101": "clerk-101", "106": "clerk-106", "202": "clerk-202", "305": "supervisor"}
CATEGORY = {"1": "A", "2": "E", "3": "L"}
SCORES = (5, 5, 5, 5, 4, 4, 4, 3, 2, 1)


async def rated_days(demo: Demo, days: int = 11) -> list[str]:
    """Visits rated on that many days from now on; the tickets of low ratings, the oldest first.

    The first day's are answered as far as each step goes. At the end it is early afternoon of the last day.
    """
    chance = random.Random(3)
    reactions = Reactions(demo.hub, demo.hub.log, Cursors(None), [LowRatings(demo.hub)])
    low: list[str] = []
    begun = demo.hub.now()
    for n in range(days):
        await _morning(demo, begun + n * DAY)
        low += await _day(demo, chance)
        await reactions.catch_up()
        if n == 1:
            await _answer(demo, low)
    return low


async def _morning(demo: Demo, at: int) -> None:
    demo.clock.advance(at - demo.hub.now())
    await demo.hub.keep()


async def _day(demo: Demo, chance: random.Random) -> list[str]:
    hub = demo.hub
    low: list[str] = []
    if not hub.day().plan or not hub.day().plan.working:
        return low
    for number, clerk in WINDOWS.items():
        window = hub.day().windows[number]
        if window.state != "open":
            await demo.do(c.OpenWindow(hub.today, hub.now(), number))
        if window.clerk not in (clerk, None):
            await demo.do(c.SignOutClerk(hub.today, hub.now(), number, window.clerk))
        if window.clerk is None:
            await demo.do(c.SignInClerk(hub.today, hub.now(), number, clerk))
        if window.active is not None:
            await demo.do(c.FinishService(hub.today, hub.now(), number))
        for k in range(6):
            ticket = await demo.take(
                CATEGORY[number[0]], floor=int(number[0]), phone=hub.phone("13800001111") if k % 3 else None
            )
            demo.clock.advance(3 * MINUTE)
            await demo.do(c.CallTicket(hub.today, hub.now(), number, ticket))
            await demo.do(c.StartService(hub.today, hub.now(), number))
            demo.clock.advance(4 * MINUTE)
            await demo.do(c.FinishService(hub.today, hub.now(), number))
            score = chance.choice(SCORES)
            await demo.do(c.RateVisit(hub.today, hub.now(), ticket, score))
            if score <= 2:
                low.append(ticket)
    return low


async def _answer(demo: Demo, low: list[str]) -> None:
    """One a step: closed, void, to close, unsatisfied, to call back, found true, found untrue."""
    now = demo.hub.now()

    def steps(ticket: str) -> list[r.Step]:
        return [
            r.VerifyRating(ticket, "supervisor", True, "调看录像，窗口人员离开十二分钟未说明", now),
            r.RecordFix(ticket, "supervisor", "当面致歉，已补办；窗口离岗须先暂停叫号", now),
            r.CallBack(ticket, "supervisor", True, True, "表示满意", now),
            r.CloseRectification(ticket, "supervisor", now),
        ]

    void: list[r.Step] = [
        r.VerifyRating(low[1], "supervisor", False, "群众说按错了", now),
        r.VoidRating(low[1], "supervisor", "群众本人说明按错，愿改评满意", now),
        r.CloseRectification(low[1], "supervisor", now),
    ]
    done = [*steps(low[0]), *void]
    for count, ticket in zip((3, 2, 1), low[2:5], strict=False):
        done += steps(ticket)[:count]
    for step in done:
        outcome = await demo.hub.submit(step, actor=SUPERVISOR)
        assert outcome.ok, outcome.reply
