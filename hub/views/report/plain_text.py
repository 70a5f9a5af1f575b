"""A report for a terminal: the tables in columns, Chinese characters two cells wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from hub.views.report.figures import FIGURES
from hub.views.report.tables import Table

_SHOWN = ("totals", "categories", "services", "hours", "windows", "clerks", "pauses", "transfers")


def plain_text(title: str, tables: Sequence[Table]) -> str:
    """Control characters in names are left out, so that no text moves the cursor."""
    parts = [title]
    for table in tables:
        if table.id in _SHOWN and table.rows:
            parts.append(f"{table.words.zh} {table.words.en}（{table.note.zh}）")
            parts.append(_downwards(table) if table.single else _across(table))
    return "\n\n".join(parts) + "\n"


def _downwards(table: Table) -> str:
    named = [f"{FIGURES[code].zh} {FIGURES[code].en}" for code in table.columns]
    width = max(map(_width, named))
    values = table.said[0]
    return "\n".join(f"{_left(name, width)}  {value:>8}" for name, value in zip(named, values, strict=True))


def _across(table: Table) -> str:
    heads = [key.zh for key in table.keys] + [FIGURES[code].zh for code in table.columns]
    units = ["text"] * len(table.keys) + [FIGURES[code].unit for code in table.columns]
    lines = [heads] + [[_plain(cell) for cell in row] for row in table.said]
    widths = [max(_width(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join(
        "  ".join(
            _left(cell, width) if unit == "text" else " " * (width - _width(cell)) + cell
            for cell, width, unit in zip(line, widths, units, strict=True)
        ).rstrip()
        for line in lines
    )


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())


def _left(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
