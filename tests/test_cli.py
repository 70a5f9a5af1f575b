"""The command line: what people type, and what they read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hub.cli import main
from hub.core.profile_file import default_text
from tests.ops.processes import hub_process


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hub.toml").write_text('[log]\nurl = "sqlite:///state/hall.db"\n')
    return ["--config", str(tmp_path / "hub.toml")]


def test_help_loads_neither_the_hub_nor_its_libraries() -> None:
    heavy = ["asyncio", "fastapi", "pydantic", "paho", "sqlite3", "cryptography"]
    code = (
        "import sys\nfrom hub.cli.commands import parser\nparser(['--help']).format_help()\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_command_has_help_and_takes_a_config(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (
        ["run"],
        ["demo"],
        ["profile", "publish"],
        ["calendar", "import"],
        ["log", "export"],
        ["report"],
        ["forget"],
        ["token", "create"],
        ["account", "create"],
        ["backup"],
        ["restore"],
        ["clock", "confirm"],
        ["devices"],
    ):
        with pytest.raises(SystemExit) as ended:
            main([*words, "--help"])
        assert ended.value.code == 0
        assert "--config" in capsys.readouterr().out


def test_the_token_is_the_last_word_and_the_config_may_stand_first(
    config: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*config, "token", "create", "clerk", "--label", "kiosk app"]) == 0
    token = capsys.readouterr().out.split()[-1]
    assert token.startswith("hall_")
    assert main(["token", "list", *config]) == 0
    listed = capsys.readouterr().out
    assert "kiosk app" in listed
    assert token not in listed
    assert main(["token", "revoke", listed.split()[0], *config]) == 0
    assert main(["token", "revoke", "nothing", *config]) == 1
    assert "unknown-token" in capsys.readouterr().err


def test_accounts_are_made_disabled_and_given_passwords(config: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["account", "create", "王芳", "administrator", *config]) == 0
    first = capsys.readouterr().out.split()[-1]
    assert main(["account", "password", "王芳", *config]) == 0
    assert capsys.readouterr().out.split()[-1] != first
    assert main(["account", "create", "王芳", "clerk", *config]) == 1
    assert main(["account", "disable", "王芳", *config]) == 1  # nobody could manage accounts any more
    assert main(["account", "create", "李强", "clerk", *config]) == 0
    assert main(["account", "disable", "李强", *config]) == 0
    capsys.readouterr()
    assert main(["account", "list", *config]) == 0
    assert "disabled" in capsys.readouterr().out


def test_a_check_names_line_and_field_of_each_problem(
    config: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = tmp_path / "good.toml"
    good.write_text(default_text(), encoding="utf-8")
    assert main(["profile", "check", str(good), *config]) == 0
    bad = tmp_path / "bad.toml"
    bad.write_text(default_text().replace('timezone = "Asia/Shanghai"', 'timezone = "Mars"'), encoding="utf-8")
    capsys.readouterr()
    assert main(["profile", "check", str(bad), *config]) == 1
    said = capsys.readouterr().out
    assert "hall.timezone" in said
    assert "第 " in said
    (tmp_path / "none.toml").write_bytes(b"\xff\xfe")
    assert main(["profile", "check", str(tmp_path / "none.toml"), *config]) == 1
    assert main(["profile", "check", str(tmp_path / "missing.toml"), *config]) == 66


def test_a_profile_goes_round_before_the_first_start(
    config: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["profile", "export", *config]) == 0
    file = tmp_path / "hall.toml"
    file.write_text(capsys.readouterr().out.replace('"17:00"', '"16:30"'), encoding="utf-8")
    assert main(["profile", "publish", *config]) == 1
    assert "no draft" in capsys.readouterr().err
    assert main(["profile", "import", str(file), *config]) == 0
    assert main(["profile", "export", "--draft", *config]) == 0
    assert '"16:30"' in capsys.readouterr().out
    assert main(["profile", "publish", "--next-day", *config]) == 0
    assert "第 2 版" in capsys.readouterr().out
    assert main(["profile", "export", *config]) == 0
    assert '"16:30"' in capsys.readouterr().out
    assert main(["log", "verify", *config]) == 0


def test_a_draft_with_problems_is_kept_told_and_not_published(
    config: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "hall.toml"
    file.write_text(default_text().replace('timezone = "Asia/Shanghai"', 'timezone = "Mars"'), encoding="utf-8")
    assert main(["profile", "import", str(file), *config]) == 0
    assert "hall.timezone" in capsys.readouterr().err
    assert main(["profile", "publish", *config]) == 1
    assert "profile-invalid" in capsys.readouterr().err


def test_profile_and_calendar_are_published_into_a_running_hub(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        hub.start()
        file = tmp_path / "hall.toml"
        file.write_text(hub.run("profile", "export").stdout.replace('"17:00"', '"16:30"'), encoding="utf-8")
        hub.run("profile", "import", str(file))
        assert "第 2 版" in hub.run("profile", "publish", "--now").stdout
        assert (
            "nothing was published"
            in (hub.run("profile", "import", str(file)) and hub.run("profile", "publish")).stdout
        )
        calendar = tmp_path / "years.toml"
        calendar.write_text('[[years]]\nyear = 2031\nholidays = [{date = 2031-01-01, zh = "元旦", en = "New Year"}]\n')
        assert "2031" in hub.run("calendar", "import", str(calendar)).stdout
        types = [json.loads(line)["type"] for line in hub.run("log", "export").stdout.splitlines()]
        assert types.count("profile-published") == 2
        assert types.count("calendar-published") == 2
        assert "plan-adopted" in types
        assert "confirmed" in hub.run("clock", "confirm").stdout
        assert hub.run("devices").stdout == ""


def test_a_file_of_the_export_has_its_name_when_it_is_whole(
    config: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["log", "export", "--output", str(tmp_path / "log.jsonl"), *config]) == 66
    assert not (tmp_path / "log.jsonl").exists()
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["token", "revoke", "zz"], "There is no token zz."),
        (["account", "password", "nobody"], "There is no account nobody."),
        (["account", "create", "a/b", "clerk"], "An account name has"),
    ],
)
def test_what_accounts_and_tokens_refuse_is_told_in_words(
    config: list[str], capsys: pytest.CaptureFixture[str], typed: list[str], told: str
) -> None:
    assert main([*config, *typed]) == 1
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("kept", ["0", "-1", "x"])
def test_backups_are_never_dropped_for_a_count_that_is_none(config: list[str], tmp_path: Path, kept: str) -> None:
    with pytest.raises(SystemExit):
        main([*config, "backup", str(tmp_path / "b"), "--keep", kept])


def test_a_damaged_draft_is_told_and_a_new_one_may_be_imported(
    config: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    profile = tmp_path / "hall.toml"
    profile.write_text(default_text())
    assert main([*config, "profile", "import", str(profile)]) == 0
    (tmp_path / "state" / "hall.draft.json").write_text("{{{")
    for words in (["export", "--draft"], ["publish"]):
        assert main([*config, "profile", *words]) == 1
        assert "the draft is damaged" in capsys.readouterr().err
    assert main([*config, "profile", "import", str(profile)]) == 0


def test_a_days_report_is_counted_from_the_log_beside_a_running_hub(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with hub_process(tmp_path) as hub:
        hub.start()
        config = ["--config", str(hub.config)]
        streams = {json.loads(line)["stream"] for line in hub.run("log", "export").stdout.splitlines()}
        (day,) = (name.removeprefix("queue/") for name in streams if name.startswith("queue/"))
        assert main(["report", "--day", day, *config]) == 0
        assert "取号 tickets" in capsys.readouterr().out
        assert main(["report", "--day", day, "--csv", str(tmp_path / "day.csv"), *config]) == 0
        assert main(["report", "--day", day, "--xlsx", str(tmp_path / "day.xlsx"), *config]) == 0
        assert main(["report", "--day", "2001-01-01", *config]) == 66
    assert "totals,,,issued,取号,tickets,count,0" in (tmp_path / "day.csv").read_text()
    assert (tmp_path / "day.xlsx").read_bytes()[:2] == b"PK"
