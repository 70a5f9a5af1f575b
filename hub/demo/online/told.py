"""What came from online on a day and what became of it, as the online hall knows it, held against the hub's own log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from hub.demo.api_client import ApiClient, ApiRefused
from hub.demo.online.asking import Comparison
from hub.demo.online.booked import Booked, as_line
from hub.demo.online.citizens import Citizens
from hub.demo.online.online_hall import OnlineHall
from hub.demo.report import aligned

SHOWN: Final[Mapping[str, str]] = {
    "application-filed": "申报 applications",
    "application-withdrawn": "撤回 withdrawals",
    "consultation-asked": "咨询 questions",
    "consultation-closed": "咨询结束 questions closed",
    "unit-sold": "购买预约 appointments bought",
    "booking-moved": "改约 moved",
    "booking-cancelled": "取消预约 cancelled",
}


class _Answer(msgspec.Struct):
    state: str
    ok: bool | None = None
    code: str = ""


class _Known(msgspec.Struct):
    state: str = ""


class _Case(msgspec.Struct):
    case: _Known


@dataclass(frozen=True, slots=True)
class OnlineReport:
    """``messages``: rows of type, said, done, refused, unanswered. ``cases``: by state, as the citizens see them.
    ``wrong``: what does not agree, in words; ``dark``: the line was cut, so nothing was compared.
    """

    messages: tuple[tuple[str, int, int, int, int], ...]
    codes: Mapping[str, int]
    cases: Mapping[str, int]
    answered: int
    received: int
    wrong: tuple[str, ...]
    dark: bool
    booked: Booked | None = None


async def told(
    online: OnlineHall,
    citizens: Citizens,
    said: Mapping[str, str],
    api: ApiClient,
    head: int,
    comparison: Comparison | None,
    troubles: Sequence[str],
    booked: Booked | None = None,
) -> OnlineReport:
    """``said``: all messages of the day, type by id. ``comparison`` None: the line was cut. ``api``: the hub's, to look
    at the same cases there.
    """
    rows: dict[str, Counter[str]] = {}
    codes, cases = Counter[str](), Counter[str]()
    wrong = [*troubles, *(() if booked is None else booked.wrong)]
    root = f"/city/v1/halls/{online.hall}"
    for id, type in said.items():
        answer = await online.api.get(f"{root}/messages/{id}", _Answer)
        fate = "waiting" if answer.state != "answered" else "done" if answer.ok else "refused"
        rows.setdefault(type, Counter())[fate] += 1
        if fate == "refused":
            codes[f"{type} {answer.code}"] += 1
        if type == "application-filed" and fate == "done":
            theirs = (await online.api.get(f"{root}/cases/{id}", _Case)).case.state
            cases[theirs] += 1
            ours = await _state(api, id)
            if comparison is not None and ours != theirs:
                wrong.append(f"办件 case {id}: {theirs} ≠ {ours}")
    if comparison is not None:
        if not comparison.agrees:
            wrong += _differences(comparison, head)
        waiting = sum(row["waiting"] for row in rows.values())
        if waiting:
            wrong.append(f"{waiting} 条消息没有回音 messages without an answer")
    return OnlineReport(
        tuple(
            (type, sum(row.values()), row["done"], row["refused"], row["waiting"]) for type, row in sorted(rows.items())
        ),
        codes,
        cases,
        len(citizens.answered),
        0 if comparison is None else comparison.received,
        tuple(wrong),
        dark=comparison is None,
        booked=booked,
    )


def as_lines(report: OnlineReport) -> str:
    """For a terminal."""
    head = [["来自网上大厅", "说了", "办到", "拒绝", "待答"], ["from online", "said", "done", "refused", "open"]]
    body = [[SHOWN.get(type, type), *(str(count) for count in counts)] for type, *counts in report.messages]
    lines = [aligned([*head, *body])]
    if report.cases:
        states = " · ".join(f"{state} {count}" for state, count in sorted(report.cases.items()))
        lines.append(f"群众在网上看到的办件 cases as citizens see them: {states}")
    lines.append(f"收到答复的咨询 questions with an answer: {report.answered}")
    if report.booked is not None:
        lines.append(as_line(report.booked))
    lines += [f"  拒绝 refused: {code} × {count}" for code, count in sorted(report.codes.items())]
    if report.dark:
        lines.append("线路未通，没有核对 the line is cut: nothing was compared")
    elif not report.wrong:
        lines.append(f"两边一致 both sides agree: {report.received} 条 entries")
    lines += [f"! {each}" for each in report.wrong]
    return "\n".join(lines)


def _differences(found: Comparison, head: int) -> list[str]:
    said: list[str] = []
    if not found.same_chain:
        said.append(f"校验链不同 another chain at {found.received}")
    if found.received < head or found.viewed < found.received:
        said.append(f"没有传完 not through: {found.viewed} ≤ {found.received} < {found.head}")
    said += [f"视图不同 another row: {each}" for each in found.differ]
    return said or [f"传完之后又有 {found.head - found.received} 条 entries came after the look"]


async def _state(api: ApiClient, case: str) -> str:
    try:
        return (await api.get(f"/api/v1/cases/{case}", _Known)).state
    except ApiRefused as error:
        return error.code
