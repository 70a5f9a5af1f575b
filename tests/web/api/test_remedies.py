"""A remedy as a page offers it, posted as the page would: the hub takes it, and the wait is what was said."""

from __future__ import annotations

from hub.domain.queue import commands as c
from hub.domain.queue.advice import Counsel, counsel
from hub.domain.queue.wait import outlook_of_newcomer
from hub.views.remedies import Press, press
from tests.web.running import Hall

MINUTE = 60_000


async def _do(hall: Hall, command: object) -> None:
    outcome = await hall.hub.submit(command, actor="test")  # type: ignore[arg-type]
    assert outcome.ok, outcome.reply


async def _take(hall: Hall, category: str, count: int) -> None:
    for _ in range(count):
        await _do(hall, c.TakeTicket(hall.hub.today, hall.hub.now(), hall.hub.ticket_id(), category, 2))


def _counsel(hall: Hall) -> Counsel:
    return counsel(hall.hub.day(), hall.hub.now())


async def _post(hall: Hall, said: Press) -> None:
    async with hall.signed_in("supervisor") as browser:
        key = said.path.replace("/", "-")
        answer = await browser.post(f"/api/v1/{said.path}", json=said.body, headers={"Idempotency-Key": key})
        assert answer.status_code == 200, answer.text


async def test_a_window_is_opened_as_the_page_offers_it(hall: Hall) -> None:
    await _take(hall, "E", 3)
    hall.clock.advance(31 * MINUTE)
    (trouble,) = _counsel(hall).troubles
    said = press(hall.hub.day(), trouble.remedy)
    assert said is not None
    await _post(hall, said)
    wait = outlook_of_newcomer(hall.hub.day(), "E/2", hall.hub.now()).wait
    assert wait is not None
    assert wait[1] == trouble.remedy.after


async def test_a_window_is_lent_as_the_page_offers_it(hall: Hall) -> None:
    today, now = hall.hub.today, hall.hub.now
    for number, window in list(hall.hub.day().windows.items()):
        if window.floor == 2:
            await _do(hall, c.OpenWindow(today, now(), number))
    await _take(hall, "E", 60)
    for number, window in list(hall.hub.day().windows.items()):
        if window.floor == 2 and "E" in window.categories:
            await _do(hall, c.CallNext(today, now(), number))
    hall.clock.advance(31 * MINUTE)
    (trouble,) = _counsel(hall).troubles
    assert trouble.remedy.act == "reskill"
    said = press(hall.hub.day(), trouble.remedy)
    assert said is not None
    await _post(hall, said)
    lent = hall.hub.day().windows[trouble.remedy.window]
    assert "E" in lent.categories
    assert lent.until == trouble.remedy.until


async def test_a_frozen_hall_is_released_as_the_page_offers_it(hall: Hall) -> None:
    await _take(hall, "E", 1)
    await _do(hall, c.FreezeHall(hall.hub.today, hall.hub.now(), "消防演练"))
    hall.clock.advance(31 * MINUTE)
    (trouble,) = _counsel(hall).troubles
    said = press(hall.hub.day(), trouble.remedy)
    assert said is not None
    await _post(hall, said)
    assert hall.hub.day().frozen is None


async def test_what_was_looked_at_and_has_changed_since_is_not_pressed(hall: Hall) -> None:
    await _take(hall, "E", 1)
    hall.clock.advance(31 * MINUTE)
    (trouble,) = _counsel(hall).troubles
    said = press(hall.hub.day(), trouble.remedy)
    assert said is not None
    window = trouble.remedy.window
    await _do(hall, c.OpenWindow(hall.hub.today, hall.hub.now(), window))
    await _do(hall, c.CloseWindow(hall.hub.today, hall.hub.now(), window))
    async with hall.signed_in("supervisor") as browser:
        answer = await browser.post(f"/api/v1/{said.path}", json=said.body, headers={"Idempotency-Key": "old"})
    assert (answer.status_code, answer.json()["code"]) == (409, "changed-meanwhile")


async def test_a_clerk_may_not_lend_a_window(hall: Hall) -> None:
    async with hall.signed_in("clerk") as browser:
        answer = await browser.post(
            "/api/v1/windows/101/reskill", json={"categories": ["E"]}, headers={"Idempotency-Key": "lend"}
        )
    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
