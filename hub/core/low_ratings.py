"""The reaction to a low rating: it opens a rectification 差评整改."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from hub.core.hub import Hub
from hub.core.submission import Command
from hub.domain.queue.events import VisitRated
from hub.domain.ratings.commands import OpenRectification
from hub.domain.ratings.decide import is_low
from hub.domain.ratings.state import Rectification
from hub.domain.ratings.steps import UNOPENED
from hub.log.entry import Entry


class LowRatings:
    """A ``Reaction``. The ticket's number and whether it has a phone come from its day, loaded when it is not today."""

    name = "low-ratings"
    version = 1
    types = frozenset({"visit-rated"})

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def react(self, entry: Entry) -> Mapping[str, Command]:
        event = cast(VisitRated, self._hub.codec.decode(entry))
        if not is_low(event.score):
            return {}
        case = cast(Rectification, self._hub.writer.state("rectification/" + event.ticket))
        if case.state != UNOPENED:
            return {}  # a cursor that began anew: spares loading the days of all years
        day = entry.stream.removeprefix("queue/")
        ticket = self._hub.day_named(day).tickets[event.ticket]
        if day != self._hub.today:
            self._hub.writer.let_go(entry.stream)
        opening = OpenRectification(
            ticket=event.ticket,
            number=ticket.number,
            day=day,
            window=event.window,
            clerk=event.clerk,
            score=event.score,
            has_phone=ticket.has_phone,
            rated_at=event.at,
            at=self._hub.now(),
        )
        return {"": opening}
