"""Catalogue versions that come down the line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from hub.core.clock import ManualClock
from hub.core.hub import Hub
from hub.domain.catalogue.commands import PublishCatalogue
from hub.domain.catalogue.item import Item, Overlay
from hub.log.memory import MemoryLog
from tests.core.writers import DAY_MS, MONDAY_AT_TEN, hub_on
from tests.sync.messages.inbox import Cloud, code
from tests.web.cases import PLAIN, TOLERANT


async def cloud() -> Cloud:
    hub = await hub_on(MemoryLog(), ManualClock(MONDAY_AT_TEN))
    items = (TOLERANT, PLAIN)
    published = PublishCatalogue(items, tuple(Overlay(item.code, "A") for item in items), hub.now(), source="hall")
    assert (await hub.submit(published, actor="test")).ok
    return Cloud(hub)


def as_sent(item: Item) -> dict[str, Any]:
    return msgspec.json.decode(msgspec.json.encode(item))


def ruling(hub: Hub) -> dict[str, Item]:
    found = hub.catalogue_in_force()
    assert found is not None
    return dict(found.items)


async def test_what_changed_is_changed_and_the_halls_overlay_stays() -> None:
    line = await cloud()
    sent = {"source": "市级目录", "items": [as_sent(replace(PLAIN, zh="新名称"))]}
    assert (await line.say("catalogue-issued", sent)).ok
    held = line.hub.catalogue().latest
    assert held is not None
    assert (held.items[PLAIN.code].zh, held.items[TOLERANT.code]) == ("新名称", TOLERANT)
    assert held.overlays[PLAIN.code].category == "A"
    assert held.catalogue.source == "市级目录"


async def test_an_item_that_is_no_more_goes_with_its_overlay_and_earlier_versions_keep_it() -> None:
    line = await cloud()
    assert (await line.say("catalogue-issued", {"source": "市级目录", "removed": [PLAIN.code]})).ok
    assert PLAIN.code not in ruling(line.hub)
    first = line.hub.catalogue().indexed(1)
    assert first is not None
    assert first.items[PLAIN.code] == PLAIN


async def test_a_version_whose_first_day_passed_in_the_dark_rules_from_today() -> None:
    line = await cloud()
    sent = {"source": "市级目录", "items": [as_sent(replace(PLAIN, zh="新名称"))], "valid_from": "2026-11-14"}
    assert (await line.say("catalogue-issued", sent, at=MONDAY_AT_TEN - 9 * DAY_MS)).ok
    assert ruling(line.hub)[PLAIN.code].zh == "新名称"


async def test_a_catalogue_that_contradicts_itself_is_refused_whole() -> None:
    line = await cloud()
    nowhere = as_sent(replace(PLAIN, department="D999"))
    refused = await line.say("catalogue-issued", {"source": "市级目录", "items": [as_sent(TOLERANT), nowhere]})
    assert code(refused) == "catalogue-invalid"
    assert len(line.hub.catalogue().versions) == 1
