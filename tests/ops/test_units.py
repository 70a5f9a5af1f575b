from __future__ import annotations

import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from hub.core.term import load_term, raise_term
from hub.ops.metrics import CommitTimes
from hub.ops.notify import notify, watchdog_seconds

UNITS = Path(__file__).parents[2] / "systemd"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_accepts_the_units() -> None:
    units = [str(path) for path in UNITS.iterdir() if path.suffix in (".service", ".timer")]
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_service_manager_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        notify("READY=1", "STATUS=x")
        assert manager.recv(100) == b"READY=1\nSTATUS=x"
    notify("READY=1")  # nobody listens any more
    monkeypatch.setenv("WATCHDOG_USEC", "30000000")
    monkeypatch.setenv("WATCHDOG_PID", "1")
    assert watchdog_seconds() is None
    monkeypatch.delenv("WATCHDOG_PID")
    assert watchdog_seconds() == 30


def test_the_term_only_rises(tmp_path: Path) -> None:
    path = tmp_path / "hall.term"
    assert load_term(path) == 1
    assert raise_term(path) == 2
    assert raise_term(path, above=9) == 10
    assert raise_term(path, above=3) == 11
    assert load_term(path) == 11
    path.write_text("what")
    with pytest.raises(ValueError, match="one number"):
        load_term(path)


def test_commit_times_are_cumulative() -> None:
    times = CommitTimes()
    for seconds in (0.0004, 0.003, 9.0):
        times(seconds, 2)
    buckets = dict(times.buckets())
    assert (buckets["0.0005"], buckets["0.005"], buckets["+Inf"]) == (1, 2, 3)
    assert times.commands == 6
