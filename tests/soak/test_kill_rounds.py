"""Five hundred deaths with each broker."""

from __future__ import annotations

import statistics

import pytest

from tests.scenarios.killing import rounds
from tests.scenarios.processes import BOTH

ROUNDS = 500


@pytest.mark.soak
@pytest.mark.parametrize("broker", BOTH)
async def test_500_kills_lose_and_double_nothing(tmp_path, broker):
    tally = await rounds(tmp_path, broker, ROUNDS, seed=500)
    print(
        f"\n{broker}: {sum(tally.kills.values())} kills ({tally.while_starting} while starting), "
        f"{tally.tickets} tickets, {tally.calls} calls, {tally.printed} prints, {tally.replayed} replays over HTTP, "
        f"{tally.entries} entries; refused {dict(tally.refused)}; start to accepting: "
        f"median {statistics.median(tally.start_seconds):.3f} s, most {max(tally.start_seconds):.3f} s\n"
        f"by point: {dict(sorted(tally.kills.items()))}"
    )
    assert sum(tally.kills.values()) == ROUNDS
    assert set(tally.refused) <= {"stale"}
