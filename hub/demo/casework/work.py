"""The case work of the demo: cases are opened at the windows, and everybody does their turn when it is due."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import cast

import msgspec

from hub.demo.agenda import Agenda
from hub.demo.api_client import ApiClient, ApiRefused, ApiUnreachable
from hub.demo.casework.applicants import AGENT, applicant_of
from hub.demo.casework.days import Days
from hub.demo.casework.ledger import Ledger, Progress, keep
from hub.demo.casework.sheets import sheet
from hub.demo.casework.staff import Staff
from hub.demo.casework.stories import BY_KIND, ONLINE_DESK
from hub.demo.casework.story import DESK, EXTERNAL, ONLINE, Ago, InDays, Paper, Story, Turn
from hub.demo.visits import MINUTE, Visit

log = logging.getLogger(__name__)

AGAIN_MS = 2 * MINUTE
SOON_MS = 2 * MINUTE
_TRIES = 5
_WAITS = 60
"""How often the outlet looks again whether a result is there."""


class _Opened(msgspec.Struct):
    case: str
    number: str


class _Seen(msgspec.Struct):
    state: str


class CaseWork:
    """``agenda`` may be exchanged between the days before and the day itself; then ``resume`` puts what is left on it.

    ``state``: where the ledger is kept.
    """

    def __init__(self, agenda: Agenda, staff: Staff, days: Days, ledger: Ledger, state: Path) -> None:
        self.agenda = agenda
        self.ledger = ledger
        self._staff = staff
        self._days = days
        self._state = state
        self.opens: Mapping[int, Story] = {}
        self.collects: Mapping[int, Story] = {}

    def resume(self) -> None:
        """What is left of every case that was begun."""
        for kind in self.ledger.cases:
            self._expect(BY_KIND[kind])

    def serve(self, visit: Visit, window: str, number: str) -> None:
        """A window serves that visitor: when they came for a story, it goes on in a moment."""
        soon = self.agenda.now() + SOON_MS
        if (story := self.opens.get(visit.index)) is not None:
            self.agenda.at(soon, partial(self.open, story, window, number))
        if (story := self.collects.get(visit.index)) is not None:
            self.agenda.at(soon, partial(self.collect, story, window))

    @property
    def under_way(self) -> bool:
        """Whether somebody still has a turn in a case that was begun."""
        cases = self.ledger.cases
        return any(not known.trouble and known.done < len(BY_KIND[kind].turns) for kind, known in cases.items())

    async def open(self, story: Story, window: str | None, ticket: str | None) -> None:
        """A clerk opens the case, from a ticket where there is one. Done already, it is not done again."""
        if story.kind in self.ledger.cases:
            return
        by = ONLINE_DESK if window is None else f"clerk-{window}"
        at = self.agenda.now()
        progress = Progress("", "", by, at)
        try:
            desk = await self._staff.signed_in(by)
            path, body = await self._filing(story, desk, window, ticket)
            opened = await desk.post(path, body, _Opened, key=self._key(story, 0))
            progress.case, progress.number = opened.case, opened.number
        except (ApiRefused, ApiUnreachable) as error:
            self._trouble(story, progress, "open", error)
        self.ledger.cases[story.kind] = progress
        keep(self._state, self.ledger)
        self._expect(story)

    async def collect(self, story: Story, window: str, waited: int = 0) -> None:
        """The applicant is at an outlet window for the result."""
        known = self.ledger.cases.get(story.kind)
        if known is None or known.trouble:
            return
        try:
            desk = await self._staff.signed_in(f"clerk-{window}")
            state = (await desk.get(f"/api/v1/cases/{known.case}", _Seen)).state
            if state == "decided":
                body = {"how": "window", "to": AGENT if story.firm else story.applicant, "window": window}
                await desk.post(f"/api/v1/cases/{known.case}/deliver", body, dict, key=f"{self._key(story, 0)}-out")
            elif state != "delivered" and waited < _WAITS:
                self.agenda.at(self.agenda.now() + AGAIN_MS, partial(self.collect, story, window, waited + 1))
        except (ApiRefused, ApiUnreachable) as error:
            self._trouble(story, known, "deliver", error)

    # -- turns ----------------------------------------------------------------------------------------------------

    def _expect(self, story: Story) -> None:
        known = self.ledger.cases[story.kind]
        if not known.trouble and known.done < len(story.turns):
            due = self._due(known.last, story.turns[known.done])
            self.agenda.at(max(due, self.agenda.now()), partial(self._turn, story, due))

    def _due(self, last: int, turn: Turn) -> int:
        if not turn.days:
            return last + turn.wait * MINUTE
        return self._days.after(last, turn.days).opens + turn.wait * MINUTE

    async def _turn(self, story: Story, due: int, tries: int = 0) -> None:
        known = self.ledger.cases[story.kind]
        turn = story.turns[known.done]
        try:
            who = await self._staff.signed_in(known.by if turn.who == DESK else turn.who)
            body = await self._body(turn.body, story, who, due)
            await who.post(f"/api/v1/cases/{known.case}/{turn.path}", body, dict, key=self._key(story, known.done + 1))
        except ApiUnreachable as error:
            if tries < _TRIES:
                self.agenda.at(self.agenda.now() + AGAIN_MS, partial(self._turn, story, due, tries + 1))
            else:
                self._trouble(story, known, turn.path, error)
            return
        except ApiRefused as error:
            self._trouble(story, known, turn.path, error)
            return
        known.done += 1
        known.last = due
        keep(self._state, self.ledger)
        self._expect(story)

    def _trouble(self, story: Story, known: Progress, act: str, error: Exception) -> None:
        known.trouble = f"{act}: {error}"
        log.warning("case of kind %s: %s", story.kind, known.trouble)
        keep(self._state, self.ledger)

    # -- what is sent ---------------------------------------------------------------------------------------------

    def _key(self, story: Story, turn: int) -> str:
        """The same for the same act, also after a restart."""
        return f"demo-case-{self.ledger.shown}-{story.kind}-{turn}"

    async def _filing(
        self, story: Story, desk: ApiClient, window: str | None, ticket: str | None
    ) -> tuple[str, dict[str, object]]:
        who = applicant_of(story.applicant, firm=story.firm, about=f"{self.ledger.shown}:{story.kind}")
        where = {name: value for name, value in (("window", window), ("ticket", ticket)) if value is not None}
        if story.via == EXTERNAL:
            body = {"item": story.item, "external": story.external, **who, **where}
            return "/api/v1/cases/external", body
        materials = await self._body(story.materials, story, desk, self.agenda.now())
        body = {"item": story.item, "applicant": who, "materials": materials, **where}
        if story.via == ONLINE:
            body["channel"] = "online"
        return "/api/v1/cases", body

    async def _body(self, given: object, story: Story, who: ApiClient, due: int) -> object:
        """With everything that only stands for something put in."""
        match given:
            case Paper(title):
                return await who.upload(sheet(title, story.applicant))
            case InDays(days):
                return self._days.after(due, days).date
            case Ago(minutes):
                return datetime.fromtimestamp((due - minutes * MINUTE) / 1000, UTC).isoformat()
            case Mapping():
                named = cast("Mapping[str, object]", given)
                return {name: await self._body(value, story, who, due) for name, value in named.items()}
            case tuple():
                each_of = cast("tuple[object, ...]", given)
                return [await self._body(each, story, who, due) for each in each_of]
            case _:
                return given
