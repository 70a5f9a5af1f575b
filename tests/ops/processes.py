"""Hubs as real processes: each in a process group of its own, its output in files, on ports that the system chose."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

HALLHUB = Path(sys.executable).parent / "hallhub"


class HubProcess:
    """``hallhub`` with a configuration file in ``folder``; ``start`` and ``stop`` as often as wanted."""

    def __init__(self, folder: Path, **environment: str) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.log = folder / "state" / "hall.db"
        self.config = folder / "hub.toml"
        self.config.write_text(
            f'hall = "t"\n[mqtt]\nurl = "embedded://127.0.0.1:0"\n[log]\nurl = "sqlite:///{self.log}"\n'
            '[web]\nlisten = "127.0.0.1:0"\n[devices]\nadmission = "open"\n[queue]\nhours = "always"\n',
            encoding="utf-8",
        )
        clean = {name: value for name, value in os.environ.items() if not name.startswith("HALLHUB_")}
        self.environment = {**clean, **environment}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, ready: bool = True, **popen: object) -> HubProcess:
        out, err = (self.folder / "stdout").open("wb"), (self.folder / "stderr").open("wb")
        command = [str(HALLHUB), "run", "--config", str(self.config)]
        self.process = subprocess.Popen(
            command, stdout=out, stderr=err, env=self.environment, start_new_session=True, **popen
        )
        out.close()
        err.close()
        if ready:
            self.until(lambda: self.web and self.get("/health/ready")[0] == 200)
        return self

    def until(self, holds: object, seconds: float = 20.0) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process is not None
            if self.process.poll() is not None:
                raise AssertionError(f"ended with {self.process.returncode}: {self.stderr}")
            with suppress(OSError):
                if holds():  # type: ignore[operator]
                    return
            time.sleep(0.02)
        raise AssertionError(f"not in time: {self.stdout} {self.stderr}")

    @property
    def stdout(self) -> str:
        return (self.folder / "stdout").read_text(encoding="utf-8")

    @property
    def stderr(self) -> str:
        return (self.folder / "stderr").read_text(encoding="utf-8")

    @property
    def web(self) -> str:
        return next((word for word in self.stdout.split() if word.startswith("http://")), "")

    @property
    def mqtt_port(self) -> int:
        line = next(line for line in self.stdout.splitlines() if "MQTT" in line)
        return int(line.split()[2].rpartition(":")[2])

    def get(self, path: str, token: str | None = None, **headers: str) -> tuple[int, bytes]:
        return self._ask(urllib.request.Request(self.web + path, headers=_headers(token, headers)))

    def post(self, path: str, body: object, token: str, key: str) -> tuple[int, dict[str, object]]:
        sent = {"Content-Type": "application/json", "Idempotency-Key": key}
        request = urllib.request.Request(
            self.web + path, json.dumps(body).encode(), _headers(token, sent), method="POST"
        )
        status, answer = self._ask(request)
        return status, json.loads(answer)

    def _ask(self, request: urllib.request.Request) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def run(self, *words: str, check: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Another ``hallhub`` command with the same configuration."""
        done = subprocess.run(
            [str(HALLHUB), *words, "--config", str(self.config)],
            capture_output=True,
            text=True,
            env=self.environment,
            timeout=60,
            check=False,
        )
        if check is not None:
            assert done.returncode == check, (done.returncode, done.stdout, done.stderr)
        return done

    def token(self, role: str = "administrator") -> str:
        return self.run("token", "create", role).stdout.split()[-1]

    def stop(self) -> float:
        """SIGTERM; how many seconds the end took."""
        assert self.process is not None
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        assert code == 0, (code, self.stderr)
        return time.monotonic() - begun

    def kill(self) -> None:
        assert self.process is not None
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)


def _headers(token: str | None, more: dict[str, str]) -> dict[str, str]:
    return more if token is None else {"Authorization": f"Bearer {token}", **more}


@contextmanager
def hub_process(folder: Path, **environment: str) -> Iterator[HubProcess]:
    """Killed at the end, however the test ends."""
    hub = HubProcess(folder, **environment)
    try:
        yield hub
    finally:
        if hub.process is not None:
            hub.kill()
