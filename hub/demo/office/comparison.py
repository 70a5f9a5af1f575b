"""The replay beside the data: tickets and calls of each queue, and waits of the newcomers whose wait is known. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from hub.demo.office.flow import Flow
from hub.demo.office.office_profile import Place
from hub.demo.office.truth import Truth
from hub.demo.report import Report, aligned, share


@dataclass(frozen=True, slots=True)
class Compared:
    """One queue. ``data_tickets``: the highest served number plus waiting; ``data_called``: the last served number.

    ``scored``: newcomers whose wait the data tells; the four waits are theirs, in minutes, ours out of the log.
    """

    letter: str
    queue_id: str
    name: str
    tickets: int
    data_tickets: int
    called: int
    data_called: int
    expired: int
    disbelieved: int
    scored: int
    wait_p50: float | None
    data_p50: float | None
    wait_p90: float | None
    data_p90: float | None

    @property
    def agrees(self) -> bool:
        return self.tickets == self.data_tickets and self.called == self.data_called


def compare(places: Sequence[Place], truths: Mapping[str, Sequence[Truth]], report: Report) -> tuple[Compared, ...]:
    """``truths`` by queue id, ``report`` of the log. The last row is the total."""
    rows = {row.letter: row for row in report.rows}
    called: dict[str, int] = {}
    for number in report.waits:
        called[number[0]] = called.get(number[0], 0) + 1
    found: list[Compared] = []
    ours_all: list[float] = []
    data_all: list[float] = []
    for place in places:
        flow, letter = place.flow, place.letter
        known = _newcomers(truths.get(flow.queue_id, ()))
        pairs = [(report.waits[n], t.waited) for t in known if (n := _number(letter, flow, t)) in report.waits]
        ours, data = [mine for mine, _ in pairs], [float(theirs) for _, theirs in pairs]
        ours_all += ours
        data_all += data
        row = rows.get(letter)
        found.append(
            Compared(
                letter=letter,
                queue_id=flow.queue_id,
                name=flow.name,
                tickets=row.tickets if row else 0,
                data_tickets=len(flow.arrivals),
                called=called.get(letter, 0),
                data_called=len(flow.calls),
                expired=row.expired if row else 0,
                disbelieved=flow.disbelieved,
                scored=len(pairs),
                wait_p50=share(ours, 0.5),
                data_p50=share(data, 0.5),
                wait_p90=share(ours, 0.9),
                data_p90=share(data, 0.9),
            )
        )
    total = Compared(
        letter="",
        queue_id="",
        name="合计 total",
        tickets=sum(each.tickets for each in found),
        data_tickets=sum(each.data_tickets for each in found),
        called=sum(each.called for each in found),
        data_called=sum(each.data_called for each in found),
        expired=sum(each.expired for each in found),
        disbelieved=sum(each.disbelieved for each in found),
        scored=len(ours_all),
        wait_p50=share(ours_all, 0.5),
        data_p50=share(data_all, 0.5),
        wait_p90=share(ours_all, 0.9),
        data_p90=share(data_all, 0.9),
    )
    return (*found, total)


def comparison_table(rows: Sequence[Compared]) -> str:
    """For a terminal."""
    head = [
        ["队列", "取号", "数据", "叫号", "数据", "清号", "不采信", "可比", "中位", "数据", "九成", "数据"],
        ["queue", "tickets", "data", "called", "data", "expired", "dropped", "scored", "p50", "data", "p90", "data"],
    ]
    body = [
        [
            f"{row.letter} {row.queue_id} {row.name}".strip(),
            *map(str, (row.tickets, row.data_tickets, row.called, row.data_called, row.expired, row.disbelieved)),
            str(row.scored),
            *map(_minutes, (row.wait_p50, row.data_p50, row.wait_p90, row.data_p90)),
        ]
        for row in rows
    ]
    return "与数据相比 Beside the data\n" + aligned([*head, *body])


def comparison_json(rows: Sequence[Compared]) -> list[dict[str, object]]:
    return [asdict(row) for row in rows]


def _newcomers(truths: Sequence[Truth]) -> list[Truth]:
    """Without the samples at which nobody new had come: there the newcomer's number is one that was given before."""
    highest, found = 0, list[Truth]()
    for truth in truths:
        if truth.number > highest:
            found.append(truth)
            highest = truth.number
    return found


def _number(letter: str, flow: Flow, truth: Truth) -> str:
    return f"{letter}{truth.number - flow.base:03d}"


def _minutes(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"
