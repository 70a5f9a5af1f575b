"""Case numbers: unique for ever, without a gap within a block."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.cases.numbers import NumbersYear, ReserveBlock, decide, evolve, take
from hub.domain.refusals import Refused
from tests.domain.cases.office import Office, refused

BLOCK = ReserveBlock("2026", 0, "admin", "110101", "{hall}{year}{category}{seq:06d}", 1, 3)


def reserved(*blocks: ReserveBlock) -> NumbersYear:
    numbers = NumbersYear()
    for block in blocks:
        for event in decide(numbers, block).events:
            evolve(numbers, event)
    return numbers


def next_number(numbers: NumbersYear, category: str = "A") -> str:
    taken = take(numbers, "c" * 32, category, 0)
    evolve(numbers, taken)
    return taken.number


def test_numbers_follow_the_template_without_a_gap() -> None:
    numbers = reserved(BLOCK)
    assert [next_number(numbers, letter) for letter in "ABC"] == [
        "1101012026A000001",
        "1101012026B000002",
        "1101012026C000003",
    ]
    with refused("block-used-up"):
        next_number(numbers)


def test_the_next_block_goes_on_where_the_first_is_used_up() -> None:
    numbers = reserved(BLOCK, replace(BLOCK, first=100, last=101))
    assert [next_number(numbers)[-6:] for _ in range(5)] == ["000001", "000002", "000003", "000100", "000101"]
    assert numbers.left == 0


def test_a_year_without_a_block_says_so_and_nothing_is_received() -> None:
    office = Office("2028-01-05 10:00")
    with refused("no-number-block"):
        office.open()
    assert office.told == []


@pytest.mark.parametrize(
    "change",
    [
        {"first": 3, "last": 9},
        {"first": 0, "last": 9},
        {"first": 9, "last": 8},
        {"first": 10, "last": 1_000_000},
        {"first": 10, "last": 19, "hall": "110102"},
        {"first": 10, "last": 19, "template": "{hall}{year}-{seq:06d}"},
    ],
)
def test_a_block_that_would_give_a_number_twice_is_refused(change: dict[str, object]) -> None:
    with refused("bad-value"):
        decide(reserved(BLOCK), replace(BLOCK, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "template",
    [
        "",
        "{hall}{seq:06d}",
        "{year}{hall}{seq:06d}",
        "{hall}{year}{seq}",
        "{hall}{year}{seq:06d}{category}",
        "{hall}{x}",
    ],
)
def test_a_template_begins_with_hall_and_year_and_ends_with_the_sequence(template: str) -> None:
    with refused("bad-value"):
        decide(NumbersYear(), replace(BLOCK, template=template))


def test_hall_code_and_year_are_written_as_codes() -> None:
    for change in ({"hall": "东城"}, {"hall": ""}, {"year": "26"}):
        with refused("bad-value"):
            decide(NumbersYear(), replace(BLOCK, **change))


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)), max_size=6), st.text("ABC", max_size=80))
def test_whatever_blocks_are_reserved_no_number_comes_twice(blocks: list[tuple[int, int]], categories: str) -> None:
    numbers, given_out = NumbersYear(), []
    for first, more in blocks:
        try:
            events = decide(numbers, replace(BLOCK, first=first, last=first + more)).events
        except Refused:
            continue
        for event in events:
            evolve(numbers, event)
    left = numbers.left
    for letter in categories[:left]:
        given_out.append(next_number(numbers, letter))
    assert len({number[-6:] for number in given_out}) == len(given_out)
    assert numbers.left == left - len(given_out)
