"""The search index of the items in force, built once a profile and away from the loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

from hub.domain.hall.profile import HallProfile
from hub.views.item_search import ItemIndex, texts_of
from hub.views.pinyin import PinyinUnreadable, Syllables, readings

log = logging.getLogger(__name__)


class Catalogue:
    """``warm`` begins building as soon as somebody may search; ``index`` waits for it, half a second at most times.

    Where pinyin cannot be read the index finds by characters, keywords and English only, and the log says why.
    """

    def __init__(self, profile: Callable[[], HallProfile]) -> None:
        self._profile = profile
        self._spelt: Mapping[str, Syllables] = {}
        self._built: tuple[HallProfile, asyncio.Task[ItemIndex]] | None = None

    def warm(self) -> asyncio.Task[ItemIndex]:
        profile = self._profile()
        if self._built is None or self._built[0] is not profile:
            self._built = (profile, asyncio.create_task(asyncio.to_thread(self._build, profile)))
        return self._built[1]

    async def index(self) -> ItemIndex:
        """The index of the profile in force."""
        # shielded: whoever asked first may go away while others wait
        return await asyncio.shield(self.warm())

    async def close(self) -> None:
        """Wait for a thread that still builds."""
        if self._built is not None:
            await asyncio.gather(self._built[1], return_exceptions=True)

    def _build(self, profile: HallProfile) -> ItemIndex:
        unread = [text for text in texts_of(profile) if text not in self._spelt]
        try:
            self._spelt = {**self._spelt, **readings(unread)}
        except PinyinUnreadable as unreadable:
            log.error("items are not found by pinyin", extra={"facts": {"why": str(unreadable)}})
        return ItemIndex(profile, self._spelt)
