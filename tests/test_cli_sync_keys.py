"""``hallhub sync keys``, ``sync ca`` and ``receiver keys``: what people type, and what they read."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from hub.cli import main
from hub.sync.certificates import certificate_of, hall_of
from hub.sync.identity import load_identity, save_identity
from hub.sync.keyring import KeyRing
from hub.sync.trust_paths import TrustPaths
from tests.sync.city import NOW, begun, served
from tests.sync.parties import HALL

Read = pytest.CaptureFixture[str]


@pytest.fixture
def config(tmp_path: Path) -> list[str]:
    (tmp_path / "hub.toml").write_text(f'[log]\nurl = "sqlite:///{tmp_path}/state/hall.db"\n')
    return ["--config", str(tmp_path / "hub.toml")]


@pytest.fixture
def paths(tmp_path: Path) -> TrustPaths:
    return TrustPaths.of(tmp_path / "state/hall.db")


def last_word(read: Read) -> str:
    return read.readouterr().out.split()[-1]


def test_a_new_key_is_handed_to_the_city_and_revoked_there(config: list[str], tmp_path: Path, capsys: Read) -> None:
    ring = ["--ring", str(tmp_path / "halls.json")]
    assert main(["sync", "keys", "new", *config]) == 0
    public = last_word(capsys)
    assert main(["sync", "keys", "new", *config]) == 1
    assert "rotate" in capsys.readouterr().err
    assert main(["sync", "keys", "show", *config]) == 0
    assert last_word(capsys) == public
    assert main(["receiver", "keys", "add", HALL, public, *ring]) == 0
    keyid = last_word(capsys)
    assert main(["receiver", "keys", "add", HALL, "nonsense", *ring]) == 1
    assert main(["receiver", "keys", "revoke", HALL, keyid, *ring]) == 0
    assert main(["receiver", "keys", "list", *ring]) == 0
    assert "已吊销" in capsys.readouterr().out


def test_the_hub_trusts_several_keys_of_the_online_hall(
    config: list[str], paths: TrustPaths, tmp_path: Path, capsys: Read
) -> None:
    other = ["--config", str(tmp_path / "other.toml")]
    (tmp_path / "other.toml").write_text(f'[log]\nurl = "sqlite:///{tmp_path}/other/city.db"\n')
    main(["sync", "keys", "new", *other])
    assert main(["sync", "keys", "trust", last_word(capsys), *config]) == 0
    (known,) = KeyRing(paths.online).keys()
    assert main(["sync", "keys", "distrust", known.keyid, *config]) == 0
    assert KeyRing(paths.online).keys()[0].revoked


def test_a_city_begins_an_authority_and_a_certificate_is_renewed_by_hand(
    config: list[str], paths: TrustPaths, tmp_path: Path, capsys: Read
) -> None:
    folder, asked = str(tmp_path / "ca"), str(tmp_path / "asked.pem")
    assert main(["sync", "ca", "init", folder, "--name", "示例市"]) == 0
    assert main(["sync", "ca", "init", folder]) == 1
    assert main(["sync", "ca", "server", folder, "city.example", "10.0.0.1"]) == 0
    assert main(["sync", "ca", "request", HALL, "--output", asked, *config]) == 0
    assert main(["sync", "ca", "renew", folder, "xicheng", asked]) == 1
    capsys.readouterr()
    assert main(["sync", "ca", "renew", folder, HALL, asked, "--days", "90"]) == 0
    assert main(["sync", "ca", "accept", HALL, last_word(capsys), *config]) == 0
    held = certificate_of(paths.pair.read_bytes())
    assert hall_of(held) == HALL
    assert held.not_valid_after_utc - NOW < timedelta(days=91)
    assert main(["sync", "ca", "revoke-list", folder, HALL]) == 0
    assert main(["sync", "ca", "list", folder]) == 0
    assert "已吊销" in capsys.readouterr().out


async def test_key_and_certificate_are_changed_over_the_line(
    config: list[str], paths: TrustPaths, tmp_path: Path, capsys: Read
) -> None:
    city = begun(tmp_path)
    save_identity(city.parties.hall, paths.signing)
    city.pair.rename(paths.pair)
    paths.ca.write_bytes(city.ca.read_bytes())
    before = paths.pair.read_bytes()
    async with served(city) as base:
        errand = [HALL, "--url", base, *config]
        assert await asyncio.to_thread(main, ["sync", "keys", "rotate", *errand]) == 75  # nobody is trusted yet
        await asyncio.to_thread(main, ["sync", "keys", "trust", city.parties.city.public, *config])
        for _ in range(2):
            assert await asyncio.to_thread(main, ["sync", "keys", "rotate", *errand]) == 0
        assert await asyncio.to_thread(main, ["sync", "ca", "renew-online", *errand]) == 0
    assert load_identity(paths.signing).keyid != city.parties.hall.keyid
    assert len(city.parties.halls.keys(HALL)) == 3
    assert paths.pair.read_bytes() != before
    assert await asyncio.to_thread(main, ["sync", "keys", "rotate", *errand]) != 0
    assert "线路不通" in capsys.readouterr().err


async def test_hall_and_address_are_those_of_the_settings_unless_others_are_named(
    config: list[str], paths: TrustPaths, tmp_path: Path, capsys: Read
) -> None:
    city = begun(tmp_path)
    save_identity(city.parties.hall, paths.signing)
    city.pair.rename(paths.pair)
    paths.ca.write_bytes(city.ca.read_bytes())
    assert main(["sync", "ca", "request", *config]) == 78
    assert "[sync] hall" in capsys.readouterr().err
    async with served(city) as base:
        file = tmp_path / "hub.toml"
        file.write_text(file.read_text() + f'[sync]\nurl = "{base}"\nhall = "{HALL}"\n')
        await asyncio.to_thread(main, ["sync", "keys", "trust", city.parties.city.public, *config])
        assert await asyncio.to_thread(main, ["sync", "keys", "rotate", *config]) == 0
        assert await asyncio.to_thread(main, ["sync", "ca", "renew-online", *config]) == 0
        capsys.readouterr()
        assert await asyncio.to_thread(main, ["sync", "ca", "renew-online", "xicheng", *config]) == 1
    assert "[sync] hall" in capsys.readouterr().err
    paths.pair.with_name(f"{paths.pair.name}.next").unlink()
    asked = str(tmp_path / "asked.pem")
    assert main(["sync", "ca", "request", "--output", asked, *config]) == 0
    assert main(["sync", "ca", "renew", str(tmp_path / "ca"), HALL, asked]) == 0
    signed = last_word(capsys)
    assert main(["sync", "ca", "accept", signed, *config]) == 0
    capsys.readouterr()
    assert main(["sync", "ca", "accept", signed, *config]) == 1
    assert "没有待签的申请" in capsys.readouterr().err


def test_the_line_is_known_by_the_files_that_the_settings_name(tmp_path: Path, capsys: Read) -> None:
    file = tmp_path / "hub.toml"
    lines = (f'[log]\nurl = "sqlite:///{tmp_path}/state/hall.db"', "[sync]", f'signing_key = "{tmp_path}/own.pem"')
    file.write_text("\n".join(lines))
    assert main(["sync", "keys", "new", "--config", str(file)]) == 0
    assert load_identity(tmp_path / "own.pem").public == last_word(capsys)


def test_a_missing_log_is_said_once(tmp_path: Path, config: list[str], capsys: Read) -> None:
    assert main(["sync", "new-epoch", *config]) == 66
    assert capsys.readouterr().err.count("没有") == 1
