import json

import pytest

from hub.core.calendar_source import CalendarFileInvalid, dump_calendar, from_package, load_calendar, with_years
from hub.domain.hall.calendar import CalendarYear, Holiday

TOML = """\
[[years]]
year = 2027
workdays = [2027-01-10]
[[years.holidays]]
date = 2027-01-01
zh = "元旦"
en = "New Year's Day"
"""
YEAR = CalendarYear(2027, (Holiday("2027-01-01", "元旦", "New Year's Day"),), ("2027-01-10",))


def test_the_package_gives_the_years_it_knows():
    years = from_package()
    assert [year.year for year in years][:7] == [2020, 2021, 2022, 2023, 2024, 2025, 2026]
    assert Holiday("2026-02-17", "春节", "Spring Festival") in years[6].holidays
    assert "2026-02-14" in years[6].workdays


def test_a_calendar_comes_from_toml_or_json():
    assert load_calendar(TOML) == (YEAR,)
    holiday = {"date": "2027-01-01", "zh": "元旦", "en": "New Year's Day"}
    years = {"years": [{"year": 2027, "holidays": [holiday], "workdays": ["2027-01-10"]}]}
    assert load_calendar(json.dumps(years)) == (YEAR,)


def test_a_calendar_comes_back_from_its_file():
    assert load_calendar(dump_calendar(from_package())) == from_package()


def test_a_file_with_the_new_year_is_added_to_what_is_known():
    merged = with_years(from_package(), (YEAR,))
    assert merged == (*from_package(), YEAR)
    assert with_years(merged, (CalendarYear(2027),))[-1] == CalendarYear(2027)


@pytest.mark.parametrize(
    ("text", "line", "path"),
    [
        (TOML.replace("2027-01-10", "2028-01-10"), 3, "years[0].workdays[0]"),
        (TOML.replace("date =", "day ="), 5, "years[0].holidays[0].day"),
        (TOML.replace("year = 2027", "year = '2027'"), 2, "years[0].year"),
        (TOML.replace("[2027-01-10]", "["), 4, ""),
        ('{"years": [}', 1, ""),
        ('{"years": [{"year": 2027, "workdays": ["2026-01-01"]}]}', None, "years[0].workdays[0]"),
        ("x = " + "[" * 9000, None, ""),
        ('{"a":' + "[" * 90000, None, ""),
    ],
)
def test_a_wrong_file_names_line_and_field(text: str, line: int | None, path: str):
    with pytest.raises(CalendarFileInvalid) as invalid:
        load_calendar(text)
    found = {problem.path: problem for problem in invalid.value.problems}
    assert path in found
    assert found[path].line == line
