"""The house holds: floors, types, lint, sizes, and nothing in the tree that belongs to one machine only."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.settings import variables

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
MOST_LINES = 400
HOST = re.compile(
    r"pypi\.or[g]|pythonhosted\.or[g]|npmjs\.(?:or[g]|co[m])|npmmirro[r]|deb\.debian\.or[g]|unpk[g]|jsdeliv[r]"
)
MACHINE = re.compile(r"(?<![\w.])/wor[k]/|/tmp/h[h]\b|(?<![\w.])/hom[e]/\w|/User[s]/\w")


def ran(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)


def tool(name: str) -> str:
    found = shutil.which(name, path=str(BIN)) or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: make install-tests")
    return found


def tracked() -> Iterator[Path]:
    listed = ran("git", "ls-files", "-z") if shutil.which("git") and (ROOT / ".git").exists() else None
    if listed is None or listed.returncode != 0:
        pytest.skip("not a git work tree")
    for name in listed.stdout.split("\0"):
        if name and (ROOT / name).is_file():
            yield ROOT / name


def texts() -> Iterator[tuple[str, int, str]]:
    for path in tracked():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, 1):
            yield str(path.relative_to(ROOT)), number, line


def test_imports_only_go_down() -> None:
    result = ran(tool("lint-imports"))
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_linter_finds_nothing() -> None:
    result = ran(tool("ruff"), "check", "--output-format=concise", ".")
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_formatter_would_change_nothing() -> None:
    result = ran(tool("ruff"), "format", "--check", ".")
    assert result.returncode == 0, result.stdout + result.stderr


def test_strict_types_hold() -> None:
    result = ran(tool("basedpyright"))
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_module_has_room_for_one_idea() -> None:
    modules = [path for folder in ("hub", "devices") for path in (ROOT / folder).rglob("*.py")]
    assert len(modules) > 100
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in modules}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_no_package_is_named_for_leftovers() -> None:
    leftovers = {"utils", "util", "helpers", "helper", "manager", "managers", "base", "common", "misc"}
    modules = [path for folder in ("hub", "devices") for path in (ROOT / folder).rglob("*.py")]
    assert [path for path in modules if leftovers & {path.stem, path.parent.name}] == []


def test_nothing_in_the_tree_names_one_machine_or_a_registry() -> None:
    found = [f"{name}:{number}" for name, number, line in texts() if HOST.search(line) or MACHINE.search(line)]
    assert found == []


def test_every_locked_package_has_hashes_and_both_locks_agree() -> None:
    locks = [(ROOT / name).read_text(encoding="utf-8") for name in ("requirements.txt", "requirements-test.txt")]
    pins: list[set[str]] = []
    for lock in locks:
        entries = re.findall(
            r"^([a-z0-9-]+==\S+)(?: ;[^\\\n]*)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", lock, re.M
        )
        assert len(entries) == len(re.findall(r"^[a-z]", lock, re.M))
        pins.append({pin for pin, _ in entries})
    assert pins[0] < pins[1]


def test_everything_the_project_asks_for_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = (ROOT / "requirements-test.txt").read_text(encoding="utf-8")
    wanted: list[str] = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = [re.split(r"[>=<\[]", each)[0] for each in wanted]
    missing = [name for name in names if not re.search(rf"^{name}==", locked, re.M)]
    assert missing == []


def test_the_lock_of_web_files_has_integrity_and_no_address() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    brought = {name: entry for name, entry in packages.items() if name}
    assert brought
    assert all("integrity" in entry and "resolved" not in entry for entry in brought.values())


def test_the_readme_names_every_setting_and_its_variable() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for variable, (*table, key) in variables().items():
        name = f"[{table[0]}] {key}" if table else key
        assert f"| `{name}` | `{variable}` |" in readme


def test_every_decision_has_a_number_of_its_own_and_says_it() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    assert decisions
    numbers = [path.name[:4] for path in decisions]
    assert len(numbers) == len(set(numbers))
    titles = {path.name: path.read_text(encoding="utf-8").splitlines()[0] for path in decisions}
    assert [name for name, title in titles.items() if not re.match(rf"# 0*{int(name[:4])}\b", title)] == []
