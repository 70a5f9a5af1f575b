"""Judged by a program that this project did not write: emupos 0.4 (PyPI, Python 3.13 or newer).

It runs when `emupos` is on the PATH or HALLHUB_EMUPOS names the program, else these tests skip. It checks syntax (every
unknown byte is an event), cut, QR, fence, status and faults; it has no Chinese glyphs and shows each byte apart.
"""

import asyncio
import json
import os
import shutil
import socket
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from devices.hardware.escpos import PaperLevel
from devices.hardware.tcp_printer import Limits, TcpPrinter
from devices.hardware.ticket_paper import Layout, Ticket, WaitRange, Words, compose

PROGRAM = os.environ.get("HALLHUB_EMUPOS") or shutil.which("emupos")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="emupos 0.4 is not installed (it needs Python 3.13 or newer)")

AT = datetime(2026, 11, 23, 2, 5, tzinfo=UTC)
TICKET = Ticket("t", "A012", "A", AT, 7, WaitRange(12, 21), "https://hall.example/t/1")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Judge:
    """A running emupos with one printer, driven through its control API."""

    port: int
    api: str
    said: list[str]

    async def call(self, method: str, path: str) -> bytes:
        request = urllib.request.Request(f"{self.api}/api/v1/devices/front{path}", method=method)

        def fetch() -> bytes:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return bytes(answer.read())

        return await asyncio.to_thread(fetch)

    async def receipts(self) -> list[dict[str, Any]]:
        return list(json.loads(await self.call("GET", "/receipts")))

    def printer(self) -> TcpPrinter:
        return TcpPrinter("127.0.0.1", self.port, Limits(answer=1.0, fence=1.0, grace=0.3, silence=0.2))

    @property
    def unknown(self) -> list[str]:
        return [line for line in self.said if "unknown" in line.lower()]


@pytest.fixture
async def judge(tmp_path: Path) -> AsyncIterator[Judge]:
    assert PROGRAM is not None
    port, api = free_port(), free_port()
    (tmp_path / "emupos.yaml").write_text(
        f"schema: 1\napi: {{ host: 127.0.0.1, port: {api} }}\ndevices:\n  - id: front\n    type: printer\n"
        f"    profile: epson-tm-t20iii\n    connections:\n      - tcp: {{ port: {port} }}\n"
        "    receipts_dir: ./receipts\n"
    )
    process = await asyncio.create_subprocess_exec(
        PROGRAM, "run", cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert process.stdout is not None
    judge = Judge(port, f"http://127.0.0.1:{api}", [])

    async def listen(stream: asyncio.StreamReader) -> None:
        async for line in stream:
            judge.said.append(line.decode(errors="replace"))

    listening = asyncio.create_task(listen(process.stdout))
    try:
        async with asyncio.timeout(20):
            while True:
                try:
                    await judge.receipts()
                    break
                except OSError:
                    await asyncio.sleep(0.1)  # another program's start has no event to wait for
        yield judge
    finally:
        process.terminate()
        await process.wait()
        await listening


async def test_the_judge_sees_an_unknown_byte(judge: Judge) -> None:
    await judge.printer().print_job(b"\x1b@\x1b\x01" + compose(TICKET, Layout()))
    assert judge.unknown != []


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("qr", ["native", "raster"])
async def test_a_ticket_is_cut_whole_and_has_no_unknown_byte(judge: Judge, large: bool, qr: Any) -> None:
    layout = Layout(large=large, qr=qr, footers=(Words("经办人 张𠮷", "Clerk"),))
    outcome = await judge.printer().print_job(compose(TICKET, layout))
    assert outcome.state == "done"
    [receipt] = await judge.receipts()
    assert (receipt["boundary"], receipt["width_dots"]) == ("cut", 576)
    text = (await judge.call("GET", "/receipts/latest/text")).decode()
    assert "A012" in text
    assert "7 people ahead of you" in text
    assert judge.unknown == []


async def test_near_end_prints_and_is_told(judge: Judge) -> None:
    await judge.call("PUT", "/faults/paper-near-end")
    printer = judge.printer()
    assert (await printer.status()).paper is PaperLevel.LOW
    assert (await printer.print_job(compose(TICKET, Layout()))).state == "done"


@pytest.mark.parametrize("fault", ["paper-out", "cover-open", "offline"])
async def test_a_fault_fails_the_job_with_nothing_sent(judge: Judge, fault: str) -> None:
    await judge.call("PUT", f"/faults/{fault}")
    outcome = await judge.printer().print_job(compose(TICKET, Layout()))
    assert (outcome.state, outcome.reason) == ("failed", fault)
    await judge.call("DELETE", f"/faults/{fault}")
    assert await judge.receipts() == []


async def test_paper_out_after_the_look_is_unknown_and_the_reload_prints_it_once(judge: Judge) -> None:
    class Blind(TcpPrinter):
        """Loses the race: paper ends between the look and the job."""

        async def print_job(self, job: bytes) -> Any:
            await judge.call("PUT", "/faults/paper-out")
            async with self._turn, self._connected() as line:
                return await self._send(line, job, None)

    blind = Blind("127.0.0.1", judge.port, Limits(fence=0.5, grace=0.3))
    outcome = await blind.print_job(compose(TICKET, Layout()))
    assert (outcome.state, outcome.reason) == ("unknown", "paper-out")
    await judge.call("DELETE", "/faults/paper-out")
    assert len(await judge.receipts()) == 1
