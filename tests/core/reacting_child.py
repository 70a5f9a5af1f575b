"""A hub of its own process that rates visits low and is killed the ``at``-th time its reaction moves the cursor.

``python -m tests.core.reacting_child FOLDER RATINGS AT``; with AT 0 it lives, reacts to everything and ends well.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from hub.core.clock import SystemClock
from hub.core.hub import Hub
from hub.core.low_ratings import LowRatings
from hub.core.paths import StatePaths
from hub.core.profile_file import default_profile
from hub.core.reactions import Reactions
from hub.domain.queue import commands as c
from hub.log.cursors import Cursors
from hub.log.entry import Entry
from hub.log.keys import Keys
from hub.log.names import hub_codec
from hub.log.open import open_log
from hub.log.subjects import Subjects


class Deadly(Cursors):
    left = 0

    def seen(self, follower, entry: Entry) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        super().seen(follower, entry)


async def main(folder: Path, ratings: int, at: int) -> None:
    log = open_log(f"sqlite:///{folder}/hall.db")
    hub = Hub(
        log,
        hub_codec(Keys(None)),
        Subjects(bytes(32)),
        SystemClock(),
        StatePaths.of(folder / "hall.db"),
        always=True,
    )
    await hub.start(default_profile())
    day, window = hub.today, "101"
    await hub.submit(c.OpenWindow(day, hub.now(), window), actor="test")
    for _ in range(ratings):
        ticket = hub.ticket_id()
        for command in (
            c.TakeTicket(day, hub.now(), ticket, "A"),
            c.CallNext(day, hub.now(), window),
            c.StartService(day, hub.now(), window),
            c.FinishService(day, hub.now(), window),
            c.RateVisit(day, hub.now(), ticket, 1),
        ):
            outcome = await hub.submit(command, actor="test")
            assert outcome.ok, outcome.reply
    cursors = Deadly(folder / "hall.views.db")
    cursors.left = at
    await Reactions(hub, log, cursors, [LowRatings(hub)]).catch_up()
    cursors.close()
    log.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
