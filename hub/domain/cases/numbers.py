"""Case numbers 办件编号: one stream a year, ``numbers/<year>``, from which a case takes its number as it is received.

An administrator reserves blocks; within a block numbers are given without a gap, and none is given twice, ever: the
template and the hall's code stay for the year, the number begins with both and ends with the sequence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from string import Formatter
from typing import assert_never

from hub.domain.decided import Decided
from hub.domain.refusals import Refused

TEMPLATE = "{hall}{year}{category}{seq:06d}"
"""What halls use that have no rule of their own."""

_HALL = re.compile(r"[A-Z0-9]{1,12}")
_YEAR = re.compile(r"\d{4}")
_SHAPE = re.compile(r"\{hall\}\{year\}(?:[A-Z0-9-]|\{category\})*\{seq:0[3-9]d\}")


@dataclass(frozen=True, slots=True)
class ReserveBlock:
    """Numbers ``first`` to ``last``. ``hall``: the hall's code in numbers, 1 to 12 of A-Z and 0-9.

    ``template``: begins with ``{hall}{year}``, may hold ``{category}``, A-Z, 0-9 and ``-``, ends with ``{seq:06d}``.
    """

    year: str
    at: int
    by: str
    hall: str
    template: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class BlockReserved:
    year: str
    hall: str
    template: str
    first: int
    last: int
    at: int


@dataclass(frozen=True, slots=True)
class NumberTaken:
    seq: int
    number: str
    case: str
    at: int


@dataclass(frozen=True, slots=True)
class BlockReply:
    """``left``: how many numbers are still to be given this year."""

    year: str
    left: int


NumbersCommand = ReserveBlock
NumbersEvent = BlockReserved | NumberTaken


@dataclass(slots=True)
class Block:
    """``next``: the number to be given next; past ``last`` when the block is used up."""

    first: int
    last: int
    next: int


@dataclass(slots=True)
class NumbersYear:
    hall: str = ""
    template: str = ""
    year: str = ""
    blocks: list[Block] = field(default_factory=list[Block])

    @property
    def left(self) -> int:
        return sum(block.last + 1 - block.next for block in self.blocks)


def decide(numbers: NumbersYear, command: NumbersCommand) -> Decided[NumbersEvent, BlockReply]:
    """Raises ``Refused`` with bad-value."""
    _check(numbers, command)
    reserved = BlockReserved(command.year, command.hall, command.template, command.first, command.last, command.at)
    return Decided((reserved,), BlockReply(command.year, numbers.left + command.last + 1 - command.first))


def take(numbers: NumbersYear, case: str, category: str, at: int) -> NumberTaken:
    """The next number for that case. Raises ``Refused``: no-number-block, block-used-up."""
    block = next((each for each in numbers.blocks if each.next <= each.last), None)
    if block is None:
        if numbers.blocks:
            raise Refused("block-used-up", year=numbers.year, last=max(each.last for each in numbers.blocks))
        raise Refused("no-number-block")
    number = numbers.template.format(hall=numbers.hall, year=numbers.year, category=category, seq=block.next)
    return NumberTaken(block.next, number, case, at)


def evolve(numbers: NumbersYear, event: NumbersEvent) -> None:
    """Changes ``numbers`` in place. Total."""
    match event:
        case BlockReserved():
            numbers.hall, numbers.template, numbers.year = event.hall, event.template, event.year
            numbers.blocks.append(Block(event.first, event.last, event.first))
        case NumberTaken():
            for block in numbers.blocks:
                if block.first <= event.seq <= block.last:
                    block.next = event.seq + 1
        case _:
            assert_never(event)


def _check(numbers: NumbersYear, command: ReserveBlock) -> None:
    if not _YEAR.fullmatch(command.year):
        raise Refused("bad-value", field="year", problem="YYYY")
    if not _HALL.fullmatch(command.hall):
        raise Refused("bad-value", field="hall", problem="A-Z 0-9, 1…12")
    if not _SHAPE.fullmatch(command.template):
        raise Refused("bad-value", field="template", problem=TEMPLATE)
    if numbers.blocks and (numbers.hall, numbers.template) != (command.hall, command.template):
        raise Refused("bad-value", field="template", problem=f"{command.year}: {numbers.hall}, {numbers.template}")
    width = _width(command.template)
    if not 1 <= command.first <= command.last < 10**width:
        raise Refused("bad-value", field="first", problem=f"1 ≤ first ≤ last < {10**width}")
    for block in numbers.blocks:
        if command.first <= block.last and block.first <= command.last:
            raise Refused("bad-value", field="first", problem=f"{block.first}…{block.last}")


def _width(template: str) -> int:
    return next(int((spec or "0")[1:-1]) for _, name, spec, _ in Formatter().parse(template) if name == "seq")
