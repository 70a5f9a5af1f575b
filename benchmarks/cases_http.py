"""Cases over HTTP: opened and received with five uploaded materials, and lists of a million of them, searched by page.

The hub is a process of its own, its callers are another. Every case is another applicant with name, identity number and
phone sealed; its five files were uploaded before, so the hub reads what each of them is while it opens the case.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, cast

from benchmarks import case_rows
from benchmarks.case_lists import fill
from benchmarks.figures import Figure
from benchmarks.http_callers import IDENTITY
from benchmarks.processes import BenchFailed, HubProcess, cpu_seconds, hub, load
from benchmarks.tickets_http import bare
from hub.core.paths import StatePaths

ROW: Final = 15
ITEM: Final = "H03"
"""Of the shipped catalogue: it asks for five materials."""
CALLERS: Final = 16
CASES: Final = 1_000_000
OPEN: Final = 100_000
ASKED: Final = 200
REACH_MS: Final = 50
FILE_BYTES: Final = 240_000


class Client:
    """One kept connection with a token."""

    def __init__(self, port: int, token: str) -> None:
        self._link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self._token = token
        self._count = 0

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
        """The answer, its body still to be read. Raises ``BenchFailed`` for an error."""
        self._count += 1
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        keyed = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": f"bench-{self._count}"}
        self._link.request(method, path, body, {**keyed, **given})
        answer = self._link.getresponse()
        if answer.status >= 400:
            raise BenchFailed(f"{method} {path}: {answer.status} {answer.read()[:300]!r}")
        return answer

    def post(self, path: str, **body: object) -> dict[str, Any]:
        answer = self.ask("POST", path, json.dumps(body).encode(), Content_Type="application/json")
        return cast("dict[str, Any]", json.loads(answer.read()))

    def upload(self, content: bytes) -> str:
        """A stored file; its SHA-256."""
        tus = {"Tus_Resumable": "1.0.0"}
        made = self.ask("POST", "/api/v1/uploads", b"", Upload_Length=str(len(content)), **tus)
        made.read()
        place = made.headers["location"]
        chunk = "application/offset+octet-stream"
        self.ask("PATCH", place, content, Upload_Offset="0", Content_Type=chunk, **tus).read()
        return hashlib.sha256(content).hexdigest()

    def close(self) -> None:
        self._link.close()


def http_cases(folder: Path, quick: bool) -> list[Figure]:
    seconds = 0.5 if quick else 10.0
    floor = bare(folder, seconds / 2, CALLERS)
    with hub(folder / "hub") as running:
        body, token = folder / "case.json", running.token("clerk")
        body.write_bytes(_body(running, token))

        def call(share: float, first: int) -> dict[str, Any]:
            return load("http_callers", running.web_port, CALLERS, seconds * share, token, body, first, folder=folder)

        call(0.25, 0)
        used = cpu_seconds(running.pid)
        found = call(1, 10_000_000)
        cpu = cpu_seconds(running.pid) - used
    share = cpu / (found["done"] / found["rate"])
    return [
        Figure(
            ROW,
            f"cases opened and received over HTTP with 5 uploaded materials, {CALLERS} callers",
            found["rate"],
            "cases/s",
            ("≥", 300),
            f"{floor:,.0f}/s of the same server with nothing behind it",
            f"p50 {found['p50_ms']:.1f} ms, p99 {found['p99_ms']:.1f} ms; "
            f"hub CPU {cpu / found['done'] * 1e6:,.0f} µs a case",
            f"the hub's CPU for {share:.0%} of the time",
        ),
        Figure(ROW, "case numbers given twice over HTTP", found["twice"], "", ("=", 0), f"{found['done']:,} cases"),
        *_lists(folder / "lists", quick),
    ]


def _body(running: HubProcess, token: str) -> bytes:
    """A case's body under ``IDENTITY``; its files are uploaded with the token, and numbers reserved for it."""
    administrator = Client(running.web_port, running.token("administrator"))
    clerk = Client(running.web_port, token)
    administrator.post("/api/v1/case-numbers", hall="DC", last=999_999)
    materials = [
        {"material": f"M{n}", "sha256": clerk.upload(b"%%PDF-1.4\n%d" % n + bytes(FILE_BYTES) + b"\n%%EOF\n")}
        for n in range(1, 6)
    ]
    administrator.close()
    clerk.close()
    person = {"name": "张三丰", "identity": IDENTITY.decode(), "phone": "13800138000"}
    return json.dumps({"item": ITEM, "applicant": person, "materials": materials, "window": "205"}).encode()


def _lists(folder: Path, quick: bool) -> list[Figure]:
    count, open_cases = (4_000, 1_000) if quick else (CASES, OPEN)
    with hub(folder):
        pass
    fill(StatePaths.of(folder / "hall.db").views, count, open_cases)
    with hub(folder) as running:
        client = Client(running.web_port, running.token("supervisor"))
        used, asked = cpu_seconds(running.pid), 10 if quick else ASKED
        took = {what: _took(ask, asked) for what, ask in _questions(client, count).items()}
        cpu = (cpu_seconds(running.pid) - used) / (asked * len(took))
        client.close()
    slowest = max(took, key=lambda what: _p95(took[what]))
    told = ", ".join(f"{what} {_p95(times):.1f}" for what, times in took.items())
    return [
        Figure(
            ROW,
            f"first page of a list of {count:,} cases over HTTP, p95 of the slowest ({slowest})",
            _p95(took[slowest]),
            "ms",
            ("≤", REACH_MS),
            note=f"p95 by question: {told}; hub CPU {cpu * 1e3:.1f} ms each",
            bound="rows read from a file that the page cache does not hold whole",
        )
    ]


def _questions(client: Client, count: int) -> dict[str, Callable[[], object]]:
    any_of = random.Random(15)

    def search(**asked: str) -> object:
        return client.post("/api/v1/cases/search", **asked)

    def number() -> str:
        return case_rows.number_of(any_of.randrange(count))

    def item() -> str:
        return f"I-{any_of.randrange(case_rows.ITEMS):04d}"

    def department() -> str:
        return case_rows.department_at(any_of.randrange(case_rows.DEPARTMENTS))

    def state() -> str:
        return any_of.choice(("draft", "received", "correction", "review", "special", "decided", "archived"))

    return {
        "number": lambda: search(number=number()),
        "item": lambda: search(item=item()),
        "state": lambda: search(state=state()),
        "department and state": lambda: search(department=department(), state=state()),
        "a person": lambda: search(identity=f"AB{any_of.randrange(10**8):08d}"),
        "the newest": lambda: search(),
        "deadlines": lambda: client.ask("GET", f"/api/v1/deadlines?department={department()}").read(),
    }


def _took(ask: Callable[[], object], rounds: int) -> list[float]:
    took: list[float] = []
    for _ in range(rounds):
        begun = time.perf_counter()
        ask()
        took.append((time.perf_counter() - begun) * 1e3)
    return took


def _p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[18]
