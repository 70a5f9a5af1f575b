"""How much memory the demo of 58 windows takes, a minute after its start at its own speed."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.processes import BenchFailed, ended, free_port, hallhub, memory, started

LASTING_SECONDS = 60.0


def demo_memory(folder: Path, quick: bool) -> list[Figure]:
    seconds = 15.0 if quick else LASTING_SECONDS
    config, output = folder / "demo.toml", folder / "demo.out"
    config.write_text(
        f'[mqtt]\nurl = "embedded://127.0.0.1:{free_port()}"\n[web]\nlisten = "127.0.0.1:{free_port()}"\n'
    )
    process = started([hallhub(), "demo", "--config", config, "--state", folder / "demo"], output)
    highest = 0.0
    try:
        begun = time.monotonic()
        while (left := seconds - (time.monotonic() - begun)) > 0:
            time.sleep(min(left, 0.5))
            if process.poll() is not None:
                raise BenchFailed(f"the demo ended: {output.read_text(errors='replace')[-800:]}")
            highest = max(highest, memory(process.pid)[0])
        now, peak = memory(process.pid)
        others = _children(process.pid)
    finally:
        ended(process)
    beside = (
        f"; processes beside it {others:.0f} MB" if others else "; simulated devices and public in the same process"
    )
    return [
        Figure(
            9,
            f"hub with the 58-window demo, resident after {seconds:.0f} s",
            now,
            "MB",
            ("≤", 200),
            f"{_imports():.0f} MB with the hub imported and nothing begun",
            f"peak {max(peak, highest):.0f} MB{beside}",
            "what is imported, and the day's tickets in memory",
        )
    ]


def _children(pid: int) -> float:
    """Resident MB of the processes that it started."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(memory(int(child))[0] for child in found)


def _imports() -> float:
    code = "import hub.compose, hub.demo.simulated_day, resource; print(open('/proc/self/status').read())"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True).stdout
    return next(int(line.split()[1]) / 1024 for line in said.splitlines() if line.startswith("VmRSS"))
