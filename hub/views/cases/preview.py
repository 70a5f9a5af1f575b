"""What clocks a case would start: until when and by which rule, before anybody decides to start them."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.cases.almanac import Almanac
from hub.domain.cases.clocks import Rule, decision_clocks, rule_of, start
from hub.domain.cases.records import INTAKE, ClockStart
from hub.domain.cases.tolerance import latest_due
from hub.domain.catalogue.item import Item
from hub.views.cases.words import clock_words
from hub.views.words import Words


@dataclass(frozen=True, slots=True)
class Forecast:
    """``limit`` in working days after the day of ``since``."""

    named: Words
    since: Words
    limit: int
    due: str
    provisional: bool
    rule: Rule


@dataclass(frozen=True, slots=True)
class Preview:
    """``owe_until``: the last day until which secondary materials may be owed; None where none may."""

    clocks: tuple[Forecast, ...]
    owe_until: str | None


_RECEIVED, _ACCEPTED = Words("今天收件", "received today"), Words("今天受理", "accepted today")


def preview(item: Item, almanac: Almanac, now: int, today: str, *, received: bool) -> Preview:
    """As if it were received (unless it is, ``received``) and accepted today. An external item starts none."""
    if item.external:
        return Preview((), None)
    clocks = [] if received else [_forecast(item, start(almanac, INTAKE, now, today, item.intake_days), _RECEIVED)]
    clocks += [_forecast(item, each, _ACCEPTED) for each in decision_clocks(almanac, item, now, today)]
    return Preview(tuple(clocks), latest_due(almanac, item, today) if item.tolerance else None)


def _forecast(item: Item, begun: ClockStart, since: Words) -> Forecast:
    named = clock_words(begun.clock, item)
    return Forecast(named, since, begun.limit or 0, begun.due, begun.provisional, rule_of(begun.clock, item))
