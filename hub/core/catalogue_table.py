"""Tables as people send them, CSV or XLSX, to rows of plain text; nothing in them is believed or carried out.

Limits keep a hostile file from the server's memory: bytes, bytes once unpacked, rows, columns, characters of a cell.
"""

from __future__ import annotations

import codecs
import csv
import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from hub.core.toml_file import FileInvalid, FileProblem
from hub.domain.hall.problems import Problem

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024
MOST_PARTS = 500
MOST_ROWS = 20_000
MOST_COLUMNS = 200
LONGEST_CELL = 20_000

_FORMULA = "="


@dataclass(frozen=True, slots=True)
class Row:
    """``line`` from 1 as the person sees it; ``cells`` by the column's heading; ``problems`` name the heading."""

    line: int
    cells: dict[str, str]
    problems: tuple[Problem, ...] = ()


def read_table(content: bytes) -> tuple[list[str], list[Row]]:
    """The headings and the rows under them; empty rows are left out. Raises ``FileInvalid`` for what is no table."""
    lines = _sheet(content) if content.startswith(b"PK\x03\x04") else _csv(_text(content))
    heading = next(lines, None)
    if heading is None:
        raise invalid(None, "文件是空的", "the file is empty")
    headings = [cell.text.strip() for cell in heading[1]]
    while headings and not headings[-1]:
        headings.pop()
    twice = next((each for n, each in enumerate(headings) if each and each in headings[:n]), None)
    if not headings or twice is not None:
        raise invalid(
            heading[0], f"第一行要是列名，列名不能重复（{twice or ''}）", f"headings must differ: {twice or 'none'}"
        )
    rows: list[Row] = []
    for line, cells in lines:
        if len(rows) == MOST_ROWS:
            raise invalid(line, f"最多 {MOST_ROWS} 行", f"at most {MOST_ROWS} rows")
        if any(cell.text.strip() for cell in cells):
            rows.append(_row(line, headings, cells))
    return headings, rows


def decoded(content: bytes) -> str:
    """UTF-8 (also with a byte order mark) or GB18030. Raises ``FileInvalid``."""
    return _text(content)


def invalid(line: int | None, zh: str, en: str) -> FileInvalid:
    return FileInvalid([FileProblem(line, "", zh, en)])


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    formula: bool = False


_Line = tuple[int, Sequence[_Cell]]


def _row(line: int, headings: list[str], cells: Sequence[_Cell]) -> Row:
    held: dict[str, str] = {}
    problems: list[Problem] = []
    for n, cell in enumerate(cells):
        text = cell.text.strip()
        heading = headings[n] if n < len(headings) else ""
        if not heading:
            if text:
                problems.append(Problem(f"#{n + 1}", "这一格没有列名", "this cell is under no heading"))
            continue
        if cell.formula or text.startswith(_FORMULA):
            problems.append(Problem(heading, "是公式，请改为数值或文字", "is a formula; paste its value instead"))
        elif len(text) > LONGEST_CELL:
            problems.append(Problem(heading, f"超过 {LONGEST_CELL} 个字", f"is longer than {LONGEST_CELL} characters"))
        else:
            held[heading] = text.replace("\r\n", "\n").replace("\r", "\n")
    return Row(line, held, tuple(problems))


def _text(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in content:
        raise invalid(None, "编码不对，请另存为 UTF-8 的 CSV", "the encoding is wrong: save it as CSV in UTF-8")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise invalid(None, "不是 UTF-8 或 GB18030 编码", "is neither UTF-8 nor GB18030")


def _csv(text: str) -> Iterator[_Line]:
    # a quoted cell may hold line ends, so the line of a row is where it begins
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    before = 0
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            if len(cells) > MOST_COLUMNS:
                raise invalid(line, f"最多 {MOST_COLUMNS} 列", f"at most {MOST_COLUMNS} columns")
            yield line, [_Cell(_unguarded(cell)) for cell in cells]
    except csv.Error as error:
        raise invalid(before + 1, f"CSV 格式错误（{error}）", f"CSV: {error}") from None


def _unguarded(cell: str) -> str:
    """Without the apostrophe that an export puts before what a spreadsheet would take for a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in GUARDED else cell


GUARDED = ("=", "+", "-", "@", "\t")
"""First characters that spreadsheets carry out."""


class _SheetCell(Protocol):
    value: object
    data_type: str


class _Sheet(Protocol):
    def reset_dimensions(self) -> None: ...

    def iter_rows(self) -> Iterator[Sequence[_SheetCell]]: ...


def _sheet(content: bytes) -> Iterator[_Line]:
    """The first sheet of an XLSX workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            # a part is never unpacked beyond the size that it announces
            too_large = len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED
    except (zipfile.BadZipFile, ValueError, OSError):
        raise invalid(None, "不是有效的 XLSX 文件", "is no valid XLSX file") from None
    if too_large:
        raise invalid(None, "解压后过大，没有读取", "is too large once unpacked and was not read")
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and validations, which nobody asks for here
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            sheet = cast("_Sheet", book.worksheets[0])
            sheet.reset_dimensions()  # what a sheet says of its size is not believed
            for line, cells in enumerate(sheet.iter_rows(), 1):
                if line > MOST_ROWS * 2:
                    raise invalid(line, f"最多 {MOST_ROWS} 行", f"at most {MOST_ROWS} rows")
                if len(cells) > MOST_COLUMNS:
                    raise invalid(line, f"最多 {MOST_COLUMNS} 列", f"at most {MOST_COLUMNS} columns")
                yield line, [_Cell(_shown(cell.value), cell.data_type == "f") for cell in cells]
    except FileInvalid:
        raise
    except Exception as error:  # openpyxl and its XML parser raise nearly anything for a broken workbook
        raise invalid(None, "不是有效的 XLSX 文件", f"is no valid XLSX file ({type(error).__name__})") from None


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    return str(value)
