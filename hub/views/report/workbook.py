"""A report as an XLSX workbook: one sheet a table, and one with every figure's definition."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Protocol, cast

import xlsxwriter

from hub.views.report.figures import FIGURES, Figure
from hub.views.report.tables import Table, Value

_FORMATS = {"count": "0", "minutes": "0.0", "duration": "0.0", "share": "0.0%"}


class _Format(Protocol): ...


class _Sheet(Protocol):
    """What is used of xlsxwriter's worksheet; ``write_string`` never makes a formula or a link of a text."""

    def write_string(self, row: int, column: int, text: str, format: _Format | None = None) -> object: ...
    def write_number(self, row: int, column: int, number: float, format: _Format | None = None) -> object: ...
    def set_column(self, first: int, last: int, width: float) -> object: ...
    def freeze_panes(self, row: int, column: int) -> object: ...


class _Book(Protocol):
    def add_format(self, properties: dict[str, object]) -> _Format: ...
    def add_worksheet(self, name: str) -> _Sheet: ...
    def close(self) -> None: ...


def workbook(title: str, tables: Sequence[Table]) -> bytes:
    """``title`` stands above the totals. Every text is written as a text, whatever it begins with."""
    out = io.BytesIO()
    book = cast("_Book", xlsxwriter.Workbook(out, {"in_memory": True}))
    pen = _Pen(book)
    for table in tables:
        sheet = book.add_worksheet(f"{table.words.zh} {table.words.en}"[:31])
        if table.single:
            pen.downwards(sheet, title, table)
        else:
            pen.across(sheet, table)
    pen.definitions(book.add_worksheet("说明 Definitions"))
    book.close()
    return out.getvalue()


class _Pen:
    """Writes tables in the few formats that a workbook has."""

    def __init__(self, book: _Book) -> None:
        self._head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._numbers = {unit: book.add_format({"num_format": shown}) for unit, shown in _FORMATS.items()}

    def across(self, sheet: _Sheet, table: Table) -> None:
        named = [f"{key.zh} {key.en}" for key in table.keys] + [_named(FIGURES[code]) for code in table.columns]
        for column, text in enumerate(named):
            sheet.write_string(0, column, text, self._head)
        for at, row in enumerate(table.rows, start=1):
            for column, value in enumerate(row):
                figure = column - len(table.keys)
                self._put(sheet, at, column, value, table.columns[figure] if figure >= 0 else None)
        sheet.set_column(0, len(named) - 1, 14)
        sheet.freeze_panes(1, len(table.keys))

    def downwards(self, sheet: _Sheet, title: str, table: Table) -> None:
        sheet.write_string(0, 0, title, self._head)
        for at, (code, value) in enumerate(zip(table.columns, table.rows[0], strict=True), start=2):
            sheet.write_string(at, 0, FIGURES[code].zh)
            sheet.write_string(at, 1, FIGURES[code].en)
            self._put(sheet, at, 2, value, code)
            sheet.write_string(at, 3, FIGURES[code].means_zh)
        sheet.set_column(0, 1, 24)
        sheet.set_column(2, 2, 12)
        sheet.set_column(3, 3, 90)

    def definitions(self, sheet: _Sheet) -> None:
        for column, text in enumerate(("指标 figure", "English", "代码 code", "单位 unit", "定义", "definition")):
            sheet.write_string(0, column, text, self._head)
        for at, (code, figure) in enumerate(FIGURES.items(), start=1):
            for column, text in enumerate((figure.zh, figure.en, code, unit_of(figure))):
                sheet.write_string(at, column, text, self._wrapped)
            sheet.write_string(at, 4, figure.means_zh, self._wrapped)
            sheet.write_string(at, 5, figure.means_en, self._wrapped)
        sheet.set_column(0, 3, 18)
        sheet.set_column(4, 5, 60)
        sheet.freeze_panes(1, 0)

    def _put(self, sheet: _Sheet, row: int, column: int, value: Value, code: str | None) -> None:
        if value is None:
            return
        if isinstance(value, str):
            sheet.write_string(row, column, value)
        else:
            unit = "count" if code is None else FIGURES[code].unit
            whole = isinstance(value, int) and unit == "minutes"
            sheet.write_number(row, column, value, self._numbers.get("count" if whole else unit))


def _named(figure: Figure) -> str:
    return f"{figure.zh} {figure.en}" + (" (min)" if figure.unit in ("minutes", "duration") else "")


def unit_of(figure: Figure) -> str:
    """How the figure is written in files: durations as minutes, shares from 0 to 1."""
    return "minutes" if figure.unit == "duration" else figure.unit
