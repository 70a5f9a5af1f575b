"""Backups taken while people take numbers, and restored."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from hub.core.term import load_term
from hub.ops.backup import read_forgotten
from tests.ops.processes import HubProcess, hub_process


def take(hub: HubProcess, token: str, key: str, **data: object) -> dict[str, object]:
    status, ticket = hub.post("/api/v1/tickets", {"category": "A", **data}, token, key)
    assert status == 201, ticket
    return ticket


def test_a_backup_taken_while_tickets_are_taken_restores_elsewhere_and_numbers_go_on(tmp_path: Path) -> None:
    with hub_process(tmp_path / "one") as hub:
        hub.start()
        token = hub.token()
        enough = threading.Event()
        taken: list[str] = []

        def people() -> None:
            while not enough.is_set():
                taken.append(str(take(hub, token, f"key-{len(taken)}", phone=f"138{len(taken):08d}")["number"]))

        crowd = threading.Thread(target=people)
        crowd.start()
        hub.until(lambda: len(taken) > 20)
        hub.run("backup", str(tmp_path / "backup"))
        hub.until(lambda: len(taken) > 40)
        enough.set()
        crowd.join()
        assert taken == [f"A{n:03d}" for n in range(1, len(taken) + 1)]

    with hub_process(tmp_path / "two") as other:
        other.run("restore", str(tmp_path / "backup"))
        other.start()
        number = str(take(other, token, "a-new-one")["number"])  # tokens came along
        assert "A020" < number <= f"A{len(taken):03d}"
        other.run("log", "verify")
        assert load_term(other.log.with_name("hall.term")) == 2


def test_a_forgotten_person_stays_forgotten_when_an_older_backup_is_restored(tmp_path: Path) -> None:
    with hub_process(tmp_path / "one") as hub:
        hub.start()
        take(hub, hub.token(), "key-1", phone="13812345678")
        hub.run("backup", str(tmp_path / "backup"))
        said = hub.run("forget", "138 1234 5678").stdout
        hub.stop()
        refused = hub.run("restore", str(tmp_path / "backup"), check=78)
        assert "--force-over" in refused.stderr
        hub.run("restore", "--force-over", str(tmp_path / "backup"))
        (only,) = read_forgotten(hub.log.with_name("hall.keys.db"))
        assert only[0] in said
        hub.start()
        assert unsealed(hub) == [None]


def test_a_newer_list_of_the_forgotten_may_come_from_another_backup(tmp_path: Path) -> None:
    with hub_process(tmp_path / "one") as hub:
        hub.start()
        take(hub, hub.token(), "key-1", phone="13812345678")
        hub.run("backup", str(tmp_path / "older"))
        hub.run("forget", "13812345678")
        hub.run("backup", str(tmp_path / "newer"))
    with hub_process(tmp_path / "two") as other:
        newer = str(tmp_path / "newer" / "keys" / "forgotten.json")
        other.run("restore", str(tmp_path / "older"), "--forgotten", newer)
        assert unsealed(other) == [None]


def test_without_that_list_the_older_backup_opens_again(tmp_path: Path) -> None:
    with hub_process(tmp_path / "one") as hub:
        hub.start()
        take(hub, hub.token(), "key-1", phone="13812345678")
        hub.run("backup", str(tmp_path / "older"))
    with hub_process(tmp_path / "two") as other:
        other.run("restore", str(tmp_path / "older"))
        assert unsealed(other) == ["13812345678"]


def test_a_running_hub_is_not_restored_over(tmp_path: Path) -> None:
    with hub_process(tmp_path / "one") as hub:
        hub.start()
        hub.run("backup", str(tmp_path / "backup"))
        assert "Stop it first" in hub.run("restore", "--force-over", str(tmp_path / "backup"), check=75).stderr


@pytest.mark.parametrize("name", ["hall.db", "keys/hall.secret", "manifest.json"])
def test_a_damaged_backup_changes_nothing(tmp_path: Path, name: str) -> None:
    with hub_process(tmp_path / "one") as hub:
        hub.start()
        hub.run("backup", str(tmp_path / "backup"))
        hub.stop()
        file = tmp_path / "backup" / name
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 255
        file.write_bytes(content)
        before = hub.log.read_bytes()
        hub.run("restore", "--force-over", str(tmp_path / "backup"), check=65)
        assert hub.log.read_bytes() == before


def test_half_a_backup_is_none(tmp_path: Path) -> None:
    with hub_process(tmp_path / "one") as hub:
        hub.start()
        hub.run("backup", str(tmp_path / "backup"))
        shutil.copytree(tmp_path / "backup", tmp_path / "half.partial")
        (tmp_path / "half.partial" / "manifest.json").unlink()
        hub.stop()
        assert "no complete backup" in hub.run("restore", str(tmp_path / "half.partial"), check=78).stderr
        assert "not empty" in hub.run("backup", str(tmp_path / "backup"), check=78).stderr


def test_a_restore_that_was_interrupted_keeps_the_hub_from_starting_until_it_is_done(tmp_path: Path) -> None:
    with hub_process(tmp_path / "one") as hub:
        hub.start()
        take(hub, hub.token(), "key-1")
        hub.run("backup", str(tmp_path / "backup"))
        hub.stop()
        staging = hub.log.with_name("hall.restoring")
        staging.mkdir()
        hub.log.unlink()
        assert "run hallhub restore again" in hub.run("run", check=65).stderr
        hub.run("restore", str(tmp_path / "backup"))
        assert not staging.exists()
        hub.run("log", "verify")


def test_only_the_newest_backups_are_kept(tmp_path: Path) -> None:
    with hub_process(tmp_path / "one") as hub:
        hub.start()
        nights = tmp_path / "nights"
        nights.mkdir()
        (nights / "notes").mkdir()
        with hub_process(tmp_path / "two") as other:
            other.start()
            other.run("backup", str(nights / "another-hall"))
        for night in ("1", "2", "3"):
            hub.run("backup", "--keep", "2", str(nights / night))
        assert len([each for each in nights.iterdir() if (each / "manifest.json").exists()]) == 3
        assert (nights / "another-hall" / "manifest.json").exists()
        assert (nights / "3").exists()
        assert (nights / "notes").exists()


def unsealed(hub: HubProcess) -> list[str | None]:
    """The phones of issued tickets, as the keys open them now."""
    from contextlib import closing

    from hub.log.keys import Keys
    from hub.log.open import open_reader
    from hub.log.sealed import sealed_in

    found: list[str | None] = []
    with (
        closing(open_reader(f"sqlite:///{hub.log}")) as reader,
        closing(Keys(hub.log.with_name("hall.keys.db"))) as keys,
    ):
        for entry in reader.read(0, 1000):
            for name, box in sealed_in(entry.data).items():
                found.append(keys.unseal(box, entry.stream, entry.type, name))
    return found


def test_what_the_online_hall_knows_the_hall_by_is_backed_up_and_never_made_older(tmp_path: Path) -> None:
    with hub_process(tmp_path / "one") as hub:
        hub.start()
        hub.run("sync", "keys", "new")
        signing = hub.log.with_name("hall.signing.pem")
        old = signing.read_bytes()
        for name in ("hall.line.pem", "hall.online-keys.json", "hall.city-ca.pem"):
            hub.log.with_name(name).write_text(name)
        hub.run("backup", str(tmp_path / "backup"))
        assert (tmp_path / "backup/keys/hall.signing.pem").stat().st_mode & 0o777 == 0o600
        hub.stop()
        signing.write_bytes(b"a newer key")
        hub.run("restore", "--force-over", str(tmp_path / "backup"))
        assert signing.read_bytes() == b"a newer key"
    with hub_process(tmp_path / "two") as other:
        other.run("restore", str(tmp_path / "backup"))
        assert other.log.with_name("hall.signing.pem").read_bytes() == old
        assert other.log.with_name("hall.city-ca.pem").read_text() == "hall.city-ca.pem"
