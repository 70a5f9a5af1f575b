"""Appointments on screen: staff book, find, move and cancel; a kiosk and the tablet check in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from playwright.async_api import Page, expect

from hub.core.slot_clock import SlotClock
from hub.domain.hall.commands import NOW, PublishProfile
from hub.domain.slots.commands import SellUnit
from tests.browser.conftest import Visit
from tests.browser.hall import MINUTE, Demo

pytestmark = pytest.mark.asyncio(loop_scope="module")

Axe = Callable[[Page], Awaitable[list[str]]]

DESK, TABLET, PORTRAIT = (1366, 768), (1024, 768), (1080, 1920)


async def _leased(demo: Demo) -> None:
    """A quarter of each slot is the online hall's, and it sold one on floor 1; once for the file."""
    hub = demo.hub
    profile = hub.profile()
    if profile.appointments.groups[0].online_percent:
        return
    demo.clock.advance(MINUTE)
    groups = tuple(replace(each, online_percent=25) for each in profile.appointments.groups)
    booked = replace(profile, appointments=replace(profile.appointments, groups=groups))
    await demo.do(PublishProfile(booked, NOW, hub.now()))
    await SlotClock(hub).look()
    unit = next(iter(hub.appointments.day(hub.today).units.values()))
    await demo.do(SellUnit(hub.today, hub.now(), unit.lease, unit.code, "A", hub.now()))


async def test_staff_book_find_move_and_cancel_on_one_page(visit: Visit, axe: Axe) -> None:
    await _leased(visit.demo)
    await visit.sign_in("attendant")
    page = await visit.open("/appointments", *DESK)
    day = visit.demo.hub.appointments.day(visit.demo.hub.today)
    await page.click("#book-floor-1-1400")
    await page.fill("#book [name=name]", "李悦")
    await page.fill("#book [name=phone]", "138 0013 8000")
    assert await axe(page) == []
    await page.click("#book .main")
    await expect(page.locator("#booked-when")).to_contain_text("14:00")
    code = (await page.inner_text("#booked-code")).replace(" ", "")
    assert day.bookings[code].slot == "floor-1-1400"
    await page.click("#booked [data-close]")
    await expect(page.locator(f"#booking-{code}")).to_contain_text("已预约")
    await page.fill("#find [name=text]", "13800138000")
    await page.click("#find button")
    await expect(page.locator("#found button")).to_contain_text("李* 138****8000")
    await page.click("#found button")
    assert await axe(page) == []
    await page.select_option("#move [name=to]", f"{visit.demo.hub.today} floor-1-1500")
    await page.click("#move button")
    await expect(page.locator("#said")).to_contain_text("15:00")
    await page.click(f"#booking-{code}")
    await page.click("[data-do=cancel]")
    await expect(page.locator(f"#booking-{code}")).to_contain_text("已取消")
    assert day.bookings[code].state == "cancelled"


async def test_a_kiosk_books_a_time_and_turns_a_code_into_a_number(visit: Visit, axe: Axe) -> None:
    await _leased(visit.demo)
    hub = visit.demo.hub
    page = await visit.open("/kiosk/kiosk-1", *PORTRAIT)
    await page.click("#book")
    await page.click("[data-book=A]")
    await page.click("#book-times button:text-is('10:30')")
    assert await axe(page) == []
    await page.click("[data-reserve]")
    await expect(page.locator("#booked-when")).to_contain_text("10:30")
    code = (await page.inner_text("#booked-code")).replace(" ", "")
    await page.click("#booked [data-close]")
    assert await page.inner_text("#booked-code") == ""
    await page.click("#arrive")
    for key in code:
        await page.click(f"#code-pad button:text-is('{key}')")
    assert await axe(page) == []
    await page.click("[data-arrive]")
    await expect(page.locator("#result-number")).to_contain_text("A")
    day = hub.day()
    ticket = day.tickets[day.numbers[await page.inner_text("#result-number")]]
    assert hub.appointments.day(hub.today).bookings[code].ticket == ticket.id


async def test_a_code_sold_in_the_dark_checks_in_at_the_tablet_which_asks_what_for(visit: Visit, axe: Axe) -> None:
    await _leased(visit.demo)
    hub = visit.demo.hub
    unit = next(each for each in hub.appointments.day(hub.today).units.values() if each.state == "free")
    visit.demo.clock.advance(65 * MINUTE)
    await visit.sign_in("attendant")
    page = await visit.open("/attend", *TABLET)
    await page.click("#open-checkin")
    await page.fill("#arrive [name=text]", unit.code.lower())
    await page.wait_for_timeout(400)
    await page.click("#arrive-form .main")
    await expect(page.locator("#arrive-category")).to_be_visible()
    assert await axe(page) == []
    await page.select_option("#arrive-category select", "C")
    await page.click("#arrive-form .main")
    await expect(page.locator("#result-number")).to_contain_text("C")
    visit.forgive("422")


async def test_a_full_and_a_past_slot_are_told_and_no_hall_without_appointments_offers_them(visit: Visit) -> None:
    await visit.sign_in("clerk")
    page = await visit.open("/appointments?group=floor-3", *DESK)
    await expect(page.locator("#book-floor-3-0900")).to_be_disabled()
    hub = visit.demo.hub
    none = replace(hub.profile(), appointments=replace(hub.profile().appointments, groups=()))
    await visit.demo.do(PublishProfile(none, NOW, hub.now()))
    refused = await visit.open("/appointments", *DESK)
    assert "没有开通预约" in await refused.inner_text("main")
    kiosk = await visit.open("/kiosk/kiosk-1", *PORTRAIT)
    assert await kiosk.locator("#arrive").count() == 0
    visit.forgive("404")
