"""What the outage page says, from the two ways of the line, the log and the disk."""

from __future__ import annotations

from hub.views.outage import NO_LINE, Outage, State, Way, outage_of
from hub.views.room import forecast
from hub.views.words import Words

ROOM = forecast((), 10**12)


def way(state: State, since: int = 0) -> Way:
    return Way(state, since, 1, Words("连不上", "cannot be reached") if since else None, "")


def outage(up: Way, down: Way, counts: dict[str, int], rate: float = 0, began_with: int = 0) -> Outage:
    return outage_of(up, down, counts, ROOM, url="https://city.example", rate=rate, began_with=began_with)


def test_one_way_lost_is_a_line_lost_since_then() -> None:
    found = outage(way("up"), way("dark", 50), {})
    assert (found.state, found.since) == ("dark", 50)


def test_what_waits_is_told_by_kind_the_most_first() -> None:
    found = outage(way("dark", 9), way("dark", 7), {"queue": 30, "case": 5, "hall": 1, "person": 1})
    assert [(each.words.zh, each.entries) for each in found.kinds] == [("取号与叫号", 30), ("办件", 5), ("其他", 2)]
    assert (found.waiting, found.since) == (37, 7)


def test_a_backfill_shows_how_far_it_is_and_how_long_it_takes() -> None:
    found = outage(way("up"), way("up"), {"queue": 75_000}, rate=1_000, began_with=300_000)
    assert (found.state, found.done, found.minutes) == ("catching-up", 0.75, 2)


def test_a_few_entries_on_their_way_are_no_backlog() -> None:
    assert outage(way("up"), way("up"), {"queue": 20}, rate=100).state == "up"


def test_what_a_person_must_look_at_outweighs_everything() -> None:
    assert outage(way("stopped", 5), way("dark", 3), {}).state == "stopped"


def test_a_hall_that_stands_alone_has_no_outage() -> None:
    assert (NO_LINE.state, NO_LINE.since, NO_LINE.done) == ("none", 0, None)
