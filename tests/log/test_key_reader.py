"""Keys read beside the hub: what is sealed opens, and whoever was forgotten is gone at once."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec
import pytest

from hub.log.entry import Batch, Draft, Entry
from hub.log.key_reader import KeyReader
from hub.log.keys import Keys
from hub.log.memory import MemoryLog

WHO = "ab" * 16


def sealed_name(keys: Keys) -> Entry:
    keys.ensure([WHO])
    box = keys.seal(WHO, "张三丰", "case/c", "case-opened", "name")
    draft = Draft("case/c", 1, "case-opened", 0, "hub", bytes(16), msgspec.json.encode({"case": "c", "name": box}))
    return MemoryLog().append(Batch([draft], (), (), 0))[0]


def test_a_sealed_value_opens_beside_the_hub_until_its_person_is_forgotten(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "hall.keys.db")
    entry = sealed_name(keys)
    reader = KeyReader(tmp_path / "hall.keys.db")
    assert reader.clear(entry) == {"name": "张三丰"}
    assert keys.forget(WHO, 1), "a reader that only looks keeps no byte of a key in the files"
    assert reader.clear(entry) == {"name": None}
    reader.close()
    keys.close()


def test_a_value_that_was_moved_to_another_place_does_not_open(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "hall.keys.db")
    entry = msgspec.structs.replace(sealed_name(keys), stream="case/other")
    reader = KeyReader(tmp_path / "hall.keys.db")
    assert reader.clear(entry) == {"name": None}
    reader.close()
    keys.close()


def test_nothing_is_made_where_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.Error):
        KeyReader(tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()
