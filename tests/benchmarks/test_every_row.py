"""Each row of the benchmark runs in a tiny size; its figures mean nothing then."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import ROWS, measured
from benchmarks.catalogue_import import SOURCE
from benchmarks.clusters import binaries
from benchmarks.figures import Figure, as_markdown, as_text
from benchmarks.processes import BenchFailed, mosquitto_binary

SLOW = {5, 9}
NEEDS_MOSQUITTO = {1, 2, 6, 7, 8, 13}
NEEDS_POSTGRESQL = {21, 22, 24}


@pytest.mark.mosquitto
@pytest.mark.parametrize("row", [pytest.param(n, marks=pytest.mark.soak) if n in SLOW else n for n in ROWS])
def test_a_row_is_measured_beside_its_floor(row: int, tmp_path: Path) -> None:
    if row in NEEDS_MOSQUITTO:
        try:
            mosquitto_binary()
        except BenchFailed as missing:
            pytest.skip(str(missing))
    if row in NEEDS_POSTGRESQL and binaries() is None:
        pytest.skip("PostgreSQL is not installed")
    if row == 16 and SOURCE is None:
        pytest.skip("the list of Guang'an is not part of the project")
    if row in (7, 13):
        pytest.importorskip("playwright")
    figures = measured([row], tmp_path, True, print)
    assert figures
    assert [each.note for each in figures if each.value is None] == []
    assert any(each.reach is not None for each in figures)
    assert any(each.floor for each in figures)


def test_a_figure_says_whether_it_reached_what_it_must() -> None:
    assert Figure(1, "a", 2.7, "× floor", ("≤", 2.7)).verdict == "PASS"
    assert Figure(1, "a", 2.71, "× floor", ("≤", 2.7)).verdict == "MISS"
    assert Figure(2, "a", 5_999, "tickets/s", ("≥", 6_000)).verdict == "MISS"
    assert Figure(2, "a", 6_000, "tickets/s", ("≥", 6_000)).verdict == "PASS"
    assert Figure(3, "a", 3, "").verdict == ""


def test_what_could_not_be_measured_is_missed_and_says_why() -> None:
    figure = Figure(7, "board", None, "ms", ("≤", 100), note="no browser")
    assert figure.verdict == "MISS"
    assert "not measured" in as_text([], [figure])
    assert "no browser" in as_markdown([], [figure])


def test_what_bounds_a_figure_is_told_only_where_it_misses() -> None:
    assert "bound by the disk" in as_text([], [Figure(4, "a", 1, "", ("≥", 2), bound="the disk")])
    assert "bound by" not in as_text([], [Figure(4, "a", 3, "", ("≥", 2), bound="the disk")])


def test_one_command_prints_the_table_and_writes_it(tmp_path: Path) -> None:
    files = ["--markdown", str(tmp_path / "table.md"), "--json", str(tmp_path / "table.json")]
    command = [sys.executable, "-m", "benchmarks", "--quick", "--only", "3", "--directory", str(tmp_path / "state")]
    done = subprocess.run(
        [*command, *files],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONWARNINGS": "default"},
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    assert "Floor in the same run" in done.stdout
    assert "| tickets over HTTP" in (tmp_path / "table.md").read_text()
    assert '"verdict"' in (tmp_path / "table.json").read_text()
    assert list((tmp_path / "state").iterdir()) == []
