"""``hallhub policy``: what people type about the rules of the queue, and what they read."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.cli import main
from hub.core.policy_file import dump_policy
from hub.core.profile_file import default_profile
from tests.ops.processes import hub_process
from tests.views.trial.days import DAY, busy_day, write_days

Read = pytest.CaptureFixture[str]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hub.toml").write_text('[log]\nurl = "sqlite:///state/hall.db"\n')
    return ["--config", str(tmp_path / "hub.toml")]


@pytest.fixture
def recorded(config: list[str], tmp_path: Path) -> list[str]:
    write_days(f"sqlite:///{tmp_path}/state/hall.db", {DAY: busy_day()})
    return config


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    file = tmp_path / "draft.toml"
    text = dump_policy(default_profile().policy).replace("long_wait_minutes = 30", "long_wait_minutes = 45")
    file.write_text(text, encoding="utf-8")
    return file


def test_a_check_names_both_lines_of_a_contradiction(config: list[str], draft: Path, capsys: Read) -> None:
    assert main(["policy", "check", str(draft), *config]) == 0
    assert "等满 45 分钟" in capsys.readouterr().out
    text = draft.read_text(encoding="utf-8")
    draft.write_text(text.replace("long_wait_minutes = 45", "long_wait_minutes = 12"), encoding="utf-8")
    assert main(["policy", "check", str(draft), *config]) == 1
    said = capsys.readouterr().out
    line = text.splitlines().index("policy.long_wait_minutes = 45") + 1
    assert f"(against line {line} policy.long_wait_minutes)" in said
    assert "line 2 policy.classes[0].credit_minutes" in said


def test_a_draft_is_tried_on_a_recorded_day_and_changes_nothing(
    recorded: list[str], draft: Path, tmp_path: Path, capsys: Read
) -> None:
    before = (tmp_path / "state/hall.db").read_bytes()
    chart, table = tmp_path / "chart.svg", tmp_path / "table.csv"
    words = ["policy", "try", str(draft), "--day", DAY, "--chart", str(chart), "--csv", str(table), *recorded]
    assert main(words) == 0
    said = capsys.readouterr().out
    for part in ("全部 Everybody", "人少等 5 分钟以上", "可信度", "现行（第 1 版）", "草案", "等满 45 分钟", "█"):
        assert part in said
    assert chart.read_text(encoding="utf-8").startswith("<svg")
    assert table.read_text(encoding="utf-8").startswith("day,kind,")
    assert (tmp_path / "state/hall.db").read_bytes() == before


def test_the_latest_day_is_taken_and_an_unknown_one_is_refused_with_those_there_are(
    recorded: list[str], draft: Path, capsys: Read
) -> None:
    assert main(["policy", "try", str(draft), *recorded]) == 0
    assert DAY in capsys.readouterr().out
    assert main(["policy", "try", str(draft), "--day", "2020-01-01", *recorded]) == 66
    assert DAY in capsys.readouterr().err


def test_what_is_no_policy_is_not_tried(recorded: list[str], tmp_path: Path, capsys: Read) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("policy.rush_share = 1\n", encoding="utf-8")
    assert main(["policy", "try", str(bad), *recorded]) == 1
    assert "第 1 行" in capsys.readouterr().out


def test_the_policy_in_force_is_shown_with_its_promises(recorded: list[str], capsys: Read) -> None:
    assert main(["policy", "show", *recorded]) == 0
    said = capsys.readouterr().out
    assert "第 1 版" in said
    assert "承诺 Promises" in said
    assert "等满 30 分钟" in said


def test_a_policy_is_published_over_the_profile_in_force(recorded: list[str], draft: Path, capsys: Read) -> None:
    assert main(["policy", "publish", str(draft), "--next-day", *recorded]) == 0
    assert "Version 2 is published" in capsys.readouterr().out
    assert main(["policy", "show", *recorded]) == 0
    assert "等满 45 分钟" in capsys.readouterr().out
    assert main(["policy", "publish", str(draft), "--next-day", *recorded]) == 0
    assert "nothing was published" in capsys.readouterr().out


def test_a_draft_that_somebody_edits_is_left_alone(
    recorded: list[str], draft: Path, tmp_path: Path, capsys: Read
) -> None:
    file = tmp_path / "hall.toml"
    assert main(["profile", "export", *recorded]) == 0
    file.write_text(capsys.readouterr().out.replace('"17:00"', '"16:30"'), encoding="utf-8")
    assert main(["profile", "import", str(file), *recorded]) == 0
    assert main(["policy", "publish", str(draft), *recorded]) == 1
    assert "draft of the profile" in capsys.readouterr().err


def test_a_running_hub_is_read_and_published_into(draft: Path, tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        hub.start()
        assert "第 1 版" in hub.run("policy", "show").stdout
        tried = hub.run("policy", "try", str(draft)).stdout
        assert "0 人少等" in tried
        assert "这一天尚未结束" in tried
        assert "Version 2 is published" in hub.run("policy", "publish", str(draft), "--now").stdout
        assert "等满 45 分钟" in hub.run("policy", "show").stdout
