"""What the online hall or a hall sends is text on every page, whatever it looks like."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.browser.conftest import Visit
from tests.browser.hall import Demo, demo_hall
from tests.web.cases import LI
from tests.web.filings import MATERIAL, open_online

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOSTILE = "\"'><img src=x onerror=window.x=1><script>window.x=1</script>{{7*7}}\u202e</textarea></title>"
_made: dict[str, str] = {}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    async with demo_hall(tmp_path_factory.mktemp("hall")) as running:
        cloud = await open_online(running.hub)
        who = {**LI, "name": HOSTILE[:110]}
        material = {**MATERIAL, "name": HOSTILE, "media_type": "text/html"}
        form = {"经营场所": HOSTILE, HOSTILE[:60]: "javascript:window.x=1"}
        filed = {"item": "A02", "applicant": who, "materials": [material], "form": form}
        assert (await cloud.say("application-filed", filed)).ok
        asked = {"channel": "wechat", "item": "A02", "question": HOSTILE, "name": HOSTILE[:60], "phone": "13800138000"}
        assert (await cloud.say("consultation-asked", asked)).ok
        assert (await cloud.say("consultation-added", {"consultation": f"{2:032x}", "text": HOSTILE})).ok
        _made.update(case=f"{1:032x}", consultation=f"{2:032x}")
        yield running


async def test_hostile_filings_and_questions_are_text(visit: Visit) -> None:
    await visit.sign_in("supervisor")
    for path in ("/online", f"/cases/{_made['case']}", "/consultations", f"/consultations/{_made['consultation']}"):
        page = await visit.open(path, 1366, 768)
        if await page.locator("[data-unmask]").count():
            await page.locator("[data-unmask]").first.click()
            await page.wait_for_load_state("networkidle")
        await page.eval_on_selector_all("details", "(all) => all.forEach((each) => (each.open = true))")
        assert await page.evaluate("() => window.x") is None, path
        assert await page.locator("img[src=x]").count() == 0, path
        assert await page.evaluate("() => document.documentElement.scrollWidth") <= 1366, path
        await page.close()
