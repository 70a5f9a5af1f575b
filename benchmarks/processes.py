"""What runs beside the measurement: the hub and mosquitto as real processes, load in processes of its own.

No child outlives the measurement, however that ends: each asks the kernel to be killed when its parent is gone.
"""

from __future__ import annotations

import contextlib
import ctypes
import getpass
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).parents[1]
HALL = "bench"
START_SECONDS = 60.0
LOAD_SECONDS = 180.0
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class BenchFailed(Exception):
    """A measurement could not be taken; the message says why."""


def _die_with_parent() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def started(command: Sequence[str | Path], output: Path | None, **environment: str) -> subprocess.Popen[bytes]:
    """A child in a process group of its own, writing to a file (no pipe that could hang the run)."""
    with (output or Path(os.devnull)).open("wb") as sink:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env={**os.environ, **environment},
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )


def ended(process: subprocess.Popen[bytes], by: signal.Signals = signal.SIGTERM) -> None:
    """Ask it to end, then see to it."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(by)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def load(module: str, *arguments: object, folder: Path, seconds: float = LOAD_SECONDS) -> dict[str, Any]:
    """Run ``python -m benchmarks.MODULE`` to its end; it prints one JSON object. ``cpu``: seconds that it used."""
    output = folder / f"{module}.out"
    process = started([sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)], output)
    try:
        process.wait(seconds)
    except BaseException as error:
        ended(process, signal.SIGKILL)
        if isinstance(error, subprocess.TimeoutExpired):
            raise BenchFailed(f"{module}: no end after {seconds:.0f} s") from None
        raise
    said = output.read_text(errors="replace").strip()
    if process.returncode:
        raise BenchFailed(f"{module}: exit {process.returncode}: {said[-800:]}")
    return cast("dict[str, Any]", json.loads(said.splitlines()[-1]))


def free_port() -> int:
    """A port below those of outgoing connections: a client that tries again while nobody listens could get that very
    port for its own end, and meet itself."""
    while True:
        port = random.randint(12_000, 32_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                with contextlib.suppress(OSError):
                    probe.bind(("127.0.0.1", port))
                    return port


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far, in steps of 10 ms."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> tuple[float, float]:
    """Resident MB now and at its highest."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = {
        name: int(rest.split()[0]) / 1024 for name, _, rest in (line.partition(":") for line in lines) if "kB" in rest
    }
    return found["VmRSS"], found["VmHWM"]


# -- brokers ---------------------------------------------------------------------------------------------------------


def mosquitto_binary() -> str:
    """Raises ``BenchFailed`` when it is not installed."""
    found = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise BenchFailed("mosquitto is not installed: apt-get install mosquitto")
    return found


@dataclass(slots=True)
class Mosquitto:
    """The broker on one port, with an empty store at every start."""

    port: int
    config: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self.process.pid

    def restart(self) -> None:
        """Killed and started again on the same port; returns when it listens."""
        ended(self.process, signal.SIGKILL)
        self.process = started([mosquitto_binary(), "-c", self.config], None)
        self.wait()

    def wait(self) -> None:
        if not listening(self.port, self.process):
            raise BenchFailed("mosquitto does not listen")


@contextlib.contextmanager
def mosquitto(folder: Path) -> Iterator[Mosquitto]:
    port, config = free_port(), folder / "mosquitto.conf"
    config.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
        # started by root it would become another user, which undoes being killed with its parent
        f"user {getpass.getuser()}\n"
        "set_tcp_nodelay true\nmax_inflight_messages 0\nmax_queued_messages 100000\n"
    )
    broker = Mosquitto(port, config, started([mosquitto_binary(), "-c", config], None))
    try:
        broker.wait()
        yield broker
    finally:
        ended(broker.process, signal.SIGKILL)


def listening(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Whether it does, within 10 s."""
    until = time.monotonic() + 10
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return True
        time.sleep(0.01)
    return False


EMBEDDED = """
import asyncio, sys
from hub.mqtt.broker import Broker
async def main():
    async with Broker() as broker:
        await broker.start("127.0.0.1", int(sys.argv[1]))
        await asyncio.Event().wait()
asyncio.run(main())
"""


@contextlib.contextmanager
def embedded(folder: Path) -> Iterator[tuple[int, int]]:
    """The hub's own broker without a hub, in a process of its own: port and process id."""
    port = free_port()
    process = started([sys.executable, "-c", EMBEDDED, str(port)], folder / "embedded.out")
    try:
        if not listening(port, process):
            raise BenchFailed("the embedded broker does not listen")
        yield port, process.pid
    finally:
        ended(process)


# -- the hub -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HubProcess:
    """``hallhub run`` in a folder of its own."""

    process: subprocess.Popen[bytes]
    folder: Path
    mqtt_port: int
    web_port: int
    ready_seconds: float

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    def token(self, role: str) -> str:
        """A bearer token, made beside the running hub."""
        made = subprocess.run(
            [hallhub(), "token", "create", role, "--config", self.folder / "hub.toml"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        if made.returncode or not made.stdout.split():
            raise BenchFailed(f"hallhub token create: {made.stderr.strip() or made.stdout.strip()}")
        return made.stdout.split()[-1]

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        return get(self.web_port, path, **headers)


def get(port: int, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers in lower case and body as sent."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        link.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = link.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        link.close()


def hallhub() -> Path:
    return Path(sys.executable).with_name("hallhub")


@contextlib.contextmanager
def hub(
    folder: Path, broker: str | None = None, end: signal.Signals = signal.SIGTERM, more: str = ""
) -> Iterator[HubProcess]:
    """A hub that is ready; ``broker`` None: its embedded one; ``more``: TOML. Raises ``BenchFailed``."""
    folder.mkdir(parents=True, exist_ok=True)
    mqtt_port, web_port = free_port(), free_port()
    config, output = folder / "hub.toml", folder / "hub.out"
    config.write_text(
        f'hall = "{HALL}"\n[mqtt]\nurl = "{broker or f"embedded://127.0.0.1:{mqtt_port}"}"\n'
        f'[log]\nurl = "sqlite:///{(folder / "hall.db").absolute()}"\n[web]\nlisten = "127.0.0.1:{web_port}"\n'
        f'[devices]\nadmission = "open"\n[queue]\nhours = "always"\n{more}'
    )
    if broker is not None:
        mqtt_port = int(broker.rpartition(":")[2])
    begun = time.monotonic()
    process = started([hallhub(), "run", "--config", config], output)
    try:
        _ready(process, web_port, begun + START_SECONDS, output)
        yield HubProcess(process, folder, mqtt_port, web_port, time.monotonic() - begun)
        if process.poll() is not None:
            raise BenchFailed(f"the hub ended: {output.read_text(errors='replace')[-800:]}")
    finally:
        ended(process, end)


def _ready(process: subprocess.Popen[bytes], port: int, until: float, output: Path) -> None:
    answer = "nothing listens"
    while time.monotonic() < until and process.poll() is None:
        try:
            status, _, body = get(port, "/health/ready")
        except OSError:
            time.sleep(0.01)
            continue
        if status == 200:
            return
        answer = f"{status} {body[:200]!r}"
        time.sleep(0.01)
    raise BenchFailed(f"the hub is not ready ({answer}): {output.read_text(errors='replace')[-800:]}")
