"""Reading the file of offices, and saying what it holds instead."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from hub.demo.office.office_file import OfficeFileInvalid, read_office

TINY = Path(__file__).with_name("tiny.csv")


def test_queues_come_in_the_order_of_their_ids_and_samples_in_the_order_of_time() -> None:
    office = read_office(TINY, "UD_Test", "2020-01-07")
    assert [queue.queue_id for queue in office.queues] == ["9", "12", "30"]
    first = office.queues[0]
    assert [sample.minute for sample in first.samples] == sorted(sample.minute for sample in first.samples)
    assert first.samples[0].serving == 0


def test_a_packed_file_reads_the_same(tmp_path: Path) -> None:
    packed = tmp_path / "tiny.csv.gz"
    packed.write_bytes(gzip.compress(TINY.read_bytes()))
    assert read_office(packed, "UD_Test", "2020-01-07") == read_office(TINY, "UD_Test", "2020-01-07")


def test_an_unknown_office_is_answered_with_those_there_are() -> None:
    with pytest.raises(OfficeFileInvalid, match="UD_Other, UD_Test"):
        read_office(TINY, "UD_Nowhere", "2020-01-07")


def test_an_unknown_date_is_answered_with_those_there_are() -> None:
    with pytest.raises(OfficeFileInvalid, match="2020-01-07, 2020-01-08"):
        read_office(TINY, "UD_Test", "2020-01-06")


def test_a_file_that_is_none_says_so(tmp_path: Path) -> None:
    with pytest.raises(OfficeFileInvalid, match="cannot be read"):
        read_office(tmp_path / "none.csv", "UD_Test", "2020-01-07")
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(OfficeFileInvalid, match="missing"):
        read_office(other, "UD_Test", "2020-01-07")


def test_a_bad_value_is_told_with_its_line(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(TINY.read_text(encoding="utf-8").replace("08:05", "eight"), encoding="utf-8")
    with pytest.raises(OfficeFileInvalid, match=r"bad\.csv:\d+"):
        read_office(bad, "UD_Test", "2020-01-07")
