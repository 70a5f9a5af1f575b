"""Samples of the room that a hall's state takes."""

from __future__ import annotations

from pathlib import Path

from hub.core.paths import StatePaths
from hub.ops.room import RoomSamples


def test_a_days_last_sample_stands_and_is_there_after_a_restart(tmp_path: Path) -> None:
    paths = StatePaths.of(tmp_path / "hall.db")
    paths.log.write_bytes(bytes(10))
    paths.log.with_name("hall.db-wal").write_bytes(bytes(5))
    (paths.files / "ab").mkdir(parents=True)
    (paths.files / "ab" / "cd").write_bytes(bytes(7))
    room = RoomSamples(paths)
    room.take("2026-11-25")
    paths.log.write_bytes(bytes(20))
    room.take("2026-11-25")
    (only,) = RoomSamples(paths).samples
    assert (only.day, only.bytes["log"], only.bytes["files"]) == ("2026-11-25", 25, 7)


def test_a_file_of_samples_that_cannot_be_read_begins_anew(tmp_path: Path) -> None:
    paths = StatePaths.of(tmp_path / "hall.db")
    (tmp_path / "hall.room.json").write_bytes(b"{rubbish")
    room = RoomSamples(paths)
    room.take("2026-11-25")
    assert [each.day for each in RoomSamples(paths).samples] == ["2026-11-25"]
