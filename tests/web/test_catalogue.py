"""The index is built once a profile, and pinyin that cannot be read leaves the rest of the search standing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.views.pinyin import PinyinUnreadable
from hub.web import catalogue
from hub.web.catalogue import Catalogue
from tests.domain.hall.halls import DEFAULT


async def test_the_index_is_built_once_and_again_for_a_new_profile() -> None:
    profile = DEFAULT
    held = Catalogue(lambda: profile)
    first = await held.index()
    assert await held.index() is first
    renamed = replace(profile.items[0], zh="重庆小面开店登记")
    profile = replace(profile, items=(renamed, *profile.items[1:]))
    second = await held.index()
    assert second is not first
    assert second.search("cqxm")[0].item == renamed
    await held.close()


async def test_names_that_were_read_are_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def read(texts: list[str]) -> dict[str, tuple[str, ...]]:
        asked.extend(texts)
        return dict.fromkeys(texts, ("x",))

    monkeypatch.setattr(catalogue, "readings", read)
    profile = DEFAULT
    held = Catalogue(lambda: profile)
    await held.index()
    asked.clear()
    profile = replace(profile, items=(*profile.items, replace(profile.items[0], code="A99", zh="新事项")))
    await held.index()
    assert asked == ["新事项"]


async def test_without_pinyin_items_are_found_by_name_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def unreadable(_: object) -> None:
        raise PinyinUnreadable("no such file")

    monkeypatch.setattr(catalogue, "readings", unreadable)
    index = await Catalogue(lambda: DEFAULT).index()
    assert index.search("结婚登记")[0].item.code == "F01"
    assert "pinyin" in caplog.text
