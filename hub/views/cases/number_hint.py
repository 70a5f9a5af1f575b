"""What an administrator is told of the year's case numbers, before nothing can be received any more."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.cases.numbers import TEMPLATE, NumbersYear
from hub.views.words import Words

FEW = 10
"""Nearly used up: a tenth of what was reserved is left, or less."""

NEXT_YEAR_FROM = "-12-01"
"""From that day on the next year wants its first block: on 1 January nobody thinks of it."""


@dataclass(frozen=True, slots=True)
class NumberHint:
    """``urgent``: nothing can be received until a block is reserved for ``year``."""

    year: str
    said: Words
    urgent: bool


@dataclass(frozen=True, slots=True)
class NumberBlocks:
    """The year's numbers, and the block that would follow: what its form is filled in with.

    ``given`` and ``left``: numbers. ``first`` to ``last`` of ``year``; ``hall`` empty: nobody chose its code yet.
    """

    given: int
    left: int
    hints: tuple[NumberHint, ...]
    year: str
    hall: str
    template: str
    first: int
    last: int


def number_blocks(this: NumbersYear, following: NumbersYear, today: str) -> NumberBlocks:
    """``this``: of the year of ``today`` (``YYYY-MM-DD``); ``following``: of the one after."""
    year, after = today[:4], str(int(today[:4]) + 1)
    reserved = sum(block.last + 1 - block.first for block in this.blocks)
    hints: list[NumberHint] = []
    if not this.blocks:
        hints.append(NumberHint(year, _none(year), urgent=True))
    elif not this.left:
        hints.append(NumberHint(year, _used_up(year), urgent=True))
    elif this.left * FEW <= reserved:
        hints.append(NumberHint(year, _few(year, this.left), urgent=False))
    if not following.blocks and today >= year + NEXT_YEAR_FROM:
        hints.append(NumberHint(after, _next_year(after), urgent=False))
    wanted = this if not hints or hints[0].year == year else following
    first = max((block.last for block in wanted.blocks), default=0) + 1
    size = max((block.last + 1 - block.first for block in this.blocks), default=99_999)
    return NumberBlocks(
        given=reserved - this.left,
        left=this.left,
        hints=tuple(hints),
        year=year if wanted is this else after,
        hall=wanted.hall or this.hall,
        template=wanted.template or this.template or TEMPLATE,
        first=first,
        last=first + size - 1,
    )


def _none(year: str) -> Words:
    return Words(
        f"{year} 年还没有预留办件编号段，现在不能收件。请向上级主管部门确认本大厅的编号代码和起止号，在下面预留。",
        f"No block of case numbers is reserved for {year} and nothing can be received. Ask the authority above for the "
        "hall's code and its numbers, and reserve them below.",
    )


def _used_up(year: str) -> Words:
    return Words(
        f"{year} 年的办件编号已用完，现在不能收件。请在下面预留下一段。",
        f"The case numbers of {year} are used up and nothing can be received. Reserve the next block below.",
    )


def _few(year: str, left: int) -> Words:
    return Words(
        f"{year} 年的办件编号只剩 {left} 个。请在用完之前预留下一段。",
        f"Only {left} case numbers of {year} are left. Reserve the next block before they are used up.",
    )


def _next_year(year: str) -> Words:
    return Words(
        f"{year} 年还没有编号段，元旦起将不能收件。请现在预留。",
        f"{year} has no block yet: from 1 January nothing could be received. Reserve one now.",
    )
