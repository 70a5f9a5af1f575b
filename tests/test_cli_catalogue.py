"""``hallhub catalogue``: what people type, and what they read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hub.cli import main
from hub.core.catalogue_file import read_catalogue, write_csv, write_json
from tests.domain.catalogue.items import SHIPPED
from tests.domain.hall.halls import DEFAULT
from tests.ops.processes import hub_process


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hub.toml").write_text('[log]\nurl = "sqlite:///state/hall.db"\n')
    return ["--config", str(tmp_path / "hub.toml")]


CHANGED = replace(
    SHIPPED, items=tuple(replace(item, promised_days=2) if item.code == "A02" else item for item in SHIPPED.items)
)


def test_what_is_exported_is_imported_again(config: list[str], tmp_path: Path) -> None:
    for format in ("csv", "xlsx", "json"):
        file = tmp_path / f"out.{format}"
        assert main([*config, "catalogue", "export", "--format", format, "--output", str(file)]) == 0
        assert read_catalogue(file.read_bytes(), DEFAULT).items == SHIPPED.items
        assert main([*config, "catalogue", "check", str(file)]) == 0


def test_an_import_shows_the_difference_and_publishes_only_when_told(
    config: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "items.json"
    file.write_bytes(write_json(CHANGED))
    assert main([*config, "catalogue", "import", str(file)]) == 0
    said = capsys.readouterr().out
    assert "承诺办结时限：3 → 2" in said
    assert "没有发布" in said
    assert main([*config, "catalogue", "import", str(file), "--publish", "now", "--until", "2001-01-01"]) != 0
    assert "valid_to" in capsys.readouterr().err
    assert main([*config, "catalogue", "import", str(file), "--publish", "now", "--until", "2999-12-31"]) == 0
    assert "到 2999-12-31 为止" in capsys.readouterr().out
    assert main([*config, "catalogue", "diff", str(file)]) == 0
    assert "与现行目录相同" in capsys.readouterr().out
    assert main([*config, "catalogue", "import", str(file), "--publish", "now", "--until", "2999-12-31"]) == 0
    assert "与第 2 版相同" in capsys.readouterr().out
    first = tmp_path / "first.json"
    assert main([*config, "catalogue", "export", "--version", "1", "--output", str(first)]) == 0
    assert read_catalogue(first.read_bytes(), DEFAULT).items == SHIPPED.items


def test_a_bad_row_keeps_everything_out_unless_the_good_ones_are_taken(
    config: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "items.csv"
    file.write_bytes(write_csv(CHANGED).replace("旅行社设立许可".encode(), b"=1"))
    words = [*config, "catalogue", "import", str(file), "--publish", "now"]
    assert main(words) == 1
    said = capsys.readouterr().err
    assert "H55" in said
    assert "是公式" in said
    assert "没有导入" in said
    assert not (tmp_path / "state" / "hall.db").exists()
    assert main([*words, "--take-good"]) == 0
    said = capsys.readouterr().out
    assert "1 个事项保留现行内容" in said
    assert "新增 0，删除 0，变更 1" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["import", "items.csv", "--publish", "soon"], "--publish"),
        (["import", "items.csv", "--publish", "now", "--until", "now"], "--until"),
        (["import", "items.csv", "--until", "2027-01-01"], "--until 要和 --publish 一起写"),
        (["import", "items.csv"], "没有这一列"),
        (["import", "items.csv", "--mapping", "map.toml"], "columns"),
        (["import", "items.csv", "--mapping", "guangan"], "item_code"),
        (["import", "items.csv", "--mapping", "nowhere"], "随附的有：guangan"),
        (["import", "items.csv", "--mapping", "../mappings/guangan"], "没有对应关系文件"),
        (["check", "."], "目录"),
        (["check", "nothing.csv"], "nothing.csv"),
        (["export", "--version", "9"], "没有这样的目录"),
    ],
)
def test_what_cannot_be_done_is_said(
    config: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    (tmp_path / "items.csv").write_text("cod,zh\n1,2\n")
    (tmp_path / "map.toml").write_text("[defaults]\n")
    assert main([*config, "catalogue", *words]) != 0
    assert said in capsys.readouterr().err


def test_a_running_hub_takes_a_new_version_and_keeps_it(tmp_path: Path) -> None:
    file = tmp_path / "items.json"
    file.write_bytes(write_json(CHANGED))
    with hub_process(tmp_path) as hub:
        hub.start()
        assert "第 2 版" in hub.run("catalogue", "import", str(file), "--publish", "now").stdout
        hub.kill()
        hub.start()
        assert hub.get("/catalogue/A02")[0] == 200
        assert "2 个工作日" in hub.get("/catalogue/A02")[1].decode()
