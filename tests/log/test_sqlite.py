"""What only the log on a disk can show: kills, a real full disk, its write-ahead log."""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from hub.log.chain import verify
from hub.log.entry import LogBroken, NoRoom
from hub.log.keys import Keys
from hub.log.sealed import sealed_in
from hub.log.sqlite import SqliteLog
from tests.log.makers import batch, draft, kept, step

CHILD = """
import sys
from pathlib import Path
import msgspec
from hub.log.keys import Keys
from hub.log.sealed import sealed_in
from hub.log.sqlite import SqliteLog
from tests.log.makers import batch, draft, kept, step
path = Path(sys.argv[1])
log, keys = SqliteLog(path), Keys(path.with_suffix(".keys.db"))
keys.follow(log)
number = log.head().position
while True:
    size = number % 7 + 1
    drafts = []
    for n in range(number + 1, number + size + 1):
        keys.ensure([f"{n:032x}"])
        box = keys.seal(f"{n:032x}", str(n), "queue/2024-03-04", "ticket-issued", "phone")
        drafts.append(draft(version=n, data=msgspec.json.encode({"phone": box})))
    steps = [step(n) for n in range(number + 1, number + size + 1)]
    log.append(batch(drafts=drafts, outcomes=[kept(number + size)], steps=steps))
    number += size
    if number % 5 == 0:
        log.checkpoint()
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


def _killed_while_writing(path: Path, seconds: float) -> int:
    """The last position that a child acknowledged before it was killed."""
    said = path.with_suffix(".out")
    with said.open("wb") as out:
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(path)],
            stdout=out,
            cwd=Path(__file__).parents[2],
            start_new_session=True,
        )
        try:
            while not said.stat().st_size and child.poll() is None:
                time.sleep(0.01)
            time.sleep(seconds)
        finally:
            child.kill()
            child.wait()
    whole = said.read_bytes().rpartition(b"\n")[0]
    return int(whole.rpartition(b"\n")[2])


def _check_after_kill(path: Path, acknowledged: int) -> None:
    with closing(SqliteLog(path)) as log:
        head = log.head().position
        assert head >= acknowledged
        entries = log.read(0, head + 1)
        verdict = verify(entries)
        assert verdict.fault is None
        assert verdict.head == log.head()
        progress = log.progress("k1")
        assert progress is not None
        assert progress.seq == head
        assert log.step("k1", "e1", head) == step(head)
        assert log.outcome(kept(acknowledged).id) == kept(acknowledged)
        assert log.outcome(kept(head).id) == kept(head)
        with closing(Keys(path.with_suffix(".keys.db"))) as keys:
            keys.follow(log)
            _every_phone_opens_but_the_forgotten(keys, entries)


def _every_phone_opens_but_the_forgotten(keys: Keys, entries) -> None:
    keys.forget(f"{entries[-1].version:032x}", 1)
    forgotten = {int(subject, 16) for subject, _ in keys.forgotten()}
    for entry in entries[-40:]:
        box = sealed_in(entry.data)["phone"]
        opened = keys.unseal(box, entry.stream, entry.type, "phone")
        assert opened == (None if entry.version in forgotten else str(entry.version))


def _rounds(tmp_path: Path, rounds: int) -> None:
    path = tmp_path / "hall.db"
    chance = random.Random(7)
    for _ in range(rounds):
        _check_after_kill(path, _killed_while_writing(path, chance.uniform(0.0, 0.15)))


def test_nothing_acknowledged_is_lost_by_a_kill_and_the_chain_verifies(tmp_path):
    _rounds(tmp_path, 4)


@pytest.mark.soak
def test_nothing_acknowledged_is_lost_by_200_kills(tmp_path):
    _rounds(tmp_path, 200)


def _wal(path: Path) -> int:
    return path.with_name(path.name + "-wal").stat().st_size


@pytest.fixture
def small_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small disk needs the right to mount one")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_disk_that_is_really_full_refuses_and_works_again_when_there_is_room(small_disk):
    log, version = SqliteLog(small_disk / "hall.db"), 0
    with contextlib.suppress(NoRoom):
        while version < 2000:
            log.append(batch(drafts=[draft(version=version + 1, data=b"x" * 2000)], steps=[step(version + 1)]))
            version += 1
    assert 20 < version < 2000
    log.checkpoint()
    assert log.head().position == version
    assert len(log.read(0, 10_000)) == version
    with pytest.raises(NoRoom):
        log.append(batch(drafts=[draft(version=n, data=b"x" * 9000) for n in range(version + 1, version + 50)]))
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    log.append(batch(drafts=[draft(version=version + 1)], steps=[step(version + 1)]))
    log.close()
    with closing(SqliteLog(small_disk / "hall.db")) as again:
        assert again.head().position == version + 1
        assert verify(again.read(0, 10_000)).fault is None


def test_a_failed_commit_breaks_the_log_for_good(tmp_path):
    log = SqliteLog(tmp_path / "hall.db")
    other = sqlite3.connect(tmp_path / "hall.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    log._db.execute("PRAGMA busy_timeout=20")
    with pytest.raises(LogBroken, match="SQLITE_BUSY"):
        log.append(batch(drafts=[draft()]))
    other.execute("ROLLBACK")
    other.close()
    with pytest.raises(LogBroken):
        log.append(batch(drafts=[draft()]))
    log.close()


def test_every_commit_is_synced_and_none_waits_for_a_checkpoint(tmp_path):
    with closing(SqliteLog(tmp_path / "hall.db")) as log:
        pragmas = {
            name: log._db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "wal_autocheckpoint")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "wal_autocheckpoint": 0}


def test_checkpoints_from_beside_let_the_write_ahead_log_start_over(tmp_path):
    path = tmp_path / "hall.db"
    with closing(SqliteLog(path)) as log:
        sizes = []
        for number in range(1, 61):
            log.append(batch(drafts=[draft(version=number, data=b"x" * 5000)]))
            if number % 10 == 0:
                log.checkpoint()
                sizes.append(_wal(path))
        assert sizes[-1] == sizes[1]


@pytest.mark.parametrize(("limit", "checkpoints"), [("_LONG_WAL", True), ("_LONG_SINCE", False)])
def test_a_long_write_ahead_log_is_moved_by_the_writer_itself(tmp_path, monkeypatch, limit, checkpoints):
    monkeypatch.setattr(f"hub.log.sqlite.{limit}", 5)
    path = tmp_path / "hall.db"
    moved = []
    with closing(SqliteLog(path)) as log:
        log._db.set_trace_callback(lambda sql: moved.append(sql) if "wal_checkpoint" in sql else None)
        for number in range(1, 13):
            log.append(batch(drafts=[draft(version=number, data=b"x" * 5000)]))
            if checkpoints:
                log.checkpoint()
        assert moved
        assert verify(log.read(0, 100)).head == log.head()


def test_a_checkpoint_after_the_end_does_nothing(tmp_path):
    log = SqliteLog(tmp_path / "hall.db")
    log.close()
    log.checkpoint()


def test_a_lock_is_free_again_when_its_process_was_killed(tmp_path):
    path = tmp_path / "hall.db"
    _killed_while_writing(path, 0.0)
    SqliteLog(path).close()
