"""The inbox in the hub: the machine carried over a line, what it brings put to the writer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import msgspec

from hub.core.clock import Clock
from hub.core.hub import Hub
from hub.log.port import LogReader
from hub.sync.inbox import Inbox, Rewind, Take
from hub.sync.port import HEAD, Answer, Line, LinkDown, Wait
from hub.sync.taking import TakenInLog, Taking

BEHIND = 409


class InboxDesk:
    """Carries an ``Inbox`` over a line into the hub. ``chance`` gives numbers from 0 to 1; ``wanted`` as ``Taking``.

    ``clock``: the line's, else the hub's.
    """

    def __init__(
        self,
        hub: Hub,
        hall: str,
        reader: LogReader,
        line: Line,
        chance: Callable[[], float],
        wanted: Callable[[str], None] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._hub = hub
        self._line = line
        self.taken = TakenInLog(hub, reader)
        self._taking = Taking(hub, wanted)
        self.inbox = Inbox(hall, self.taken, clock or hub.clock, chance)
        self.woken = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled; nothing that comes over the line ends it."""
        while True:
            self.woken.clear()
            due = self.inbox.ask()
            if isinstance(due, Wait):
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.woken.wait(), None if due.ms is None else due.ms / 1000)
                continue
            try:
                told = {HEAD: str(self._hub.head())}
                answer = await self._line.call(msgspec.structs.replace(due, headers=told))
            except LinkDown as down:
                self.inbox.lost(down)
            else:
                await self.hear(answer)

    async def hear(self, answer: Answer) -> None:
        """An answer to the inbox's last question, and all that follows from it."""
        if answer.status == BEHIND:
            await asyncio.to_thread(self.taken.look)
        match asked := self.inbox.heard(answer):
            case Take():
                self.inbox.took(room=await self._taking.take(asked.messages))
            case Rewind():
                self.inbox.took(room=await self._taking.rewind(asked.to, asked.hash))
            case None:
                pass
