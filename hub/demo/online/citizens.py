"""The citizens of the online hall: they file, ask, look at how their case stands and withdraw.

They reach the online hall alone, by the interface that a city's own programs use; what they ask waits there while the
line is cut.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Mapping
from contextlib import suppress
from functools import partial

import msgspec

from hub.demo.agenda import Act, Agenda
from hub.demo.api_client import ApiRefused, ApiUnreachable
from hub.demo.casework.sheets import sheet
from hub.demo.online.errands import WITHDRAWN, Application, Question, Wishes, id_of
from hub.demo.online.post import Post
from hub.demo.visits import MINUTE

log = logging.getLogger(__name__)

LOOKS_AFTER = 30 * MINUTE
"""How long a citizen waits before looking at how their case stands, and again."""
_LOOKS = 12
_UNDER_REVIEW = ("accepted", "review")
_ENDED = ("decided", "delivered", "not-accepted", "withdrawn")


class _Row(msgspec.Struct):
    state: str = ""
    number: str = ""


class _Case(msgspec.Struct):
    case: _Row


class _Answer(msgspec.Struct):
    text: str = ""
    outcome: str = ""


class _Consultation(msgspec.Struct):
    consultation: _Answer


class Citizens:
    """``saw``: the last state that each applicant saw of their case."""

    def __init__(self, post: Post, agenda: Agenda, wishes: Wishes) -> None:
        self._post = post
        self._agenda = agenda
        self._wishes = wishes
        self.saw: dict[str, str] = {}
        self.answered: set[str] = set()

    def expect(self) -> None:
        """Everybody of the day; who would have come already comes now."""
        agenda = self._agenda
        for each in self._wishes.applications:
            agenda.at(max(each.at, agenda.now()), partial(self._file, each))
        for each in self._wishes.questions:
            agenda.at(max(each.at, agenda.now()), partial(self._ask, each))

    async def _file(self, wish: Application) -> None:
        papers = await asyncio.to_thread(_sheets, wish)
        for content in papers.values():
            with suppress(ApiRefused):  # a hall that is not known yet is told of below
                await self._post.put(hashlib.sha256(content).hexdigest(), content)
        materials = [
            {
                "code": code,
                "sha256": hashlib.sha256(content).hexdigest(),
                "bytes": len(content),
                "media_type": "image/png",
                "name": f"{code}.png",
            }
            for code, content in papers.items()
        ]
        body = {"item": wish.kind.item, "applicant": wish.applicant, "materials": materials}
        if await self._say(wish.id, "application-filed", body, partial(self._file, wish)):
            self._later(partial(self._look, wish, _LOOKS))

    async def _look(self, wish: Application, left: int) -> None:
        found = await self._post.see(f"/cases/{wish.id}", _Case)
        if found is not None:
            self.saw[wish.id] = found.case.state
            if wish.ends == WITHDRAWN and found.case.state in _UNDER_REVIEW:
                about = id_of(f"{wish.id}:withdrawn")
                await self._say(about, "application-withdrawn", {"case": wish.id, "reason": "不办了"})
                return
        if left and self.saw.get(wish.id) not in _ENDED:
            self._later(partial(self._look, wish, left - 1))

    async def _ask(self, wish: Question) -> None:
        body: dict[str, object] = {"channel": wish.channel, "question": wish.text, "phone": wish.phone}
        if wish.item is not None:
            body["item"] = wish.item
        if await self._say(wish.id, "consultation-asked", body, partial(self._ask, wish)):
            self._later(partial(self._read, wish, _LOOKS))

    async def _read(self, wish: Question, left: int) -> None:
        found = await self._post.see(f"/consultations/{wish.id}", _Consultation)
        if found is not None and found.consultation.text:
            self.answered.add(wish.id)
            await self._say(id_of(f"{wish.id}:closed"), "consultation-closed", {"consultation": wish.id})
        elif left:
            self._later(partial(self._read, wish, left - 1))

    async def _say(self, id: str, type: str, data: Mapping[str, object], again: Act | None = None) -> bool:
        """Whether the online hall took it. ``again``: what is tried later while it does not know the hall yet."""
        try:
            await self._post.say(id, type, data)
        except (ApiRefused, ApiUnreachable) as error:
            if again is not None and isinstance(error, ApiRefused) and error.code == "unknown-hall":
                self._later(again)
                return False
            self._post.troubles.append(f"{type}: {error}")
            log.warning("the online hall did not take %s: %s", type, error)
            return False
        return True

    def _later(self, act: Act) -> None:
        self._agenda.at(self._agenda.now() + LOOKS_AFTER, act)


def _sheets(wish: Application) -> dict[str, bytes]:
    return {code: sheet(title, wish.who) for code, title in wish.kind.papers}
