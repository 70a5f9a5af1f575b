"""A report as CSV: one figure a line, so that a program reads every table alike; the definitions as a second file.

UTF-8 with a byte order mark, without which Excel takes Chinese for something else. A text that a spreadsheet would take
for a formula has an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from hub.views.report.figures import FIGURES
from hub.views.report.tables import Table, Value
from hub.views.report.workbook import unit_of

HEAD = ("table", "key", "name", "figure", "zh", "en", "unit", "value")
DEFINITIONS_HEAD = ("figure", "zh", "en", "unit", "definition_zh", "definition_en")
MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def figures_csv(tables: Sequence[Table]) -> str:
    """An empty value: of nothing, as the mean of no wait."""
    return _written(HEAD, (line for table in tables for line in _lines(table)))


def definitions_csv() -> str:
    rows = ((code, f.zh, f.en, unit_of(f), f.means_zh, f.means_en) for code, f in FIGURES.items())
    return _written(DEFINITIONS_HEAD, rows)


def _lines(table: Table) -> Iterable[tuple[Value, ...]]:
    keys = len(table.keys)
    for row in table.rows:
        key = row[0] if keys else ""
        name = " ".join(str(each) for each in row[1:keys])
        for code, value in zip(table.columns, row[keys:], strict=True):
            figure = FIGURES[code]
            yield (table.id, key, name, code, figure.zh, figure.en, unit_of(figure), value)


def _written(head: Sequence[str], rows: Iterable[tuple[Value, ...]]) -> str:
    out = io.StringIO()
    out.write(MARK)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(tuple(_plain(value) for value in row) for row in rows)
    return out.getvalue()


def _plain(value: Value) -> Value:
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA) else value
