"""Callers of an HTTP server on raw sockets in a process of their own; prints one JSON object.

`python -m benchmarks.http_callers PORT CALLERS SECONDS TOKEN [CASES FIRST]`: each caller keeps one connection and one
`POST` under way, each with an idempotency key of its own: `/api/v1/tickets`, or with CASES, the JSON body of a case in
a file, `/api/v1/cases` with another applicant each, from FIRST on. The numbers given are counted, so that one given
twice is seen.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import socket
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

TICKET = b'{"category":"A"}'
IDENTITY = b"110101199001010000"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def identity(number: int) -> bytes:
    """An identity number of the standard (GB 11643), another one for each of 28 million numbers."""
    days, order = divmod(number, 1000)
    first = f"110101{1950 + days // 336}{days % 336 // 28 + 1:02d}{days % 28 + 1:02d}{order:03d}"
    return (first + "10X98765432"[sum(int(a) * b for a, b in zip(first, _WEIGHTS, strict=True)) % 11]).encode()


class Caller:
    """One connection with one request under way."""

    def __init__(self, port: int, run: str, number: int, token: str, path: str, body: Callable[[], bytes]) -> None:
        self.wire = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.before = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nIdempotency-Key: {run}-{number}-"
        ).encode()
        self.body = body
        self.count = 0
        self.asked = 0.0
        self.answer = b""

    def ask(self) -> None:
        self.count += 1
        body = self.body()
        self.asked = time.perf_counter()
        self.wire.sendall(self.before + b"%d\r\nContent-Length: %d\r\n\r\n%b" % (self.count, len(body), body))

    def hear(self) -> bytes | None:
        """The answer's body, once it is whole. Raises ``AssertionError`` for anything but 201."""
        self.answer += self.wire.recv(65_536)
        head, blank, body = self.answer.partition(b"\r\n\r\n")
        at = head.lower().find(b"content-length:")
        if not blank or at < 0 or len(body) < int(head[at + 15 :].partition(b"\r\n")[0]):
            return None
        assert head.startswith(b"HTTP/1.1 201"), self.answer
        self.answer = b""
        return body


def measure(
    port: int, callers: int, seconds: float, token: str, path: str, body: Callable[[], bytes]
) -> dict[str, object]:
    run = os.urandom(6).hex()
    polling = select.epoll()
    made = [Caller(port, run, number, token, path, body) for number in range(callers)]
    by_number = {caller.wire.fileno(): caller for caller in made}
    late: list[float] = []
    numbers: list[str] = []
    for caller in made:
        polling.register(caller.wire, select.EPOLLIN)
        caller.ask()
    begun = time.perf_counter()
    while (now := time.perf_counter()) - begun < seconds:
        for number, _ in polling.poll(20):
            caller = by_number[number]
            heard = caller.hear()
            if heard is not None:
                late.append(time.perf_counter() - caller.asked)
                numbers.append(json.loads(heard)["number"])
                caller.ask()
    took = now - begun
    late.sort()
    return {
        "rate": len(late) / took,
        "done": len(late),
        "twice": len(numbers) - len(set(numbers)),
        "p50_ms": late[len(late) // 2] * 1e3,
        "p99_ms": late[len(late) * 99 // 100] * 1e3,
        "cpu": time.process_time(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("callers", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("token")
    parser.add_argument("cases", type=Path, nargs="?")
    parser.add_argument("first", type=int, nargs="?", default=0)
    asked = parser.parse_args()
    path, body = "/api/v1/tickets", lambda: TICKET
    if asked.cases is not None:
        before, after = asked.cases.read_bytes().split(IDENTITY)
        numbers = count(asked.first)
        path, body = "/api/v1/cases", lambda: before + identity(next(numbers)) + after
    print(json.dumps(measure(asked.port, asked.callers, asked.seconds, asked.token, path, body)))


if __name__ == "__main__":
    main()
