"""What a commit on the loop costs the embedded broker beside it: echo round trips while the hub commits.

`python -m benchmarks.shared_loop [--echoes N]`. Hub, log on disk and broker share one loop of one process, as in
`hallhub run`; 100 callers take tickets without a pause. The echo is a raw QoS 0 client in this process. Rows: the hub
idle, the hub at full speed, and the same with 20 ms put into every commit, as a slow disk does.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.broker import echo
from benchmarks.writer import CALLERS, LETTERS, hub_at
from hub.core.hub import Hub
from hub.domain.queue.commands import TakeTicket
from hub.log.entry import Batch, Entry
from hub.mqtt.broker import Broker

ROWS = (("hub idle", 0, 0), ("full speed", CALLERS, 0), ("full speed, 20 ms more a commit", CALLERS, 20))


async def _serve(folder: Path, callers: int, slower_ms: int) -> None:
    """Prints the port, works until its input ends, prints tickets and commits a second."""
    async with hub_at(folder) as hub, Broker() as broker:
        if slower_ms:
            _slow_down(hub, slower_ms / 1000)
        port = await broker.start("127.0.0.1", 0)
        begun, batches, entries = time.perf_counter(), hub.writer.batches, hub.writer.entries
        tasks = [asyncio.create_task(_take(hub, LETTERS[each % len(LETTERS)])) for each in range(callers)]
        print(port, flush=True)
        await asyncio.to_thread(sys.stdin.read)
        seconds = time.perf_counter() - begun
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)
        print((hub.writer.entries - entries) / seconds, (hub.writer.batches - batches) / seconds, flush=True)


async def _take(hub: Hub, category: str) -> None:
    while True:
        outcome = await hub.submit(TakeTicket(hub.today, hub.now(), hub.ticket_id(), category), actor="bench")
        assert outcome.ok, outcome.reply


def _slow_down(hub: Hub, seconds: float) -> None:
    append = hub.log.append

    def slower(batch: Batch) -> list[Entry]:
        time.sleep(seconds)
        return append(batch)

    hub.log.append = slower  # type: ignore[method-assign]


def _measured(callers: int, slower_ms: int, echoes: int) -> tuple[Sequence[float], str]:
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.shared_loop", "--serve", folder, str(callers), str(slower_ms)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as child,
    ):
        assert child.stdout
        assert child.stdin
        port = int(child.stdout.readline())
        times = echo(port, echoes)
        child.stdin.close()
        return times, child.stdout.readline()


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--echoes", type=int, default=500)
    options.add_argument("--serve", nargs=3)
    given = options.parse_args()
    if given.serve:
        folder, callers, slower_ms = given.serve
        asyncio.run(_serve(Path(folder), int(callers), int(slower_ms)))
        return
    for what, callers, slower_ms in ROWS:
        times, work = _measured(callers, slower_ms, given.echoes)
        tickets, commits = (float(each) for each in work.split())
        cuts = statistics.quantiles(times, n=100)
        print(
            f"{what:32} echo p50 {cuts[49]:6.2f} ms  p99 {cuts[98]:6.2f} ms"
            f"  beside {tickets:6.0f} tickets/s in {commits:5.0f} commits/s"
        )


if __name__ == "__main__":
    main()
