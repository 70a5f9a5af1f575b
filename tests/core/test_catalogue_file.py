"""Catalogue files: what is written is read again, bad rows have line and reason, hostile files are turned away."""

from __future__ import annotations

import io
import json
import time
import zipfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core import catalogue_table
from hub.core.catalogue_child import read_apart
from hub.core.catalogue_file import FORMATS, Reading, read_catalogue, write_catalogue, write_csv, write_json, write_xlsx
from hub.core.catalogue_mapping import load_mapping
from hub.core.toml_file import FileInvalid
from hub.domain.catalogue.item import Catalogue
from tests.domain.catalogue.items import ITEM, SHIPPED, catalogue
from tests.domain.hall.halls import DEFAULT

MAPPINGS = Path(__file__).parents[2] / "mappings"
GUANGAN = next(
    (at for up in Path(__file__).resolve().parents if (at := up / "shared" / "data" / "guangan_items.csv").exists()),
    None,
)
HEAD = "code,zh,type,department,category\n"


def read(text: str | bytes, **more: object) -> Reading:
    content = text.encode() if isinstance(text, str) else text
    return read_catalogue(content, DEFAULT, **more)  # type: ignore[arg-type]


def refusal(content: str | bytes) -> str:
    with pytest.raises(FileInvalid) as invalid:
        read(content)
    return str(invalid.value)


def bad(reading: Reading) -> list[tuple[int, str]]:
    return [(row.line, problem.path) for row in reading.bad for problem in row.problems]


@pytest.mark.parametrize("format", FORMATS)
def test_the_shipped_catalogue_survives_every_format(format: str):
    reading = read(write_catalogue(SHIPPED, format))
    assert (reading.items, reading.overlays, reading.bad) == (SHIPPED.items, SHIPPED.overlays, ())


def test_headings_may_be_chinese_and_so_may_values():
    text = "事项编码,事项名称,事项类型,实施部门,业务类别,最多跑一次\nT1,测试,行政许可,D101,A,是\n"
    item = read(text).items[0]
    assert (item.type, item.once, item.en) == ("licence", True, "测试")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_of_spreadsheets_are_told_apart(encoding: str):
    reading = read((HEAD + "T1,测试事项,licence,D101,A\n").encode(encoding))
    assert reading.items[0].zh == "测试事项"


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ("T1,,licence,D101,A", "zh"),
        ("T1,测试,permit,D101,A", "type"),
        ("T1,测试,licence,D999,A", "department"),
        ("T1,测试,licence,D101,?", "category"),
        ("T1,测试,licence,D101,", "place"),
        ("T1,=1+1,licence,D101,A", "zh"),
        ("T 1,测试,licence,D101,A", "code"),
        (f"T1,{'名' * 10_000},licence,D101,A", "zh"),
        (f"T1,{'名' * 30_000},licence,D101,A", "zh"),
        ("T1,测\x07试,licence,D101,A", "zh"),
        ("T1,测试\u202e,licence,D101,A", "zh"),
        ("T1,测试,licence,D101,A,more", "#6"),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_the_others_are_good(row: str, path: str):
    reading = read(HEAD + "T0,好的,licence,D101,A\n\n" + row + "\n")
    assert bad(reading) == [(4, path)]
    assert [item.code for item in reading.items] == ["T0"]
    assert reading.rows == 2


def test_of_two_rows_with_one_code_the_second_is_bad():
    reading = read(HEAD + "T1,一,licence,D101,A\nT1,二,licence,D101,A\n")
    assert (3, "code") in bad(reading)
    assert [item.zh for item in reading.items] == ["一"]


def test_a_row_of_several_lines_is_named_by_its_first():
    text = (
        'code,zh,type,department,category,conditions,visits\nT1,一,licence,D101,A,"甲\n乙",1\nT2,二,licence,D101,A,,x\n'
    )
    reading = read(text)
    assert reading.items[0].conditions == ("甲", "乙")
    assert bad(reading) == [(4, "visits")]


def test_a_bad_line_in_a_cell_is_named_by_its_number():
    reading = read('code,zh,type,department,category,materials\nT1,一,licence,D101,A,"M1 | 甲 | A\nM2 | 乙"\n')
    assert "第 2 条" in reading.bad[0].problems[0].zh


def test_bad_rows_keep_what_is_in_force():
    reading = read(HEAD + "T1,新名,permit,D101,A\nT2,二,licence,D101,A\n").keeping(catalogue(ITEM))
    assert sorted(item.code for item in reading.items) == ["T1", "T2"]
    assert [overlay.item for overlay in reading.overlays] == ["T2", "T1"]
    assert ITEM in reading.items


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空的"),
        (b"code,zh,type,department\n", "没有事项"),
        (b"code,zh,typ\n1,2,3\n", "typ"),
        (b"code,code\n1,2\n", "不能重复"),
        (b'code,zh\n"1,2\n', "CSV"),
        ("编码".encode("utf-16"), "UTF-8"),
        (b"code,zh\n\xff\xff\xff\xff,1\n", "UTF-8"),
        (b"code,zh\n\x00,1\n", "UTF-8"),
        (b'{"items": 1}', "items"),
        (b'{"items": [', "JSON"),
        (b'{"items": ' + b"[" * 100_000, "嵌套"),
        (b"PK\x03\x04 and nothing more", "XLSX"),
        (b"x" * (20 * 2**20 + 1), "20 MB"),
        (b",,,\n", "列名"),
    ],
)
def test_what_is_no_catalogue_is_told_in_words(content: bytes, said: str):
    assert said in refusal(content)


def test_too_many_rows_and_columns_are_turned_away():
    assert "20000 行" in refusal(HEAD + "T1,一,licence,D101,A\n" * 20_001)
    assert "200 列" in refusal(HEAD + "x," * 201 + "\n")


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked():
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (catalogue_table.MOST_UNPACKED + 1))
    assert len(bomb.getvalue()) < 100_000
    begun = time.perf_counter()
    assert "解压后过大" in refusal(bomb.getvalue())
    assert time.perf_counter() - begun < 1


def test_entities_that_unfold_are_not_unfolded():
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    sheet = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "{"x" * 1000}">{entities}]><worksheet>&e9;</worksheet>'
    book = io.BytesIO(write_xlsx(catalogue(ITEM)))
    made = io.BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(made, "w") as new:
        for part in old.infolist():
            new.writestr(part.filename, sheet if "sheet1" in part.filename else old.read(part.filename))
    assert "XLSX" in refusal(made.getvalue())


def test_formulas_and_numbers_of_a_workbook():
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["code", "zh", "type", "department", "category", "legal_days", "once"])
    sheet.append(["T1", "一", "licence", "D101", "A", 20.0, True])
    sheet.append(["T2", "二", "licence", "D101", "A", "=10+10", None])
    out = io.BytesIO()
    book.save(out)
    reading = read(out.getvalue())
    assert [(item.code, item.legal_days, item.once) for item in reading.items] == [("T1", 20, True)]
    assert bad(reading) == [(3, "legal_days")]


def test_nothing_exported_is_carried_out_by_a_spreadsheet():
    item = replace(ITEM, zh="@SUM(A1)", conditions=("-1+1",))
    assert b",'@SUM(A1)," in write_csv(catalogue(item))
    assert read(write_csv(catalogue(item))).items == (item,)
    cells = openpyxl.load_workbook(io.BytesIO(write_xlsx(catalogue(replace(ITEM, zh="=1+1"))))).worksheets[0]
    assert cells["B2"].data_type == "s"


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes):
    with suppress(FileInvalid):
        read(content)


def test_items_of_json_are_named_by_their_number_and_fields():
    held = json.loads(write_json(catalogue(ITEM)))
    held["items"] += [{"code": "T2", "zh": "二", "en": "Two", "type": "licence", "departement": "D101"}, 7]
    reading = read(json.dumps(held))
    assert bad(reading)[:2] == [(2, "departement"), (2, "department")]
    assert {line for line, _ in bad(reading)} == {2, 3}


MAPPED = """
[columns]
code = "nr"
zh = "name"
type = "kind"
department = "office"
category = "office"
[values.type]
"1" = "licence"
[values.department]
"工商" = "D101"
[values.category]
"工商" = "A"
[[rules]]
when = { office = "工商", name = ["注销", "变更"] }
set = { category = "B" }
[defaults]
kind = "promised"
"""


def test_a_mapping_says_which_column_is_which_field():
    text = "nr,name,kind,office,rest\nT1,设立登记,1,工商,x\nT2,公司注销,1,工商,=1\nT3,三,9,工商,\nT4,四,1,税务,\n"
    reading = read(text, mapping=load_mapping(MAPPED))
    assert [(overlay.item, overlay.category) for overlay in reading.overlays] == [("T1", "A"), ("T2", "B")]
    assert bad(reading) == [(4, "type"), (5, "department"), (5, "category")]


def test_a_mapping_of_columns_that_are_not_there_is_told():
    with pytest.raises(FileInvalid, match="没有这一列"):
        read("nr,name\n1,2\n", mapping=load_mapping(MAPPED))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[columns]\nnmae = 'x'",
        "[columns]\nzh = 1",
        "columns = 3",
        "[columns]\nzh = 'x'\n[values.nmae]\na = 'b'",
        "[columns]\nzh = 'x'\n[[rules]]\nwhen = { a = [] }\nset = { zh = 'x' }",
        "[columns]\nzh = 'x'\n[[rules]]\nset = { zh = 'x' }",
        "[columns]\nzh = 'x'\nrules = 3",
        "[columns]\nzh = 'x'\n[extra]\n",
        "[columns",
    ],
)
def test_a_mapping_that_is_none_is_told_with_its_line(text: str):
    with pytest.raises(FileInvalid) as invalid:
        load_mapping(text)
    assert invalid.value.problems


def test_a_file_read_apart_is_read_the_same():
    assert read_apart(write_csv(SHIPPED), DEFAULT) == read(write_csv(SHIPPED))
    with pytest.raises(FileInvalid, match="XLSX"):
        read_apart(b"PK\x03\x04", DEFAULT)
    with pytest.raises(FileInvalid, match="no field"):
        read_apart(b"a", DEFAULT, "[columns]\nnmae = 'x'")


@pytest.mark.skipif(GUANGAN is None, reason="the list of Guang'an is not part of the project")
def test_the_real_list_of_another_district_is_imported_whole_within_three_seconds():
    assert GUANGAN is not None
    begun = time.perf_counter()
    mapping = load_mapping((MAPPINGS / "guangan.toml").read_text(encoding="utf-8"))
    reading = read_catalogue(GUANGAN.read_bytes(), DEFAULT, mapping)
    assert time.perf_counter() - begun < 3
    assert (reading.rows, len(reading.items), reading.bad) == (1135, 1135, ())
    assert sum(item.type == "licence" for item in reading.items) == 536
    again = read(write_csv(Catalogue(0, reading.items, reading.overlays)))
    assert again.items == reading.items
