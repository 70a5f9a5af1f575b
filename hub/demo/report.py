"""The day's report, from the entries of its stream alone: a pure function, so that it equals the log to the ticket."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import zip_longest

from hub.domain.queue import events as e

_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Row:
    """One category, by the letter on the ticket, or the total (``letter`` empty).

    ``wait_p50`` and ``wait_p90`` are minutes from the issue of a ticket to its first call, of those that were called;
    None when none was. ``served`` counts tickets, ``missed`` and the others count acts. ``rating`` is the mean score.
    """

    letter: str
    zh: str
    en: str
    tickets: int
    served: int
    wait_p50: float | None
    wait_p90: float | None
    missed: int
    reinstated: int
    transferred: int
    abandoned: int
    expired: int
    ratings: int
    rating: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """``repeated``: numbers given more than once, always empty. ``waits``: minutes by ticket number."""

    date: str
    rows: tuple[Row, ...]
    total: Row
    repeated: tuple[str, ...] = ()
    waits: Mapping[str, float] = field(default_factory=dict[str, float])


@dataclass(slots=True)
class _Tally:
    tickets: int = 0
    served: int = 0
    missed: int = 0
    reinstated: int = 0
    transferred: int = 0
    abandoned: int = 0
    expired: int = 0
    waits: list[float] = field(default_factory=list[float])
    scores: list[int] = field(default_factory=list[int])


def report_of(events: Iterable[object]) -> Report:
    """The report of one day's events in their order. A day that was never opened gives an empty one."""
    date, names = "", dict[str, tuple[str, str]]()
    issued: dict[str, tuple[str, int]] = {}
    numbers: list[str] = []
    waits: dict[str, float] = {}
    tallies: dict[str, _Tally] = {}

    def of(ticket: str) -> _Tally:
        return tallies.setdefault(issued[ticket][0][0], _Tally())

    for event in events:
        match event:
            case e.DayOpened() | e.PlanAdopted():
                date = event.plan.date
                names.update({queue.letter: (queue.zh, queue.en) for queue in event.plan.queues})
            case e.TicketIssued():
                issued[event.ticket] = event.number, event.at
                numbers.append(event.number)
                of(event.ticket).tickets += 1
            case e.TicketCalled():
                number, at = issued[event.ticket]
                if number not in waits:
                    waits[number] = (event.at - at) / _MINUTE
                    of(event.ticket).waits.append(waits[number])
            case e.ServiceFinished():
                of(event.ticket).served += 1
            case e.TicketMissed():
                of(event.ticket).missed += 1
            case e.TicketReinstated():
                of(event.ticket).reinstated += 1
            case e.TicketTransferred():
                of(event.ticket).transferred += 1
            case e.TicketAbandoned() | e.TicketVoided():
                of(event.ticket).abandoned += 1
            case e.TicketExpired():
                of(event.ticket).expired += 1
            case e.VisitRated():
                of(event.ticket).scores.append(event.score)
            case _:
                pass
    rows = tuple(_row(letter, *names.get(letter, ("", "")), tallies[letter]) for letter in sorted(tallies))
    total = _Tally()
    for each in tallies.values():
        for name in ("tickets", "served", "missed", "reinstated", "transferred", "abandoned", "expired"):
            setattr(total, name, getattr(total, name) + getattr(each, name))
        total.waits += each.waits
        total.scores += each.scores
    repeated = tuple(sorted({number for number in numbers if numbers.count(number) > 1} if _doubled(numbers) else ()))
    return Report(date, rows, _row("", "合计", "total", total), repeated, waits)


def share(values: Sequence[float], part: float) -> float | None:
    """The value below which ``part`` of them lie (nearest rank from 0); None of none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)] if ordered else None


def as_json(report: Report) -> dict[str, object]:
    """What ``--report FILE`` holds."""
    return {"date": report.date, "categories": [asdict(row) for row in report.rows], "total": asdict(report.total)}


_COLUMNS: tuple[tuple[str, str, Callable[[Row], str]], ...] = (
    ("取号", "tickets", lambda row: str(row.tickets)),
    ("办结", "served", lambda row: str(row.served)),
    ("等候中位", "wait p50", lambda row: _minutes(row.wait_p50)),
    ("等候九成", "wait p90", lambda row: _minutes(row.wait_p90)),
    ("过号", "missed", lambda row: str(row.missed)),
    ("补号", "reinstated", lambda row: str(row.reinstated)),
    ("转窗", "transfers", lambda row: str(row.transferred)),
    ("弃号作废", "given up", lambda row: str(row.abandoned)),
    ("清号", "expired", lambda row: str(row.expired)),
    ("评价", "ratings", lambda row: str(row.ratings)),
    ("均分", "mean", lambda row: "–" if row.rating is None else f"{row.rating:.2f}"),
)


def as_table(report: Report) -> str:
    """The report for a terminal, Chinese and English, waits in minutes."""
    head: list[list[str]] = [["类别", *(zh for zh, _, _ in _COLUMNS)], ["category", *(en for _, en, _ in _COLUMNS)]]
    body = [[_name(row), *(cell(row) for _, _, cell in _COLUMNS)] for row in (*report.rows, report.total)]
    title = f"{report.date} 日报，等候以分钟计 Report of the day, waits in minutes"
    return title + "\n" + aligned([*head, *body])


def aligned(lines: Sequence[Sequence[str]]) -> str:
    """A table: the first column to the left, the others to the right; a hanzi is two columns wide."""
    widths = [max(_width(cell) for cell in column) for column in zip_longest(*lines, fillvalue="")]
    shown: list[str] = []
    for line in lines:
        first, *rest = line
        cells = [first + " " * (widths[0] - _width(first))]
        cells += [" " * (width - _width(cell)) + cell for cell, width in zip(rest, widths[1:], strict=False)]
        shown.append("  ".join(cells).rstrip())
    return "\n".join(shown)


def _row(letter: str, zh: str, en: str, tally: _Tally) -> Row:
    scores = tally.scores
    return Row(
        letter=letter,
        zh=zh,
        en=en,
        tickets=tally.tickets,
        served=tally.served,
        wait_p50=share(tally.waits, 0.5),
        wait_p90=share(tally.waits, 0.9),
        missed=tally.missed,
        reinstated=tally.reinstated,
        transferred=tally.transferred,
        abandoned=tally.abandoned,
        expired=tally.expired,
        ratings=len(scores),
        rating=sum(scores) / len(scores) if scores else None,
    )


def _doubled(numbers: Sequence[str]) -> bool:
    return len(set(numbers)) != len(numbers)


def _name(row: Row) -> str:
    return f"{row.letter} {row.zh} {row.en}".strip() if row.zh != row.en else f"{row.letter} {row.zh}"


def _minutes(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
