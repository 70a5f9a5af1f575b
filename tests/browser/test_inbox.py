"""The inbox in a real browser: what is due first, keys alone, text that survives, and the merged correction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from hub.domain.cases import review_commands as rc
from hub.domain.cases.state import Case
from tests.browser.conftest import Visit
from tests.browser.hall import Demo, close_pages, demo_hall, open_pages
from tests.browser.reviewed import review_weeks
from tests.web.reviews import HEALTH, in_review
from tests.web.running import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope="module")

Axe = Callable[[Page], Awaitable[list[str]]]
DESK, FULL_HD, MAGNIFIED = (1366, 768), (1920, 1080), (683, 384)


MADE: dict[str, str] = {}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    async with demo_hall(tmp_path_factory.mktemp("hall"), filled=False) as running:
        MADE.clear()
        MADE.update(await review_weeks(running))
        yield running


def case_of(demo: Demo, name: str) -> Case:
    found = demo.hub.writer.state(f"case/{MADE[name]}")
    assert isinstance(found, Case)
    return found


@pytest.mark.parametrize(
    ("who", "path", "size"),
    [
        ("wang", "/inbox", DESK),
        ("wang", "/inbox/{joint-1}", DESK),
        ("wang", "/inbox/{joint-2}?step=draw", DESK),
        ("wang", "/inbox/{joint-1}", MAGNIFIED),
        ("sun", "/inbox?of=free", DESK),
        ("shi", "/inbox", DESK),
        ("zhou", "/inbox/{food-3}", DESK),
        ("lin", "/inbox?of=mine", DESK),
        ("supervisor", "/inbox", DESK),
        ("supervisor", "/deadlines", FULL_HD),
        ("supervisor", "/deadlines?light=yellow", FULL_HD),
        ("supervisor", "/deadlines?light=stopped&department=D103", FULL_HD),
        ("administrator", "/admin", DESK),
    ],
)
async def test_pages_fit_and_are_accessible(visit: Visit, axe: Axe, who: str, path: str, size: tuple[int, int]) -> None:
    await visit.sign_in(who)
    for name, id in MADE.items():
        path = path.replace(f"{{{name}}}", id)
    page = await visit.open(path, *size)
    found = await axe(page)
    for dialog in await page.locator("dialog").all():
        await dialog.evaluate("(each) => each.showModal()")
        found += await axe(page)
        await dialog.evaluate("(each) => each.close()")
    width, height = await page.evaluate(
        "() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    assert found == []
    assert width <= size[0]
    assert height <= size[1] or path.startswith("/admin") or size == MAGNIFIED


async def test_what_is_late_stands_first_and_open_and_stopped_clocks_apart(visit: Visit) -> None:
    await visit.sign_in("shi")
    page = await visit.open("/inbox", *DESK)
    groups = await page.locator(".group").all_inner_texts()
    assert [each.split()[0] for each in groups] == ["已逾期", "今天到期", "以后到期", "已停止计时"]
    first = page.locator(".task").first
    await expect(first).to_have_attribute("aria-current", "true")
    await expect(first).to_contain_text("红牌")
    await expect(page.locator(".tasks").nth(1)).to_contain_text("黄牌")
    assert page.url.endswith("/inbox")


async def test_keys_alone_claim_write_and_agree_and_the_next_one_opens(visit: Visit) -> None:
    await visit.sign_in("shi")
    page = await visit.open("/inbox", *DESK)
    async with page.expect_navigation():
        await page.keyboard.press("c")
    await expect(page.locator(".now")).to_contain_text("我已认领")
    assert case_of(visit.demo, "food-0").steps["examine"].by == "shi"
    await page.keyboard.press("a")
    await expect(page.locator("#said")).to_contain_text("写明")
    visit.forgive("422")
    await expect(page.locator("#text")).to_be_focused()
    await page.keyboard.type("材料齐全，符合要求")
    async with page.expect_navigation():
        await page.keyboard.press("Control+Enter")
    await expect(page.locator("#said")).to_contain_text("已提交")
    assert case_of(visit.demo, "food-0").opinions[-1].text == "材料齐全，符合要求"
    await page.keyboard.press("ArrowDown")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert "/inbox/" in page.url


async def test_typed_text_survives_live_updates_reloads_and_a_restart(visit: Visit) -> None:
    demo = visit.demo
    await visit.sign_in("shi")
    page = await visit.open(f"/inbox/{MADE['food-2']}?step=examine", *DESK)
    await page.locator("#text").press_sequentially("写到一半")
    before = await page.locator(".task").count()
    await in_review(demo.hub, "C01", "新来的")
    await expect(page.locator(".task")).to_have_count(before + 1)
    await demo.do(rc.ClaimStep(MADE["food-2"], demo.hub.today, demo.hub.now(), "zhou", HEALTH, "examine"))
    await expect(page.locator(".now")).to_contain_text("zhou 已认领")
    assert await page.locator("#text").input_value() == "写到一半"
    port = await close_pages(demo)
    await open_pages(demo, port)
    await page.reload()
    await demo.do(rc.ReleaseStep(MADE["food-2"], demo.hub.now(), "zhou", "examine"))
    await page.reload()
    assert await page.locator("#text").input_value() == "写到一半"
    visit.forgive("ERR_")


async def test_a_session_that_ended_leads_to_sign_in_and_back_to_every_typed_line(visit: Visit) -> None:
    await visit.sign_in("lin")
    path = f"/inbox/{MADE['joint-6']}?step=green"
    page = await visit.open(path, *DESK)
    await page.fill("#text", "绿地不足")
    await page.keyboard.press("Escape")
    await page.keyboard.press("r")
    await page.fill("[name='defect:drawing']", "绿地率低于三成")
    other = await visit.open("/catalogue")
    await other.click("text=退出")
    await page.click("#returning button.main")
    await page.wait_for_url("**/sign-in?*")
    visit.forgive("401")
    await page.fill("[name=name]", "lin")
    await page.fill("[name=password]", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**{path}")
    assert await page.input_value("#text") == "绿地不足"
    await page.locator("#text").blur()
    await page.keyboard.press("r")
    assert await page.input_value("[name='defect:drawing']") == "绿地率低于三成"
    async with page.expect_navigation():
        await page.click("#returning button.main")
    assert await page.evaluate("() => Object.keys(sessionStorage).filter((key) => key.includes('defect'))") == []
    assert case_of(visit.demo, "joint-6").steps["green"].state == "returned"


async def test_the_lead_tells_one_merged_correction(visit: Visit) -> None:
    await visit.sign_in("wang")
    page = await visit.open(f"/inbox/{MADE['joint-1']}", *DESK)
    merged = page.locator(".merged li")
    assert await merged.count() == 3
    await expect(merged.nth(2)).to_contain_text("日照分析报告：缺冬至日日照分析")
    assert "需修改后再审" not in await page.content()
    async with page.expect_navigation():
        await page.keyboard.press("a")
    assert case_of(visit.demo, "joint-1").state == "correction"


async def test_a_step_is_sent_back_with_what_is_wrong_in_each_material(visit: Visit) -> None:
    await visit.sign_in("lin")
    page = await visit.open(f"/inbox/{MADE['joint-5']}?step=green", *DESK)
    await page.fill("#text", "绿地不足")
    await page.keyboard.press("Escape")
    await page.keyboard.press("r")
    await page.fill("[name='defect:drawing']", "绿地率低于三成")
    async with page.expect_navigation():
        await page.click("#returning button.main")
    step = case_of(visit.demo, "joint-5").steps["green"]
    assert [(each.material, each.what) for each in step.defects] == [("drawing", "绿地率低于三成")]


async def test_the_supervisor_sees_why_and_escalates_and_reassigns(visit: Visit) -> None:
    await visit.sign_in("supervisor")
    page = await visit.open("/deadlines", *FULL_HD)
    row = page.locator("tr", has=page.locator(f"a[href='/cases/{MADE['fire-0']}']"))
    await expect(row).to_contain_text("消防支队没有审查人员")
    await expect(page.locator(".departments")).to_contain_text("没有审查人员")
    await row.get_by_role("button", name="上报").click()
    await page.fill("#escalate [name=why]", "部门无人")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert case_of(visit.demo, "fire-0").steps["fire"].escalated
    row = page.locator("tr", has=page.locator(f"a[href='/cases/{MADE['joint-2']}']"))
    await row.locator("button[data-act$='/draw/assign']").click()
    await page.select_option("#assign [name=to]", "wang")
    await page.fill("#assign [name=why]", "积压")
    async with page.expect_navigation():
        await page.click("#assign button.main")
    assert case_of(visit.demo, "joint-2").steps["draw"].by == "wang"


async def test_leave_is_handed_over_and_taken_back_on_the_page(visit: Visit) -> None:
    await visit.sign_in("wang")
    page = await visit.open("/inbox", *DESK)
    await page.click("[data-open=leaving]")
    await page.select_option("#leaving [name=to]", "zhao")
    async with page.expect_navigation():
        await page.click("#leaving button.main")
    await page.click("[data-open=leaving]")
    await expect(page.locator(".leaves")).to_contain_text("wang → zhao")
    async with page.expect_navigation():
        await page.click(".leaves button")
    await expect(page.locator(".leaves")).to_have_count(0)


async def test_who_may_not_see_a_page_does_not_get_it(visit: Visit) -> None:
    await visit.sign_in("clerk")
    for path in ("/inbox", "/deadlines", f"/inbox/{MADE['joint-1']}"):
        answer = await visit.context.request.get(visit.demo.url + path)
        assert answer.status == 403
