import tomllib

from hypothesis import given
from hypothesis import strategies as st

from hub.core.toml_lines import line_numbers, line_of
from hub.core.toml_shape import toml

TEXT = '''\
# first
title = "a # no comment" # comment
"quoted key" = 'x'
deep.er.key = 1

list = [
  1, # one
  { a = 1, b = [
    2 ] }, "]",
]
long = """
[not.a.table]
x = 1 \\""" ""still"""""
other = \'\'\'
' '\'\'\'
[table]
at = 2026-01-01 09:00:00
  [table.inner]  # indented
  on = true
[[rows]]
n = 1
[rows.more]
k = 1
[[rows]]
n = 2
[[rows.sub]]
z = 1
[[rows.sub]]
z = 2
'''

KEYS = st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True)
WORDS = st.text(st.characters(codec="utf-8"), max_size=12)
SCALARS = st.integers(-(2**63), 2**63 - 1) | st.booleans() | WORDS | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=20
)


def test_every_kind_of_toml_line_is_found():
    tomllib.loads(TEXT)
    found = line_numbers(TEXT)
    assert {
        "title": 2,
        "quoted key": 3,
        "deep.er.key": 4,
        "list": 6,
        "list[0]": 7,
        "list[1].a": 8,
        "list[1].b[0]": 9,
        "list[2]": 9,
        "long": 11,
        "other": 14,
        "table": 16,
        "table.at": 17,
        "table.inner.on": 19,
        "rows[0].n": 21,
        "rows[0].more.k": 23,
        "rows[1]": 24,
        "rows[1].n": 25,
        "rows[1].sub[0].z": 27,
        "rows[1].sub[1].z": 29,
    }.items() <= found.items()


def test_what_is_missing_stands_where_it_should_have_been():
    found = line_numbers(TEXT)
    assert line_of(found, "rows[1].sub[0].absent") == 26
    assert line_of(found, "list[1].absent") == 8
    assert line_of(found, "absent") is None


def test_windows_line_ends_count_once():
    assert line_numbers("a = 1\r\n[t]\r\nb = 2\r\n")["t.b"] == 3


def leaves(value: object, path: str = "") -> list[str]:
    if isinstance(value, dict):
        return [leaf for key, held in value.items() for leaf in leaves(held, f"{path}.{key}" if path else key)]
    if isinstance(value, list):
        return [leaf for n, held in enumerate(value) for leaf in leaves(held, f"{path}[{n}]")]
    return [path]


@given(st.dictionaries(KEYS, VALUES, max_size=6))
def test_everything_written_is_read_back_and_has_a_line(values: dict[str, object]):
    text = toml(values)
    assert tomllib.loads(text) == values
    found = line_numbers(text)
    lines = text.replace("\r\n", "\n").split("\n")
    for leaf in leaves(values):
        assert 1 <= found[leaf] <= len(lines)


@given(st.lists(st.integers(), min_size=1, max_size=20))
def test_each_row_of_a_list_has_its_own_line(numbers: list[int]):
    text = toml({"rows": [{"n": n} for n in numbers]})
    assert [line_numbers(text)[f"rows[{n}].n"] for n in range(len(numbers))] == list(range(2, len(numbers) + 2))
