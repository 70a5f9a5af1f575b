"""An outcome claims no more than was proved: faults are injected into a printer on a socket."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from devices.hardware.escpos import FENCE, PaperLevel
from devices.hardware.tcp_printer import Limits, Outcome, PrinterUnreachable, TcpPrinter
from devices.hardware.ticket_paper import Layout, Ticket, compose
from devices.simulated.ticket_printer import SimulatedPrinter

QUICK = Limits(connect=1.0, answer=0.15, fence=0.3, grace=0.2, silence=0.1)
AT = datetime(2026, 11, 23, 2, 5, tzinfo=UTC)


def job(number: str = "A012") -> bytes:
    return compose(Ticket("t", number, "A", AT, 7), Layout())


@pytest.fixture
async def metal() -> AsyncIterator[SimulatedPrinter]:
    async with SimulatedPrinter() as printer:
        yield printer


@pytest.fixture
def printer(metal: SimulatedPrinter) -> TcpPrinter:
    return TcpPrinter("127.0.0.1", metal.port, QUICK)


def numbers(metal: SimulatedPrinter, *, cut: bool = True) -> list[str]:
    return [
        line for paper in metal.papers if paper.cut is cut for line in paper.text.splitlines() if line[1:].isdigit()
    ]


async def test_done_means_that_paper_came_out(metal: SimulatedPrinter, printer: TcpPrinter) -> None:
    outcome = await printer.print_job(job())
    assert outcome.state == "done"
    assert outcome.status is not None
    assert outcome.status.paper is PaperLevel.OK
    assert numbers(metal) == ["A012"]


async def test_near_end_prints_and_is_told(metal: SimulatedPrinter, printer: TcpPrinter) -> None:
    metal.faults.paper = "low"
    outcome = await printer.print_job(job())
    assert outcome.state == "done"
    assert outcome.status is not None
    assert outcome.status.paper is PaperLevel.LOW


@pytest.mark.parametrize(
    ("fault", "value", "reason"),
    [("paper", "out", "paper-out"), ("cover_open", True, "cover-open"), ("offline", True, "offline")],
)
async def test_what_the_printer_reports_before_the_job_fails_it_with_nothing_sent(
    metal: SimulatedPrinter, printer: TcpPrinter, fault: str, value: object, reason: str
) -> None:
    setattr(metal.faults, fault, value)
    outcome = await printer.print_job(job())
    assert (outcome.state, outcome.reason) == ("failed", reason)
    assert metal.received == 4 * 3
    assert not printer.unproven


async def test_a_refused_connection_fails_the_job(metal: SimulatedPrinter, printer: TcpPrinter) -> None:
    await metal.power_off()
    assert await printer.print_job(job()) == Outcome("failed", "refused")


async def test_a_printer_that_accepts_and_never_reads_leaves_the_job_unknown(
    metal: SimulatedPrinter, printer: TcpPrinter
) -> None:
    metal.faults.never_reads = True
    outcome = await printer.print_job(job())
    assert (outcome.state, outcome.reason) == ("unknown", "no-answer")
    assert printer.unproven


async def test_a_printer_that_reads_nothing_for_megabytes_does_not_hold_the_caller(
    metal: SimulatedPrinter, printer: TcpPrinter
) -> None:
    metal.faults.never_reads = True
    async with asyncio.timeout(3):
        outcome = await printer.print_job(b"\x1b@" + b"x" * 20_000_000 + FENCE)
    assert outcome.state == "unknown"


async def test_a_missing_fence_is_unknown_although_the_paper_came(metal: SimulatedPrinter, printer: TcpPrinter) -> None:
    metal.faults.drop_fence = True
    outcome = await printer.print_job(job())
    assert (outcome.state, outcome.reason) == ("unknown", "no-fence")
    assert numbers(metal) == ["A012"]


async def test_paper_out_mid_ticket_is_unknown_and_printed_once_after_the_reload(
    metal: SimulatedPrinter, printer: TcpPrinter
) -> None:
    metal.faults.out_after_dots = 300
    outcome = await printer.print_job(job())
    assert (outcome.state, outcome.reason) == ("unknown", "paper-out")
    assert outcome.status is not None
    assert outcome.status.paper is PaperLevel.OUT
    metal.faults.paper = "ok"
    assert [paper.cut for paper in metal.papers] == [False, True]
    assert numbers(metal) + numbers(metal, cut=False) == ["A012"]


async def test_a_cover_opened_mid_ticket_and_closed_in_time_is_done(
    metal: SimulatedPrinter, printer: TcpPrinter
) -> None:
    metal.faults.out_after_dots = 300
    printing = asyncio.create_task(printer.print_job(job()))
    async with asyncio.timeout(2):
        await metal.until(lambda: metal.faults.paper == "out")
    metal.faults.paper = "ok"
    assert (await printing).state == "done"


async def test_a_fence_that_comes_while_the_printer_is_polled_is_still_done(
    metal: SimulatedPrinter, printer: TcpPrinter
) -> None:
    metal.faults.delay = 0.4
    assert (await printer.print_job(job())).state == "done"


async def test_a_reset_mid_job_is_unknown(metal: SimulatedPrinter, printer: TcpPrinter) -> None:
    metal.faults.reset_after_bytes = 400
    outcome = await printer.print_job(job())
    assert (outcome.state, outcome.reason) == ("unknown", "connection-lost")
    assert [paper.cut for paper in metal.papers] == [False]


async def test_a_reset_before_the_job_fails_it(metal: SimulatedPrinter, printer: TcpPrinter) -> None:
    metal.faults.reset_after_bytes = 3
    outcome = await printer.print_job(job())
    assert (outcome.state, outcome.reason) == ("failed", "no-answer")
    assert metal.printed == 0


async def test_power_loss_before_the_fence_is_unknown_and_never_sent_again(
    metal: SimulatedPrinter, printer: TcpPrinter
) -> None:
    metal.faults.power_loss_before_fence = True
    outcome = await printer.print_job(job())
    assert (outcome.state, outcome.reason) == ("unknown", "connection-lost")
    await metal.power_on()
    assert (await printer.status()).paper is PaperLevel.OK
    assert numbers(metal) == ["A012"]


async def test_jobs_come_out_one_at_a_time(metal: SimulatedPrinter, printer: TcpPrinter) -> None:
    names = [f"A{n:03d}" for n in range(5)]
    outcomes = await asyncio.gather(*(printer.print_job(job(name)) for name in names))
    assert {outcome.state for outcome in outcomes} == {"done"}
    assert numbers(metal) == names


async def test_two_writers_get_whole_tickets_each(metal: SimulatedPrinter, printer: TcpPrinter) -> None:
    other = TcpPrinter("127.0.0.1", metal.port, Limits(answer=1.0, fence=2.0))
    patient = TcpPrinter("127.0.0.1", metal.port, Limits(answer=1.0, fence=2.0))
    outcomes = await asyncio.gather(
        *(writer.print_job(job(f"{letter}001")) for writer, letter in ((patient, "A"), (other, "B")) for _ in range(3))
    )
    assert {outcome.state for outcome in outcomes} == {"done"}
    assert sorted(numbers(metal)) == ["A001"] * 3 + ["B001"] * 3


async def test_a_late_answer_to_an_earlier_job_is_not_taken_for_the_present_one(
    metal: SimulatedPrinter, printer: TcpPrinter
) -> None:
    metal.faults.crossed_replies = True
    metal.faults.out_after_dots = 300
    assert (await printer.print_job(job("A001"))).state == "unknown"
    metal.faults.mute = True  # so that the printer is not refused for standing still
    before = metal.received
    second = asyncio.create_task(printer.print_job(job("A002")))
    async with asyncio.timeout(2):
        await metal.until(lambda: metal.received >= before + len(b"\x10\x04\x01" + FENCE))
    metal.faults.paper = "ok"  # late flush: the rest of A001, its answer on A002's connection, and only then A002's
    outcome = await second
    assert outcome.state == "done"
    assert numbers(metal)[-1] == "A002"


async def test_after_an_unproven_job_nothing_is_sent_until_the_printer_has_worked_it_off(
    metal: SimulatedPrinter, printer: TcpPrinter
) -> None:
    metal.faults.drop_fence = True
    assert (await printer.print_job(job("A001"))).state == "unknown"
    outcome = await printer.print_job(job("A002"))
    assert (outcome.state, outcome.reason) == ("failed", "busy-with-earlier-job")
    metal.faults.drop_fence = False
    assert (await printer.print_job(job("A003"))).state == "done"
    assert numbers(metal) == ["A001", "A003"]


async def test_a_printer_without_real_time_status_is_judged_by_its_fence(
    metal: SimulatedPrinter, printer: TcpPrinter
) -> None:
    metal.faults.mute = True
    assert (await printer.print_job(job())).state == "done"
    with pytest.raises(PrinterUnreachable, match="no-answer"):
        await printer.status()


async def test_a_job_without_a_fence_is_not_taken(printer: TcpPrinter) -> None:
    with pytest.raises(ValueError, match="fence"):
        await printer.print_job(b"\x1b@A012\n")
