"""The reaction to a published calendar: clocks of open cases are counted again, what changed becomes an event."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from hub.core.hub import Hub
from hub.core.submission import Command
from hub.domain.cases.commands import RecomputeDeadlines
from hub.log.entry import Entry


class RecomputedDeadlines:
    """A ``Reaction``. ``affected`` reads the ids of cases whose running clocks the calendar in force may change, in a
    worker thread; one too many costs a command without an event."""

    name = "recomputed-deadlines"
    version = 1
    types = frozenset({"calendar-published"})

    def __init__(self, hub: Hub, affected: Callable[[], Sequence[str]]) -> None:
        self._hub = hub
        self._affected = affected

    async def react(self, entry: Entry) -> Mapping[str, Command]:  # noqa: ARG002 - which calendar is the rule's to know
        cases = await asyncio.to_thread(self._affected)
        return {case: RecomputeDeadlines(case, self._hub.today, self._hub.now()) for case in cases}
