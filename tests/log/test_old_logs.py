"""A log that version 0.1.0 wrote is read by this one, and its day goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from hub.domain.hall.events import HallEvent
from hub.domain.hall.evolve import evolve as evolve_hall
from hub.domain.hall.state import HallState
from hub.domain.queue import commands as c
from hub.domain.queue.decide import decide
from hub.domain.queue.events import QueueEvent
from hub.domain.queue.evolve import evolve
from hub.domain.queue.replies import WindowReply
from hub.domain.queue.state import QueueDay
from hub.log.entry import Entry
from hub.log.names import EVENTS, reading_codec

LOG = Path(__file__).with_name("log_of_0_1_0.jsonl")
DAY = "2026-11-23"


def entries() -> Iterator[Entry]:
    for line in LOG.read_text(encoding="utf-8").splitlines():
        held = json.loads(line)
        data = line[line.index('"data":') + 7 : line.rindex(',"salt":')]
        yield Entry(
            position=held["position"],
            stream=held["stream"],
            version=held["version"],
            type=held["type"],
            occurred_at=0,
            recorded_at=0,
            actor=held["actor"],
            cause=bytes.fromhex(held["cause"]),
            data=data.encode(),
            salt=bytes.fromhex(held["salt"]),
            hash=bytes.fromhex(held["hash"]),
        )


def day_of_old() -> QueueDay:
    codec, day = reading_codec(), QueueDay()
    for entry in entries():
        if entry.stream == f"queue/{DAY}":
            evolve(day, cast("QueueEvent", codec.decode(entry)))
    return day


def test_every_entry_is_read_and_the_profile_stands() -> None:
    codec, hall = reading_codec(), HallState()
    for entry in entries():
        event = codec.decode(entry)
        assert type(event) is EVENTS[entry.type]
        if entry.stream == "hall":
            evolve_hall(hall, cast("HallEvent", event))
    assert hall.latest is not None
    assert hall.latest.profile.policy.long_wait_minutes is None
    assert hall.latest.profile.hours.capacity == "ignore"


def test_everybody_stands_where_they_stood() -> None:
    day = day_of_old()
    assert [(each.number, each.state, each.line) for each in day.tickets.values()] == [
        ("A001", "parked", "A/0"),
        ("B001", "waiting", "B/0"),
        ("A002", "waiting", "A/0"),
        ("B002", "finished", "B/0"),
        ("A003", "waiting", "A/0"),
        ("B003", "waiting", "B/0"),
        ("A004", "waiting", "A/0"),
        ("B004", "waiting", "B/0"),
        ("A005", "void", "A/0"),
        ("B005", "abandoned", "B/0"),
    ]
    assert {each.number for each in day.tickets.values() if each.lane == "disabled"} == {"B002", "B004"}
    assert all(each.todo for each in day.tickets.values() if each.state == "waiting")


def test_the_day_goes_on() -> None:
    day = day_of_old()
    at = max(each.issued_at for each in day.tickets.values()) + 60_000
    called: list[str | None] = []
    for _ in range(7):
        for command in (c.CallNext(DAY, at, "2"), c.FinishService(DAY, at, "2")):
            decided = decide(day, command)
            for event in decided.events:
                evolve(day, event)
            if isinstance(command, c.CallNext):
                assert isinstance(decided.reply, WindowReply)
                called.append(decided.reply.number)
                if decided.reply.number is None:
                    break
    assert None not in called[:-1]
    assert len(set(called)) == len(called)
