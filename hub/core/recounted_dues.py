"""The reaction to a published calendar: due dates that were provisional 暂定 are counted again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from hub.core.hub import Hub
from hub.core.submission import Command
from hub.domain.ratings.commands import RecountDue
from hub.log.entry import Entry


class RecountedDues:
    """A ``Reaction``. ``provisional`` reads the open cases to count again, in a worker thread; cases opened after the
    calendar are counted with it already, so it does not matter how late it is read."""

    name = "recounted-dues"
    version = 1
    types = frozenset({"calendar-published"})

    def __init__(self, hub: Hub, provisional: Callable[[], Sequence[str]]) -> None:
        self._hub = hub
        self._provisional = provisional

    async def react(self, entry: Entry) -> Mapping[str, Command]:  # noqa: ARG002 - which calendar is the rule's to know
        tickets = await asyncio.to_thread(self._provisional)
        return {ticket: RecountDue(ticket, self._hub.now()) for ticket in tickets}
