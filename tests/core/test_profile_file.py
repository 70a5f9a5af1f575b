import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.profile_file import ProfileFileInvalid, default_text, dump, load, load_unchecked
from hub.core.toml_file import FileProblem
from hub.domain.hall.profile import Device, HallProfile, WeekdayHours
from tests.domain.hall.halls import DEFAULT, WARSAW


def problems(text: str) -> list[FileProblem]:
    with pytest.raises(ProfileFileInvalid) as invalid:
        load(text)
    return invalid.value.problems


def changed(old: str, new: str) -> tuple[str, int]:
    """The default file with one piece changed, and the line it stands on."""
    text = default_text()
    assert text.count(old) == 1
    return text.replace(old, new), text[: text.index(old)].count("\n") + 1


def test_the_default_file_is_what_its_profile_writes():
    rows = [line for line in default_text().splitlines() if line and not line.startswith("#")]
    assert [line for line in dump(DEFAULT).splitlines() if not line.startswith("#")] == rows


@pytest.mark.parametrize("profile", [DEFAULT, WARSAW], ids=["default", "warsaw"])
def test_a_profile_comes_back_from_its_file(profile: HallProfile):
    assert load(dump(profile)) == profile


def test_a_swapped_printer_is_one_changed_row():
    row = '{ id = "printer-5", kind = "ticket_printer", kiosk = "kiosk-5" }'
    swapped = '{ id = "printer-5b", kind = "ticket_printer", kiosk = "kiosk-5", options = { host = "10.0.0.7" } }'
    text, _ = changed(row, swapped)
    assert Device("printer-5b", "ticket_printer", kiosk="kiosk-5", options={"host": "10.0.0.7"}) in load(text).devices


@pytest.mark.parametrize(
    ("old", "new", "path", "english"),
    [
        ('hall.timezone = "Asia/Shanghai"', 'hall.timezone = "Mars"', "hall.timezone", "no time zone"),
        ('hall.timezone = "Asia/Shanghai"', 'hall.timezones = "Mars"', "hall.timezones", "did you mean timezone?"),
        ('hours.opens = "09:00"', "hours.opens = 9", "hours.opens", "text in quotes"),
        ('hours.opens = "09:00"', "hours.opens = 09:00:00", "hours.opens", "text in quotes"),
        (
            "issuing_before_minutes = 30",
            "issuing_before_minutes = true",
            "hours.issuing_before_minutes",
            "whole number",
        ),
        ('{ number = "104", floor = 1,', '{ number = "104", floor = 9,', "windows[3].floor", 'no floor "9"'),
        ('{ number = "104", floor = 1,', '{ number = "104",', "windows[3].floor", "missing"),
        ('{ number = "104", floor = 1,', '{ number = "104", floor = 1.5,', "windows[3].floor", "whole number"),
        ('{ number = "104", floor', '{ nummer = "104", floor', "windows[3].nummer", "did you mean number?"),
        ('window = "112" },\n  { id = "button-113"', 'window = "12" },\n  { id = "button-113"', "devices", "no window"),
        ("floors = [1, 2, 3]", 'floors = [1, "2", 3]', "categories[15].floors[1]", "whole number"),
        ("floors = [1, 2, 3]", "floors = 1", "categories[15].floors", "a list"),
        ('id = "printer-5", kind', 'id = "printer-5", options = { a = [1] }, kind', "devices[10].options.a", "text"),
    ],
)
def test_a_problem_names_its_line_and_its_field(old: str, new: str, path: str, english: str):
    text, line = changed(old, new)
    found = [problem for problem in problems(text) if problem.path.startswith(path) and english in problem.en]
    assert [problem.line for problem in found] == [line]
    assert str(found[0]).startswith(f"第 {line} 行 {found[0].path}: {found[0].zh} / line {line} {found[0].path}: ")


def test_all_problems_of_a_file_are_told_at_once_in_its_order():
    text = default_text().replace('zone = "floor-1"', 'zone = "floor-9"')
    found = problems(text)
    assert len(found) == 11
    assert [problem.line for problem in found] == sorted(problem.line or 0 for problem in found)


def test_a_missing_section_is_told():
    text = "\n".join(line for line in default_text().splitlines() if not line.startswith("hall."))
    assert [(problem.path, problem.line) for problem in problems(text)] == [("hall", None)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = \n", 2),
        ("a = 1\na = 2\n", 2),
        ("a = [1,\n2\n", 3),
        ("\n\n[hall\n", 3),
        ("x = " + "[" * 5000, None),
        ("x" * 5_000_000, None),
    ],
)
def test_a_file_that_is_no_toml_names_the_line(text: str, line: int | None):
    found = problems(text)
    assert [(problem.path, problem.line) for problem in found] == [("", line)]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm():
    assert load("\ufeff" + default_text().replace("\n", "\r\n")) == DEFAULT


def test_a_profile_in_editing_may_break_the_rules_but_not_the_shape():
    text, _ = changed('{ number = "104", floor = 1,', '{ number = "104", floor = 9,')
    assert load_unchecked(text).windows[3].floor == 9
    with pytest.raises(ProfileFileInvalid):
        load_unchecked("hall = 1")


@given(st.data())
def test_whatever_a_file_holds_it_is_a_profile_or_its_problems_are_told(data: st.DataObject):
    text = dump(WARSAW)
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(start + 30, len(text))))
        piece = data.draw(
            st.sampled_from(["", "[", "]", "{", "}", "=", "nan", "1", "'", '"', "\n", ",", "#", "[[x]]\n"])
        )
        text = text[:start] + piece + text[end:]
    told: list[FileProblem] = []
    try:
        load(text)
    except ProfileFileInvalid as invalid:
        told = invalid.problems or [FileProblem(0, "", "", "")]
    assert all(problem.line is None or 1 <= problem.line <= text.count("\n") + 1 for problem in told)


@pytest.mark.parametrize("number", ["nan", "inf", "99999999999999999999", "2026-01-01"])
def test_a_number_that_the_log_could_not_hold_is_refused(number: str):
    for old in ("items = 18, minutes = 20.0", "items = 18,"):
        text, line = changed(old, old.rpartition("= ")[0] + f"= {number}" + "," * old.endswith(","))
        assert [problem.line for problem in problems(text)] == [line]
    text, line = changed('id = "printer-5", kind', f'id = "printer-5", options = {{ a = {number} }}, kind')
    assert [problem.line for problem in problems(text)] == [line]


# A lone surrogate is no text that a file could hold.
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)
IDS = st.text(string.ascii_letters + string.digits + "._-", min_size=1, max_size=64)
OPTIONS = st.dictionaries(
    TEXTS, TEXTS | st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.floats(0, 1e9), max_size=3
)


@st.composite
def halls(draw: st.DrawFn) -> HallProfile:
    base = draw(st.sampled_from([DEFAULT, WARSAW]))
    devices = draw(
        st.lists(
            st.builds(
                Device,
                id=IDS,
                kind=st.just("call_button"),
                window=st.sampled_from([window.number for window in base.windows]),
                zh=NAMES,
                en=NAMES,
                options=OPTIONS,
            ),
            max_size=5,
            unique_by=lambda device: device.id,
        )
    )
    weekdays = draw(st.lists(st.sampled_from(["mon", "tue", "sun"]), unique=True, max_size=3))
    return replace(
        base,
        hall=replace(base.hall, id=draw(IDS), zh=draw(NAMES), en=draw(NAMES)),
        hours=replace(base.hours, weekdays=(WeekdayHours(tuple(weekdays), closed=True),)),
        categories=tuple(replace(each, minutes=draw(st.floats(0.1, 480))) for each in base.categories),
        devices=tuple(devices),
    )


@given(halls())
def test_every_profile_comes_back_from_the_file_it_writes(profile: HallProfile):
    assert load(dump(profile)) == profile
