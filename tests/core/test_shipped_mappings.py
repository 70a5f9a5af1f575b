"""The mappings of the project are found by name, from a source tree and from a wheel."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from hub.core.shipped_mappings import shipped_mapping, shipped_mappings

ROOT = Path(__file__).parents[2]
ASK = "from hub.core.shipped_mappings import shipped_mapping; print(shipped_mapping('guangan'))"


def test_a_name_finds_its_file_and_a_path_is_no_name() -> None:
    assert shipped_mappings()["guangan"].read_text(encoding="utf-8").count("[columns]") == 1
    assert shipped_mapping("../mappings/guangan") is None
    assert shipped_mapping("nowhere") is None


def test_a_wheel_carries_them_and_finds_them_where_it_was_installed(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(installed)
    found = subprocess.run(
        [sys.executable, "-P", "-c", ASK],
        cwd=tmp_path, env={"PYTHONPATH": str(installed)}, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert found.stdout.strip() == str(installed / "hub" / "mappings" / "guangan.toml")
