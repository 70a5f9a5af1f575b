"""Hub and receiver as processes, both killed with -9 again and again behind a bad line, while people go on asking."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections import defaultdict
from contextlib import closing
from pathlib import Path

import httpx
import msgspec
import pytest

from hub.demo.fault_plan import Direction, Plan
from hub.demo.fault_proxy import FaultProxy
from hub.domain.online.events import MessageAnswered
from hub.log.keys import Keys
from hub.log.names import hub_codec
from hub.log.sqlite_reader import SqliteLogReader
from hub.ops.control import operate
from hub.receiver.open import open_store
from hub.receiver.store import UnknownHall
from hub.settings import load_settings
from tests.receiver.conftest import postgres  # noqa: F401 (a fixture)
from tests.scenarios.fleet import token_for
from tests.scenarios.processes import HubProcess, environment, free_port
from tests.sync.test_feed_process import until

ROOT = Path(__file__).parents[2]
HALL = "dongcheng"


class City:
    """A receiver's process on one port, and a hand on its store beside it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url, self.port = url, free_port()
        self._files = folder / "receiver-files"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        words = ["receiver", "--url", self.url, "--listen", f"127.0.0.1:{self.port}", "--files", str(self._files)]
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "from hub.cli import main; raise SystemExit(main())",
            *words,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert self._process.stdout is not None
        assert b"http://" in await self._process.stdout.readline()

    async def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
        if self._process is not None:
            await self._process.wait()


async def rounds(folder: Path, url: str, count: int, seed: int) -> dict[str, int]:
    """Both sides work, a random one is killed (or both), the line misbehaves; then all is mended and compared."""
    draw = random.Random(seed)
    city, log, web = City(folder, url), folder / "hall.db", free_port()
    said: dict[str, bytes] = {}
    taken: list[str] = []
    await city.start()
    store = open_store(url)
    try:
        async with HubProcess.open(folder) as hub, FaultProxy("127.0.0.1", city.port, seed=seed) as proxy:
            line = {"HALLHUB_SYNC_URL": f"http://127.0.0.1:{proxy.port}", "HALLHUB_SYNC_HALL": HALL}
            settings = environment(log, "embedded", free_port(), web, **line)
            headers = {"Authorization": f"Bearer {token_for(log)}"}
            assert await hub.start(settings)
            async with httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{web}", headers=headers, timeout=5, trust_env=False
            ) as client:
                await until(lambda: store.standing(HALL) is not None)
                for n in range(count):
                    proxy.plan = Plan(
                        up=Direction(drop=0.05), down=Direction(drop=0.05, truncate=draw.choice((None, 900)))
                    )
                    proxy.cut("silent", up=draw.random() < 0.3, down=draw.random() < 0.2)
                    await asyncio.gather(_visitors(client, n, taken), _citizens(store, n, said, draw))
                    await asyncio.sleep(draw.random() * 0.3)
                    which = draw.choice(("hub", "city", "both", "none"))
                    if which in ("hub", "both"):
                        hub.kill()
                        assert await hub.ended(10) is not None
                    if which in ("city", "both"):
                        await city.kill()
                        await city.start()
                    if which in ("hub", "both"):
                        assert await hub.start(settings)
                    proxy.mend()
                proxy.plan = Plan()
                for id, data in said.items():
                    store.say(HALL, id, "weather", data, 1)

                def quiet() -> bool:
                    found = store.standing(HALL)
                    with closing(SqliteLogReader(log)) as reader:
                        head = reader.head()
                    return (
                        found is not None
                        and (found.committed, found.hash) == (head.position, head.hash)
                        and store.unanswered(HALL) == 0
                    )

                # a person does not wait for the longest pause either
                await operate(load_settings(None, settings), "sync", {"do": "resume"})
                await until(quiet, 60)
            await hub.stop()
        return _judged(log, store, said, taken)
    finally:
        store.close()
        await city.kill()


async def _visitors(client: httpx.AsyncClient, n: int, taken: list[str]) -> None:
    for number in range(6):
        key = f"visit-{n}-{number}"
        try:
            answer = await client.post("/api/v1/tickets", json={"category": "A"}, headers={"Idempotency-Key": key})
        except httpx.TransportError:
            continue
        if answer.status_code == 201:
            taken.append(answer.json()["ticket"])


async def _citizens(store: object, n: int, said: dict[str, bytes], draw: random.Random) -> None:
    for _ in range(3):
        id, data = f"{draw.getrandbits(128):032x}", b'{"n":%d}' % n
        said[id] = data
        try:
            await asyncio.to_thread(store.say, HALL, id, "weather", data, 1)  # type: ignore[attr-defined]
        except UnknownHall:
            continue


def _judged(log: Path, store: object, said: dict[str, bytes], taken: list[str]) -> dict[str, int]:
    codec = hub_codec(Keys(None))
    with closing(SqliteLogReader(log)) as reader:
        entries = reader.read(0, 1_000_000)
    there = store.read(HALL, 0, 1_000_000)  # type: ignore[attr-defined]
    assert [event.chainhash for event in there] == [entry.hash for entry in entries]
    assert [entry.position for entry in entries] == list(range(1, len(entries) + 1))
    answers: dict[str, list[MessageAnswered]] = defaultdict(list)
    for entry in entries:
        if entry.type == "message-answered":
            event = codec.decode(entry)
            assert isinstance(event, MessageAnswered)
            answers[event.id].append(event)
    assert set(answers) == set(said)
    assert all(len(events) == 1 for events in answers.values())
    issued = [msgspec.json.decode(each.data)["ticket"] for each in entries if each.type == "ticket-issued"]
    assert len(issued) == len(set(issued))
    assert set(taken) <= set(issued)
    return {"entries": len(entries), "messages": len(answers), "tickets": len(issued)}


@pytest.mark.parametrize("count", [2, pytest.param(100, marks=pytest.mark.soak)])
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_whoever_is_killed_both_logs_are_one_and_each_message_is_answered_once(
    tmp_path: Path, database: str, count: int, request: pytest.FixtureRequest
) -> None:
    if database == "sqlite":
        url = f"sqlite:///{tmp_path}/receiver.db"
    else:
        url = request.getfixturevalue("postgres").database()
    told = await rounds(tmp_path, url, count, seed=count)
    assert told["tickets"] > count
    assert told["messages"] == 3 * count
