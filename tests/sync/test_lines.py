"""Two versions of a batch side by side: the same events, whoever is older."""

from __future__ import annotations

import zlib

import msgspec
import pytest

from hub.log.chain import GENESIS
from hub.log.entry import Batch, Draft, Entry, Head
from hub.log.memory import MemoryLog
from hub.sync.batch import Batches
from hub.sync.egress import Egress
from hub.sync.envelope import BATCH_TYPE, BadEnvelope, CloudEvent, decode_batch, follow, whole
from hub.sync.lines import LINES_TYPE, chosen, decode_any
from hub.sync.protocol import Credit, Standing
from tests.sync.logs import gate, grow
from tests.sync.receivers import ModelReceiver
from tests.sync.test_feed import Hall, hashes

ODD = (
    *(b'{"a":1}', b"{}", b'{"zh":"\xe4\xb8\xad"}', b'{"a":1}\n', b'{"a":\n1}', b" {}"),
    *(b"\xff", b"", b"nonsense", b'{"a":1} ', b'{"a":1}{"b":2}', b'"\xff"', b"[1]", b"7"),
)


class Open(Egress):
    """Lets everything out."""

    def __init__(self) -> None:
        super().__init__({}, {}, lambda entry: {}, str)

    def event(self, entry: Entry, source: str) -> CloudEvent:
        return whole(entry, source)


def test_data_comes_back_to_the_byte_whatever_it_is() -> None:
    log = MemoryLog()
    drafts = [Draft("hub", n, "odd", 0, "hub", bytes(16), data) for n, data in enumerate(ODD, 1)]
    log.append(Batch(drafts, (), (), 0))

    batches = Batches(log, Open(), "/halls/h/e")
    sent = batches.after(0, Credit(), 2)
    got = decode_any(sent.body, sent.type, sent.headers.get("Content-Encoding", ""))
    assert [event.data_base64 for event in got] == list(ODD)
    assert follow(got, Head(0, GENESIS)) == log.head()


@pytest.mark.parametrize(
    ("versions", "sent"), [((1,), BATCH_TYPE), ((), BATCH_TYPE), ((1, 2), LINES_TYPE), ((2, 9), LINES_TYPE)]
)
def test_a_hub_sends_the_highest_version_that_the_receiver_takes(versions: tuple[int, ...], sent: str) -> None:
    hall, city = Hall(), ModelReceiver(versions=versions)
    grow(hall.log, 300)
    hall.drain(city)
    assert city.came == {sent}
    assert [event.chainhash for event in city.events] == hashes(hall.log)


def test_a_new_receiver_takes_what_an_old_hub_sends() -> None:
    log = MemoryLog()
    grow(log, 5)
    old = Batches(log, gate(), "/halls/h/e").after(0, Credit())
    assert decode_any(old.body, BATCH_TYPE) == decode_batch(old.body)


def test_an_old_receivers_standing_and_unknown_fields_are_understood() -> None:
    old = msgspec.json.decode(b'{"epoch":"e","committed":3,"hash":"ab"}', type=Standing)
    assert chosen(old.versions) == 1
    body = b'{"epoch":"e","committed":3,"hash":"ab","versions":[1,2,3],"moon":"full"}'
    later = msgspec.json.decode(body, type=Standing)
    assert chosen(later.versions) == 2


def test_lines_are_smaller() -> None:
    log = MemoryLog()
    grow(log, 500)
    batches = Batches(log, gate(), "/halls/h/e")
    assert len(batches.after(0, Credit(), 2).body) < len(batches.after(0, Credit()).body) / 3


@pytest.mark.parametrize(
    ("body", "kind", "encoding"),
    [
        (b"{}", LINES_TYPE, ""),
        (b"[]", "text/html", ""),
        (b"[]", BATCH_TYPE, "br"),
        (b"junk", LINES_TYPE, "gzip"),
        (zlib.compress(b"[]", wbits=31)[:-1], BATCH_TYPE, "gzip"),
        (zlib.compress(bytes(2_000_000), wbits=31), LINES_TYPE, "gzip"),
    ],
)
def test_what_cannot_be_read_is_told_and_unpacks_to_no_more_than_allowed(body: bytes, kind: str, encoding: str) -> None:
    with pytest.raises(BadEnvelope):
        decode_any(body, kind, encoding, limit=1_000_000)
