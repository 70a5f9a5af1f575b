"""The acceptance desk, the case page and the search in a real browser: by keyboard, and nothing typed is lost."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from hub.domain.cases import commands as c
from tests.browser.cased import WINDOW, called, cased
from tests.browser.conftest import Visit
from tests.browser.hall import Demo, close_pages, demo_hall, open_pages
from tests.domain.cases.office import paper
from tests.web.cases import FIRM, LI, WANG

pytestmark = pytest.mark.asyncio(loop_scope="module")

Axe = Callable[[Page], Awaitable[list[str]]]
MADE: dict[str, str] = {}
MAGNIFIED = (683, 384)
"""A clerk's screen at 200%."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    async with demo_hall(tmp_path_factory.mktemp("hall"), filled=False) as running:
        MADE.update(await cased(running))
        yield running


async def typed(page: Page, *values: str) -> None:
    """Into one field after the other, as a hand would: Tab between, Enter at the end."""
    for n, value in enumerate(values):
        if n:
            await page.keyboard.press("Tab")
        await page.keyboard.type(value)
    await page.keyboard.press("Enter")


async def shown(page: Page, state: str) -> None:
    await expect(page.locator(".state")).to_contain_text(state)


async def test_every_page_fits_its_screen_and_axe_finds_nothing(visit: Visit, axe: Axe) -> None:
    await visit.sign_in("supervisor")
    await called(visit.demo, "A02", "A01")
    desk = [f"/desk/{WINDOW}", *(f"/desk/{WINDOW}?item={code}" for code in ("A02", "A04"))]
    desk += [f"/desk/{WINDOW}?case={MADE[kind]}" for kind in ("received", "owed", "correction", "decided")]
    looks = [(path, (1366, 768)) for path in (*desk, "/cases")]
    looks += [(f"/cases/{case}", size) for case in MADE.values() for size in ((1366, 768), (1920, 1080))]
    looks += [(path, MAGNIFIED) for path in (desk[1], desk[4], "/cases", f"/cases/{MADE['special']}")]
    found: list[str] = []
    for path, size in looks:
        page = await visit.open(path, *size)
        found += [f"{path} {size}: {problem}" for problem in await axe(page)]
        wide, high = await page.evaluate(
            "() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        )
        if wide > size[0] or (path.startswith("/desk") and size != MAGNIFIED and high > size[1]):
            found.append(f"{path}: {wide}×{high}")
        await page.close()
    assert found == []


async def test_every_form_of_an_act_is_accessible(visit: Visit, axe: Axe) -> None:
    await visit.sign_in("supervisor")
    found: list[str] = []
    for kind in MADE:
        page = await visit.open(f"/cases/{MADE[kind]}", 1366, 768)
        for name in await page.locator("[data-offer][data-asks]").evaluate_all("(all) => all.map((each) => each.id)"):
            await page.click(f"#{name}")
            found += [f"{kind} {name}: {problem}" for problem in await axe(page)]
            await page.keyboard.press("Escape")
        await page.close()
    assert found == []


async def test_a_visitor_is_accepted_from_the_console_by_keyboard_alone(visit: Visit) -> None:
    await visit.sign_in("clerk")
    await called(visit.demo, "A01")
    page = await visit.open(f"/console/{WINDOW}")
    await expect(page.locator("#desk")).to_be_visible()
    await page.keyboard.press("d")
    await expect(page.locator("[name=name]")).to_be_focused()
    await typed(page, "王小明", WANG["identity"], WANG["phone"])
    await shown(page, "草稿")
    await page.keyboard.press("o")
    await expect(page.locator("#do-receive-accept")).to_be_visible()
    await page.keyboard.press("a")
    await shown(page, "已受理")
    await page.keyboard.press("d")
    await page.keyboard.type("京营0002")
    await page.keyboard.press("Enter")
    await shown(page, "已决定")
    await expect(page.locator(".of-ticket li")).to_have_count(1)


async def test_enter_takes_the_first_item_also_when_it_comes_before_the_search_answers(visit: Visit) -> None:
    async def late(route: Route) -> None:
        answer = await route.fetch()
        await asyncio.sleep(0.3)
        await route.fulfill(response=answer)

    await visit.sign_in("clerk")
    await called(visit.demo, "A01", "A02")
    page = await visit.open(f"/desk/{WINDOW}")
    await page.route("**/chooser/offer?*", late)
    await page.focus("#query")
    await page.keyboard.type("spjy")
    await page.keyboard.press("Enter")
    await expect(page.locator("#subject")).to_contain_text("食品经营许可")


async def test_a_case_of_another_system_is_registered_in_five_fields_under_forty_seconds(visit: Visit) -> None:
    await visit.sign_in("clerk")
    await called(visit.demo, "A04")
    page = await visit.open(f"/desk/{WINDOW}")
    await expect(page.locator("[name=name]")).to_be_focused()
    await page.evaluate("() => { window.keys = 0; addEventListener('keydown', () => window.keys++, true); }")
    await page.keyboard.type("李悦")
    for value in (LI["identity"], LI["phone"], "JS-2026-0078"):
        await page.keyboard.press("Tab")
        await page.keyboard.type(value)
    keys = await page.evaluate("() => window.keys")
    await page.keyboard.press("Enter")
    await shown(page, "已收件")
    await page.keyboard.press("m")
    await page.select_option("#milestones-kind", "decided")
    await page.fill("#milestones-happened_on", visit.demo.hub.today)
    await page.select_option("#milestones-granted", "true")
    await page.fill("#milestones-said", "已完税")
    await page.click("#ask-milestones button.main")
    await shown(page, "已决定")
    # a slow typist: two keys a second, and as long again for reading the card
    assert (keys + 1) / 2 < 40, keys


async def test_a_wrong_number_keeps_every_field_and_says_which(visit: Visit) -> None:
    await visit.sign_in("clerk")
    await called(visit.demo, "A03")
    page = await visit.open(f"/desk/{WINDOW}")
    await typed(page, "李悦", "110105194912310021", LI["phone"])
    await expect(page.locator("#said")).to_contain_text("证件号码不正确")
    await expect(page.locator("[name=identity]")).to_be_focused()
    await page.reload()
    await expect(page.locator("[name=name]")).to_have_value("李悦")
    await expect(page.locator("[name=phone]")).to_have_value(LI["phone"])
    visit.forgive("422")
    await called(visit.demo, "A03")
    await page.reload()
    await expect(page.locator("[name=name]")).to_have_value("")


async def test_what_was_typed_of_who_acts_for_a_firm_is_never_left_out_in_silence(visit: Visit) -> None:
    await visit.sign_in("clerk")
    await called(visit.demo, "A02")
    page = await visit.open(f"/desk/{WINDOW}")
    await page.select_option("[name=kind]", "organisation")
    for name, value in (("name", FIRM["name"]), ("identity", FIRM["identity"]), ("contact_identity", LI["identity"])):
        await page.fill(f"[name={name}]", str(value))
    await page.keyboard.press("Enter")
    await expect(page.locator("#said")).to_contain_text("contact.name")
    visit.forgive("422")
    await page.fill("[name=contact_name]", "李悦")
    await page.keyboard.press("Enter")
    await shown(page, "草稿")
    await expect(page.locator(".who")).to_contain_text("李*")


async def test_a_correction_names_each_material_and_survives_a_reload(visit: Visit) -> None:
    await visit.sign_in("clerk")
    await called(visit.demo, "A03")
    page = await visit.open(f"/desk/{WINDOW}")
    await typed(page, "李悦", LI["identity"])
    await shown(page, "草稿")
    await page.keyboard.press("s")
    await shown(page, "已收件")
    await page.keyboard.press("c")
    await page.fill("[data-material=id][data-kind=defect]", "")
    await page.fill("[data-material=form][data-kind=defect]", "没有签名盖章")
    await page.reload()
    await page.keyboard.press("c")
    await expect(page.locator("[data-material=form][data-kind=defect]")).to_have_value("没有签名盖章")
    await page.click("#ask-correction button.main")
    await shown(page, "补正")
    await expect(page.locator(".right")).to_contain_text("申请人")


async def test_a_pledge_needs_its_signed_paper_and_owes_only_what_may_be(visit: Visit, tmp_path: Path) -> None:
    await visit.sign_in("clerk")
    await called(visit.demo, "A02")
    paper = tmp_path / "pledge.txt"
    paper.write_text("容缺承诺书\n", encoding="utf-8")
    page = await visit.open(f"/desk/{WINDOW}")
    await typed(page, "王小明", WANG["identity"])
    await shown(page, "草稿")
    for code in ("id", "form", "proof"):
        await page.click(f"[data-material={code}] [data-original]")
        await expect(page.locator(f"[data-material={code}][data-standing=there]")).to_have_count(1)
    await page.keyboard.press("s")
    await shown(page, "已收件")
    await page.keyboard.press("a")
    link = page.locator("[data-paper=pledge]")
    await page.uncheck("[name='pledge.materials']")
    await expect(link).not_to_have_attribute("href", re.compile("pledge.pdf"))
    await page.check("[name='pledge.materials']")
    unsigned = await visit.context.request.get(visit.demo.url + (await link.get_attribute("href") or ""))
    assert (unsigned.status, (await unsigned.body())[:5]) == (200, b"%PDF-")
    await page.click("#ask-accept-owed button.main")
    await expect(page.locator("#ask-accept-owed .said")).to_contain_text("承诺书")
    await page.set_input_files("#accept-owed-pledge-sha256", paper)
    await page.click("#ask-accept-owed button.main")
    await expect(page.locator("[data-owed=yes]")).to_have_count(1)
    visit.forgive("422")


async def test_what_the_hall_holds_of_the_applicant_is_offered_again(visit: Visit) -> None:
    await visit.sign_in("clerk")
    await called(visit.demo, "A03")
    page = await visit.open(f"/desk/{WINDOW}")
    await typed(page, "李悦", LI["identity"])
    await shown(page, "草稿")
    await page.click("[data-material=id] [data-reuse]")
    await expect(page.locator("[data-material=id][data-standing=there]")).to_contain_text("复用")


async def test_a_case_page_draws_its_stops_and_says_them_in_words(visit: Visit) -> None:
    await visit.sign_in("supervisor")
    page = await visit.open(f"/cases/{MADE['special']}", 1920, 1080)
    legal = page.locator("svg.clock.stopped").first
    assert "2026-11-25 至 今天 不计" in (await legal.get_attribute("aria-label") or "")
    assert await legal.locator(".stop").count() == 1
    await page.click("#do-special-end")
    await page.keyboard.type("专家组通过")
    await page.click("#ask-special-end button.main")
    await shown(page, "审查")
    await expect(page.locator(".turn")).to_contain_text("2026-")


async def test_an_open_case_follows_what_others_do_and_loses_nothing_that_is_typed(visit: Visit) -> None:
    hub, case = visit.demo.hub, MADE["received"]
    await visit.sign_in("supervisor")
    page = await visit.open(f"/cases/{case}")
    await page.click("[data-unmask]")
    await page.keyboard.press("c")
    typed_in = page.locator("[data-material=form][data-kind=defect]")
    await typed_in.fill("没有签")
    row = page.locator(".materials tr", has_text="身份证")
    await expect(row).to_contain_text("缺")
    await visit.demo.do(c.SupplyMaterials(case, hub.now(), "li", (paper("id"),)))
    await expect(row).to_contain_text("已有")
    await expect(page.locator("#ask-correction .said")).to_contain_text("办件刚有变化")
    await expect(typed_in).to_be_focused()
    await page.keyboard.type("名")
    assert await page.locator("#do-accept-owed").count() == 0
    await page.keyboard.press("Escape")
    await expect(page.locator("#do-accept-owed")).to_be_visible()
    await expect(page.locator("[data-person]")).to_contain_text(LI["identity"])
    await page.keyboard.press("c")
    await expect(typed_in).to_have_value("没有签名")
    await page.keyboard.press("Escape")
    await visit.demo.do(c.WithdrawCase(case, hub.now(), "li", "申请人另行选址"))
    await shown(page, "已撤回")
    await expect(page.locator(".trace")).to_contain_text("申请人另行选址")


async def test_personal_values_are_masked_until_asked_for(visit: Visit) -> None:
    await visit.sign_in("supervisor")
    page = await visit.open(f"/cases/{MADE['review']}")
    assert LI["identity"] not in await page.content()
    await page.click("[data-unmask]")
    await expect(page.locator("[data-person]")).to_contain_text(LI["identity"])
    await expect(page.locator(".trail")).to_contain_text("非常满意")


async def test_opinions_are_not_on_the_page_of_a_clerk_before_the_decision(visit: Visit) -> None:
    await visit.sign_in("clerk")
    page = await visit.open(f"/cases/{MADE['owed']}")
    assert "拟同意" not in await page.content()
    await expect(page.locator(".trace")).to_contain_text("决定前不公开")
    await expect(page.locator("#do-grant")).to_have_count(0)


async def test_a_typed_identity_finds_its_cases_and_is_never_in_an_address(visit: Visit) -> None:
    await visit.sign_in("clerk")
    page = await visit.open("/cases")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.fill("[name=identity]", WANG["identity"])
    await page.keyboard.press("Enter")
    await expect(page.locator("#found")).to_contain_text("查到的办件")
    assert await page.locator(".list tbody tr").count() >= 1
    assert not any(WANG["identity"] in address for address in asked)
    await page.goto(visit.demo.url + "/cases")
    number = await page.locator(".list tbody a").last.inner_text()
    await page.fill("[name=number]", number)
    await page.keyboard.press("Enter")
    await expect(page.locator("#number")).to_contain_text(number)


async def test_the_hub_may_go_away_while_a_case_is_submitted(visit: Visit) -> None:
    await visit.sign_in("clerk")
    await called(visit.demo, "A03")
    page = await visit.open(f"/desk/{WINDOW}")
    before = len(visit.demo.hub.log.streams("case/"))
    port = await close_pages(visit.demo)
    await typed(page, "李悦", LI["identity"], LI["phone"])
    await expect(page.locator("#said")).to_contain_text("内容不会丢失")
    await open_pages(visit.demo, port)
    await shown(page, "草稿")
    assert len(visit.demo.hub.log.streams("case/")) == before + 1
    visit.forgive("ERR_")
    visit.forgive("Failed to load")
