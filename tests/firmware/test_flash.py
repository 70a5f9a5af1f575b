"""What the power leaves of the files: each test runs as MicroPython, on the firmware's own modules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from .boards import needs_micropython, script

pytestmark = needs_micropython

TORN = """
import sys
from outbox import Outbox
folder = sys.argv[1]
box = Outbox(folder + "/whole")
for n in range(1, 5):
    box.put("rated", '{"n":%d}' % n, "2026-01-05T01:00:00.000Z", 0)
box.acknowledge(2)
box.put("rated", '{"n":5}', "2026-01-05T01:00:00.000Z", 0)
box.close()
raw = open(folder + "/whole", "rb").read()
epoch = box.epoch
ends = [n + 1 for n in range(len(raw)) if raw[n] == 10]
head = ends[0]
for cut in range(head, len(raw) + 1):
    with open(folder + "/cut", "wb") as file:
        file.write(raw[:cut])
    for again in (1, 2):  # the second start finds what the first one left
        box = Outbox(folder + "/cut")
        lines = sum(1 for end in ends if end <= cut)
        torn = cut not in ends
        written = {1: 0, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4, 7: 5}[lines]
        acknowledged = 2 if lines >= 6 else 0
        lost = torn and lines != 5  # the sixth line is the acknowledgement
        assert box.epoch == epoch, cut
        assert box.acknowledged == acknowledged, cut
        assert box.last == written + lost, (cut, box.last, written, lost)
        assert box.dropped == lost, (cut, box.dropped)
        kept = [event.seq for event in box._events]
        assert kept == list(range(acknowledged + 1, written + 1)), (cut, kept)
        for event in box._events:
            assert box.contents(event) == ("rated", "2026-01-05T01:00:00.000Z", '{"n":%d}' % event.seq)
        box.close()
print("cuts", len(raw) - head + 1)
"""


async def test_a_file_cut_at_any_byte_keeps_every_whole_event_and_counts_the_torn_one(tmp_path: Path):
    assert "cuts" in await script(TORN, str(tmp_path))


FLIPPED = """
import sys
from outbox import Outbox
folder = sys.argv[1]
box = Outbox(folder + "/whole")
for n in range(1, 4):
    box.put("rated", '{"n":%d}' % n, "2026-01-05T01:00:00.000Z", 0)
box.close()
raw = open(folder + "/whole", "rb").read()
for at in range(0, len(raw), 3):
    bad = bytearray(raw)
    bad[at] ^= 0x41
    with open(folder + "/bad", "wb") as file:
        file.write(bad)
    box = Outbox(folder + "/bad")
    assert box.dropped >= 1, at
    for event in box._events:
        assert box.contents(event)[2] == '{"n":%d}' % event.seq, at
    box.put("rated", '{"n":9}', "2026-01-05T01:00:00.000Z", 0)
    box.close()
    again = Outbox(folder + "/bad")
    assert again.last == box.last and again.epoch == box.epoch and again.dropped == box.dropped
    again.close()
print("well")
"""


async def test_a_flipped_bit_loses_its_own_line_and_says_so(tmp_path: Path):
    assert "well" in await script(FLIPPED, str(tmp_path))


FULL = """
import sys
from outbox import Outbox
box = Outbox(sys.argv[1] + "/box", limit=10)
for n in range(1, 31):
    box.put("rated", '{"n":%d}' % n, "2026-01-05T01:00:00.000Z", 0)
assert len(box) == 10 and box.dropped == 20 and box.next_after(0).seq == 21
moved = box.begin_epoch((1, 20), "2026-01-05T02:00:00.000Z", 5)
assert moved == {n: n - 19 for n in range(21, 31)}
assert box.contents(box.next_after(0))[0] == "outbox-lost" and box.last == 11
for n in range(20):
    box.put("rated", '{"n":%d}' % n, "2026-01-05T01:00:00.000Z", 0)
assert box.next_after(0).is_loss
box.close()
box = Outbox(sys.argv[1] + "/box", limit=10)
assert box.next_after(0).is_loss and len(box) == 10 and box.last == 31 and box.dropped == 41
box.acknowledge(31)
box.close()
box = Outbox(sys.argv[1] + "/box", limit=10)
assert (len(box), box.last, box.acknowledged) == (0, 31, 31)
print("well")
"""


async def test_a_full_outbox_gives_up_its_oldest_but_never_the_word_of_a_loss(tmp_path: Path):
    assert "well" in await script(FULL, str(tmp_path))


LEDGER = """
import sys
from ledger import Ledger
from clock import written
path = sys.argv[1] + "/ledger"
book = Ledger(path, kept=20, most=2000)
assert book.judge("a", 3, 1000, 500, written) is None
book.record("a", "running", written(500), "{}")
book.record("b", "done", written(500), '{"n":1}')
book.close()
book = Ledger(path, kept=20, most=2000)
assert book.interrupted == ["a"] and book.result("a")[0] == "unknown" and book.fence == 3
assert book.judge("b", 1, 0, 9999, written)[0] == "done"      # known: whatever its fence and deadline
assert book.judge("c", 2, 9999, 0, written)[0] == "rejected"  # below the fence
assert book.judge("c", 3, 10, 11, written)[0] == "expired"
for n in range(200):
    book.record("n%d" % n, "done", written(n), "{}")
assert book.result("n0") is None and book.result("n199")[0] == "done"
book.close()
raw = open(path, "rb").read()
assert len(raw) < 4000
with open(path, "wb") as file:
    file.write(raw[:-5])
book = Ledger(path, kept=20, most=2000)
assert book.fence == 3 and book.damaged == 1 and book.result("n198")[0] == "done" and book.result("n199") is None
print("well")
"""


async def test_a_ledger_remembers_through_a_cut_and_never_runs_what_was_running(tmp_path: Path):
    assert "well" in await script(LEDGER, str(tmp_path))


async def test_times_are_those_of_the_calendar():
    first = datetime(1999, 12, 30, 23, 59, 59, 999000, tzinfo=UTC)
    times = [first + timedelta(days=97 * n, hours=n, milliseconds=n) for n in range(200)]
    stamps = [round(at.timestamp() * 1000) for at in times]
    said = await script(
        "from clock import read, written\n"
        f"stamps = {stamps}\n"
        "for n in stamps:\n    print(written(n), read(written(n)) == n)\n"
        'print(read("2026-01-05T09:12:03.400000+08:00") == read("2026-01-05T01:12:03.4Z"))\n'
    )
    *rows, zone = said.splitlines()
    assert zone == "True"
    for at, row in zip(times, rows, strict=True):
        text, reads_back = row.split()
        assert text == at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        assert reads_back == "True"
