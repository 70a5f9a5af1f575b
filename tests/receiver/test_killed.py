"""What a receiver acknowledged is there after kill -9, and what it did not is there wholly or not at all."""

from __future__ import annotations

import threading
from pathlib import Path

import httpx
import pytest

from hub.receiver.open import open_store
from hub.sync.envelope import encode_batch
from tests.receiver.halls import Hall
from tests.receiver.running import process


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.soak)])
def test_acknowledged_entries_survive_a_kill_in_the_middle_of_appends(url: str, tmp_path: Path, kills: int) -> None:
    if url == "memory:":
        pytest.skip("gone with the process by design")
    hall = Hall()
    hall.tickets(20_000)
    acknowledged = 0
    for kill in range(kills):
        with (
            process(tmp_path, url) as (running, where),
            httpx.Client(base_url=where, timeout=10, trust_env=False) as client,
        ):
            opening = {"after": 0, "hash": hall.hash(0)}
            stands = client.put(f"/sync/v1/halls/{hall.name}/epochs/e1", json=opening).json()
            assert acknowledged <= stands["committed"]
            assert stands["hash"] == hall.hash(stands["committed"])
            acknowledged = stands["committed"]
            threading.Timer(0.1 + 0.07 * (kill % 5), running.kill).start()
            try:
                while acknowledged < hall.head:
                    answer = client.post(
                        f"/sync/v1/halls/{hall.name}/e1/entries",
                        params={"base": acknowledged + 1},
                        content=encode_batch(hall.events(acknowledged, 50)),
                    )
                    acknowledged = answer.json()["committed"]
            except httpx.TransportError:
                pass
    store = open_store(url)
    standing = store.standing(hall.name)
    assert standing is not None
    assert standing.committed >= acknowledged > 0
    assert standing.hash.hex() == hall.hash(standing.committed)
    assert store.read(hall.name, 0, 100_000) == hall.events(0, standing.committed)
    store.close()
