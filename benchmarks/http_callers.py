"""Callers of an HTTP server on raw sockets in a process of their own; prints one JSON object.

`python -m benchmarks.http_callers PORT CALLERS SECONDS TOKEN`: each caller keeps one connection and one
`POST /api/v1/tickets` under way, each with an idempotency key of its own. The numbers given are counted, so that one
given twice is seen.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import socket
import time

BODY = b'{"category":"A"}'


class Caller:
    """One connection with one request under way."""

    def __init__(self, port: int, run: str, number: int, token: str) -> None:
        self.wire = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.before = (
            f"POST /api/v1/tickets HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\nIdempotency-Key: {run}-{number}-"
        ).encode()
        self.count = 0
        self.asked = 0.0
        self.answer = b""

    def ask(self) -> None:
        self.count += 1
        self.asked = time.perf_counter()
        self.wire.sendall(self.before + b"%d\r\n\r\n%b" % (self.count, BODY))

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


def measure(port: int, callers: int, seconds: float, token: str) -> dict[str, object]:
    run = os.urandom(6).hex()
    polling = select.epoll()
    made = [Caller(port, run, number, token) for number in range(callers)]
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
            body = caller.hear()
            if body is not None:
                late.append(time.perf_counter() - caller.asked)
                numbers.append(json.loads(body)["number"])
                caller.ask()
    took = now - begun
    late.sort()
    return {
        "rate": len(late) / took,
        "tickets": len(late),
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
    asked = parser.parse_args()
    print(json.dumps(measure(asked.port, asked.callers, asked.seconds, asked.token)))


if __name__ == "__main__":
    main()
