"""kill -9 at every commit point: nothing acknowledged is lost, nothing happens twice, no number is skipped."""

from __future__ import annotations

import pytest

from .killing import rounds
from .processes import BOTH


@pytest.mark.parametrize("broker", BOTH)
async def test_a_hub_killed_at_its_commit_points_loses_and_doubles_nothing(tmp_path, broker):
    tally = await rounds(tmp_path, broker, 20, seed=20261123)
    assert sum(tally.kills.values()) == 20
    assert tally.tickets > 100
    assert set(tally.refused) <= {"stale"}
