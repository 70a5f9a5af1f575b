"""Reactions: what was committed makes commands. A reaction maps one entry to commands, mostly none; it does not judge.

Theory. A reaction reads the log behind its cursor, which stands in the views' file, so what was committed before a
kill is reacted to after the restart. Its command carries the id ``<reaction>:<position>``, and ``…:<name>`` where one
entry asks for several: a kill between the command's commit and the cursor's move makes it twice, and the second one
gets the stored outcome of the first. Past the seven days that outcomes are kept (the views' file was lost, say), the
rule itself has to answer that it stood so already. An entry that cannot be read, or whose command is refused, is parked
and counted, and the reaction goes on; a full disk is waited out, and the entry is taken again.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Protocol

from hub.core.hub import HUB, Hub, command_id
from hub.core.submission import Command, Committed
from hub.log.cursors import Cursors, Follower
from hub.log.entry import Entry, LogBroken, NoRoom
from hub.log.port import LogReader

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 5.0
"""The cursors move at least so often, so that a restart reads little again."""
NO_ROOM = b'"no-room"'
AT_ONCE = 100
"""Commands of one entry that are under way together; a published calendar asks for tens of thousands."""


class Reaction(Follower, Protocol):
    """``types``: the names of the events it looks at, without schema numbers; others only move its cursor."""

    @property
    def types(self) -> frozenset[str]: ...

    async def react(self, entry: Entry) -> Mapping[str, Command]:
        """What the entry asks for, each under a name that it always has; the only one under ``""``.

        An exception parks the entry, but for ``NoRoom`` and ``LogBroken``.
        """
        ...


class Reactions:
    """All reactions of a hub; ``reading`` reads the log in a worker thread. ``problem``: why they wait, or empty."""

    def __init__(self, hub: Hub, reading: LogReader, cursors: Cursors, reactions: Sequence[Reaction]) -> None:
        self._hub = hub
        self._reading = reading
        self._cursors = cursors
        self._reactions = tuple(reactions)
        self._wanted = frozenset[str]().union(*(each.types for each in reactions))
        self._asked = asyncio.Event()
        self.problem = ""

    async def run(self) -> None:
        """Until cancelled. A full disk is waited out; a broken file of views is told and left alone."""
        stop = self._hub.listen(self._heard)
        try:
            while True:
                self._asked.clear()
                try:
                    await self.catch_up()
                    self.problem = ""
                except NoRoom:
                    self.problem = "no-room"
                except (LogBroken, sqlite3.Error) as error:
                    log.exception("reactions cannot use the views' file")
                    self.problem = str(error)
                    return
                await self._wait()
        finally:
            stop()

    async def catch_up(self) -> None:
        """React to everything that is committed. Raises ``NoRoom`` and ``LogBroken``; what was done stays done."""
        for reaction in self._reactions:
            while await self._one_batch(reaction):
                pass

    async def retry(self) -> int:
        """Take parked entries again, in order; how many went."""
        went = 0
        for reaction in self._reactions:
            for parked in await asyncio.to_thread(self._cursors.parked, reaction.name):
                for entry in await asyncio.to_thread(self._reading.read, parked.position - 1, 1):
                    went += await self._take(reaction, entry)
        return went

    async def _one_batch(self, reaction: Reaction) -> bool:
        entries = await asyncio.to_thread(self._cursors.unseen, self._reading, reaction)
        taken = None
        for entry in entries:
            if entry.type.partition("/")[0] in reaction.types:
                await self._take(reaction, entry)
                taken = entry
        if entries and taken is not entries[-1]:
            await asyncio.to_thread(self._cursors.seen, reaction, entries[-1])
        return bool(entries)

    async def _take(self, reaction: Reaction, entry: Entry) -> bool:
        """Whether the entry went; parked else."""
        try:
            commands = await reaction.react(entry)
        except (NoRoom, LogBroken):
            raise
        except Exception as error:
            log.exception("a reaction failed", extra={"facts": {"reaction": reaction.name, "position": entry.position}})
            await asyncio.to_thread(self._cursors.park, reaction, entry, f"{type(error).__name__}: {error}")
            return False
        asked = [
            (command_id(f"{reaction.name}:{entry.position}" + (f":{name}" if name else "")), command)
            for name, command in commands.items()
        ]
        for first in range(0, len(asked), AT_ONCE):
            some = asked[first : first + AT_ONCE]
            outcomes = await asyncio.gather(*(self._hub.submit(it, actor=HUB, key=key) for key, it in some))
            refused = [outcome.reply.decode() for outcome in outcomes if not outcome.ok]
            for why in refused:
                if NO_ROOM.decode() in why:
                    raise NoRoom(why)
            if refused:
                await asyncio.to_thread(self._cursors.park, reaction, entry, f"refused: {refused[0]}")
                return False
        await asyncio.to_thread(self._cursors.seen, reaction, entry)
        return True

    def _heard(self, batch: Sequence[Committed]) -> None:
        if not self._asked.is_set() and any(each.entry.type.partition("/")[0] in self._wanted for each in batch):
            self._asked.set()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(LOOK_EVERY_SECONDS):
                await self._asked.wait()
        except TimeoutError:
            return
