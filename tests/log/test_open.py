from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hub.log.entry import LogBroken
from hub.log.lock import InUse
from hub.log.memory import MemoryLog
from hub.log.open import BadUrl, beside, log_path, open_log, open_reader
from hub.log.sqlite import SqliteLog
from tests.log.makers import batch, draft


def test_a_sqlite_url_names_a_file_absolute_or_relative():
    assert log_path("sqlite:////var/lib/hallhub/hall.db") == Path("/var/lib/hallhub/hall.db")
    assert log_path("sqlite:///state/hall.db") == Path("state/hall.db")


def test_other_state_lies_beside_the_log():
    assert beside(Path("/var/lib/hallhub/hall.db"), "keys.db") == Path("/var/lib/hallhub/hall.keys.db")


@pytest.mark.parametrize("url", ["sqlite:hall.db", "sqlite:///", "sqlite://hall.db", "hall.db", "", "kafka://x"])
def test_what_names_no_log_is_refused(url):
    with pytest.raises(BadUrl, match="sqlite:///"):
        open_log(url)


def test_postgresql_is_not_supported_yet_and_says_so():
    with pytest.raises(BadUrl, match="PostgreSQL is not supported"):
        open_log("postgresql://localhost/hall")


def test_memory_is_a_log_that_ends_with_the_process():
    assert isinstance(open_log("memory:"), MemoryLog)


def test_a_log_is_made_with_its_folder(tmp_path):
    with closing(open_log(f"sqlite:///{tmp_path}/state/hall.db")) as log:
        assert isinstance(log, SqliteLog)
        assert (tmp_path / "state" / "hall.db").exists()


def test_a_second_writer_is_refused_with_the_process_that_has_the_log(tmp_path):
    url = f"sqlite:///{tmp_path}/hall.db"
    with closing(open_log(url)), pytest.raises(InUse, match=str(os.getpid())):
        open_log(url)
    open_log(url).close()


def test_a_reader_sees_what_is_committed_while_the_log_is_open(tmp_path):
    url = f"sqlite:///{tmp_path}/hall.db"
    with closing(open_log(url)) as log, closing(open_reader(url)) as reader:
        assert reader.head().position == 0
        entries = log.append(batch(drafts=[draft()]))
        assert reader.read(0, 10) == entries
        assert reader.head() == log.head()
        assert list(reader.read_stream("queue/2024-03-04")) == entries
        assert reader.streams("queue/") == ["queue/2024-03-04"]


def test_a_reader_needs_a_log(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no log"):
        open_reader(f"sqlite:///{tmp_path}/hall.db")
    (tmp_path / "empty.db").touch()
    with pytest.raises(LogBroken):
        open_reader(f"sqlite:///{tmp_path}/empty.db")


def test_a_file_of_another_application_or_a_later_version_is_refused(tmp_path):
    url = f"sqlite:///{tmp_path}/hall.db"
    open_log(url).close()
    with closing(sqlite3.connect(tmp_path / "hall.db")) as db:
        db.execute("PRAGMA user_version=99")
    with pytest.raises(LogBroken, match="99"):
        open_log(url)
    with closing(sqlite3.connect(tmp_path / "other.db")) as db:
        db.execute("CREATE TABLE people (name)")
    with pytest.raises(LogBroken, match="not a hallhub log"):
        open_log(f"sqlite:///{tmp_path}/other.db")
