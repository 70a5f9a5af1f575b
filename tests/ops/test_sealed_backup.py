"""Backups that only the holder of a key can read."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tests.ops.processes import HubProcess, hub_process

PHONE = "13812345678"


def with_a_ticket(hub: HubProcess) -> str:
    hub.start()
    token = hub.token()
    status, ticket = hub.post("/api/v1/tickets", {"category": "A", "phone": PHONE}, token, "key-1")
    assert status == 201
    return str(ticket["number"])


def test_a_sealed_backup_restores_elsewhere_with_its_key_and_opens_for_nobody_else(tmp_path: Path) -> None:
    key, other_key = tmp_path / "backup.key", tmp_path / "other.key"
    with hub_process(tmp_path / "one") as hub:
        recipient = hub.run("backup-key", str(key)).stdout.split()[-1]
        hub.run("backup-key", str(other_key))
        assert key.stat().st_mode & 0o777 == 0o600
        number = with_a_ticket(hub)
        stored = hub.log.with_name("files")
        hub.run("backup", str(tmp_path / "sealed"), "--recipient", recipient)
        assert not list(hub.log.parent.glob("*.sealing"))
        assert stored.parent.exists()
    for path in (tmp_path / "sealed").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert path.name == "manifest.json" or content.startswith(b"age-encryption.org/v1")
            assert number.encode() not in content
    with hub_process(tmp_path / "two") as other:
        assert "--identity" in other.run("restore", str(tmp_path / "sealed"), check=78).stderr
        refused = other.run("restore", str(tmp_path / "sealed"), "--identity", str(other_key), check=65)
        assert "私钥" in refused.stderr
        assert not other.log.exists()
        other.run("restore", str(tmp_path / "sealed"), "--identity", str(key))
        other.run("log", "verify")
        assert not list(other.log.parent.glob("*.sealing"))
        other.start()
        status, ticket = other.post("/api/v1/tickets", {"category": "A"}, other.token(), "key-2")
        assert (status, ticket["number"]) == (201, "A002")


def test_stored_files_that_an_earlier_sealed_backup_has_are_linked(tmp_path: Path) -> None:
    key = tmp_path / "backup.key"
    with hub_process(tmp_path / "one") as hub:
        recipient = hub.run("backup-key", str(key)).stdout.split()[-1]
        with_a_ticket(hub)
        from hub.core.paths import StatePaths
        from hub.materials.store import Store

        store = Store(StatePaths.of(hub.log).files)
        store.open()
        stored = store.put([b"a page"], limit=100)
        for night in ("a", "b"):
            hub.run("backup", str(tmp_path / night), "--recipient", recipient)
        plain = stored.sha256
        first, second = (tmp_path / night / "files" / plain[:2] / f"{plain[2:]}.age" for night in ("a", "b"))
        assert first.stat().st_ino == second.stat().st_ino


def test_a_damaged_sealed_file_is_found_without_the_key(tmp_path: Path) -> None:
    key = tmp_path / "backup.key"
    with hub_process(tmp_path / "one") as hub:
        recipient = hub.run("backup-key", str(key)).stdout.split()[-1]
        with_a_ticket(hub)
        hub.run("backup", str(tmp_path / "sealed"), "--recipient", recipient)
    log = tmp_path / "sealed" / "hall.db.age"
    shutil.copyfile(log, tmp_path / "whole")
    log.write_bytes(log.read_bytes()[:-1] + os.urandom(1))
    with hub_process(tmp_path / "two") as other:
        other.run("restore", str(tmp_path / "sealed"), "--identity", str(key), check=65)
        assert not other.log.exists()


def test_a_recipient_that_is_none_is_named(tmp_path: Path) -> None:
    with hub_process(tmp_path / "one") as hub:
        with_a_ticket(hub)
        said = hub.run("backup", str(tmp_path / "sealed"), "--recipient", "age1nonsense", check=78).stderr
        assert "age1nonsense" in said
        assert not (tmp_path / "sealed").exists()
