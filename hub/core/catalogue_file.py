"""Catalogue files: what ``hallhub catalogue import`` reads and ``export`` writes. CSV, XLSX and JSON; see
docs/catalogue.md."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import msgspec

from hub.core.catalogue_mapping import ColumnMapping
from hub.core.catalogue_row import COLUMNS, read_row, unknown_columns, write_row
from hub.core.catalogue_row import column_of as _column
from hub.core.catalogue_table import GUARDED, MOST_BYTES, MOST_ROWS, decoded, invalid, read_table
from hub.core.toml_file import FileInvalid, FileProblem
from hub.core.toml_shape import ShapeMismatch, plain, shape
from hub.domain.catalogue.check import check
from hub.domain.catalogue.item import Catalogue, Item, Overlay
from hub.domain.catalogue.labels import ITEM, OVERLAY
from hub.domain.hall.problems import Problem
from hub.domain.hall.profile import HallProfile

FORMATS = ("csv", "xlsx", "json")
_PLACE = re.compile(r"^(items|overlays)\[([0-9]+)\]\.?(.*)$")


@dataclass(frozen=True, slots=True)
class BadRow:
    """``line``: of the file, for JSON the item's number, both from 1. ``code`` as far as it was readable."""

    line: int
    code: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: the rows that may be published under the hall's profile, and those that may not."""

    items: tuple[Item, ...]
    overlays: tuple[Overlay, ...]
    bad: tuple[BadRow, ...]
    rows: int

    def keeping(self, before: Catalogue | None) -> Reading:
        """As it is, with the bad rows' items as the version ``before`` has them: one typing error removes none."""
        if before is None:
            return self
        here = {item.code for item in self.items}
        wanted = {bad.code for bad in self.bad} - here
        items = tuple(item for item in before.items if item.code in wanted)
        overlays = tuple(overlay for overlay in before.overlays if overlay.item in wanted)
        return Reading((*self.items, *items), (*self.overlays, *overlays), self.bad, self.rows)


@dataclass(frozen=True, slots=True)
class _Read:
    line: int
    code: str
    item: Item | None
    overlay: Overlay | None
    problems: list[Problem]


def read_catalogue(content: bytes, profile: HallProfile, mapping: ColumnMapping | None = None) -> Reading:
    """The catalogue in a file of any of the formats. Raises ``FileInvalid`` for what cannot be read as one at all."""
    if len(content) > MOST_BYTES:
        raise invalid(None, f"文件超过 {MOST_BYTES // 2**20} MB", f"the file is larger than {MOST_BYTES // 2**20} MB")
    start = content[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    rows = list(_json(content) if start.startswith(b"{") and mapping is None else _table(content, mapping))
    if not rows:
        raise invalid(None, "没有事项", "there are no items")
    return _judged(rows, profile)


def _judged(rows: Sequence[_Read], profile: HallProfile) -> Reading:
    readable = [row for row in rows if row.item is not None]
    items = tuple(cast("Item", row.item) for row in readable)
    covered = [row for row in readable if row.overlay is not None]
    overlays = tuple(cast("Overlay", row.overlay) for row in covered)
    found: dict[int, list[Problem]] = {row.line: list(row.problems) for row in rows if row.problems}
    for problem in check(Catalogue(0, items, overlays), profile) if items else []:
        place = _PLACE.match(problem.path)
        if place is None:
            raise FileInvalid([FileProblem(None, problem.path, problem.zh, problem.en)])
        row = (readable if place[1] == "items" else covered)[int(place[2])]
        told = found.setdefault(row.line, [])
        if all(each.path != place[3] for each in told):
            told.append(Problem(place[3], problem.zh, problem.en))
    good = [row for row in readable if row.line not in found]
    codes = {row.line: row.code for row in rows}
    return Reading(
        tuple(cast("Item", row.item) for row in good),
        tuple(row.overlay for row in good if row.overlay is not None),
        tuple(BadRow(line, codes[line], tuple(problems)) for line, problems in sorted(found.items())),
        len(rows),
    )


def _table(content: bytes, mapping: ColumnMapping | None) -> Iterator[_Read]:
    headings, rows = read_table(content)
    wrong = unknown_columns(headings) if mapping is None else mapping.missing(headings)
    if wrong:
        raise FileInvalid([FileProblem(1, each.path, each.zh, each.en) for each in wrong])
    for row in rows:
        cells: Mapping[str, str] = {_column(heading) or "": text for heading, text in row.cells.items()}
        unmapped: list[Problem] = []
        if mapping is not None:
            cells, unmapped = mapping.apply(row.cells)
        item, overlay, problems = read_row(cells)
        told = [*_of_fields(row.problems, mapping), *unmapped]
        # a cell that could not be taken is not told again as missing
        skipped = {each.path for each in told}
        told += [each for each in problems if each.path not in skipped]
        code = cells.get("code", "")[:64]
        yield _Read(row.line, code, None if told else item, None if told else overlay, told)


def _of_fields(problems: Sequence[Problem], mapping: ColumnMapping | None) -> Iterator[Problem]:
    """Problems of cells as those of the fields that they are read for; a column that nobody reads has none."""
    for problem in problems:
        if mapping is None:
            yield Problem(_column(problem.path) or problem.path, problem.zh, problem.en)
        else:
            yield from (Problem(name, problem.zh, problem.en) for name in mapping.fields_of(problem.path))


def _json(content: bytes) -> Iterator[_Read]:
    try:
        held: object = msgspec.json.decode(decoded(content))
    except msgspec.DecodeError as error:
        raise invalid(None, f"不是有效的 JSON（{error}）", f"is no valid JSON: {error}") from None
    except RecursionError:
        raise invalid(None, "嵌套过深", "is nested too deeply") from None
    items = cast("dict[str, object]", held).get("items") if isinstance(held, dict) else None
    if not isinstance(items, list):
        raise invalid(None, '要有 "items" 列表', 'a list "items" is needed')
    listed = cast("list[object]", items)
    if len(listed) > MOST_ROWS:
        raise invalid(None, f"最多 {MOST_ROWS} 个事项", f"at most {MOST_ROWS} items")
    for n, each in enumerate(listed, 1):
        yield _json_item(n, each)


def _json_item(n: int, value: object) -> _Read:
    fields = dict(cast("dict[str, object]", value)) if isinstance(value, dict) else {}
    given = fields.pop("overlay", None)
    code = str(fields.get("code", ""))[:64]
    problems: list[Problem] = []
    item: Item | None = None
    overlay: Overlay | None = None
    try:
        item = shape(Item, fields)
        if given is not None:
            told = cast("dict[str, object]", given) if isinstance(given, dict) else {}
            overlay = shape(Overlay, {"item": code, **told})
    except ShapeMismatch as mismatch:
        problems = mismatch.problems
    return _Read(n, code, None if problems else item, None if problems else overlay, problems)


def write_json(catalogue: Catalogue, indent: int | None = 1) -> bytes:
    """As ``read_catalogue`` reads it; defaults are left out. ``indent`` None: on one line."""
    overlays = {overlay.item: overlay for overlay in catalogue.overlays}
    rows: list[dict[str, object]] = []
    for item in catalogue.items:
        row = cast("dict[str, object]", plain(item, row=True))
        if (overlay := overlays.get(item.code)) is not None:
            of_hall = cast("dict[str, object]", plain(overlay, row=True))
            of_hall.pop("item")
            row["overlay"] = of_hall
        rows.append(row)
    content = msgspec.json.encode({"source": catalogue.source, "items": rows})
    return content if indent is None else msgspec.json.format(content, indent=indent) + b"\n"


def write_csv(catalogue: Catalogue) -> bytes:
    """UTF-8 with a byte order mark, for which spreadsheets look; what they would carry out gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in _rows(catalogue):
        writer.writerow([f"'{cell}" if cell.startswith(GUARDED) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(catalogue: Catalogue) -> bytes:
    """One sheet; every cell is text."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("事项")
    for row in _rows(catalogue):
        cells: list[object] = []
        for text in row:
            cell = WriteOnlyCell(sheet, "".join(c for c in text if c.isprintable() or c == "\n"))
            cell.data_type = "s"  # never a formula, whatever it begins with
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def write_catalogue(catalogue: Catalogue, format: str) -> bytes:
    return {"csv": write_csv, "xlsx": write_xlsx, "json": write_json}[format](catalogue)


def _rows(catalogue: Catalogue) -> Iterator[list[str]]:
    labels = {**ITEM, **OVERLAY}
    overlays = {overlay.item: overlay for overlay in catalogue.overlays}
    yield [labels[name][0] for name in COLUMNS]
    for item in catalogue.items:
        row = write_row(item, overlays.get(item.code))
        yield [row[name] for name in COLUMNS]
