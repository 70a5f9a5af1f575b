"""Entries on the line: what the chain needs goes along, whatever else is denied."""

from __future__ import annotations

import msgspec
import pytest

from hub.domain.queue.events import TicketCalled
from hub.log.chain import GENESIS
from hub.log.codec import Codec
from hub.log.entry import Batch, Draft, Entry, Head
from hub.log.keys import Keys
from hub.log.memory import MemoryLog
from hub.log.names import EVENTS, hub_codec
from hub.sync.allowed import ALLOWED
from hub.sync.egress import Allowance, Egress
from hub.sync.envelope import BadEnvelope, decode_batch, encode_batch, follow

SOURCE = "/halls/dongcheng/e1"


def entries(*data: bytes, type: str = "ticket-called") -> list[Entry]:
    drafts = [
        Draft("queue/2026-11-23", n, type, 1_795_000_000_123 + n, "window/112", bytes(16), each)
        for n, each in enumerate(data, 1)
    ]
    return MemoryLog().append(Batch(drafts, (), (), 1_795_000_000_999))


def gate(allowed: dict[str, Allowance]) -> Egress:
    return Egress(EVENTS, allowed, lambda entry: {"name": "张三丰"}, lambda name: name[0] + "*")


CALLED = msgspec.json.encode(TicketCalled("a" * 32, "112", "zhang", 1_795_000_000_124, "oldest"))


def test_a_whole_entry_comes_back_to_the_byte_and_follows_the_chain() -> None:
    sent = entries(CALLED, CALLED)
    whole = gate({"ticket-called": Allowance(("ticket", "window", "clerk", "at", "rule"))})
    got = decode_batch(encode_batch([whole.event(entry, SOURCE) for entry in sent]))
    assert [event.data_base64 for event in got] == [entry.data for entry in sent]
    assert follow(got, Head(0, GENESIS)) == Head(2, sent[1].hash)


def test_a_denied_entry_keeps_its_salt_at_home_and_follows_the_chain_all_the_same() -> None:
    sent = entries(CALLED)
    got = decode_batch(encode_batch([gate({}).event(sent[0], SOURCE)]))
    assert (got[0].salt, got[0].data_base64, got[0].data) == (None, None, msgspec.UNSET)
    assert follow(got, Head(0, GENESIS)) == Head(1, sent[0].hash)


def test_a_field_that_nobody_allowed_stays_in_the_hall() -> None:
    allowed = {"ticket-called": Allowance(("ticket", "window", "at"))}
    got = gate(allowed).event(entries(CALLED)[0], SOURCE)
    assert isinstance(got.data, msgspec.Raw)
    assert msgspec.json.decode(got.data) == {"ticket": "a" * 32, "window": "112", "at": 1_795_000_000_124}


def test_data_with_a_field_the_class_has_not_never_goes_whole() -> None:
    allowed = {"ticket-called": Allowance(("ticket", "window", "clerk", "at", "rule"))}
    odd = CALLED[:-1] + b',"phone":"13800001111"}'
    got = gate(allowed).event(entries(odd)[0], SOURCE)
    assert got.data_base64 is None
    assert b"13800001111" not in encode_batch([got])


def test_a_name_leaves_masked_and_only_masked() -> None:
    data = b'{"case":"c","item":{"code":"01","zh":"x"},"name":{"subject":"s","key":1,"sealed":"AAAA","value":null}}'
    allowed = {"case-opened": Allowance(("case", "item.code"), ("name",))}
    got = gate(allowed).event(entries(data, type="case-opened")[0], SOURCE)
    assert isinstance(got.data, msgspec.Raw)
    assert msgspec.json.decode(got.data) == {"case": "c", "item": {"code": "01"}, "name_masked": "张*"}


def test_a_projection_is_read_back_by_who_receives_it() -> None:
    allowed = {"ticket-called": Allowance(("ticket", "window", "at"))}
    got = decode_batch(encode_batch([gate(allowed).event(entries(CALLED)[0], SOURCE)]))[0]
    assert isinstance(got.data, msgspec.Raw)
    assert msgspec.json.decode(got.data) == {"ticket": "a" * 32, "window": "112", "at": 1_795_000_000_124}


def test_a_data_field_named_like_a_masked_one_cannot_pass_for_it() -> None:
    silent = Egress(EVENTS, {"case-opened": Allowance((), ("name",))}, lambda entry: {"name": None}, str)
    got = silent.event(entries(b'{"name_masked":"13800001111"}', type="case-opened")[0], SOURCE)
    assert b"13800001111" not in encode_batch([got])


@pytest.mark.parametrize("field", ["phone", "nothing"])
def test_a_sealed_or_unknown_field_cannot_be_allowed(field: str) -> None:
    with pytest.raises(ValueError, match=field):
        gate({"ticket-issued": Allowance((field,))})


def test_what_is_allowed_fits_the_events_there_are() -> None:
    Egress(EVENTS, ALLOWED, lambda entry: {}, str)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "3"},
        {"subject": "queue/2026-11-24"},
        {"actor": "window/113"},
        {"type": "ticket-missed"},
        {"streamversion": 7},
        {"data_base64": b"{}"},
        {"chainhash": bytes(32)},
    ],
)
def test_a_changed_attribute_breaks_the_chain(change: dict[str, object]) -> None:
    sent = entries(CALLED)
    whole = gate({"ticket-called": Allowance(("ticket", "window", "clerk", "at", "rule"))})
    event = msgspec.structs.replace(whole.event(sent[0], SOURCE), **change)
    with pytest.raises(BadEnvelope):
        follow([event], Head(0, GENESIS))


def test_reading_needs_no_key_of_the_hall() -> None:
    assert isinstance(hub_codec(Keys(None)), Codec)
