"""docs/policy.md: what it shows can be used as it stands."""

from __future__ import annotations

import re
from pathlib import Path

from hub.cli.commands import parser
from hub.core.policy_file import load_policy

GUIDE = (Path(__file__).parents[2] / "docs/policy.md").read_text(encoding="utf-8")


def test_every_draft_of_the_guide_may_be_published() -> None:
    drafts = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    assert drafts
    for text in drafts:
        load_policy(text)


def test_every_command_of_the_guide_is_one() -> None:
    commands = re.findall(r"^hallhub ([^#\n]+)", GUIDE, re.MULTILINE)
    assert len(commands) == 4
    for line in commands:
        words = line.split()
        assert parser(words).parse_args(words).handler.startswith("hub.cli.policy:")


def test_every_field_of_the_guide_s_table_is_one_of_the_policy_s() -> None:
    draft = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)[0]
    named = re.findall(r"^\| `([a-z_.\[\]]+)` \|", GUIDE, re.MULTILINE)
    assert named
    for field in named:
        last = field.rpartition(".")[2]
        assert last in draft or last == "after_minutes"
