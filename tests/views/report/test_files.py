"""Tables, spreadsheets and CSV hold the report's own figures, each with its definition, and no formula."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from hub.views.report.charts import heat_of
from hub.views.report.csv_file import DEFINITIONS_HEAD, HEAD, definitions_csv, figures_csv
from hub.views.report.day_report import DayReport
from hub.views.report.figures import FIGURES
from hub.views.report.plain_text import plain_text
from hub.views.report.range_report import range_report
from hub.views.report.tables import day_tables, range_tables
from hub.views.report.tally import tally_of
from hub.views.report.workbook import workbook
from tests.views.report.days import any_day
from tests.views.report.test_summary import reported

ROOT = Path(__file__).parents[3]
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def report() -> DayReport:
    return reported(any_day(2, 500).events)


def sheets(book: bytes) -> dict[str, list[list[str]]]:
    """Every sheet's cells as text; a formula fails."""
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        shared = [
            "".join(part.text or "" for part in each.iter(SHEET + "t"))
            for each in ElementTree.fromstring(packed.read("xl/sharedStrings.xml"))
        ]
        named = re.findall(r'<sheet name="([^"]+)"', packed.read("xl/workbook.xml").decode())
        found: dict[str, list[list[str]]] = {}
        for at, name in enumerate(named, start=1):
            tree = ElementTree.fromstring(packed.read(f"xl/worksheets/sheet{at}.xml"))
            assert tree.find(f".//{SHEET}f") is None, "a formula"
            assert tree.find(f".//{SHEET}hyperlink") is None, "a link"
            found[name] = [[_text(cell, shared) for cell in row] for row in tree.iter(SHEET + "row")]
    return found


def _text(cell: ElementTree.Element, shared: list[str]) -> str:
    value = (cell[0].text or "") if len(cell) else ""
    return shared[int(value)] if cell.get("t") == "s" else value


def test_every_column_of_every_table_is_defined_in_both_languages(report: DayReport) -> None:
    whole = range_report("2026-01-01", "2026-12-31", tally_of(report), [], {})
    used = {code for table in (*day_tables(report), *range_tables(whole)) for code in table.columns}
    assert used == set(FIGURES)
    for code, figure in FIGURES.items():
        assert figure.means_zh.endswith("。"), code
        assert figure.means_en.endswith("."), code
        assert not figure.means_zh.isascii()
        assert (figure.means_en + figure.en).isascii() or set(figure.means_en) & set("÷−…")
    for table in (*day_tables(report), *range_tables(whole)):
        for row in table.rows:
            assert len(row) == len(table.keys) + len(table.columns), table.id


def test_a_csv_holds_every_figure_of_every_table_once(report: DayReport) -> None:
    tables = day_tables(report)
    text = figures_csv(tables)
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:])))
    assert tuple(rows[0]) == HEAD
    assert len(rows) - 1 == sum(len(table.rows) * len(table.columns) for table in tables)
    by_place = {(row[0], row[1], row[2], row[3]): row[7] for row in rows[1:]}
    assert len(by_place) == len(rows) - 1
    assert by_place["totals", "", "", "issued"] == str(report.totals.issued)
    for window in report.windows:
        assert by_place["windows", window.window, "", "calls"] == str(window.calls)
    for row in report.categories:
        assert by_place["categories", row.category, row.zh, "served"] == str(row.served)


def test_no_cell_is_a_formula_whatever_a_name_begins_with(report: DayReport) -> None:
    names = [row.clerk for row in report.clerks] + [pause.reason for row in report.windows for pause in row.pauses]
    assert {name[0] for name in names} & set("=+-@"), "the day has such a name"
    cells = [cell for row in csv.reader(io.StringIO(figures_csv(day_tables(report))[1:])) for cell in row]
    assert [
        cell for cell in cells if cell[:1] in ("=", "+", "@") or (cell[:1] == "-" and not cell[1:2].isdigit())
    ] == []
    assert "'=qian" in cells
    told = sheets(workbook("=1+1", day_tables(report)))
    assert any("=qian" in row for row in told["人员 Clerks"])
    assert told["合计 Totals"][0] == ["=1+1"]


def test_a_workbook_has_a_sheet_a_table_and_one_of_definitions(report: DayReport) -> None:
    tables = day_tables(report)
    told = sheets(workbook("大厅 2026-01-05", tables))
    assert list(told) == [f"{table.words.zh} {table.words.en}" for table in tables] + ["说明 Definitions"]
    assert len(told["说明 Definitions"]) == len(FIGURES) + 1
    totals = {row[0]: row[2] for row in told["合计 Totals"][1:] if len(row) > 3}
    assert totals["取号"] == str(report.totals.issued)
    assert float(totals["取号准确率"]) == report.rates.accuracy
    assert [row[0] for row in told["窗口 Windows"][1:]] == [row.window for row in report.windows]


def test_the_definitions_are_a_file_of_their_own_and_stand_in_the_handbook() -> None:
    rows = list(csv.reader(io.StringIO(definitions_csv()[1:])))
    assert tuple(rows[0]) == DEFINITIONS_HEAD
    assert [row[0] for row in rows[1:]] == list(FIGURES)
    handbook = (ROOT / "docs/reports.md").read_text()
    for code, figure in FIGURES.items():
        assert f"| `{code}` | {figure.zh} {figure.en} | {figure.means_zh} {figure.means_en} |" in handbook, code


def test_a_terminal_gets_columns_and_no_control_characters(report: DayReport) -> None:
    said = plain_text("2026-01-05", day_tables(report))
    assert (
        f"取号 tickets                            {report.totals.issued:>8}" in re.sub(" +", " ", said)
        or "取号" in said
    )
    assert all(letter.isprintable() or letter == "\n" for letter in said)
    assert "=qian" in said


def test_the_heat_of_the_day_has_every_wait_in_one_spot(report: DayReport) -> None:
    heat = heat_of(report)
    spots = [spot for _, _, row in heat.rows for spot in row if spot is not None]
    assert sum(spot.count for spot in spots) == report.waits.count
    assert {spot.level for spot in spots} <= set(range(6))
    assert all(len(row) == len(heat.hours) for _, _, row in heat.rows)
