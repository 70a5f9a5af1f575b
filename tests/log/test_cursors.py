from __future__ import annotations

import contextlib
from contextlib import closing

import pytest

from hub.log.cursors import Cursors, Parked, open_cursors
from hub.log.entry import LogBroken, NoRoom
from hub.log.memory import MemoryLog
from tests.log.makers import NOW, batch, draft


class Seen:
    """Writes down each position; cannot take those in ``poison``."""

    name = "seen"

    def __init__(self, version: int = 1, poison=()):
        self.version = version
        self.poison = set(poison)
        self.width = 10

    def reset(self, db):
        db.execute("DROP TABLE IF EXISTS seen")
        db.execute("CREATE TABLE seen (position INTEGER PRIMARY KEY, data BLOB)")

    def take(self, entry, db):
        db.execute("INSERT INTO seen VALUES (?, ?)", (entry.position, b"x" * self.width))
        if entry.position in self.poison:
            raise ValueError(f"poison {entry.position}")


@pytest.fixture
def log():
    made = MemoryLog()
    made.append(batch(drafts=[draft(version=n) for n in range(1, 11)]))
    return made


@pytest.fixture
def cursors(tmp_path):
    made = Cursors(tmp_path / "hall.views.db", now=lambda: NOW)
    yield made
    made.close()


def seen(cursors):
    return [row[0] for row in cursors.read("SELECT position FROM seen ORDER BY position")]


def run(cursors, log, reader):
    return list(iter(lambda: cursors.catch_up(log, reader, batch=4), 0))


def test_a_reader_catches_up_batch_by_batch(cursors, log):
    assert run(cursors, log, Seen()) == [4, 4, 2]
    assert seen(cursors) == list(range(1, 11))
    assert cursors.position("seen") == 10


def test_a_reader_goes_on_where_it_was_after_a_restart(tmp_path, log):
    for batches in (1, 2):
        with contextlib.closing(Cursors(tmp_path / "views.db")) as cursors:
            for _ in range(batches):
                cursors.catch_up(log, Seen(), batch=4)
    with contextlib.closing(Cursors(tmp_path / "views.db")) as cursors:
        assert cursors.position("seen") == 10
        assert seen(cursors) == list(range(1, 11))


def test_a_poison_entry_is_parked_without_what_it_wrote_and_the_reader_goes_on(cursors, log):
    run(cursors, log, Seen(poison=[3, 7]))
    assert seen(cursors) == [1, 2, 4, 5, 6, 8, 9, 10]
    assert cursors.position("seen") == 10
    assert cursors.parked("seen") == [
        Parked("seen", 3, "ValueError: poison 3", NOW),
        Parked("seen", 7, "ValueError: poison 7", NOW),
    ]
    assert cursors.parked() == cursors.parked("seen")
    assert cursors.parked_count("seen") == 2


def test_parked_entries_are_tried_again_on_demand(cursors, log):
    reader = Seen(poison=[3, 7])
    run(cursors, log, reader)
    reader.poison = {7}
    assert cursors.retry(log, reader) == 1
    assert [parked.position for parked in cursors.parked("seen")] == [7]
    assert cursors.position("seen") == 10
    assert 3 in seen(cursors)


def test_a_reader_of_a_new_version_begins_anew(cursors, log):
    run(cursors, log, Seen(version=1, poison=[3]))
    run(cursors, log, Seen(version=2))
    assert seen(cursors) == list(range(1, 11))
    assert cursors.parked_count("seen") == 0


def test_a_reader_of_a_log_that_was_restored_begins_anew(cursors, log):
    run(cursors, log, Seen())
    shorter = MemoryLog()
    shorter.append(batch(drafts=[draft()]))
    run(cursors, shorter, Seen())
    assert seen(cursors) == [1]
    other = MemoryLog()
    other.append(batch(drafts=[draft("another", 1)]))
    cursors.catch_up(other, Seen())
    assert cursors.position("seen") == 1
    assert cursors.catch_up(other, Seen()) == 0


def test_a_full_disk_parks_nothing_and_the_reader_waits(cursors, log):
    reader = Seen()
    cursors.catch_up(log, reader, batch=2)
    pages = cursors._db.execute("PRAGMA page_count").fetchone()[0]
    limit = cursors._db.execute("PRAGMA max_page_count").fetchone()[0]
    cursors._db.execute(f"PRAGMA max_page_count={pages}")
    reader.width = 10_000
    with pytest.raises(NoRoom):
        cursors.catch_up(log, reader)
    assert cursors.parked() == []
    assert cursors.position("seen") == 2
    cursors._db.execute(f"PRAGMA max_page_count={limit}")
    run(cursors, log, reader)
    assert seen(cursors) == list(range(1, 11))


def test_a_file_that_is_no_database_is_said_to_be_broken(tmp_path):
    (tmp_path / "views.db").write_bytes(b"not a database" * 100)
    with pytest.raises(LogBroken):
        Cursors(tmp_path / "views.db")


def test_a_file_that_is_no_database_is_put_aside_and_begun_anew(tmp_path, log):
    (tmp_path / "views.db").write_bytes(b"not a database" * 100)
    with closing(open_cursors(tmp_path / "views.db", lambda: 0)) as cursors:
        assert cursors.parked() == []
    assert (tmp_path / "views.db.damaged").read_bytes().startswith(b"not a database")
