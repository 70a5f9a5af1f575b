"""Files of the pages: hashed names, locked copies, cached for ever."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from hub.web import assets


def test_every_address_carries_a_hash_of_its_content() -> None:
    loaded = assets.load()
    assert loaded.url("board.css").startswith("/static/board.")
    for name, url in loaded.urls.items():
        served = loaded.files[url.removeprefix("/static/")]
        assert hashlib.sha256(served.content).hexdigest()[:12] in url, name


def test_scripts_import_each_other_by_hashed_names() -> None:
    loaded = assets.load()
    board = loaded.files[loaded.url("board.js").removeprefix("/static/")].content.decode()
    assert loaded.url("live.js").removeprefix("/static/") in board
    assert '"./live.js"' not in board


def test_a_changed_import_changes_the_importer_and_the_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    (tmp_path / "one.js").write_text('import { x } from "./two.js";')
    (tmp_path / "two.js").write_text("export const x = 1;")
    before = assets.load()
    (tmp_path / "two.js").write_text("export const x = 2;")
    after = assets.load()
    assert before.url("one.js") != after.url("one.js")
    assert before.version != after.version


def test_a_vendored_file_that_is_not_the_locked_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "VENDOR", tmp_path)
    (tmp_path / "manifest.json").write_text('{"echarts.js": "echarts.0.js"}')
    (tmp_path / "echarts.0.js").write_text("alert(1)")
    with pytest.raises(assets.AssetsMissing, match="locked"):
        assets.load()


def test_pages_still_work_before_vendored_files_are_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "VENDOR", tmp_path)
    assert "echarts.js" not in assets.load().urls


def test_nothing_served_holds_what_the_content_policy_forbids() -> None:
    for template in (assets.STATIC.parent / "templates").glob("*.html"):
        text = template.read_text()
        assert " style=" not in text, template
        assert "<style" not in text, template
        assert not [part for part in text.split("<script")[1:] if "src=" not in part.split(">")[0]], template
        assert " on" + "click=" not in text, template
