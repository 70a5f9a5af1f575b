"""Notices of cases as routes ask for them: read from the log, coded, checked, printed.

Who may see a case or a person is for the route to ask: nothing here knows callers.
"""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.core.case_log import CaseLog, CaseRecord
from hub.core.hall_past import HallPast
from hub.views.notices.code import code_of
from hub.views.notices.notice import Notice
from hub.views.notices.told import notices, unsigned
from hub.web.case_finder import CaseFinder
from hub.web.pace import Pace
from hub.web.printing.press import Press

if TYPE_CHECKING:
    from hub.core.hub import Hub
    from hub.domain.cases.tolerance_events import PromiseTaken, ToleranceGranted

CHECKS_A_SECOND, CHECKS_AT_ONCE = 0.5, 20
ALL_CHECKS_A_SECOND, ALL_CHECKS_AT_ONCE = 20.0, 200
EVERYBODY = ""


@dataclass(frozen=True, slots=True)
class Names:
    """In clear; None: not given, or erased. ``receiver``: who took the result, where somebody else did."""

    applicant: str | None
    receiver: str | None


@dataclass(frozen=True, slots=True)
class Checked:
    """A notice that this hall told. ``state``: of its case now."""

    notice: Notice
    state: str


class NoticeDesk:
    """``pace`` and ``whole_pace`` bound how often codes may be tried, by address and by everybody together."""

    def __init__(self, hub: Hub, case_log: CaseLog, finder: CaseFinder, past: HallPast) -> None:
        self._hub = hub
        self._case_log = case_log
        self._finder = finder
        self._past = past
        self.press = Press()
        self.pace = Pace(CHECKS_A_SECOND, CHECKS_AT_ONCE)
        self.whole_pace = Pace(ALL_CHECKS_A_SECOND, ALL_CHECKS_AT_ONCE)

    async def of(self, record: CaseRecord) -> tuple[Notice, ...]:
        """All of the case, in the order in which they were told."""
        return await asyncio.to_thread(self._of, record)

    async def draft(self, record: CaseRecord, would: ToleranceGranted | PromiseTaken) -> Notice:
        """What the applicant is to sign, see ``unsigned``."""

        def make() -> Notice:
            told = [event for _, event in record.told]
            return unsigned(record.id, told, would, self._past.bring_up())

        return await asyncio.to_thread(make)

    def code(self, notice: Notice) -> str:
        """Its check code, sixteen digits."""
        return code_of(self._hub.subjects.proof(notice.canonical()))

    def names(self, record: CaseRecord, notice: Notice) -> Names:
        """Whom it names, as it was when it was told. Only for who may see the person."""
        applicant = self._hub.codec.unseal(record.told[notice.named_by][0]).get("name")
        if notice.told_by >= len(record.told):
            return Names(applicant, None)
        return Names(applicant, self._hub.codec.unseal(record.told[notice.told_by][0]).get("to"))

    async def check(self, case_number: str, code: str, key: str | None = None) -> Checked | None:
        """The notice of that case with that code, of that kind where ``key`` names one; None: not issued here."""
        return await asyncio.to_thread(self._check, case_number, code, key)

    def _of(self, record: CaseRecord) -> tuple[Notice, ...]:
        return notices(record.id, [event for _, event in record.told], self._past.bring_up())

    def _check(self, case_number: str, code: str, key: str | None) -> Checked | None:
        self._finder.bring_up()
        row = self._finder.numbered(case_number)
        record = None if row is None else self._case_log.read(row.id)
        if record is None:
            return None
        genuine = [
            notice
            for notice in self._of(record)
            if hmac.compare_digest(self.code(notice).encode(), code.encode()) and key in (None, notice.key)
        ]
        return Checked(genuine[0], record.case.state) if genuine else None
