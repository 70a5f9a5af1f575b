"""Files that no entry names are found and, when told, taken away; everything else stays."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from hub.cli import main
from hub.materials.store import Store
from hub.ops.backup import copy_files
from hub.ops.collect import unnamed
from tests.web.cases import LI, open_for_cases, opened, pledge, post, upload
from tests.web.running import running_hall

DAY = 86_400


def old(store: Store, *names: str) -> None:
    for name in names:
        os.utime(store.place(name), (0, time.time() - 40 * DAY))


async def test_whatever_a_case_names_stays_and_what_is_young_too(tmp_path: Path) -> None:
    async with running_hall(tmp_path) as hall, hall.staff("clerk") as client:
        await open_for_cases(hall.hub)
        store = Store(hall.hub.paths.files)
        held, removed, left, young = [await upload(client, name) for name in (b"held", b"removed", b"left", b"young")]
        first = await post(
            client, "", item="A03", applicant=LI, materials=[{"material": "form", "sha256": held}], receive=False
        )
        case = first.json()["case"]
        await post(client, f"/{case}/materials", materials=[{"material": "id", "sha256": removed}])
        await post(client, f"/{case}/materials/remove", material="id")
        owing = await opened(client, "A02", "id", "form", "proof")
        signed = await pledge(client, "lease", due="2026-11-30")
        assert (await post(client, f"/{owing}/accept", pledge=signed)).status_code == 200
        old(store, held, removed, left, str(signed["sha256"]))
        found = unnamed(store, hall.hub.log, time.time() - 30 * DAY)
    assert [(each.sha256, each.size) for each in found] == [(left, len(b"left"))]
    assert store.has(young)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hub.toml").write_text('[log]\nurl = "sqlite:///state/hall.db"\n')
    return ["--config", str(tmp_path / "hub.toml")]


def test_the_command_deletes_only_when_told(
    config: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*config, "materials", "collect"]) != 0
    assert main([*config, "catalogue", "export", "--output", "items.json"]) == 0
    assert main([*config, "catalogue", "import", "items.json", "--publish", "now"]) == 0
    store = Store(tmp_path / "state" / "hall.files")
    store.open()
    name = store.put([b"nobody names it"], limit=100).sha256
    assert main([*config, "materials", "collect", "--delete"]) == 0
    assert store.has(name)
    old(store, name)
    assert main([*config, "materials", "collect", "--days", "1"]) != 0
    capsys.readouterr()
    assert main([*config, "materials", "collect"]) == 0
    assert name in capsys.readouterr().out
    assert store.has(name)
    assert main([*config, "materials", "collect", "--delete"]) == 0
    assert not store.has(name)


def test_a_file_that_goes_while_a_backup_is_made_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "files")
    store.open()
    kept = store.put([b"kept"], limit=10).sha256
    gone = hashlib.sha256(b"gone").hexdigest()
    monkeypatch.setattr(Store, "all", lambda _: iter([gone, kept]))
    assert copy_files(store.root, tmp_path / "copy", None) == ()
    assert (tmp_path / "copy" / kept[:2] / kept[2:]).read_bytes() == b"kept"
