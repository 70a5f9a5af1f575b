"""The city's receiver in a process of its own, with or without signatures, and how far it is."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Final, cast

from benchmarks.clusters import Cluster
from benchmarks.processes import BenchFailed, ended, listening, started
from benchmarks.processes import hallhub as program
from hub.sync.identity import Identity, new_identity, save_identity
from hub.sync.keyring import KeyRing
from hub.sync.trust_paths import TrustPaths

HALL: Final = "hall-0"
NICE: Final = 19
"""The city's machine is another one; on this one it stands behind the hall, as the hall's own feed does."""


@dataclass(frozen=True, slots=True)
class Keys:
    """``halls``: the file of the halls' public keys; ``signing``: the city's own key."""

    halls: Path
    signing: Path


def keys_of(folder: Path, halls: dict[str, Identity], log: Path | None = None) -> Keys:
    """Of a city that knows these halls; the hub of ``log`` gets the key of ``HALL`` and trusts the city."""
    folder.mkdir(parents=True, exist_ok=True)
    keys, city = Keys(folder / "halls.json", folder / "city.signing.pem"), new_identity()
    save_identity(city, keys.signing)
    ring, now = KeyRing(keys.halls), time.time_ns() // 1_000_000
    for name, identity in halls.items():
        ring.add(name, identity.public, now)
    if log is not None:
        beside = TrustPaths.of(log)
        save_identity(halls[HALL], beside.signing)
        KeyRing(beside.online).add("online", city.public, now)
    return keys


@contextmanager
def receiver(folder: Path, port: int, url: str, keys: Keys | None = None, nice: int = 0) -> Generator[Popen[bytes]]:
    """``hallhub receiver``. Raises ``BenchFailed``."""
    output = folder / "city.out"
    command: list[str | Path] = [program(), "receiver", "--url", url, "--listen", f"127.0.0.1:{port}"]
    command += ["--files", folder / "files"]
    signed = (
        {} if keys is None else {f"HALLHUB_RECEIVER_{name.upper()}": str(path) for name, path in _named(keys).items()}
    )
    process = started(["nice", "-n", str(nice), *command] if nice else command, output, **signed)
    try:
        if nice:
            _behind(process.pid)
        if not listening(port, process):
            raise BenchFailed(output.read_text(errors="replace")[-600:])
        yield process
    finally:
        ended(process, signal.SIGTERM)


def _named(keys: Keys) -> dict[str, Path]:
    return {"halls": keys.halls, "signing_key": keys.signing}


def give_way(cluster: Cluster) -> None:
    """The database too stands behind the hall: every process that it starts from now on."""
    pid = int((cluster.folder / "data/postmaster.pid").read_text().split()[0])
    for process in (pid, *_children(pid)):
        os.setpriority(os.PRIO_PROCESS, process, NICE)
        _behind(process)


def _behind(pid: int) -> None:
    """Its whole session: where the kernel groups by session, a process's own nice counts only within it."""
    with suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(NICE))


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def database_cpu(cluster: Cluster) -> float:
    """Seconds of everything that the cluster runs or ran."""
    pid = int((cluster.folder / "data/postmaster.pid").read_text().split()[0])
    ticks = 0
    for process in (pid, *_children(pid)):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(int(each) for each in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


class Standing:
    """Looks into the receiver's tables: how far it is, without asking the receiver."""

    def __init__(self, url: str) -> None:
        import psycopg

        self._connection = psycopg.connect(url, autocommit=True, prepare_threshold=2)

    def now(self) -> tuple[int, int]:
        """Entries committed, and folded into rows."""
        row = self._connection.execute("SELECT committed, viewed FROM hall").fetchone()
        return cast("tuple[int, int]", row) if row is not None else (0, 0)

    def close(self) -> None:
        self._connection.close()
