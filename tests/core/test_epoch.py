"""The epoch beside the log: made once, begun anew on purpose only."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.core.epoch import begin_epoch, epoch_path, load_epoch
from hub.log.chain import GENESIS
from hub.log.entry import Head


def test_a_hub_has_one_epoch_from_its_logs_beginning_and_keeps_it(tmp_path: Path) -> None:
    path = epoch_path(tmp_path / "hall.db")
    made = load_epoch(path)
    assert (made.after, made.hash, made.previous) == (0, GENESIS.hex(), "")
    assert load_epoch(path) == made


def test_a_new_epoch_names_the_one_before_and_where_it_begins(tmp_path: Path) -> None:
    path = epoch_path(tmp_path / "hall.db")
    first = load_epoch(path)
    second = begin_epoch(path, Head(7, bytes(31) + b"\1"))
    assert (second.previous, second.after, second.hash[-2:], second.looked) == (first.id, 7, "01", False)
    assert load_epoch(path) == second
    assert begin_epoch(path, Head(5, bytes(32))).bases == (7, 0)


def test_a_damaged_epoch_is_told_and_a_new_one_mends_it(tmp_path: Path) -> None:
    path = epoch_path(tmp_path / "hall.db")
    path.write_bytes(b"{")
    with pytest.raises(ValueError, match="new-epoch"):
        load_epoch(path)
    assert begin_epoch(path, Head(7, bytes(32))).previous == ""
