"""An administrator hears of case numbers before nothing can be received any more."""

from __future__ import annotations

import pytest

from hub.domain.cases.numbers import TEMPLATE, Block, NumbersYear
from hub.views.cases.number_hint import number_blocks

NONE = NumbersYear()


def year(*blocks: Block) -> NumbersYear:
    return NumbersYear("110101", TEMPLATE, "2026", list(blocks))


def test_without_a_block_nothing_can_be_received_and_the_form_begins_at_one() -> None:
    seen = number_blocks(NONE, NONE, "2026-03-02")
    assert [(hint.year, hint.urgent) for hint in seen.hints] == [("2026", True)]
    assert "不能收件" in seen.hints[0].said.zh
    assert (seen.year, seen.hall, seen.template, seen.first, seen.left) == ("2026", "", TEMPLATE, 1, 0)


@pytest.mark.parametrize(
    ("given", "urgent"), [(0, None), (899, None), (900, False), (999, False), (1000, True)]
)  # fmt: skip
def test_a_tenth_left_is_a_hint_and_none_left_is_urgent(given: int, urgent: bool | None) -> None:
    seen = number_blocks(year(Block(1, 1000, given + 1)), NONE, "2026-03-02")
    assert [hint.urgent for hint in seen.hints] == ([] if urgent is None else [urgent])
    assert (seen.given, seen.left) == (given, 1000 - given)
    assert (seen.hall, seen.first, seen.last) == ("110101", 1001, 2000)


def test_a_second_block_is_enough() -> None:
    assert number_blocks(year(Block(1, 1000, 1001), Block(1001, 2000, 1001)), NONE, "2026-03-02").hints == ()


def test_from_december_the_next_year_wants_its_first_block() -> None:
    full = year(Block(1, 1000, 1))
    assert number_blocks(full, NONE, "2026-11-30").hints == ()
    seen = number_blocks(full, NONE, "2026-12-01")
    assert [(hint.year, hint.urgent) for hint in seen.hints] == [("2027", False)]
    assert (seen.year, seen.hall, seen.first, seen.last) == ("2027", "110101", 1, 1000)
    assert number_blocks(full, year(Block(1, 1000, 1)), "2026-12-01").hints == ()
