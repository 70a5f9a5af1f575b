"""A hub that starts in the dark tells what waits, and not its whole log."""

from __future__ import annotations

from pathlib import Path

from hub.core.paths import StatePaths
from hub.ops.acknowledged import Acknowledged


def test_what_was_acknowledged_is_known_after_a_restart_in_the_dark(tmp_path: Path) -> None:
    paths = StatePaths.of(tmp_path / "hall.db")
    assert Acknowledged(paths).now("", None) == 0
    assert Acknowledged(paths).now("e1", 700) == 700
    again = Acknowledged(paths)
    assert (again.now("", None), again.now("e1", None), again.now("e1", 900)) == (700, 700, 900)


def test_of_another_epoch_nothing_is_known(tmp_path: Path) -> None:
    paths = StatePaths.of(tmp_path / "hall.db")
    Acknowledged(paths).now("e1", 700)
    assert Acknowledged(paths).now("e2", None) == 0


def test_a_file_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    paths = StatePaths.of(tmp_path / "hall.db")
    paths.log.with_name("hall.acknowledged.json").write_bytes(b"{")
    assert Acknowledged(paths).now("", None) == 0
