"""The ticket printer: `print-ticket` becomes paper, and what the fence proved becomes the result.

It never prints a ticket twice by itself: a job without its fence is `unknown`, and staff decide on a reprint (补打),
which comes as a new command with a higher `copy` and the same number.
"""

import asyncio
import logging
import sqlite3
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Literal, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from devices.hardware.escpos import PaperLevel, PrinterStatus
from devices.hardware.tcp_printer import Limits, PrinterUnreachable, TcpPrinter
from devices.hardware.tcp_printer import Outcome as JobOutcome
from devices.hardware.ticket_paper import CategoryWords, Layout, Ticket, WaitRange, Words, compose
from devices.kinds import Kind, Show, no_show
from devices.wire.commands import Outcome
from devices.wire.messages import Command
from devices.wire.session import DeviceSession
from devices.wire.vocabulary import PaperChanged, PrintedCategory, PrintTicket, TicketLayout

_log = logging.getLogger(__name__)


class Printer(Protocol):
    """A transport that prints; see `TcpPrinter` for what it promises."""

    async def print_job(self, job: bytes) -> JobOutcome: ...
    async def status(self) -> PrinterStatus: ...


@dataclass(frozen=True, slots=True)
class TicketPrinterOptions:
    """What an installer sets.

    `poll_seconds` is how often the idle printer is asked for its paper; `qr` says who draws the code; `time_zone` is
    used until the hall has told its own; `fence_seconds` is how long a ticket may take from the last byte sent to the
    answer after the cut. Raises `ValueError` when one of them cannot be.
    """

    host: str = "127.0.0.1"
    port: int = 9100
    poll_seconds: float = 10.0
    qr: Literal["native", "raster"] = "native"
    time_zone: str = "Asia/Shanghai"
    connect_seconds: float = 3.0
    answer_seconds: float = 1.0
    fence_seconds: float = 15.0
    grace_seconds: float = 2.0
    silence_seconds: float = 3.0

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as cause:
            raise ValueError(f"time_zone: there is no time zone {self.time_zone!r}") from cause
        if not 0 < self.port < 65536:
            raise ValueError(f"port: {self.port} is no TCP port")
        for name in ("poll", "connect", "answer", "fence", "grace", "silence"):
            if not getattr(self, f"{name}_seconds") > 0:
                raise ValueError(f"{name}_seconds: more than 0 seconds are needed")

    @property
    def limits(self) -> Limits:
        return Limits(
            self.connect_seconds, self.answer_seconds, self.fence_seconds, self.grace_seconds, self.silence_seconds
        )


class TicketPrinter:
    """A ticket printer at work. `level` is the paper level told last, None before the first reading."""

    def __init__(
        self,
        session: DeviceSession,
        options: TicketPrinterOptions,
        show: Show = no_show,
        printer: Printer | None = None,
    ) -> None:
        self.options = options
        self.layout = Layout(qr=options.qr, time_zone=options.time_zone)
        self.level: PaperLevel | None = None
        self._with_code = True
        self._session = session
        self._show = show
        self._printer: Printer = printer or TcpPrinter(
            # A job cut off by the end of the process may still answer; the next one waits that out.
            options.host,
            options.port,
            options.limits,
            unproven=session.interrupted,
        )
        session.on_command("print-ticket", PrintTicket, self.print_ticket)
        session.on_desired(TicketLayout, self.apply_layout)

    @property
    def session(self) -> DeviceSession:
        return self._session

    async def run(self) -> None:
        """Lives until cancelled: the session, and looking after the paper."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._session.run())
            tasks.create_task(self.watch())

    async def type_line(self, line: str) -> None:
        """`status` asks the printer, `test` prints a test ticket."""
        match line.strip():
            case "status":
                try:
                    status = await self._printer.status()
                except PrinterUnreachable as cause:
                    self._show(f"printer: {cause.reason}")
                else:
                    self._show(f"printer: {status.obstacle or 'ready'}, paper {status.paper or 'not told'}")
            case "test":
                ticket = Ticket("test", "TEST", "-", datetime.now(UTC), 0)
                layout = replace(self.layout, categories={"-": CategoryWords("测试页", "Test page")})
                outcome = await self._printer.print_job(await asyncio.to_thread(compose, ticket, layout))
                self._show(f"test ticket: {outcome.state}" + (f", {outcome.reason}" if outcome.reason else ""))
            case other:
                self._show(f"{other!r} is not understood; there are: status, test")

    def close(self) -> None:
        """Closes the session's files."""
        self._session.close()

    async def print_ticket(self, command: Command, args: PrintTicket) -> Outcome:
        """`done` when the fence came back after the cut; `failed` when nothing was sent; otherwise `unknown`.

        Facts carry `reason` (`paper-out`, `cover-open`, `offline`, `cutter-error`, `refused`, `unreachable`,
        `no-answer`, `no-fence`, `connection-lost`, `busy-with-earlier-job`) and `paper` where the printer told it.
        """
        ticket = self._ticket(args)
        # Pictures of rare hanzi take tens of milliseconds, which hosted neighbours on this loop should not wait for.
        job = await asyncio.to_thread(compose, ticket, self.layout)
        printed = await self._printer.print_job(job)
        if printed.state != "done":
            _log.warning("ticket %s is %s: %s (command %s)", args.number, printed.state, printed.reason, command.id)
        facts: dict[str, object] = {}
        if printed.reason is not None:
            facts["reason"] = printed.reason
        if printed.status is not None and printed.status.paper is not None:
            facts["paper"] = printed.status.paper.value
        await self._paper(printed.status)
        return Outcome(printed.state, facts)

    async def apply_layout(self, wanted: TicketLayout) -> None:
        """What the hall writes on its tickets from the next one on; what it leaves empty stays as built in.

        Raises `ZoneInfoNotFoundError` for a time zone that this machine does not know.
        """
        built_in = Layout()
        footer = Words(wanted.footer_zh, wanted.footer_en)
        self.layout = Layout(
            revision=wanted.revision,
            hall=Words(wanted.hall_zh, wanted.hall_en) if wanted.hall_zh else built_in.hall,
            time_zone=ZoneInfo(wanted.time_zone).key if wanted.time_zone else self.options.time_zone,
            categories={letter: _category(words) for letter, words in wanted.categories.items()},
            footers=(footer,) if footer.zh or footer.en else built_in.footers,
            large=wanted.large,
            qr=self.options.qr,
        )
        self._with_code = wanted.qr

    async def watch(self) -> None:
        """Asks the idle printer for its paper until cancelled; a printer that does not answer changes nothing."""
        while True:
            await self.look()
            await asyncio.sleep(self.options.poll_seconds)

    async def look(self) -> None:
        """One look at the paper. Tells `paper-changed` when it differs from what was told last."""
        try:
            status = await self._printer.status()
        except PrinterUnreachable as cause:
            _log.debug("%s:%d does not tell its paper: %s", self.options.host, self.options.port, cause.reason)
            return
        await self._paper(status)

    async def _paper(self, status: PrinterStatus | None) -> None:
        if status is None or status.paper is None or status.paper is self.level:
            return
        try:
            await self._session.emit("paper-changed", PaperChanged(level=status.paper.value))
        except sqlite3.OperationalError:  # a full disk must not turn a printed ticket into an unknown one
            _log.exception("paper-changed is not kept; the next look at the paper tells it again")
            return
        self.level = status.paper

    def _ticket(self, args: PrintTicket) -> Ticket:
        wait = args.wait_minutes
        return Ticket(
            ticket=args.ticket,
            number=args.number,
            category=args.category,
            at=args.at,
            ahead=args.ahead,
            wait_minutes=None if wait is None else WaitRange(wait.p50, wait.p90),
            url=args.url if self._with_code else None,
            copy=args.copy,
            floor=None if args.floor is None else Words(args.floor.zh, args.floor.en),
            items=tuple(Words(item.zh, item.en) for item in args.items),
            more_items=args.more_items,
            bring=tuple(Words(paper.zh, paper.en) for paper in args.bring),
            more_bring=args.more_bring,
        )


def _category(words: PrintedCategory) -> CategoryWords:
    zh, en = words.place_zh or words.place_en, words.place_en or ""
    place = Words(zh, en) if zh else None
    return CategoryWords(words.zh, words.en, place)


KIND: Final = Kind(
    name="ticket_printer",
    model="ESC/POS ticket printer, 80 mm",
    options=TicketPrinterOptions,
    make=TicketPrinter,
    capabilities=("print-ticket", "large", "qr", "chinese-gb18030"),
    usage="status   what the printer says of itself\ntest     prints a test ticket",
)
