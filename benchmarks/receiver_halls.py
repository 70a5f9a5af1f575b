"""Halls on raw sockets in a process of their own, all back at once; prints one JSON object.

`python -m benchmarks.receiver_halls PORT HALLS ENTRIES KEYS`: each hall opens its epoch, waits for the others, then
sends its entries batch after batch on one kept connection, as its hub would: packed lines (version 2), each request
signed with the hall's key in the folder KEYS. ``spread``: the last hall's time over the
first's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from pathlib import Path

from benchmarks.receiver import log_of
from hub.sync.identity import IdentityFile
from hub.sync.lines import LINES_TYPE, line, packed
from hub.sync.port import JSON
from hub.sync.protocol import ROOT
from hub.sync.signing import Signer

BATCH = 1000
"""About what a hundred halls are granted that are there at once."""


class Hall:
    def __init__(self, name: str, bodies: list[bytes], key: Path) -> None:
        self.name = name
        self.bodies = bodies
        self.took = 0.0
        self._signer = Signer(IdentityFile(key), lambda: "e1")

    async def back(self, port: int, ready: asyncio.Barrier) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        opening = b'{"after":0,"hash":"%s"}' % (b"00" * 32)
        await self._ask(reader, writer, "PUT", f"{ROOT}/halls/{self.name}/epochs/e1", opening, {"Content-Type": JSON})
        await ready.wait()
        begun = time.perf_counter()
        headers = {"Content-Type": LINES_TYPE, "Content-Encoding": "gzip"}
        for index, body in enumerate(self.bodies):
            target = f"{ROOT}/halls/{self.name}/e1/entries?base={index * BATCH + 1}"
            while not await self._ask(reader, writer, "POST", target, body, headers):  # noqa: ASYNC110 (as it is asked)
                await asyncio.sleep(1)
        self.took = time.perf_counter() - begun
        writer.close()

    async def _ask(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        method: str,
        target: str,
        body: bytes,
        headers: dict[str, str],
    ) -> bool:
        """Whether it was taken; not, when the receiver is busy. Raises ``AssertionError`` for another answer."""
        while True:
            sent = {**headers, **self._signer.sign(method, target, body, headers.items())}
            head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
            top = f"{method} {target} HTTP/1.1\r\nHost: bench\r\n{head}Content-Length: {len(body)}\r\n\r\n"
            writer.write(top.encode() + body)
            answer = (await reader.readuntil(b"\r\n\r\n")).decode()
            told = dict(line.lower().split(": ", 1) for line in answer.split("\r\n")[1:-2])
            content = await reader.readexactly(int(told["content-length"]))
            if "hall-challenge" in told:
                self._signer.use(_as_sent(answer))
            status = answer[9:12]
            if status != "401":
                assert status in ("200", "503"), (answer, content[:300])
                return status == "200"


def _as_sent(answer: str) -> str:
    return next(line[16:] for line in answer.split("\r\n") if line.lower().startswith("hall-challenge: "))


async def measure(port: int, halls: int, entries: int, keys: Path) -> dict[str, object]:
    begun = time.perf_counter()
    events = log_of(entries, "hall")
    bodies = [
        packed(b"\n".join(line(event) for event in events[start : start + BATCH]))[0]
        for start in range(0, entries, BATCH)
    ]
    made = entries / (time.perf_counter() - begun)
    # the same entries for each: the chain does not name the hall
    all_of_them = [Hall(f"hall-{number}", bodies, keys / f"hall-{number}.pem") for number in range(halls)]
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
    parser.add_argument("keys", type=Path)
    asked = parser.parse_args()
    print(json.dumps(asyncio.run(measure(asked.port, asked.halls, asked.entries, asked.keys))))


if __name__ == "__main__":
    main()
