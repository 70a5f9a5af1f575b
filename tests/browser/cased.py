"""Cases in the filled hall: a visitor at window 101 for two items, and one case of each kind."""

from __future__ import annotations

import httpx

from hub.domain.cases.review_commands import ClaimStep, GiveOpinion
from hub.domain.queue import commands as q
from tests.browser.hall import MINUTE, Demo
from tests.web.cases import FIRM, WANG, open_for_cases, opened, original, pledge, post, upload
from tests.web.running import PASSWORD

WINDOW = "101"
DAY = 24 * 60 * MINUTE


async def cased(demo: Demo) -> dict[str, str]:
    """Cases by kind. The clock goes on by four days between filing and now, so that limits are seen at work."""
    hub = demo.hub
    await open_for_cases(hub)
    async with httpx.AsyncClient(base_url=demo.url, headers={"Origin": demo.url}, timeout=20, trust_env=False) as desk:
        made: dict[str, str] = {}
        await _sign_in(desk, "supervisor")
        ticket = await called(demo, "A02")
        made["review"] = await opened(desk, "A02", "id", "form", "lease", "proof", ticket=ticket, window=WINDOW)
        await post(desk, f"/{made['review']}/accept")
        await finished(demo, ticket)
        made["owed"] = await opened(desk, "A02", "id", "form", "proof")
        await post(desk, f"/{made['owed']}/accept", pledge=await pledge(desk, "lease", due="2026-11-30"))
        made["special"] = (
            await post(desk, "", item="A02", applicant=FIRM, materials=original("id", "form", "lease"))
        ).json()["case"]
        promise = {"materials": ["proof"], "check_days": 20, "sha256": await upload(desk, b"signed")}
        await post(desk, f"/{made['special']}/accept", promise=promise)
        made["correction"] = await opened(desk, "A03", "id")
        await post(desk, f"/{made['correction']}/correction", defects=[{"material": "form", "what": "没有签名"}])
        made["decided"] = await opened(desk, "A01", "id", "form")
        await post(desk, f"/{made['decided']}/accept", decision={"granted": True, "result": "京营0001"})
        external = {"item": "A04", "name": "王小明", "identity": WANG["identity"], "external": "JS-2026-77"}
        made["external"] = (await post(desk, "/external", **external)).json()["case"]
        demo.clock.advance(2 * DAY)
        await hub.keep()
        await post(desk, f"/{made['special']}/special/start", step="expert", notice="评审告知〔2026〕1号", days=20)
        demo.clock.advance(2 * DAY)
        await hub.keep()
        await _reviewed(demo, made["owed"])
        made["received"] = await opened(desk, "A02", "form")
    return made


async def called(demo: Demo, *items: str) -> str:
    """A visitor for these items who is served at the window; the ticket's id."""
    hub = demo.hub
    window = hub.day().windows[WINDOW]
    if window.state != "open":
        await demo.do(q.OpenWindow(hub.today, hub.now(), WINDOW))
    if window.active is not None:
        await demo.do(q.FinishService(hub.today, hub.now(), WINDOW))
    ticket = hub.ticket_id()
    await demo.do(q.TakeTicket(hub.today, hub.now(), ticket, "A", items=items, priority="elderly"))
    await demo.do(q.CallTicket(hub.today, hub.now(), WINDOW, ticket))
    await demo.do(q.StartService(hub.today, hub.now(), WINDOW))
    return ticket


async def finished(demo: Demo, ticket: str) -> None:
    hub = demo.hub
    await demo.do(q.FinishService(hub.today, hub.now(), WINDOW))
    await demo.do(q.RateVisit(hub.today, hub.now(), ticket, 5))


async def _reviewed(demo: Demo, case: str) -> None:
    hub = demo.hub
    await demo.do(ClaimStep(case, hub.today, hub.now(), "rev", "D101", "examine"))
    await demo.do(GiveOpinion(case, hub.today, hub.now(), "rev", "D101", "examine", "agree", "符合条件，拟同意"))


async def _sign_in(desk: httpx.AsyncClient, name: str) -> None:
    answer = await desk.post("/api/v1/session", json={"name": name, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    desk.headers["X-CSRF-Token"] = answer.json()["csrf"]
