"""The simulated printer on its socket: answers, faults, paper."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from devices.simulated.ticket_printer import SimulatedPrinter

TICKET = b"\x1b@A012\n\x1dVB\x00\x1dr\x01"


class Client:
    """A raw socket to the printer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, printer: SimulatedPrinter) -> "Client":
        return cls(*await asyncio.open_connection("127.0.0.1", printer.port))

    async def ask(self, data: bytes, count: int = 1) -> bytes:
        self.writer.write(data)
        async with asyncio.timeout(2):
            return await self.reader.readexactly(count)

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


@pytest.fixture
async def printer() -> AsyncIterator[SimulatedPrinter]:
    async with SimulatedPrinter() as printer:
        yield printer


@pytest.fixture
async def client(printer: SimulatedPrinter) -> AsyncIterator[Client]:
    client = await Client.to(printer)
    yield client
    await client.close()


@pytest.mark.parametrize(
    ("fault", "value", "answers"),
    [
        ("paper", "ok", "12 12 12 12"),
        ("paper", "low", "12 12 12 1e"),
        ("paper", "out", "1a 32 12 7e"),
        ("cover_open", True, "1a 16 12 12"),
        ("offline", True, "1a 12 12 12"),
    ],
)
async def test_dle_eot_tells_what_is_wrong(
    printer: SimulatedPrinter, client: Client, fault: str, value: object, answers: str
) -> None:
    setattr(printer.faults, fault, value)
    assert await client.ask(b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04", 4) == bytes.fromhex(answers)


async def test_a_fence_is_answered_after_the_cut(printer: SimulatedPrinter, client: Client) -> None:
    assert await client.ask(TICKET) == b"\x00"
    assert [paper.text for paper in printer.papers] == ["A012"]


async def test_real_time_status_overtakes_a_standing_job(printer: SimulatedPrinter, client: Client) -> None:
    printer.faults.cover_open = True
    assert await client.ask(TICKET + b"\x10\x04\x02") == b"\x16"
    assert printer.printed == 0
    printer.faults.cover_open = False
    assert await client.ask(b"") == b"\x00"
    assert printer.printed == 1


async def test_what_was_received_is_printed_when_paper_is_back_though_the_sender_left(
    printer: SimulatedPrinter, client: Client
) -> None:
    printer.faults.paper = "out"
    await client.ask(TICKET + b"\x10\x04\x04")
    await client.close()
    printer.faults.paper = "ok"
    assert [paper.text for paper in printer.papers] == ["A012"]


async def test_an_automatic_status_is_sent_when_asked_for_and_at_each_change(
    printer: SimulatedPrinter, client: Client
) -> None:
    assert await client.ask(b"\x1da\xff", 4) == bytes.fromhex("10000000")
    printer.faults.paper = "low"
    assert await client.ask(b"", 4) == bytes.fromhex("10000300")
    printer.faults.cover_open = True
    assert await client.ask(b"", 4) == bytes.fromhex("38000300")


async def test_power_loss_drops_buffer_and_connections_and_keeps_the_port(
    printer: SimulatedPrinter, client: Client
) -> None:
    port = printer.port
    printer.faults.paper = "out"
    await client.ask(TICKET + b"\x10\x04\x04")
    await printer.power_off()
    with pytest.raises(OSError):
        await Client.to(printer)
    printer.faults.paper = "ok"
    await printer.power_on()
    assert (printer.port, printer.printed) == (port, 0)


async def test_a_second_writer_waits_for_the_first(printer: SimulatedPrinter, client: Client) -> None:
    await client.ask(b"\x10\x04\x01")
    second = await Client.to(printer)
    asking = asyncio.create_task(second.ask(TICKET))
    assert await client.ask(TICKET.replace(b"A", b"B")) == b"\x00"
    assert printer.printed == 1
    await client.close()
    assert await asking == b"\x00"
    assert [paper.text for paper in printer.papers] == ["B012", "A012"]
    await second.close()


async def test_only_the_last_papers_are_kept(client: Client, printer: SimulatedPrinter) -> None:
    for _ in range(25):
        await client.ask(TICKET)
    assert (len(printer.papers), printer.printed) == (20, 25)


async def test_a_fault_set_without_a_connection_harms_nobody(printer: SimulatedPrinter) -> None:
    printer.faults.never_reads = True
    printer.faults.never_reads = False
    client = await Client.to(printer)
    assert await client.ask(TICKET) == b"\x00"
    await client.close()


async def test_run_by_itself_it_writes_its_paper_as_pictures(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "devices.simulated.ticket_printer", "--port", "0", "--out", str(tmp_path),
        stderr=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert process.stderr is not None
    try:
        async with asyncio.timeout(20):
            listening = (await process.stderr.readline()).decode()
            port = int(listening.split("127.0.0.1:")[1].split(",")[0])
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(TICKET)
            assert await reader.readexactly(1) == b"\x00"
            writer.close()
            await writer.wait_closed()
    finally:
        process.terminate()
        await process.wait()
    assert sorted(Path(name).suffix for name in os.listdir(tmp_path)) == [".png", ".txt"]  # noqa: PTH208
