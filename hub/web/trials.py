"""Trials of draft policies in worker threads: begun by a page, asked for their progress, kept for a while."""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import dataclass, field

from hub.core.day_log import DayLog
from hub.core.policy_file import PolicyDraft
from hub.domain.refusals import Refused
from hub.domain.trial.recorded import NoDay
from hub.views.trial.trial import Trial, try_draft

log = logging.getLogger(__name__)

AT_ONCE = 2
KEPT = 20


@dataclass(slots=True)
class Trying:
    """``share``: how much is done, 0 to 1. ``trial`` once it is; ``failed`` the code of what stopped it."""

    day: str
    owner: str
    share: float = 0.0
    trial: Trial | None = None
    failed: str | None = None
    task: asyncio.Task[None] | None = field(default=None, repr=False)


class TrialDesk:
    """At most ``AT_ONCE`` trials run; the last ``KEPT`` are remembered, each for whoever began it."""

    def __init__(self, days: DayLog) -> None:
        self._days = days
        self._known: dict[str, Trying] = {}

    def begin(self, day: str, draft: PolicyDraft, owner: str) -> str:
        """The trial's id. Raises ``Refused("too-many-trials")``."""
        if sum(each.trial is None and each.failed is None for each in self._known.values()) >= AT_ONCE:
            raise Refused("too-many-trials")
        while len(self._known) >= KEPT:
            self._known.pop(next(known for known, each in self._known.items() if each.trial or each.failed))
        name, trying = secrets.token_hex(8), Trying(day, owner)
        self._known[name] = trying
        trying.task = asyncio.create_task(self._run(trying, draft))
        return name

    def find(self, name: str, owner: str) -> Trying:
        """Raises ``Refused("unknown-trial")`` for one that is forgotten, or somebody else's."""
        found = self._known.get(name)
        if found is None or found.owner != owner:
            raise Refused("unknown-trial")
        return found

    async def _run(self, trying: Trying, draft: PolicyDraft) -> None:
        try:
            trying.trial = await asyncio.to_thread(self._try, trying, draft)
        except NoDay:
            trying.failed = "unknown-day"
        except Exception:
            log.exception("a trial failed")
            trying.failed = "internal-error"

    def _try(self, trying: Trying, draft: PolicyDraft) -> Trial:
        def tell(share: float) -> None:
            trying.share = share

        return try_draft((event for _, event in self._days.events(trying.day)), draft, tell)
