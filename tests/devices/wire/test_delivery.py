"""Schedules of loss: whatever the network eats, the hub takes every event once, in order, or is told what is lost."""

import asyncio

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.wire.clock import HubClock
from devices.wire.delivery import ABANDONED_AGE_MS, RESEND_SECONDS, Delivery, Refused, Unanswered
from devices.wire.messages import Malformed, decode_ack, decode_event, decode_reply, encode_gap
from devices.wire.outbox import Outbox
from devices.wire.vocabulary import ButtonPressed, NumberReply, Rated
from tests.devices.fakes import FakeClock, Intake, refusal


class Line:
    """A delivery, a hub, and a network between them that the test decides upon."""

    def __init__(self, kind: str = "rating_pad", outbox: Outbox | None = None) -> None:
        self.clock = FakeClock()
        self.kind = kind
        self.hub = Intake(kind)
        self.outbox = Outbox() if outbox is None else outbox
        self.delivery = self.restart()

    def restart(self) -> Delivery:
        self.delivery = Delivery(
            self.kind, self.outbox, self.clock, HubClock(self.clock), lambda: None, lambda: self.clock.seconds
        )
        self.delivery.begin_link()
        return self.delivery

    def rate(self, n: int) -> int:
        return self.delivery.put("rated", Rated(ticket=f"t{n}", score=5))

    def send(self, *, lose: bool = False, lose_answer: bool = False) -> bool:
        """One event over the network, and the hub's answers back; False when there was none to send."""
        payload = self.delivery.next_payload()
        if payload is None:
            return False
        if not lose:
            for channel, answer in self.hub.receive(payload):
                if not lose_answer:
                    self.hear(channel, answer)
        return True

    def hear(self, channel: str, answer: bytes) -> None:
        if channel == "ack":
            self.delivery.acknowledged(decode_ack(answer))
        else:
            self.delivery.replied(decode_reply(answer))

    def settle(self) -> None:
        """A good network from here on."""
        for _ in range(200):
            while self.send():
                pass
            if not len(self.outbox):
                return
            self.clock.pass_seconds(100)
        raise AssertionError("never settled")

    def tickets(self) -> list[str]:
        return [msgspec.json.decode(data)["ticket"] for type_, data in self.hub.taken if type_ == "rated"]

    def lost(self) -> list[dict[str, object]]:
        return [msgspec.json.decode(data) for type_, data in self.hub.taken if type_ == "outbox-lost"]


def test_events_go_out_in_order_and_leave_the_outbox_when_committed():
    line = Line()
    for n in range(3):
        line.rate(n)
    while line.send():
        pass
    assert line.tickets() == ["t0", "t1", "t2"]
    assert len(line.outbox) == 0


def test_what_the_hub_never_heard_is_sent_again_after_a_silence():
    line = Line()
    line.rate(0)
    line.send(lose=True)
    assert not line.send()
    line.clock.pass_seconds(RESEND_SECONDS)
    assert line.send()
    assert line.tickets() == ["t0"]


def test_a_gap_is_answered_with_what_is_missing():
    line = Line()
    for n in range(3):
        line.rate(n)
    line.send(lose=True)
    line.send()
    while line.send():
        pass
    assert line.tickets() == ["t0", "t1", "t2"]
    assert line.lost() == []


def test_a_hundred_tellings_of_one_gap_are_answered_once():
    line = Line()
    for n in range(100):
        line.rate(n)
    line.send(lose=True)
    gaps = [answer for _ in range(99) for answer in line.hub.receive(line.delivery.next_payload())]
    for channel, answer in gaps:
        line.hear(channel, answer)
        line.send()
    while line.send():
        pass
    assert line.tickets() == [f"t{n}" for n in range(100)]
    assert sum(1 for _ in iter(line.send, False)) == 0


def test_what_an_outbox_gave_up_is_told_in_a_new_epoch():
    line = Line(outbox=Outbox(limit=3))
    left = line.outbox.epoch
    for n in range(5):
        line.rate(n)
    line.settle()
    assert line.lost() == [{"epoch": left, "from": 1, "to": 2}]
    assert line.tickets() == ["t2", "t3", "t4"]


def test_what_was_given_up_but_committed_before_is_not_told_as_lost():
    line = Line(outbox=Outbox(limit=3))
    for n in range(3):
        line.rate(n)
        line.send(lose_answer=True)
    left = line.outbox.epoch
    for n in range(3, 5):
        line.rate(n)
    line.restart()
    line.settle()
    assert line.outbox.epoch == left
    assert line.lost() == []
    assert line.tickets() == ["t0", "t1", "t2", "t3", "t4"]


def test_a_hub_that_went_back_to_a_backup_is_told_what_it_will_not_get():
    line = Line()
    for n in range(5):
        line.rate(n)
    line.settle()
    left = line.outbox.epoch
    line.hub.last[left] = 2
    line.rate(5)
    line.settle()
    assert line.outbox.epoch != left
    assert line.lost() == [{"epoch": left, "from": 3, "to": 5}]
    assert line.tickets()[-1] == "t5"


def test_a_late_gap_about_what_was_acknowledged_begins_no_epoch():
    line = Line()
    for n in range(5):
        line.rate(n)
    line.settle()
    left = line.outbox.epoch
    line.hear("ack", encode_gap(left, 2, (3, 4)))
    line.rate(5)
    line.settle()
    assert line.outbox.epoch == left
    assert line.tickets() == [f"t{n}" for n in range(6)]


def test_an_outbox_that_is_an_old_copy_of_itself_begins_a_new_epoch():
    line = Line()
    epoch = line.outbox.epoch
    line.hub.last[epoch] = 40
    line.rate(0)
    line.settle()
    assert line.outbox.epoch != epoch
    assert line.tickets() == ["t0"]


def test_a_hub_without_room_leaves_the_event_with_the_device():
    line = Line()
    line.hub.no_room = True
    line.rate(0)
    line.send()
    assert len(line.outbox) == 1
    line.hub.no_room = False
    line.clock.pass_seconds(RESEND_SECONDS)
    line.settle()
    assert line.tickets() == ["t0"]


def test_the_age_is_counted_anew_at_each_sending():
    line = Line()
    line.rate(0)
    line.clock.pass_seconds(1.5)
    line.send(lose=True)
    line.clock.pass_seconds(10)
    line.send()
    assert line.hub.ages == [11_500]


def test_a_stepping_wall_clock_changes_no_age():
    line = Line()
    line.rate(0)
    line.clock.wall = line.clock.wall.replace(year=2031)
    line.send()
    assert line.hub.ages == [0]


def test_an_event_of_an_earlier_process_is_older_than_anybody_waits(tmp_path):
    box = Outbox(tmp_path / "outbox.sqlite3")
    Line(outbox=box).rate(0)
    box.close()
    line = Line(outbox=Outbox(tmp_path / "outbox.sqlite3"))
    line.send()
    assert line.hub.ages == [ABANDONED_AGE_MS]
    line.outbox.close()


def test_an_event_that_a_kind_does_not_have_or_too_large_is_not_kept():
    line = Line()
    with pytest.raises(ValueError, match="no event"):
        line.delivery.put("call-next", ButtonPressed(window="1"))
    with pytest.raises(ValueError, match="Rated"):
        line.delivery.put("rated", ButtonPressed(window="1"))
    with pytest.raises(Malformed):
        line.delivery.put("rated", Rated(ticket="t" * 20_000, score=1))
    assert len(line.outbox) == 0


async def test_an_ask_gets_its_reply():
    line = Line("call_button")
    asking = asyncio.create_task(line.delivery.ask("call-next", ButtonPressed(window="1"), 5))
    await asyncio.sleep(0)
    line.send()
    assert await asking == NumberReply(number="A001")


async def test_a_refused_ask_raises_the_hubs_refusal_and_is_acknowledged():
    line = Line("call_button")
    line.hub.answer = lambda type_, data: refusal("wrong-window")
    asking = asyncio.create_task(line.delivery.ask("call-next", ButtonPressed(window="1"), 5))
    await asyncio.sleep(0)
    line.send()
    with pytest.raises(Refused) as caught:
        await asking
    assert caught.value.code == "wrong-window"
    assert len(line.outbox) == 0


async def test_an_unanswered_ask_keeps_its_event():
    line = Line("call_button")
    with pytest.raises(Unanswered):
        await line.delivery.ask("call-next", ButtonPressed(window="1"), 0.01)
    assert len(line.outbox) == 1


async def test_an_ask_given_up_is_too_old_to_be_taken_later():
    line = Line("call_button")
    with pytest.raises(Unanswered):
        await line.delivery.ask("call-next", ButtonPressed(window="1"), 0.01)
    asking = asyncio.create_task(line.delivery.ask("call-next", ButtonPressed(window="1"), 5))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    line.settle()
    assert line.hub.ages == [ABANDONED_AGE_MS, ABANDONED_AGE_MS]


async def test_a_full_hub_is_named_when_no_answer_comes():
    line = Line("call_button")
    line.hub.no_room = True
    asking = asyncio.create_task(line.delivery.ask("call-next", ButtonPressed(window="1"), 0.05))
    await asyncio.sleep(0)
    line.send()
    with pytest.raises(Unanswered) as caught:
        await asking
    assert caught.value.refusal.code == "no-room"


async def test_a_reply_lost_with_its_link_is_asked_for_again_though_acknowledged():
    line = Line("call_button")
    asking = asyncio.create_task(line.delivery.ask("call-next", ButtonPressed(window="1"), 5))
    await asyncio.sleep(0)
    reply, ack = line.hub.receive(line.delivery.next_payload())
    assert reply[0] == "reply"
    line.hear(*ack)
    assert len(line.outbox) == 0
    line.delivery.begin_link()
    line.send()
    assert await asking == NumberReply(number="A001")
    assert len(line.hub.taken) == 1


async def test_an_ask_survives_a_new_epoch():
    line = Line("call_button", Outbox(limit=2))
    for _ in range(2):
        line.delivery.put("recall", ButtonPressed(window="1"))
    asking = asyncio.create_task(line.delivery.ask("call-next", ButtonPressed(window="1"), 5))
    await asyncio.sleep(0)
    line.settle()
    assert await asking == NumberReply(number="A001")
    assert [type_ for type_, _ in line.hub.taken] == ["outbox-lost", "recall", "call-next"]


steps = st.lists(
    st.sampled_from(["put", "put", "send", "send", "eaten", "answer eaten", "link", "power", "wait", "late"]),
    max_size=60,
)


@settings(max_examples=40, deadline=None)
@given(steps, st.integers(2, 30))
def test_whatever_the_network_eats_every_event_arrives_once_in_order_or_is_told_lost(tmp_path_factory, steps, limit):
    eat(tmp_path_factory, steps, limit)


@pytest.mark.soak
@settings(max_examples=5000, deadline=None)
@given(steps, st.integers(2, 30))
def test_whatever_the_network_eats_for_long(tmp_path_factory, steps, limit):
    eat(tmp_path_factory, steps, limit)


def eat(tmp_path_factory, steps, limit):
    path = tmp_path_factory.mktemp("delivery") / "outbox.sqlite3"
    line = Line(outbox=Outbox(path, limit=limit))
    put: list[str] = []
    late: list[tuple[str, bytes]] = []
    for step in steps:
        if step == "put":
            put.append(f"t{len(put)}")
            line.rate(len(put) - 1)
        elif step == "send":
            line.send()
        elif step == "eaten":
            line.send(lose=True)
        elif step == "answer eaten":
            line.send(lose_answer=True)
        elif step == "link":
            late.clear()  # with its link, whatever was on it
            line.delivery.begin_link()
        elif step == "wait":
            line.clock.pass_seconds(7)
        elif step == "late" and (payload := line.delivery.next_payload()) is not None:
            late += line.hub.receive(payload)
        elif step == "power":
            late.clear()
            line.outbox.close()
            line.outbox = Outbox(path, limit=limit)
            line.restart()
    for channel, answer in late:
        line.hear(channel, answer)
    line.settle()
    arrived = line.tickets()
    assert arrived == sorted(set(arrived), key=lambda ticket: int(ticket[1:]))
    told = sum(int(str(lost["to"])) - int(str(lost["from"])) + 1 for lost in line.lost())
    assert len(put) - len(arrived) == told
    if limit >= len(put):
        assert arrived == put
    line.outbox.close()


def test_payloads_of_a_delivery_are_events_of_the_contract():
    line = Line()
    line.rate(0)
    event = decode_event(line.delivery.next_payload())
    assert (event.epoch, event.seq, event.type) == (line.outbox.epoch, 1, "rated")
