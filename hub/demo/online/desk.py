"""What the hall's people do with what came from online: a clerk takes filings over from the list, reviewers decide,
and questions are answered for the record.

They act through the hub's API, in sessions of their accounts, and only know what its lists tell them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import msgspec

from hub.demo.agenda import Agenda
from hub.demo.api_client import ApiClient, ApiRefused, ApiUnreachable
from hub.demo.casework.staff import Staff
from hub.demo.casework.stories import ONLINE_DESK
from hub.demo.online.errands import ANSWER, REFUSED, WITHDRAWN, Application, Wishes
from hub.demo.visits import MINUTE

log = logging.getLogger(__name__)

ROUND_MS = 5 * MINUTE
"""From one look at the lists to the next."""
_TRIES = 5


@dataclass(frozen=True, slots=True)
class _Turn:
    """``who``: an account; ``wait``: minutes after the turn before."""

    who: str
    path: str
    body: Mapping[str, object]
    wait: int


class _Filing(msgspec.Struct):
    case: str
    state: str


class _Filings(msgspec.Struct):
    filings: list[_Filing]


class _Asked(msgspec.Struct):
    consultation: str
    state: str
    answers: int


class _Questions(msgspec.Struct):
    consultations: list[_Asked]


class OnlineDesk:
    """``api``: the supervisor's, who answers questions. ``troubles``: acts that were refused, in words."""

    def __init__(self, agenda: Agenda, staff: Staff, api: ApiClient, wishes: Wishes) -> None:
        self._agenda = agenda
        self._staff = staff
        self._api = api
        self._wishes = {each.id: each for each in wishes.applications}
        self._taken: set[str] = set()
        self._answered: set[str] = set()
        self._busy = 0
        self.troubles: list[str] = []

    @property
    def under_way(self) -> bool:
        """Whether somebody still has a turn in a case that was taken over."""
        return self._busy > 0

    def expect(self, closes: int) -> None:
        """Rounds until closing."""
        self._agenda.at(self._agenda.now() + ROUND_MS, partial(self._round, closes))

    async def _round(self, closes: int) -> None:
        if self._agenda.now() < closes:
            self._agenda.at(self._agenda.now() + ROUND_MS, partial(self._round, closes))
        try:
            await self._take_over()
            await self._answer()
        except (ApiRefused, ApiUnreachable) as error:
            self._trouble("lists", error)

    async def _take_over(self) -> None:
        desk = await self._staff.signed_in(ONLINE_DESK)
        for filing in (await desk.get("/api/v1/filings", _Filings)).filings:
            wish = self._wishes.get(filing.case)
            if wish is None or filing.case in self._taken or filing.state != "received":
                continue
            self._taken.add(filing.case)
            self._busy += 1
            self._next(wish, _turns(wish), 0)

    async def _answer(self) -> None:
        for asked in (await self._api.get("/api/v1/consultations", _Questions)).consultations:
            id = asked.consultation
            if asked.answers or id in self._answered:
                continue
            self._answered.add(id)
            body = {"text": ANSWER, "of_record": True}
            await self._api.post(f"/api/v1/consultations/{id}/answer", body, dict, key=f"demo-answer-{id}")

    def _next(self, wish: Application, turns: tuple[_Turn, ...], n: int, tries: int = 0) -> None:
        if n == len(turns):
            self._busy -= 1
            return
        due = self._agenda.now() + turns[n].wait * MINUTE
        self._agenda.at(due, partial(self._turn, wish, turns, n, tries))

    async def _turn(self, wish: Application, turns: tuple[_Turn, ...], n: int, tries: int) -> None:
        turn = turns[n]
        try:
            who = await self._staff.signed_in(turn.who)
            key = f"demo-online-{wish.id}-{n}"
            await who.post(f"/api/v1/cases/{wish.id}/{turn.path}", turn.body, dict, key=key)
        except ApiUnreachable as error:
            if tries < _TRIES:
                self._next(wish, turns, n, tries + 1)
                return
            self._trouble(turn.path, error)
        except ApiRefused as error:
            self._trouble(turn.path, error)
        else:
            self._next(wish, turns, n + 1)
            return
        self._busy -= 1

    def _trouble(self, act: str, error: Exception) -> None:
        self.troubles.append(f"{act}: {error}")
        log.warning("%s of an online filing: %s", act, error)


def _turns(wish: Application) -> tuple[_Turn, ...]:
    kind = wish.kind
    if wish.ends == REFUSED:
        reason = {"reason": "申请事项依法不属于本机关职权范围", "basis": "《行政许可法》第三十二条第一款"}
        return (_Turn(ONLINE_DESK, "refuse", reason, 3),)
    accepted = _Turn(ONLINE_DESK, "accept", {}, 3)
    if wish.ends == WITHDRAWN:
        return (accepted,)
    reviewed: list[_Turn] = []
    for step in kind.steps:
        by = f"{kind.department}-{1 if step == kind.steps[-1] else 2}"
        agreed = {"verdict": "agree", "text": "网上材料齐全，符合要求"}
        reviewed += (_Turn(by, f"steps/{step}/claim", {}, 12), _Turn(by, f"steps/{step}/opinion", agreed, 8))
    result = f"演示证 {kind.item}-{wish.id[:6]}"
    granted = {"granted": True, "reasons": "符合法定条件", "basis": "见受理通知书所列依据", "result": result}
    return (accepted, *reviewed, _Turn(f"{kind.department}-1", "review/decide", granted, 5))
