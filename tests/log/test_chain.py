from __future__ import annotations

import hashlib
import struct

import msgspec
import pytest

from hub.log import chain
from hub.log.entry import Head
from tests.log.makers import NOW, counted_salts, draft


def _entries(count: int = 5):
    drafts = [draft(version=n) for n in range(1, count + 1)]
    return chain.extend(Head(0, chain.GENESIS), drafts, NOW, counted_salts()(16 * count))


def test_an_entrys_hash_is_over_the_previous_hash_its_header_and_its_salted_data():
    first, second = _entries(2)
    header = struct.pack(">QQqqHHHH", 2, 2, NOW, NOW, 16, 13, 8, 16)
    header += b"queue/2024-03-04" + b"ticket-issued" + b"kiosk/k1" + (2).to_bytes(16, "big")
    inner = hashlib.sha256(second.salt + second.data).digest()
    assert second.hash == hashlib.sha256(first.hash + header + inner).digest()


def test_the_first_entry_follows_32_zero_bytes():
    [first] = _entries(1)
    assert chain.entry_hash(bytes(32), first) == first.hash


def test_headers_of_different_entries_differ_where_texts_could_run_together():
    one = chain.header(1, "queue/a", 1, "b", 0, 0, "c", b"")
    other = chain.header(1, "queue/", 1, "ab", 0, 0, "c", b"")
    assert one != other


def test_a_whole_chain_verifies_up_to_its_head():
    entries = _entries()
    assert chain.verify(entries) == chain.Verdict(Head(5, entries[-1].hash), None)


def test_a_chain_verifies_from_a_known_head():
    entries = _entries()
    assert chain.verify(entries[2:], Head(2, entries[1].hash)).fault is None
    assert chain.verify(entries[2:], Head(2, bytes(32))).fault == chain.Fault(3, "hash")


@pytest.mark.parametrize(
    "change",
    [
        {"data": b"{}"},
        {"salt": bytes(16)},
        {"actor": "kiosk/k2"},
        {"occurred_at": NOW + 1},
        {"recorded_at": NOW + 1},
        {"type": "ticket-called"},
        {"stream": "queue/2024-03-05"},
        {"version": 9},
        {"cause": bytes(16)},
        {"hash": bytes(32)},
    ],
)
def test_any_changed_field_is_found_at_its_position(change):
    entries = _entries()
    entries[2] = msgspec.structs.replace(entries[2], **change)
    verdict = chain.verify(entries)
    assert verdict.fault == chain.Fault(3, "hash")
    assert verdict.head.position == 2


def test_a_missing_entry_is_a_gap_at_its_position():
    entries = _entries()
    del entries[1]
    assert chain.verify(entries).fault == chain.Fault(2, "gap")


def test_an_entry_replaced_with_its_hash_made_anew_is_found_at_the_next():
    entries = _entries()
    forged = msgspec.structs.replace(entries[1], data=b"{}")
    entries[1] = msgspec.structs.replace(forged, hash=chain.entry_hash(entries[0].hash, forged))
    assert chain.verify(entries).fault == chain.Fault(3, "hash")
