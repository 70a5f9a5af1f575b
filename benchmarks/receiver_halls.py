"""Halls on raw sockets in a process of their own, all back at once; prints one JSON object.

`python -m benchmarks.receiver_halls PORT HALLS ENTRIES`: each hall opens its epoch, waits for the others, then sends
its entries batch after batch on one kept connection, as its hub would. ``spread``: the last hall's time over the
first's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time

from benchmarks.receiver import log_of
from hub.sync.envelope import encode_batch

BATCH = 250


class Hall:
    def __init__(self, number: int, bodies: list[bytes]) -> None:
        self.name = f"hall-{number}"
        self.bodies = bodies
        self.took = 0.0

    async def back(self, port: int, ready: asyncio.Barrier) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        opening = b'{"after":0,"hash":"%s"}' % (b"00" * 32)
        await self._ask(reader, writer, f"PUT /sync/v1/halls/{self.name}/epochs/e1", opening)
        await ready.wait()
        begun = time.perf_counter()
        for index, body in enumerate(self.bodies):
            path = f"POST /sync/v1/halls/{self.name}/e1/entries?base={index * BATCH + 1}"
            while not await self._ask(reader, writer, path, body):  # noqa: ASYNC110 (as long as it asked for)
                await asyncio.sleep(1)
        self.took = time.perf_counter() - begun
        writer.close()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: str, body: bytes) -> bool:
        """Whether it was taken; not, when the receiver is busy. Raises ``AssertionError`` for another answer."""
        writer.write(f"{line} HTTP/1.1\r\nHost: bench\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        head = await reader.readuntil(b"\r\n\r\n")
        at = head.lower().index(b"content-length:")
        answer = await reader.readexactly(int(head[at + 15 :].partition(b"\r\n")[0]))
        status = head[9:12]
        assert status in (b"200", b"503"), answer[:300]
        return status == b"200"


async def measure(port: int, halls: int, entries: int) -> dict[str, object]:
    begun = time.perf_counter()
    events = log_of(entries, "hall")
    bodies = [encode_batch(events[start : start + BATCH]) for start in range(0, entries, BATCH)]
    made = entries / (time.perf_counter() - begun)
    # the same entries for each: the chain does not name the hall
    all_of_them = [Hall(number, bodies) for number in range(halls)]
    ready = asyncio.Barrier(halls + 1)
    async with asyncio.TaskGroup() as group:
        for hall in all_of_them:
            group.create_task(hall.back(port, ready))
        await ready.wait()
        begun = time.perf_counter()
    took = time.perf_counter() - begun
    times = sorted(hall.took for hall in all_of_them)
    return {
        "rate": halls * entries / took,
        "spread": times[-1] / times[0],
        "batch": BATCH,
        "made": made,
        "cpu": time.process_time(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("port", "halls", "entries"):
        parser.add_argument(name, type=int)
    asked = parser.parse_args()
    print(json.dumps(asyncio.run(measure(asked.port, asked.halls, asked.entries))))


if __name__ == "__main__":
    main()
