"""A real district's catalogue, 1,135 items by a mapping, imported and published: one command against a running hub."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Final

from benchmarks.figures import Figure
from benchmarks.processes import ROOT, BenchFailed, cpu_seconds, hallhub, hub

ROW: Final = 16
WHAT: Final = "the real catalogue of 1,135 items imported and published"
REACH: Final = ("≤", 3)
SOURCE: Final = next(
    (at for up in (ROOT, *ROOT.parents) if (at := up / "shared" / "data" / "guangan_items.csv").exists()), None
)
"""Real items of Guang'an; they are not part of the project."""


def catalogue_import(folder: Path, quick: bool) -> list[Figure]:
    if SOURCE is None:
        return [Figure(ROW, WHAT, None, "s", note="skipped: shared/data/guangan_items.csv is not here")]
    with hub(folder / "hub") as running:
        config = ["--config", str(running.folder / "hub.toml")]
        took: list[float] = []
        checked: list[float] = []
        bare: list[float] = []
        mapping = ["--mapping", str(ROOT / "mappings" / "guangan.toml")]
        shipped = folder / "shipped.json"
        _run("catalogue", "export", "--format", "json", "--output", str(shipped), *config)
        used = cpu_seconds(running.pid)
        for _ in range(1 if quick else 3):
            bare.append(_run("--help")[0])
            checked.append(_run("catalogue", "check", str(SOURCE), *mapping, *config)[0])
            seconds, said = _run("catalogue", "import", str(SOURCE), *mapping, "--publish", "now", *config)
            if "已发布" not in said:
                raise BenchFailed(f"nothing was published: {said[-400:]}")
            took.append(seconds)
            _run("catalogue", "import", str(shipped), "--publish", "now", *config)
        cpu = (cpu_seconds(running.pid) - used) / len(took)
    return [
        Figure(
            ROW,
            WHAT,
            max(took),
            "s",
            REACH,
            f"{min(bare):.2f} s for the command's own start",
            f"slowest of {len(took)}, from exec to exit; reading and checking alone {min(checked):.2f} s; hub CPU "
            f"{cpu * 1e3:.0f} ms a publication (two are made each time)",
            "the command's imports and the rows' checks",
        )
    ]


def _run(*words: str) -> tuple[float, str]:
    begun = time.perf_counter()
    done = subprocess.run([hallhub(), *words], capture_output=True, text=True, timeout=60, check=False)
    took = time.perf_counter() - begun
    if done.returncode:
        raise BenchFailed(f"hallhub {' '.join(words)}: {done.stderr.strip()[-400:]}")
    return took, done.stdout
