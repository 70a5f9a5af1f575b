"""Figures of decided cases by month, item and department: trips, materials, promised against legal time, on time."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hub.log.cursors import Cursors
from hub.views.cases.index import known
from hub.views.cases.tally import COUNTED

DAY_MS: Final = 86_400_000

_SUMS: Final = ", ".join(f"sum({name})" for name in COUNTED)


@dataclass(frozen=True, slots=True)
class Definition:
    """One figure: its name, and what it counts, in words."""

    figure: str
    zh: str
    en: str
    means_zh: str
    means_en: str


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """Of one item, one department or one month; all of its sums, as in ``tally.COUNTED``. Empty names: not told apart.

    A share is 0 to 1, a mean is in days, materials or trips; each is None where it would be over nothing.
    """

    month: str
    item: str
    item_zh: str
    item_en: str
    department: str
    decided: int
    granted: int
    timed: int
    on_time: int
    limited: int
    legal_days: int
    promised_days: int
    measured: int
    taken_ms: int
    visited: int
    trips: int
    materials_before: int
    materials_now: int

    @property
    def on_time_share(self) -> float | None:
        return _over(self.on_time, self.timed)

    @property
    def granted_share(self) -> float | None:
        return _over(self.granted, self.decided)

    @property
    def trips_each(self) -> float | None:
        return _over(self.trips, self.decided)

    @property
    def legal_each(self) -> float | None:
        return _over(self.legal_days, self.limited)

    @property
    def promised_each(self) -> float | None:
        return _over(self.promised_days, self.limited)

    @property
    def cut_share(self) -> float | None:
        """By how much the promise is shorter than the law."""
        left = _over(self.promised_days, self.legal_days)
        return None if left is None else 1 - left

    @property
    def taken_days(self) -> float | None:
        return _over(self.taken_ms, self.measured * DAY_MS)

    @property
    def before_each(self) -> float | None:
        return _over(self.materials_before, self.decided)

    @property
    def now_each(self) -> float | None:
        return _over(self.materials_now, self.decided)


DEFINITIONS: Final[Sequence[Definition]] = (
    Definition(
        "decided",
        "办结数",
        "decided",
        "本月作出决定（准予或不予）的办件；撤回、终止、不予受理、退件不计。外部系统的办件按其通报的决定时间计。",
        "Cases decided this month, granted or refused; withdrawn, terminated, not accepted and returned ones are left "
        "out. Cases of other systems count by the time of decision they report.",
    ),
    Definition(
        "granted",
        "准予率",
        "granted",
        "准予的办件占办结数的比例，后来撤销的仍计入。",
        "The share of decided cases that were granted, revoked later or not.",
    ),
    Definition(
        "on_time",
        "按时办结率",
        "on time",
        "决定时承诺时限（没有承诺时限的用法定时限）尚未届满的办件，占有时限的办结办件的比例。法定除外的时间不计。",
        "Of decided cases with a limit, the share decided before its moment: the promised limit, or the legal one "
        "where none is promised. Time excluded by statute does not count.",
    ),
    Definition(
        "limits",
        "法定、承诺时限",
        "legal and promised limit",
        "两种时限都有的办结办件，各自的平均工作日数；压减比例 = 1 − 承诺合计 ÷ 法定合计。",
        "Mean working days of each limit, over decided cases that have both; the cut is 1 − promised sum ÷ legal sum.",
    ),
    Definition(
        "taken",
        "实际用时",
        "taken",
        "从受理到决定的平均自然日数，扣除法定除外的时间；有受理时间的办结办件。",
        "Mean calendar days from acceptance to decision, excluded time taken off, of decided cases that were accepted.",
    ),
    Definition(
        "trips",
        "跑动次数",
        "trips",
        "申请人为一个办件到过大厅的营业日数，同一天只算一次：建件或登记、当面交材料或核对原件、在窗口或柜子取件；"
        "网上提交、快递领取为零次。按办结数平均。",
        "Business days on which the applicant was in the hall for a case, each day once: opening or registering it, "
        "handing in material or showing originals, collecting at a window or locker. Filing online and a courier are "
        "no trip. The mean over decided cases.",
    ),
    Definition(
        "materials",
        "材料原有、现有",
        "materials before and now",
        "办件所依事项版本规定的材料数：精简前、现在，按办结数平均。",
        "Materials asked for by the item version that the case is pinned to, before the cut and now: means over "
        "decided cases.",
    ),
)
"""The materials and limits of a case are those it was accepted under, whatever the catalogue says today."""


def by_item(cursors: Cursors, month: str, department: str = "") -> list[CaseFigures]:
    """Of a month (``YYYY-MM``), most decided first; with a name that the item has in some version."""
    where, values = ("AND department = ?", [department]) if department else ("", [])
    sql = (
        f"SELECT item, department, (SELECT zh FROM case_item WHERE code = item LIMIT 1),"  # noqa: S608
        f" (SELECT en FROM case_item WHERE code = item LIMIT 1), {_SUMS} FROM case_tally WHERE month = ? {where}"
        " GROUP BY item, department HAVING sum(decided) > 0 ORDER BY sum(decided) DESC, item"
    )
    rows = _read(cursors, sql, [month, *values])
    return [_of(row[4:], month, row[0], row[2] or "", row[3] or "", row[1]) for row in rows]


def by_department(cursors: Cursors, month: str) -> list[CaseFigures]:
    sql = (
        f"SELECT department, {_SUMS} FROM case_tally WHERE month = ? GROUP BY department HAVING sum(decided) > 0"  # noqa: S608
        " ORDER BY sum(decided) DESC, department"
    )
    return [_of(row[1:], month, department=row[0]) for row in _read(cursors, sql, [month])]


def by_month(cursors: Cursors, first: str, last: str, department: str = "") -> list[CaseFigures]:
    """Of the months that have any, in order."""
    where, values = ("AND department = ?", [department]) if department else ("", [])
    sql = (
        f"SELECT month, {_SUMS} FROM case_tally WHERE month BETWEEN ? AND ? {where}"  # noqa: S608
        " GROUP BY month HAVING sum(decided) > 0 ORDER BY month"
    )
    return [_of(row[1:], row[0], department=department) for row in _read(cursors, sql, [first, last, *values])]


def together(rows: Sequence[CaseFigures], month: str = "", department: str = "") -> CaseFigures:
    """All of them added up."""
    return _of([sum(getattr(row, name) for row in rows) for name in COUNTED], month, department=department)


def _of(
    sums: Sequence[int], month: str, item: str = "", item_zh: str = "", item_en: str = "", department: str = ""
) -> CaseFigures:
    return CaseFigures(month, item, item_zh, item_en, department, *sums)


def _read(cursors: Cursors, sql: str, values: Sequence[str]) -> list[sqlite3.Row]:
    return cursors.read(sql, values) if known(cursors) else []


def _over(sum: int, count: int) -> float | None:
    return sum / count if count else None
