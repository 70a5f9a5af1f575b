"""An open page learns from positions alone whether it shows a case as it is now."""

from __future__ import annotations

import pytest

from hub.web.pages import case_changes
from hub.web.pages.case_changes import CaseChanges
from tests.web.cases import open_for_cases, opened, post
from tests.web.running import Hall


async def test_a_case_that_did_not_change_needs_no_look_and_a_changed_one_does(hall: Hall) -> None:
    await open_for_cases(hall.hub)
    async with hall.staff("clerk") as client:
        first = await opened(client, "A03")
        began = hall.hub.head()
        changes = CaseChanges(began)
        hall.hub.listen(changes.follow)
        assert changes.last(f"case/{first}") == began
        second = await opened(client, "A03")
        drawn = hall.hub.head()
        assert changes.last(f"case/{first}") == began < changes.last(f"case/{second}") <= drawn
        await post(client, f"/{first}/withdraw", reason="x")
    assert changes.last(f"case/{first}") > drawn
    assert changes.last(f"case/{second}") <= drawn


async def test_what_is_not_remembered_any_more_is_looked_at_rather_than_missed(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_changes, "REMEMBERED", 1)
    await open_for_cases(hall.hub)
    changes = CaseChanges(hall.hub.head())
    hall.hub.listen(changes.follow)
    async with hall.staff("clerk") as client:
        first, second = await opened(client, "A03"), await opened(client, "A03")
    assert changes.last(f"case/{first}") == changes.last("case/never") < changes.last(f"case/{second}")
