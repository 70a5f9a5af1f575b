"""A hub's files are opened together or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hub.log.entry import Batch, Draft
from hub.ops.faults import Fault
from hub.ops.state_files import opened


def begin(folder: Path) -> str:
    url = f"sqlite:///{folder / 'hall.db'}"
    with opened(url) as state:
        state.store.append(Batch([Draft("hall", 1, "x", 0, "test", bytes(16), b"{}")], [], [], 0))
    return url


def test_files_are_made_when_all_are_new_and_opened_again(tmp_path: Path) -> None:
    url = begin(tmp_path)
    with opened(url) as state:
        assert state.store.head().position == 1


def test_a_log_that_is_gone_beside_its_keys_starts_no_new_hall(tmp_path: Path) -> None:
    url = begin(tmp_path)
    for name in ("hall.db", "hall.db-wal", "hall.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    with pytest.raises(Fault, match=r"hall\.db"), opened(url):
        pass
    assert not (tmp_path / "hall.db").exists()


def test_an_empty_log_beside_keys_starts_no_new_hall(tmp_path: Path) -> None:
    url = begin(tmp_path)
    (tmp_path / "hall.db").write_bytes(b"")
    with pytest.raises(Fault, match=r"hall\.db"), opened(url):
        pass


def test_keys_that_are_gone_are_not_made_again_for_a_log_that_has_begun(tmp_path: Path) -> None:
    url = begin(tmp_path)
    (tmp_path / "hall.keys.db").unlink()
    with pytest.raises(Fault, match=r"hall\.keys\.db"), opened(url):
        pass
    assert not (tmp_path / "hall.keys.db").exists()


def test_a_log_whose_newest_entries_were_changed_is_not_gone_on_with(tmp_path: Path) -> None:
    url = begin(tmp_path)
    with closing(sqlite3.connect(tmp_path / "hall.db")) as db, db:
        db.execute("UPDATE entry SET data = x'7b7d20'")
    with pytest.raises(Fault, match="1"), opened(url):
        pass
