"""The hub's own feed process, as the hub starts it, on a log that lies there; ended with the measurement."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from benchmarks.processes import ROOT, ended
from hub.core.epoch import Epoch
from hub.log.chain import GENESIS
from hub.sync.child import Task
from hub.sync.credentials import Credentials

HALL = "hall-0"


@contextmanager
def feed(folder: Path, url: str, credentials: Credentials | None = None) -> Generator[subprocess.Popen[bytes]]:
    """Of ``folder/hall.db``, in an epoch that begins with the log."""
    task = Task(
        f"sqlite:///{(folder / 'hall.db').absolute()}",
        str((folder / "hall.keys.db").absolute()),
        HALL,
        url,
        Epoch("1" * 16, 0, GENESIS.hex()),
        credentials or Credentials(),
        program="bench",
    )
    with (folder / "feed.out").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "hub.sync.child"],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    try:
        assert process.stdin is not None
        process.stdin.write(msgspec.json.encode(task) + b"\n")
        process.stdin.flush()
        yield process
    finally:
        # its input ends, and so does it
        assert process.stdin is not None
        process.stdin.close()
        ended(process)
