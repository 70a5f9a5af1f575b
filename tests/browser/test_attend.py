"""The attendant's tablet at 1024×768 under a finger: every act in two taps, nothing done twice, nothing typed lost."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from hub.domain.queue import commands as c
from hub.domain.queue import events as e
from hub.domain.queue.state import Ticket
from tests.browser.conftest import Visit
from tests.browser.hall import MINUTE, Demo

pytestmark = pytest.mark.asyncio(loop_scope="module")

Axe = Callable[[Page], Awaitable[list[str]]]
CALM = 370
"""Longer than the page takes a second tap for the other half of a double tap, ms."""


class Tablet:
    """A finger that counts: ``taps`` since the last act began."""

    def __init__(self, visit: Visit, page: Page) -> None:
        self.demo, self.page = visit.demo, page
        self.taps = 0
        self.heard: list[object] = []
        visit.demo.hub.listen(lambda batch: self.heard.extend(each.event for each in batch))

    async def tap(self, target: str | Locator) -> None:
        found = self.page.locator(target).first if isinstance(target, str) else target
        await self.page.wait_for_timeout(CALM)
        await found.tap()
        self.taps += 1

    async def said(self, part: str) -> None:
        await expect(self.page.locator("#said")).to_contain_text(part)

    def count(self, event: type) -> int:
        return [type(each) for each in self.heard].count(event)


@pytest_asyncio.fixture(loop_scope="module")
async def touch(demo: Demo, browser: Browser) -> AsyncIterator[Visit]:
    context = await browser.new_context(has_touch=True, locale="zh-CN")
    opened = Visit(demo, browser, context)
    yield opened
    await context.close()
    assert opened.complaints == []


async def opened(visit: Visit, floor: int | str = "all") -> Tablet:
    await visit.sign_in("attendant")
    page = await visit.open(f"/attend?floor={floor}", 1024, 768)
    await page.wait_for_timeout(300)
    return Tablet(visit, page)


def ticket_of(tablet: Tablet, ticket: str) -> Ticket:
    return tablet.demo.hub.day().tickets[ticket]


async def called_here(tablet: Tablet, *, phone: bool = False) -> Ticket:
    """Somebody called on floor 3, by name at a free window."""
    hub = tablet.demo.hub
    window = await tablet.demo.free_window(3)
    ticket = await tablet.demo.take("L", floor=3, phone=hub.phone("13800001111") if phone else None)
    await tablet.demo.do(c.CallTicket(hub.today, hub.now(), window, ticket))
    return ticket_of(tablet, ticket)


async def missed_here(tablet: Tablet) -> Ticket:
    ticket = await called_here(tablet, phone=True)
    hub = tablet.demo.hub
    assert ticket.window is not None
    await tablet.demo.do(c.MissTicket(hub.today, hub.now(), ticket.window))
    return ticket


async def next_at_floor_three(tablet: Tablet) -> Ticket:
    """Somebody without a phone who is next at the outlet, after everybody before them was served."""
    demo, hub = tablet.demo, tablet.demo.hub
    day, today = hub.day(), hub.today
    window = next(day.windows[number] for number in day.servers["P/3"] if day.windows[number].home == "P")
    while window.active is not None or len(day.lines["P/3"]):
        act = c.CallNext if window.active is None else c.FinishService
        await demo.do(act(today, hub.now(), window.number))
    return ticket_of(tablet, await demo.take("P", floor=3))


async def test_an_attendant_lands_here_and_sees_who_needs_somebody(touch: Visit) -> None:
    await touch.sign_in("attendant")
    page = await touch.open("/sign-in?next=/", 1024, 768)
    await page.fill("[name=name]", "attendant")
    await page.fill("[name=password]", "correct-horse-battery")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/attend")
    await expect(page.locator(".hand .person").first).to_be_visible()
    await expect(page.locator(".alerts .alarm").first).to_contain_text("缺纸")
    await expect(page.locator(".alerts")).to_contain_text("纸快用完")


async def test_a_missed_ticket_is_reinstated_in_two_taps_and_by_a_double_tap_once(touch: Visit) -> None:
    tablet = await opened(touch, 3)
    ticket = await missed_here(tablet)
    await tablet.tap(f"#missed-{ticket.id}")
    await tablet.page.wait_for_timeout(CALM)
    button = tablet.page.locator("[data-do=reinstate]")
    await button.dblclick(delay=10)
    tablet.taps += 1
    await tablet.said(f"{ticket.number} 已补号")
    assert tablet.taps == 2
    assert tablet.count(e.TicketReinstated) == 1
    await expect(tablet.page.locator(f"#missed-{ticket.id}")).to_have_count(0)
    await expect(tablet.page.locator("dialog[open]")).to_have_count(0)


async def test_a_double_tap_on_a_row_only_opens_it(touch: Visit) -> None:
    tablet = await opened(touch, 3)
    ticket = await missed_here(tablet)
    row = tablet.page.locator(f"#missed-{ticket.id}")
    box = await row.bounding_box()
    assert box is not None
    at = box["x"] + 20, box["y"] + box["height"] / 2
    await tablet.page.touchscreen.tap(*at)
    await tablet.page.touchscreen.tap(*at)
    await expect(tablet.page.locator("#person")).to_be_visible()
    await tablet.page.wait_for_timeout(200)
    assert tablet.count(e.TicketReinstated) + tablet.count(e.TicketAbandoned) + tablet.count(e.TicketFlagged) == 0


async def test_a_number_is_issued_in_two_taps_and_shown_large(touch: Visit) -> None:
    tablet = await opened(touch, 2)
    await tablet.tap("#open-issue")
    await tablet.tap("#take-E")
    await expect(tablet.page.locator("#result")).to_be_visible()
    assert tablet.taps == 2
    number = await tablet.page.inner_text("#result-number")
    day = tablet.demo.hub.day()
    ticket = day.tickets[day.numbers[number]]
    assert (ticket.has_phone, ticket.priority, ticket.escort, ticket.line) == (False, None, False, "E/2")
    assert (ticket.kiosk, ticket.printer) == ("kiosk-5", "printer-5")
    assert await tablet.page.evaluate("() => document.querySelector('#result-number').offsetHeight") >= 190
    await expect(tablet.page.locator("#result-where")).to_contain_text("2 层")
    hub = tablet.demo.hub
    await tablet.demo.do(c.RecordPrint(hub.today, hub.now(), ticket.id, 0, "failed", "paper out"))
    await expect(tablet.page.locator("#result-paper")).to_contain_text("没有打印出来")
    assert tablet.count(e.TicketIssued) == 1


async def test_options_travel_with_the_ticket_and_the_next_one_begins_without_them(touch: Visit) -> None:
    tablet = await opened(touch, 1)
    await tablet.tap("#open-issue")
    await tablet.tap("[data-priority=elderly]")
    await tablet.tap("#with-escort")
    await tablet.page.fill("#phone", "13800001111")
    await tablet.page.select_option("#kiosk", "")
    await tablet.tap("#take-B")
    await expect(tablet.page.locator("#result-paper")).to_contain_text("不打印")
    day = tablet.demo.hub.day()
    ticket = day.tickets[day.numbers[await tablet.page.inner_text("#result-number")]]
    assert (ticket.priority, ticket.escort, ticket.has_phone, ticket.kiosk) == ("elderly", True, True, None)
    await tablet.tap("#result [data-close]")
    await tablet.tap("#open-issue")
    await expect(tablet.page.locator('[data-priority=""]')).to_have_attribute("aria-pressed", "true")
    await expect(tablet.page.locator("#with-escort")).to_have_attribute("aria-pressed", "false")
    assert await tablet.page.input_value("#phone") == ""
    await tablet.page.reload()
    await tablet.tap("#open-issue")
    assert await tablet.page.input_value("#kiosk") == ""
    await tablet.page.select_option("#kiosk", "kiosk-1")


async def test_items_are_chosen_on_the_same_sheet_and_its_options_travel_with_them(touch: Visit) -> None:
    tablet = await opened(touch, 2)
    await tablet.tap("#open-issue")
    await tablet.tap("[data-priority=elderly]")
    await tablet.tap("[data-choose]")
    await tablet.page.fill("#chooser-query", "jhdj")
    await tablet.tap("#chooser-offer [data-item]")
    await tablet.page.evaluate("() => (document.querySelector('#phone').value = '12')")
    await tablet.tap("#visit [data-chooser=take]")
    await expect(tablet.page.locator("#issue .said")).to_contain_text("手机号码不正确")
    touch.forgive("422")
    await tablet.page.fill("#phone", "")
    await tablet.tap("[data-choose]")
    await tablet.tap("#chooser [data-chooser=close]")
    await tablet.tap("#visit [data-chooser=take]")
    await expect(tablet.page.locator("#result")).to_be_visible()
    await expect(tablet.page.locator("dialog[open]")).to_have_count(1)
    day = tablet.demo.hub.day()
    ticket = day.tickets[day.numbers[await tablet.page.inner_text("#result-number")]]
    assert (len(ticket.items), ticket.priority) == (1, "elderly")


async def test_a_refusal_is_said_on_the_sheet_and_what_was_typed_stays(touch: Visit) -> None:
    tablet = await opened(touch, 1)
    await tablet.tap("#open-issue")
    await tablet.page.fill("#phone", "12")
    await tablet.tap("#take-B")
    await expect(tablet.page.locator("#issue .said")).to_contain_text("手机号码不正确")
    assert await tablet.page.input_value("#phone") == "12"
    assert tablet.count(e.TicketIssued) == 0
    touch.forgive("422")


async def test_escort_is_set_in_two_taps_and_taken_back_in_two(touch: Visit) -> None:
    tablet = await opened(touch, 3)
    ticket = await next_at_floor_three(tablet)
    await expect(tablet.page.locator(f"#hand-{ticket.id}")).to_contain_text("将叫")
    for wanted in (True, False):
        tablet.taps = 0
        await tablet.tap(f"#hand-{ticket.id}")
        await tablet.tap("[data-do=escort]")
        await tablet.said("陪同")
        assert (ticket.escort, tablet.taps) == (wanted, 2)
        await expect(tablet.page.locator(f"#hand-{ticket.id}")).to_have_attribute("data-escort", str(wanted).lower())


async def test_a_seat_is_noted_in_two_taps_or_in_words(touch: Visit) -> None:
    tablet = await opened(touch, 3)
    ticket = await next_at_floor_three(tablet)
    row = tablet.page.locator(f"#hand-{ticket.id}")
    await tablet.tap(row)
    await tablet.tap("[data-seat=后排]")
    await tablet.said("后排")
    assert (ticket.note, tablet.taps) == ("后排", 2)
    await expect(row).to_contain_text("后排")
    await tablet.tap(row)
    await tablet.page.fill("[name=note]", "三排左，红外套")
    await tablet.page.keyboard.press("Enter")
    await tablet.said("红外套")
    assert ticket.note == "三排左，红外套"


async def test_a_note_being_typed_outlives_live_updates_and_a_reload(touch: Visit) -> None:
    tablet = await opened(touch, 3)
    ticket = await next_at_floor_three(tablet)
    await tablet.tap(f"#hand-{ticket.id}")
    note = tablet.page.locator("[name=note]")
    await note.press_sequentially("靠窗")
    other = await called_here(tablet)
    await expect(tablet.page.locator(f"#hand-{other.id}")).to_have_count(1)
    await note.press_sequentially("第二排")
    await expect(note).to_be_focused()
    assert await note.input_value() == "靠窗第二排"
    await tablet.page.reload()
    await tablet.tap(f"#hand-{ticket.id}")
    assert await note.input_value() == "靠窗第二排"


async def test_a_focused_row_keeps_its_focus_over_a_live_update(touch: Visit) -> None:
    tablet = await opened(touch, 3)
    ticket = await next_at_floor_three(tablet)
    row = tablet.page.locator(f"#hand-{ticket.id}")
    await row.focus()
    other = await called_here(tablet)
    await expect(tablet.page.locator(f"#hand-{other.id}")).to_have_count(1)
    await expect(row).to_be_focused()


async def test_who_did_not_come_is_looked_for_and_then_may_be_missed(touch: Visit) -> None:
    tablet = await opened(touch, 3)
    ticket = await called_here(tablet)
    hub = tablet.demo.hub
    assert ticket.window is not None
    row = tablet.page.locator(f"#hand-{ticket.id}")
    await expect(row).to_contain_text(f"请带到 {ticket.window} 号窗口")
    for _ in range(3):
        await tablet.demo.do(c.RecallTicket(hub.today, hub.now(), ticket.window))
    await expect(row).to_contain_text("找人")
    await expect(tablet.page.locator(".hand .person").first).to_have_attribute("data-kind", "look")
    await tablet.tap(row)
    await tablet.tap("[data-do=absent]")
    await tablet.said("可以过号了")
    assert tablet.taps == 2
    await expect(row).to_contain_text("找过了")
    await tablet.demo.do(c.MissTicket(hub.today, hub.now(), ticket.window))
    await expect(tablet.page.locator(f"#missed-{ticket.id}")).to_have_count(1)


async def test_an_open_sheet_follows_what_happens_to_its_ticket(touch: Visit) -> None:
    tablet = await opened(touch, 3)
    ticket = await called_here(tablet, phone=True)
    hub = tablet.demo.hub
    await tablet.demo.do(c.FlagTicket(hub.today, hub.now(), ticket.id, escort=True))
    await tablet.tap(f"#hand-{ticket.id}")
    await expect(tablet.page.locator("[data-do=reinstate]")).to_be_disabled()
    assert ticket.window is not None
    await tablet.demo.do(c.MissTicket(hub.today, hub.now(), ticket.window))
    await expect(tablet.page.locator("#person-state")).to_have_text("已过号")
    await tablet.tap("[data-do=reinstate]")
    await tablet.said("已补号")


async def test_a_number_is_given_up_in_two_taps(touch: Visit) -> None:
    tablet = await opened(touch, 3)
    ticket = await missed_here(tablet)
    await tablet.tap(f"#missed-{ticket.id}")
    await tablet.tap("[data-do=abandon]")
    await tablet.said("已弃号")
    assert (ticket.state, tablet.taps) == ("abandoned", 2)


async def test_a_ticket_is_printed_again_in_two_taps_at_the_chosen_kiosk(touch: Visit) -> None:
    tablet = await opened(touch, 3)
    ticket = await missed_here(tablet)
    await tablet.tap(f"#missed-{ticket.id}")
    await tablet.tap("[data-do=reprint]")
    await tablet.said("正在补打")
    assert (ticket.copies, ticket.printer, tablet.taps) == (1, "printer-6", 2)


async def test_what_has_changed_meanwhile_is_refused_in_words(touch: Visit) -> None:
    tablet = await opened(touch, 3)
    ticket = await missed_here(tablet)
    await tablet.tap(f"#missed-{ticket.id}")
    hub = tablet.demo.hub
    await tablet.demo.do(c.AbandonTicket(hub.today, hub.now(), ticket.id))
    await tablet.tap("[data-do=reinstate]")
    await expect(tablet.page.locator("#person .said")).to_contain_text("弃号")
    touch.forgive("409")


async def test_an_appointment_without_a_code_checks_in_in_three_taps_and_its_time_can_be_chosen(touch: Visit) -> None:
    tablet = await opened(touch, 2)
    hub = tablet.demo.hub
    quarter = 15 * MINUTE
    nearest = (hub.now() + quarter // 2) // quarter * quarter
    await tablet.tap("#open-checkin")
    await tablet.tap("#open-slots")
    await tablet.tap("#take-F")
    await expect(tablet.page.locator("#result")).to_be_visible()
    assert tablet.taps == 3
    day = hub.day()
    assert (
        abs((day.tickets[day.numbers[await tablet.page.inner_text("#result-number")]].slot or 0) - nearest) <= quarter
    )
    await tablet.tap("#result [data-close]")
    await tablet.tap("#open-checkin")
    await tablet.tap("#open-slots")
    await tablet.tap("[data-slot]")
    earliest = int(await tablet.page.locator("[data-slot]").first.get_attribute("data-slot") or 0)
    await tablet.tap("#take-G")
    await expect(tablet.page.locator("#result")).to_be_visible()
    assert day.tickets[day.numbers[await tablet.page.inner_text("#result-number")]].slot == earliest


async def test_a_hand_ticket_is_entered_with_its_times_and_a_collision_keeps_the_form(touch: Visit) -> None:
    tablet = await opened(touch, 1)
    await tablet.tap("#open-hand")
    form = tablet.page.locator("#hand-form")
    await form.locator("[name=number]").fill("xa001")
    await form.locator("[name=category]").select_option("A")
    await form.locator("[name=taken_at]").fill("930")
    await tablet.page.reload()
    await tablet.tap("#open-hand")
    assert await form.locator("[name=number]").input_value() == "xa001"
    await tablet.tap("#hand-form .main")
    await tablet.said("XA001 已录入，前面")
    day = tablet.demo.hub.day()
    ticket = day.tickets[day.numbers["XA001"]]
    assert day.plan is not None
    assert day.plan.opens is not None
    assert (ticket.hand, ticket.state, ticket.issued_at) == (True, "waiting", day.plan.opens + 30 * MINUTE)
    await tablet.tap("#open-hand")
    assert await form.locator("[name=number]").input_value() == ""
    await form.locator("[name=number]").fill("XA001")
    await form.locator("[name=category]").select_option("A")
    for name, time in (("taken_at", "09:05"), ("called_at", "0910"), ("finished_at", "09:20")):
        await form.locator(f"[name={name}]").fill(time)
    await form.locator("[name=window]").select_option("101")
    await tablet.tap("#hand-form .main")
    await expect(form.locator(".said")).to_contain_text("已经用过")
    touch.forgive("409")
    await form.locator("[name=number]").fill("XA002")
    await tablet.tap("#hand-form .main")
    await tablet.said("XA002 已录入，已办结")
    assert day.tickets[day.numbers["XA002"]].state == "finished"


async def test_any_number_is_found_and_acted_upon(touch: Visit) -> None:
    tablet = await opened(touch, 1)
    ticket = await missed_here(tablet)
    await tablet.tap("#open-find")
    await tablet.page.keyboard.type(ticket.number.lower())
    await tablet.page.keyboard.press("Enter")
    await expect(tablet.page.locator("#person-number")).to_have_text(ticket.number)
    await tablet.tap("[data-do=reinstate]")
    await tablet.said("已补号")
    await tablet.tap("#open-find")
    await tablet.page.keyboard.type("A999")
    await tablet.page.keyboard.press("Enter")
    await expect(tablet.page.locator("#find .said")).to_contain_text("A999")
    touch.forgive("404")


async def test_long_waits_and_broken_devices_are_told_with_what_to_do(touch: Visit) -> None:
    tablet = await opened(touch)
    tablet.demo.clock.advance(40 * MINUTE)
    await tablet.demo.take("A")
    await tablet.tap("#open-lists")
    lists = tablet.page.locator(".lists")
    await expect(lists).to_contain_text("缺纸，请换纸")
    await expect(lists.locator(".person").first).to_contain_text("最久")


STATES: dict[str, tuple[str, ...]] = {
    "issue": ("#open-issue",),
    "arrive": ("#open-checkin",),
    "checkin": ("#open-checkin", "#open-slots"),
    "hand": ("#open-hand",),
    "find": ("#open-find",),
    "lists": ("#open-lists",),
    "person": (".hand .person",),
    "result": ("#open-issue", "#take-A"),
    "chooser": ("#open-issue", "[data-choose]"),
}


@pytest.mark.parametrize("state", STATES)
async def test_every_sheet_fits_the_tablet_is_large_enough_for_fingers_and_axe_finds_nothing(
    touch: Visit, axe: Axe, state: str
) -> None:
    tablet = await opened(touch)
    for target in STATES[state]:
        await tablet.tap(target)
    assert await axe(tablet.page) == []
    too_small = await tablet.page.evaluate(
        "() => [...document.querySelectorAll('button,a,input,select')].filter((b) => b.offsetParent)"
        ".filter((b) => b.offsetHeight < 64 || parseFloat(getComputedStyle(b).fontSize) < 20).map((b) => b.outerHTML)"
    )
    assert too_small == []
    over = await tablet.page.evaluate(
        "() => { const d = [...document.querySelectorAll('dialog[open]')].at(-1), r = d.getBoundingClientRect();"
        " return [r.left < 0, r.top < 0, r.right > 1024, r.bottom > 768, d.scrollHeight > d.clientHeight] }"
    )
    assert over == [False] * 5
