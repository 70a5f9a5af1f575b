"""One business day's rows as the files that are handed over: JSON and CSV of the same rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime

import msgspec

from hub.exports.rows import CASES_FORMAT, RATINGS_FORMAT, CaseRow, RatingRow


@dataclass(frozen=True, slots=True)
class Day:
    """Entries ``first`` to ``last`` of the log belong to ``day``: no entry to two days, none to no day."""

    hall: str
    day: str
    first: int
    last: int
    cases: Sequence[CaseRow]
    ratings: Sequence[RatingRow]


def day_files(day: Day) -> dict[str, bytes]:
    """Content by name; the same day gives the same bytes under the same names."""
    found: dict[str, bytes] = {}
    for kind, format, row, rows in (
        ("cases", CASES_FORMAT, CaseRow, day.cases),
        ("ratings", RATINGS_FORMAT, RatingRow, day.ratings),
    ):
        columns = tuple(field.name for field in fields(row))
        told = [_told(columns, astuple(each)) for each in rows]
        name = f"{kind}-{day.hall}-{day.day}"
        head = {"format": format, "hall": day.hall, "day": day.day, "first": day.first, "last": day.last, "rows": told}
        found[name + ".json"] = msgspec.json.format(msgspec.json.encode(head), indent=1) + b"\n"
        found[name + ".csv"] = _table(columns, told)
    return found


def _told(columns: tuple[str, ...], values: tuple[object, ...]) -> dict[str, object]:
    told = dict(zip(columns, values, strict=True))
    at = told["at"]
    assert isinstance(at, int)
    told["at"] = datetime.fromtimestamp(at / 1000, UTC).isoformat("T", "milliseconds").replace("+00:00", "Z")
    return told


def _table(columns: tuple[str, ...], told: list[dict[str, object]]) -> bytes:
    """With a byte order mark, since spreadsheets take a file without one for another encoding."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _plain(value) for name, value in row.items()} for row in told)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _plain(value: object) -> object:
    """A text that a spreadsheet would take for a formula is led by an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value
