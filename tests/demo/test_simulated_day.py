"""A small hall's whole day, as a person starts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from hub.demo.left_off import events_of, left_off
from hub.domain.queue import events as e
from hub.domain.slots import events as s
from hub.log.export import verify
from hub.log.keys import Keys
from hub.log.names import hub_codec
from hub.log.open import open_reader

SMALL = Path(__file__).with_name("small.toml")
VISITS = 30


def command(*more: str) -> list[str]:
    words = ["--profile", str(SMALL), "--visits", str(VISITS), "--seed", "5", "--speed", "max", "--until-closed"]
    return [sys.executable, "-m", "hub.demo.command", *words, *more]


def surroundings() -> dict[str, str]:
    ports = {"HALLHUB_MQTT_URL": "embedded://127.0.0.1:0", "HALLHUB_WEB_LISTEN": "127.0.0.1:0"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HALLHUB_")}
    return {**kept, **ports, "PYTHONIOENCODING": "utf-8"}


def run(*more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*more), env=surroundings(), capture_output=True, text=True, timeout=120, check=False)


def issued_in(state: Path) -> list[str]:
    url = f"sqlite:///{state / 'hall.db'}"
    left = left_off(url)
    assert left is not None
    keys = Keys(None)
    try:
        events = list(events_of(url, left.day, hub_codec(keys)))
    finally:
        keys.close()
    return [event.number for event in events if isinstance(event, e.TicketIssued)]


def appointments_in(state: Path) -> list[object]:
    url = f"sqlite:///{state / 'hall.db'}"
    left = left_off(url)
    assert left is not None
    keys = Keys(None)
    try:
        codec = hub_codec(keys)
        with closing(open_reader(url)) as reader:
            return [codec.decode(entry) for entry in reader.read_stream(f"slots/{left.day}")]
    finally:
        keys.close()


def codes_of(events: list[object], kind: type[s.UnitSold | s.BookingCheckedIn]) -> list[str]:
    return [event.code for event in events if isinstance(event, kind)]


def booked_tickets(state: Path) -> int:
    """Every code that was sold is there once, and every check-in has a code that was sold."""
    events = appointments_in(state)
    sold, came = codes_of(events, s.UnitSold), codes_of(events, s.BookingCheckedIn)
    assert len(sold) == len(set(sold)) > 0
    assert len(came) == len(set(came)) > 0
    moved = {event.to_code for event in events if isinstance(event, s.BookingMovedAway)}
    assert set(came) <= {*sold, *moved}
    return len(came)


def test_a_small_day_runs_to_its_report_and_a_second_start_takes_the_next_day(tmp_path: Path) -> None:
    state, report = tmp_path / "s", tmp_path / "report.json"
    first = run("--state", str(state), "--report", str(report), "--date", "2026-11-23")
    assert first.returncode == 0, first.stderr
    assert "/board/hall" in first.stdout
    assert "administrator" in first.stdout
    assert "合计 total" in first.stdout
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["date"] == "2026-11-23"
    booked = booked_tickets(state)
    assert told["total"]["tickets"] == VISITS + booked
    assert told["total"]["served"] + told["total"]["expired"] == VISITS + booked
    assert told["total"]["ratings"] > 0
    assert len(issued_in(state)) == VISITS + booked
    assert f"签到 checked in {booked}（" in first.stdout
    assert {type(event) for event in appointments_in(state)} >= {s.BookingMovedAway, s.BookingCancelled}
    second = run("--state", str(state), "--report", str(report), "--headless")
    assert second.returncode == 0, second.stderr
    assert json.loads(report.read_text(encoding="utf-8"))["date"] == "2026-11-24"
    assert "sign in" not in second.stdout


def test_killed_in_the_middle_and_started_again_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    state, report = tmp_path / "s", tmp_path / "report.json"
    with subprocess.Popen(
        command("--state", str(state)), env=surroundings(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("10:00"):
                process.send_signal(signal.SIGKILL)
                break
        else:
            pytest.fail("the day ended before it could be killed")
    before = issued_in(state)
    assert 0 < len(before) < VISITS
    again = run(
        "--state", str(state), "--report", str(report), "--visits", "500", "--seed", "6"
    )  # the day keeps its own
    assert again.returncode == 0, again.stderr
    assert "goes on" in again.stdout
    after = issued_in(state)
    assert after[: len(before)] == before
    booked = booked_tickets(state)
    assert len(after) == len(set(after)) == VISITS + booked
    assert json.loads(report.read_text(encoding="utf-8"))["total"]["tickets"] == VISITS + booked
    assert verify(f"sqlite:///{state / 'hall.db'}").fault is None


def test_what_cannot_be_done_is_said_in_a_sentence() -> None:
    wrong = run("--speed", "quick")
    assert wrong.returncode == 2
    assert "--speed must be" in wrong.stderr
    assert "Traceback" not in wrong.stderr
