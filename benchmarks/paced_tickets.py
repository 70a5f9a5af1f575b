"""Tickets over HTTP at a steady pace, whatever the answers take, until it is ended.

    python -m benchmarks.paced_tickets PORT TOKEN A_SECOND FILE

A line for each ticket goes to FILE: when it was due (monotonic seconds), and the seconds from then to its answer. A
ticket that is asked late because those before it were slow was due at its own time all the same.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from pathlib import Path
from typing import IO

LINKS = 8


async def measure(port: int, token: str, rate: float, out: IO[str]) -> None:
    links = [await asyncio.open_connection("127.0.0.1", port) for _ in range(LINKS)]
    free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for link in links:
        free.put_nowait(link)
    head = (
        f"POST /api/v1/tickets HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: 16\r\nIdempotency-Key: {os.urandom(6).hex()}-"
    )

    async def one(number: int, due: float) -> None:
        reader, writer = link = await free.get()
        writer.write(f'{head}{number}\r\n\r\n{{"category":"A"}}'.encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 201"), answer
        at = answer.lower().find(b"content-length:")
        await reader.readexactly(int(answer[at + 15 :].partition(b"\r\n")[0]))
        free.put_nowait(link)
        out.write(f"{due:.6f} {time.monotonic() - due:.6f}\n")
        out.flush()

    begun = time.monotonic()
    async with asyncio.TaskGroup() as group:
        number = 0
        while True:
            due = begun + number / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            group.create_task(one(number, due))
            number += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("token")
    parser.add_argument("rate", type=float)
    parser.add_argument("file", type=Path)
    asked = parser.parse_args()
    with asked.file.open("w") as out:
        asyncio.run(measure(asked.port, asked.token, asked.rate, out))


if __name__ == "__main__":
    main()
