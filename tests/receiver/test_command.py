"""``hallhub receiver`` as people type it."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from hub.cli import main
from tests.receiver.running import process


def test_a_token_is_made_listed_used_and_revoked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path}/receiver.db"
    assert main(["receiver", "token", "create", "--url", url, "--label", "portal"]) == 0
    id, secret = capsys.readouterr().out.split()
    with process(tmp_path, url) as (_, where):
        asked = {"Authorization": f"Bearer {secret}"}
        assert httpx.get(f"{where}/city/v1/halls", headers=asked, trust_env=False).json() == {"halls": []}
        assert main(["receiver", "--url", url, "token", "revoke", id]) == 0
        assert httpx.get(f"{where}/city/v1/halls", headers=asked, trust_env=False).status_code == 401
        assert main(["receiver", "restore", str(tmp_path / "x"), "--url", url, "--files", str(tmp_path / "f")]) == 1
    assert main(["receiver", "token", "list", "--url", url]) == 0
    assert "revoked" in capsys.readouterr().out
    assert main(["receiver", "token", "revoke", "none", "--url", url]) == 1


def test_what_cannot_be_opened_is_told_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["receiver", "token", "list", "--url", "mysql://x"]) == 78
    assert main(["receiver", "token", "list", "--url", "postgresql://127.0.0.1:1/x"]) == 75
    assert main(["receiver", "--listen", "0.0.0.0:1"]) == 78
    assert main(["receiver", "backup", str(tmp_path / "b"), "--url", "memory:"]) == 1
    assert "pg_dump" in capsys.readouterr().err
