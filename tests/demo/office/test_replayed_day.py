"""A day of an office, replayed through hub, broker and devices."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.demo.test_simulated_day import surroundings

TINY = Path(__file__).with_name("tiny.csv")
SHARED = Path(__file__).parents[3] / "../shared/data/warsaw_offices_2020.csv.gz"


def replay(file: Path, office: str, date: str, *more: str) -> subprocess.CompletedProcess[str]:
    words = ["--day", str(file), "--office", office, "--date", date, *more]
    return subprocess.run(
        [sys.executable, "-m", "hub.demo.command", *words],
        env=surroundings(),
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )


def test_a_tiny_office_gives_every_arrival_one_ticket(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    done = replay(TINY, "UD_Test", "2020-01-07", "--report", str(report))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "exactly one ticket" in done.stdout
    told = json.loads(report.read_text(encoding="utf-8"))
    assert [row["letter"] for row in told["categories"]] == ["A", "B", "C"]
    rows = told["beside_the_data"]
    assert [row["queue_id"] for row in rows] == ["9", "12", "30", ""]
    assert all(row["tickets"] == row["data_tickets"] for row in rows)
    assert all(row["called"] == row["data_called"] for row in rows)
    assert rows[0]["disbelieved"] == 2


def test_a_bad_office_or_date_is_a_sentence_that_lists_what_exists() -> None:
    done = replay(TINY, "UD_Nowhere", "2020-01-07")
    assert done.returncode == 2
    assert "UD_Other, UD_Test" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_state_that_holds_a_day_already_is_not_replayed_over(tmp_path: Path) -> None:
    assert replay(TINY, "UD_Test", "2020-01-07", "--headless", "--state", str(tmp_path / "s")).returncode == 0
    again = replay(TINY, "UD_Test", "2020-01-07", "--headless", "--state", str(tmp_path / "s"))
    assert again.returncode == 2
    assert "holds a day already" in again.stderr


@pytest.mark.skipif(not SHARED.exists(), reason="the open data of the Warsaw offices is not here (DATA/)")
def test_a_real_day_of_a_real_office_agrees_with_its_data(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    done = replay(SHARED, "UD_Rembertow", "2020-01-07", "--headless", "--report", str(report))
    assert done.returncode == 0, done.stdout + done.stderr
    total = json.loads(report.read_text(encoding="utf-8"))["beside_the_data"][-1]
    assert total["tickets"] == total["data_tickets"] > 100
    assert abs(total["wait_p50"] - total["data_p50"]) <= 5.0
