"""Online filings and consultations of a week in a hall, some of them heard after days in the dark."""

from __future__ import annotations

from dataclasses import replace

from hub.core.clock import ManualClock
from hub.core.hub import Hub
from hub.domain.cases.numbers import TEMPLATE, ReserveBlock
from hub.domain.catalogue.commands import PublishCatalogue
from hub.domain.catalogue.item import Overlay
from tests.sync.messages.inbox import Cloud
from tests.web.cases import LI, PLAIN, TOLERANT, WANG

DAY = 86_400_000
ONLINE = ("hall", "online")
ITEMS = (replace(TOLERANT, channels=ONLINE), replace(PLAIN, channels=ONLINE, department="D102"))
MATERIAL = {"code": "form", "sha256": "a" * 64, "bytes": 48_000, "media_type": "application/pdf"}


async def open_online(hub: Hub) -> Cloud:
    """A catalogue of two items that can be filed online, and numbers for cases."""
    for command in (
        PublishCatalogue(ITEMS, tuple(Overlay(item.code, "A") for item in ITEMS), hub.now(), source="test"),
        ReserveBlock(hub.today[:4], hub.now(), "test", "DC", TEMPLATE, 1, 999),
    ):
        assert (await hub.submit(command, actor="test")).ok
    return Cloud(hub)


async def filed_week(hub: Hub, clock: ManualClock) -> dict[str, str]:
    """Filings by the age in days at which they are heard, after nine dark days; and consultations by channel."""
    cloud = await open_online(hub)
    begun = hub.now()
    clock.advance(9 * DAY)
    await hub.keep()
    made: dict[str, str] = {}
    for n, (age, item, who) in enumerate(((2, "A02", LI), (9, "A02", WANG), (8, "A03", LI), (0, "A03", WANG)), 1):
        data = {"item": item, "applicant": who, "materials": [MATERIAL], "form": {"经营场所": "东城区某街 1 号"}}
        assert (await cloud.say("application-filed", data, at=begun + (9 - age) * DAY)).ok
        made[f"filed-{age}"] = f"{n:032x}"
    questions = (
        ("web", "A02", "租赁合同没有备案，可以先交复印件吗？", 8),
        ("wechat", "A03", "变更经营范围需要法人到场吗？", 1),
        ("web", None, "周六办理吗？", 0),
    )
    for n, (channel, item, question, age) in enumerate(questions, 5):
        asked = {"channel": channel, "question": question, "name": "王女士", "phone": "13800138000"}
        asked |= {} if item is None else {"item": item}
        assert (await cloud.say("consultation-asked", asked, at=hub.now() - age * DAY)).ok
        made[f"asked-{item or 'general'}"] = f"{n:032x}"
    return made
