from __future__ import annotations

from pathlib import Path

from hub.web.access.roles import ROLES
from hub.web.api.windows import ACTS

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


def test_the_page_names_every_act_and_role() -> None:
    for name in (*ACTS, *ROLES):
        assert f"`{name}`" in PAGE or f" {name} " in PAGE, name
