"""A private PostgreSQL in a folder of its own, on a socket in it: for measurements and tests, gone at the end.

PostgreSQL refuses root, so the cluster then belongs to a user without rights.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Cluster:
    folder: Path
    made: list[str] = field(default_factory=list[str])

    def url(self, name: str) -> str:
        return f"postgresql:///{name}?host={self.folder}&user=hall"

    def database(self) -> str:
        """The URL of a new, empty schema, which is made a hundred times as quickly as a database."""
        import psycopg

        name = f"hall{len(self.made)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}".encode())
        self.made.append(name)
        return f"{self.url('postgres')}&options=-csearch_path%3D{name}"


def binaries() -> Path | None:
    """Where ``initdb`` and ``postgres`` of the newest version are."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    here = shutil.which("initdb")
    return None if here is None else Path(here).resolve().parent


@contextmanager
def cluster(parent: Path | None = None, *options: str) -> Iterator[Cluster]:
    """A running one below ``parent`` (the usual temporary folder), every commit synced. ``options``: ``name=value``."""
    where = binaries()
    assert where is not None
    owner = _owner()
    with tempfile.TemporaryDirectory(prefix="pg-", dir=parent) as name:
        folder = Path(name)
        if owner is not None:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        data = folder / "data"
        _as(owner, [where / "initdb", "-D", data, "-U", "hall", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"])
        flags = f"-k {folder} -c listen_addresses='' " + " ".join(f"-c {each}" for each in options)
        _as(owner, [where / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", flags, "start"])
        try:
            yield Cluster(folder)
        finally:
            _as(owner, [where / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"])


def _owner() -> pwd.struct_passwd | None:
    """Whom to be instead of root; None: whoever asks."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def _as(owner: pwd.struct_passwd | None, command: list[Path | str]) -> None:
    asked = {} if owner is None else {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        check=False,
        **asked,  # type: ignore[call-overload]
    )
    if done.returncode:
        raise OSError(f"{Path(command[0]).name}: exit code {done.returncode}")
