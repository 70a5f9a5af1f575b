"""The way up: every entry once and in order; a history that is not the own one stops it."""

from __future__ import annotations

import msgspec
import pytest

from hub.core.clock import ManualClock
from hub.core.epoch import Epoch
from hub.log.memory import MemoryLog
from hub.sync.feed import Feed
from hub.sync.pace import CAP_MS, Backoff
from hub.sync.port import Answer, Ask, LinkDown, Wait
from hub.sync.protocol import Appended, Credit, Problem, Standing
from tests.sync.logs import FIRST, gate, grow
from tests.sync.receivers import ModelReceiver

NOW = 1_795_000_000_000


class Hall:
    """A feed over a log, carried by hand."""

    def __init__(self, log: MemoryLog | None = None, epoch: Epoch = FIRST) -> None:
        self.log = log or MemoryLog()
        self.clock = ManualClock(NOW)
        self.feed = Feed("dongcheng", epoch, self.log, gate(), self.clock, lambda: 0.5)

    def due(self) -> Ask:
        """The next request, with the time that it waits for gone by."""
        due = self.feed.ask()
        while isinstance(due, Wait):
            assert due.ms is not None, "nothing is due"
            self.clock.advance(due.ms)
            due = self.feed.ask()
        return due

    def drain(self, receiver: ModelReceiver, turns: int = 1000) -> None:
        """Until there is nothing more to send."""
        for _ in range(turns):
            due = self.feed.ask()
            if isinstance(due, Wait):
                if self.feed.standing().phase in ("quiet", "forked", "paused"):
                    return
                assert due.ms is not None
                self.clock.advance(due.ms)
                continue
            self.feed.prepare()
            self.feed.heard(receiver.answer(due))
        raise AssertionError(f"never quiet: {self.feed.standing()}")


def said(status: int, body: object, **more: float) -> Answer:
    return Answer(status, msgspec.json.encode(body), **more)


def hashes(log: MemoryLog) -> list[bytes]:
    return [entry.hash for entry in log.read(0, 1_000_000)]


def test_what_is_in_the_log_goes_up_once_and_in_order() -> None:
    hall, city = Hall(), ModelReceiver(credit=Credit(7))
    grow(hall.log, 40)
    hall.drain(city)
    grow(hall.log, 3)
    hall.drain(city)
    assert [event.chainhash for event in city.events] == hashes(hall.log)
    assert hall.feed.standing().phase == "quiet"


def test_a_batch_holds_no_more_entries_and_bytes_than_were_granted() -> None:
    hall, city = Hall(), ModelReceiver(credit=Credit(5, 2000))
    grow(hall.log, 20)
    hall.feed.heard(city.answer(hall.due()))
    sent = hall.due()
    assert len(sent.body) <= 2000
    assert len(msgspec.json.decode(sent.body)) <= 5


def test_an_entry_larger_than_the_grant_goes_alone() -> None:
    hall, city = Hall(), ModelReceiver(credit=Credit(5, 10))
    grow(hall.log, 2)
    hall.drain(city)
    assert len(city.events) == 2


def test_a_lost_answer_doubles_nothing() -> None:
    hall, city = Hall(), ModelReceiver()
    grow(hall.log, 5)
    hall.feed.heard(city.answer(hall.due()))
    city.answer(hall.due())
    hall.feed.lost(LinkDown("broken-off"))
    assert hall.feed.standing().phase == "dark"
    hall.drain(city)
    assert len(city.events) == 5
    assert hall.feed.standing().since == 0


def test_a_receiver_put_back_to_an_older_copy_is_sent_again_what_it_lost() -> None:
    hall, city = Hall(), ModelReceiver()
    grow(hall.log, 9)
    hall.drain(city)
    city.restored(4, 0)
    grow(hall.log, 1)
    hall.drain(city)
    assert [event.chainhash for event in city.events] == hashes(hall.log)


def test_a_receiver_put_back_is_noticed_in_a_quiet_hall_too() -> None:
    hall, city = Hall(), ModelReceiver()
    grow(hall.log, 9)
    hall.drain(city)
    city.restored(4, 0)
    hall.feed.heard(city.answer(hall.due()))
    hall.drain(city)
    assert len(city.events) == 9


def test_a_log_put_back_without_a_restore_stops_the_feed() -> None:
    hall, city = Hall(), ModelReceiver()
    grow(hall.log, 9)
    hall.drain(city)
    older = MemoryLog()
    grow(older, 4)
    again = Hall(older)
    again.drain(city)
    assert again.feed.standing().phase == "forked"
    assert again.feed.standing().problem == "ahead"
    assert [event.chainhash for event in city.events] == hashes(hall.log)


def test_another_history_of_the_same_length_stops_the_feed() -> None:
    hall, city = Hall(), ModelReceiver()
    grow(hall.log, 4)
    hall.drain(city)
    other = Hall()
    grow(other.log, 9)
    other.drain(city)
    assert (other.feed.standing().phase, other.feed.standing().problem) == ("forked", "other-hash")
    assert other.feed.ask() == Wait(None)


def test_a_restored_hub_goes_on_in_a_new_epoch_and_the_city_keeps_what_was_left() -> None:
    hall, city = Hall(MemoryLog(bytes)), ModelReceiver()
    grow(hall.log, 9)
    hall.drain(city)
    older = MemoryLog(bytes)
    grow(older, 4)
    restored = Hall(older, Epoch("f" * 16, 4, older.head().hash.hex(), FIRST.id))
    grow(older, 2, "queue/2026-11-24")
    restored.drain(city)
    assert [event.chainhash for event in city.events] == hashes(older)
    assert len(city.abandoned) == 5


def test_a_city_put_back_to_before_the_restore_takes_up_the_new_epoch_from_there() -> None:
    log, city = MemoryLog(), ModelReceiver()
    grow(log, 9)
    Hall(log).drain(city)
    city.restored(4, 0)
    restored = Hall(log, Epoch("f" * 16, 9, log.head().hash.hex(), FIRST.id))
    grow(log, 2)
    restored.drain(city)
    assert [event.chainhash for event in city.events] == hashes(log)


def test_when_a_person_has_looked_at_a_fork_the_entry_that_both_have_is_found() -> None:
    log, city = MemoryLog(bytes), ModelReceiver()
    grow(log, 30)
    Hall(log).drain(city)
    put_back = MemoryLog(bytes)
    grow(put_back, 10)
    grow(put_back, 15, "queue/2026-11-24")
    stopped = Hall(put_back)
    stopped.drain(city)
    assert stopped.feed.standing().phase == "forked"
    looked = Hall(put_back, Epoch("f" * 16, 25, put_back.head().hash.hex(), FIRST.id, looked=True))
    looked.drain(city)
    assert [event.chainhash for event in city.events] == hashes(put_back)


def test_two_restores_in_the_dark_are_no_fork() -> None:
    log, city = MemoryLog(), ModelReceiver()
    grow(log, 9)
    Hall(log).drain(city)
    copy = log.read(0, 4)
    once = MemoryLog()
    once._entries = list(copy)
    once._streams = {"queue/2026-11-23": list(copy)}
    grow(once, 6)
    twice = Hall(once, Epoch("f" * 16, 8, once.read(7, 1)[0].hash.hex(), "d" * 16, bases=(4, 0)))
    twice.drain(city)
    assert [event.chainhash for event in city.events] == hashes(once)


def test_an_epoch_that_was_left_stops_the_feed() -> None:
    hall, city = Hall(MemoryLog(bytes)), ModelReceiver()
    grow(hall.log, 4)
    hall.drain(city)
    Hall(hall.log, Epoch("f" * 16, 4, hall.log.head().hash.hex(), FIRST.id)).drain(city)
    hall.feed.again()
    hall.drain(city)
    assert (hall.feed.standing().phase, hall.feed.standing().problem) == ("forked", "other-epoch")


def test_a_receiver_that_knows_only_the_epoch_before_is_told_the_new_one() -> None:
    hall, city = Hall(), ModelReceiver()
    grow(hall.log, 4)
    hall.drain(city)
    city.epoch, city.left = "older", set()
    grow(hall.log, 1)
    hall.drain(city)
    assert city.epoch == FIRST.id
    assert len(city.events) == 5


@pytest.mark.parametrize(
    "odd",
    [
        Answer(200, b"<html>welcome to the hotel</html>"),
        said(200, Appended(99)),
        said(200, Appended(0)),
        said(200, Appended(-1)),
        said(200, {"committed": "five"}),
        Answer(204),
        Answer(302, b""),
        Answer(500, b"oops"),
        said(409, Problem("expected", committed=2, hash="ab")),
    ],
)
def test_an_odd_answer_is_not_believed_and_the_standing_is_asked_for(odd: Answer) -> None:
    hall, city = Hall(), ModelReceiver()
    grow(hall.log, 5)
    hall.feed.heard(city.answer(hall.due()))
    assert hall.due().method == "POST"
    hall.feed.heard(odd)
    assert hall.feed.standing().phase == "dark"
    assert hall.due().method == "PUT"
    assert hall.feed.committed == 0
    hall.drain(city)
    assert len(city.events) == 5


@pytest.mark.parametrize(
    "odd",
    [
        Answer(200, b"[]"),
        said(200, Standing("another", 0, "")),
        said(200, Standing(FIRST.id, -3, "")),
        said(200, Standing(FIRST.id, 99, "ab")),
    ],
)
def test_an_odd_standing_is_asked_for_again_before_anything_is_sent(odd: Answer) -> None:
    hall, city = Hall(), ModelReceiver()
    grow(hall.log, 5)
    hall.due()
    hall.feed.heard(odd)
    assert hall.feed.standing().phase == "dark"
    hall.drain(city)
    assert len(city.events) == 5


def test_patience_is_had_as_long_as_the_receiver_asks_for_it() -> None:
    hall = Hall()
    grow(hall.log, 5)
    hall.due()
    hall.feed.heard(said(503, Problem("busy"), retry_after=20))
    waits = hall.feed.ask()
    assert isinstance(waits, Wait)
    assert waits.ms is not None
    assert 20_000 <= waits.ms <= 30_000
    assert hall.feed.standing().phase == "waiting"


def test_a_grant_of_nothing_is_asked_about_later() -> None:
    hall, city = Hall(), ModelReceiver(credit=Credit(0, 0, 700))
    grow(hall.log, 5)
    hall.feed.heard(city.answer(hall.due()))
    assert isinstance(hall.feed.ask(), Wait)
    city.credit = Credit()
    hall.drain(city)
    assert len(city.events) == 5


def test_a_paused_feed_sends_nothing() -> None:
    hall = Hall()
    hall.feed.paused = True
    assert hall.feed.ask() == Wait(None)
    assert hall.feed.standing().phase == "paused"


def test_who_comes_back_late_comes_back_spread_out() -> None:
    waits = [Backoff(lambda chance=n / 100: chance) for n in range(100)]  # type: ignore[misc]
    for _ in range(12):
        last = sorted(each.failed() for each in waits)
    assert last[-1] <= CAP_MS
    assert last[-1] - last[0] > CAP_MS * 0.4
