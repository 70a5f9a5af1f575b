from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.mqtt.broker_limits import Counters, Limits
from hub.mqtt.broker_session import Session
from hub.mqtt.packets import message_of

from .raw_client import Packet, Received, received


class Wire:
    """An outlet that remembers what was sent and gets stuck when told."""

    def __init__(self) -> None:
        self.stuck = False
        self.sent: list[Received] = []

    def send(self, frame: bytes) -> None:
        at = 2 if frame[1] < 128 else 3
        self.sent.append(received(Packet(frame[0], frame[at:])))


def session(limits: Limits | None = None) -> tuple[Session, Counters]:
    counters = Counters()
    return Session("one", None, False, limits or Limits(), counters, lambda *_: True), counters


STEPS = st.lists(
    st.one_of(
        st.just(("deliver", 0)),
        st.tuples(st.just("acknowledge"), st.integers(0, 5)),
        st.sampled_from([("reconnect", 0), ("leave", 0), ("stick", 0), ("unstick", 0)]),
    ),
    max_size=60,
)


@given(STEPS, st.integers(1, 5))
def test_every_message_arrives_in_order_and_again_until_acknowledged(steps: list[tuple[str, int]], window: int) -> None:
    held, _ = session(Limits(in_flight=window))
    wire: Wire | None = None
    delivered = 0
    first_seen: list[int] = []
    acknowledged: set[int] = set()
    unacknowledged: dict[int, int] = {}  # packet id -> message, on this connection

    def look() -> None:
        if not wire:
            return
        for message in wire.sent:
            n = int(message.payload)
            assert message.packet_id not in unacknowledged, "an id is free before it is used again"
            assert message.dup == (n in first_seen), "DUP says: you may have this already"
            assert n not in acknowledged
            if not message.dup:
                first_seen.append(n)
            unacknowledged[message.packet_id] = n
        wire.sent.clear()
        assert len(unacknowledged) <= window

    for step, which in [*steps, ("reconnect", 0)]:
        match step:
            case "deliver":
                held.deliver(message_of("a", b"%d" % delivered), 1)
                delivered += 1
            case "acknowledge" if wire and unacknowledged:
                packet_id = list(unacknowledged)[which % len(unacknowledged)]
                acknowledged.add(unacknowledged.pop(packet_id))
                held.acknowledge(packet_id)
            case "reconnect" | "leave":
                held.detach()
                unacknowledged.clear()
                wire = Wire() if step == "reconnect" else None
                if wire:
                    held.attach(wire)
            case "stick" if wire:
                wire.stuck = True
            case "unstick" if wire:
                wire.stuck = False
                held.drain()
            case _:
                pass
        look()
    while unacknowledged:
        packet_id = next(iter(unacknowledged))
        acknowledged.add(unacknowledged.pop(packet_id))
        held.acknowledge(packet_id)
        look()
    assert first_seen == list(range(delivered))
    assert acknowledged == set(range(delivered))
    assert (held.held, held._bytes) == (0, 0)


def test_packet_ids_begin_again_after_65535_and_pass_over_those_in_flight() -> None:
    held, _ = session()
    wire = Wire()
    held.attach(wire)
    message = message_of("a", b"1")
    for n in range(65_536):
        held.deliver(message, 1)
        if n:  # the first one stays unacknowledged
            held.acknowledge(wire.sent[-1].packet_id)
    assert [wire.sent[n].packet_id for n in (0, 1, 65_534, 65_535)] == [1, 2, 65_535, 2]


def test_qos_0_is_not_kept_for_who_is_away() -> None:
    held, counters = session()
    held.deliver(message_of("a", b"1"), 0)
    held.deliver(message_of("a", b"1"), 0, retain=True)
    assert held.held == 0
    assert not counters.dropped


def test_a_replay_that_waited_for_a_stuck_reader_is_given_up_with_its_connection() -> None:
    held, _ = session()
    wire = Wire()
    wire.stuck = True
    held.attach(wire)
    held.deliver(message_of("a", b"0"), 0, retain=True)
    held.deliver(message_of("a", b"1"), 1, retain=True)
    held.detach()
    wire = Wire()
    held.attach(wire)
    assert [(m.payload, m.qos, m.dup) for m in wire.sent] == [(b"1", 1, False)]
    held.acknowledge(wire.sent[0].packet_id)
    assert held._bytes == 0
