from __future__ import annotations

import hashlib
import io
import json
from contextlib import closing

import pytest

from hub.log import chain
from hub.log.export import export, line, rfc3339, tail, verify
from hub.log.sqlite import SqliteLog
from tests.log.makers import NOW, batch, draft


@pytest.fixture
def written(tmp_path):
    """A log that a hub has open, and its URL."""
    path = tmp_path / "hall.db"
    with closing(SqliteLog(path)) as log:
        log.append(batch(drafts=[draft(version=n) for n in range(1, 2501)], at=NOW + 5))
        yield log, f"sqlite:///{path}"


def test_an_entry_is_one_json_line(written):
    log, _ = written
    [entry] = log.read(0, 1)
    text = line(entry)
    assert "\n" not in text
    assert json.loads(text) == {
        "position": 1,
        "stream": "queue/2024-03-04",
        "version": 1,
        "type": "ticket-issued",
        "occurred_at": "2023-11-14T22:13:20.000Z",
        "recorded_at": "2023-11-14T22:13:20.005Z",
        "actor": "kiosk/k1",
        "cause": "00" * 15 + "01",
        "data": {"number": "A001"},
        "salt": entry.salt.hex(),
        "hash": entry.hash.hex(),
    }


@pytest.mark.parametrize(
    ("at", "text"),
    [(0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (1709514123004, "2024-03-04T01:02:03.004Z")],
)
def test_times_are_rfc_3339_in_utc(at, text):
    assert rfc3339(at) == text


def test_an_export_holds_every_entry_also_while_a_hub_has_the_log_open(written):
    log, url = written
    out = io.StringIO()
    assert export(url, out) == 2500
    lines = out.getvalue().splitlines()
    assert [json.loads(text)["position"] for text in lines] == list(range(1, 2501))
    log.append(batch(drafts=[draft(version=2501)]))
    later = io.StringIO()
    assert export(url, later, after=2499) == 2
    assert [json.loads(text)["version"] for text in later.getvalue().splitlines()] == [2500, 2501]


def test_the_chain_can_be_verified_from_the_exported_lines_alone(written):
    _, url = written
    out = io.StringIO()
    export(url, out)
    previous = bytes(32)
    for text in out.getvalue().splitlines()[:50]:
        entry = json.loads(text)
        data = text[text.index('"data":') + 7 : text.index(',"salt":')].encode()
        header = chain.header(
            entry["position"], entry["stream"], entry["version"], entry["type"], NOW, NOW + 5, entry["actor"],
            bytes.fromhex(entry["cause"]),
        )  # fmt: skip
        inner = hashlib.sha256(bytes.fromhex(entry["salt"]) + data).digest()
        previous = hashlib.sha256(previous + header + inner).digest()
        assert previous.hex() == entry["hash"]


def test_a_tail_is_the_last_entries(written):
    _, url = written
    out = io.StringIO()
    tail(url, out, n=3)
    assert [json.loads(text)["position"] for text in out.getvalue().splitlines()] == [2498, 2499, 2500]


def test_a_followed_tail_shows_what_is_written_meanwhile(written):
    log, url = written
    out = io.StringIO()
    asked = 0

    def stopped():
        nonlocal asked
        asked += 1
        if asked == 1:
            log.append(batch(drafts=[draft(version=2501)]))
        return asked == 2

    tail(url, out, n=1, follow=True, stopped=stopped)
    assert [json.loads(text)["position"] for text in out.getvalue().splitlines()] == [2500, 2501]


def test_a_whole_log_verifies_and_tells_its_progress(written):
    log, url = written
    heard = []
    verdict = verify(url, lambda at, of: heard.append((at, of)))
    assert verdict.fault is None
    assert verdict.head == log.head()
    assert heard == [(1000, 2500), (2000, 2500)]


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        ("UPDATE entry SET data = '{}' WHERE position = 1700", "hash"),
        ("UPDATE entry SET actor = 'nobody' WHERE position = 1700", "hash"),
        ("DELETE FROM entry WHERE position = 1700", "gap"),
    ],
)
def test_a_changed_or_missing_entry_is_named(written, damage, kind):
    log, url = written
    log._db.execute(damage)
    assert verify(url).fault == chain.Fault(1700, kind)
