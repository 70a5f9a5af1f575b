"""The figures of decided cases as tables and charts: the same ones on the page, in a spreadsheet and in CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.log.cursors import Cursors
from hub.views.cases.figures import FIGURES, CaseFigures, by_department, by_item, by_month, together
from hub.views.report.charts import Charts, Lines
from hub.views.report.tables import Table, Value
from hub.views.words import Words

_NOTE = Words("本月决定的办件", "cases decided in the month")
_ALL = Words("全部", "all")
_ITEM = (Words("事项", "item"), Words("名称", "name"), Words("部门", "department"))
_DEPARTMENT = (Words("部门", "department"), Words("名称", "name"))
_CODES = tuple(FIGURES)


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look found, of all departments or of one."""

    total: CaseFigures
    items: list[CaseFigures]
    departments: list[CaseFigures]
    months: list[CaseFigures]


def look(cursors: Cursors, months: Sequence[str], department: str = "") -> Looked:
    """Of the last of ``months`` (``YYYY-MM``, in order), with all of them beside it."""
    month = months[-1]
    items = by_item(cursors, month, department)
    departments = [row for row in by_department(cursors, month) if department in ("", row.department)]
    return Looked(
        together(items, month, department), items, departments, by_month(cursors, months[0], month, department)
    )


def tables(found: Looked, names: Mapping[str, Words]) -> list[Table]:
    """``names``: of departments by code."""

    def named(code: str) -> str:
        return names[code].zh if code in names else code

    def rows(figures: Sequence[CaseFigures], *keys: Sequence[str]) -> tuple[tuple[Value, ...], ...]:
        return tuple((*key, *_values(row)) for row, key in zip(figures, zip(*keys, strict=True), strict=True))

    departments, items, months = found.departments, found.items, found.months
    return [
        Table("totals", _ALL, _NOTE, (), _CODES, (_values(found.total),), single=True, figures=FIGURES),
        Table(
            "departments",
            Words("各部门", "by department"),
            _NOTE,
            _DEPARTMENT,
            _CODES,
            rows(departments, [row.department for row in departments], [named(row.department) for row in departments]),
            figures=FIGURES,
        ),
        Table(
            "items",
            Words("各事项", "by item"),
            _NOTE,
            _ITEM,
            _CODES,
            rows(
                items,
                [row.item for row in items],
                [row.item_zh for row in items],
                [named(row.department) for row in items],
            ),
            figures=FIGURES,
        ),
        Table(
            "months",
            Words("逐月", "by month"),
            Words("截至本月十二个月", "twelve months up to this one"),
            (Words("月份", "month"),),
            _CODES,
            rows(months, [row.month for row in months]),
            figures=FIGURES,
        ),
    ]


def charts(found: Looked) -> Charts:
    """Months: how many were decided and their shares; the limits beside the days taken; trips and materials."""
    months = found.months
    names = tuple(row.month for row in months)

    def series(code: str, times: float = 1) -> tuple[str, tuple[int | float | None, ...]]:
        values = (getattr(row, code) for row in months)
        return code, tuple(None if value is None else round(value * times, 2) for value in values)

    return Charts(
        {code: f"{figure.zh} {figure.en}" for code, figure in FIGURES.items()},
        {
            "decided": Lines(
                names,
                (series("decided"),),
                (series("on_time_share", 100), series("granted_share", 100)),
                ("件 cases", "%"),
            ),
            "limits": Lines(
                names,
                (series("legal_each"), series("promised_each")),
                (series("taken_days"),),
                ("工作日 working days", "自然日 calendar days"),
            ),
            "burden": Lines(
                names,
                (series("before_each"), series("now_each")),
                (series("trips_each"),),
                ("份材料 materials", "次 trips"),
            ),
        },
    )


def _values(row: CaseFigures) -> tuple[Value, ...]:
    return tuple(_rounded(getattr(row, code)) for code in _CODES)


def _rounded(value: float | None) -> Value:
    return round(value, 4) if isinstance(value, float) else value
