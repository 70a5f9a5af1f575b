"""What of appointments goes up: the places and codes that the online hall sells, and nothing of people or tickets."""

from __future__ import annotations

import msgspec

from hub.domain.personal import Personal
from hub.domain.slots import events as e
from hub.log.entry import Entry
from hub.log.keys import Keys
from hub.log.names import EVENTS, hub_codec
from hub.sync.allowed import ALLOWED
from hub.sync.egress import Egress
from hub.sync.envelope import CloudEvent

PHONE = Personal("a" * 32, "13800138000")


def sent(event: object) -> CloudEvent:
    keys = Keys(None)
    keys.ensure({PHONE.subject})
    codec = hub_codec(keys)
    name, data = codec.encode(event, "slots/2026-11-23")
    entry = Entry(1, "slots/2026-11-23", 1, name, 0, 0, "hub", bytes(16), data, bytes(16), bytes(32))
    return Egress(EVENTS, ALLOWED, codec.unseal, lambda text: text[:1] + "*").event(entry, "test")


def test_a_lease_goes_up_whole_with_its_codes() -> None:
    whole = sent(e.SlotsLeased("s.0", "s", ("ABCD2345",), 7, 5)).data_base64
    assert whole is not None
    assert b"ABCD2345" in whole


def test_a_booking_in_the_hall_leaves_neither_its_person_nor_its_code() -> None:
    gone = sent(e.SlotBooked("WXYZ6789", "s", "A", (), (), "counter", 5, PHONE, PHONE, PHONE))
    assert gone.data_base64 is None
    assert gone.data is not None
    assert msgspec.json.decode(gone.data) == {"slot": "s", "category": "A", "also": [], "channel": "counter", "at": 5}


def test_a_check_in_tells_of_the_booking_and_not_of_the_ticket() -> None:
    gone = sent(e.BookingCheckedIn("ABCD2345", "s", "f" * 32, "A", True, "k1", 5))
    assert gone.data_base64 is None
    assert gone.data is not None
    assert msgspec.json.decode(gone.data) == {
        "code": "ABCD2345",
        "slot": "s",
        "category": "A",
        "unseen": True,
        "at": 5,
    }
