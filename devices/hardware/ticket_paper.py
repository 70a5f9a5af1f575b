"""A ticket on 80 mm paper: which lines, how large, in which order.

Chinese first, English under it. The number is readable at arm's length without glasses. In large type (for the
elderly) every Chinese line is at least 24 point: size factor 3 is 72 dots, 9 mm, 25.5 point.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from devices.hardware import glyphs
from devices.hardware.escpos import DOTS, Align, Job, printable, prints_natively

_log = logging.getLogger(__name__)

PLACEHOLDER: Final = "〓"
"""Geta mark, the printers' sign for a missing sort: stands for a rare hanzi when the host has no font."""

_HALF_CELLS: Final = DOTS // 12
_CLOSING: Final = "，。、；：？！）》」』,.;:?!)"


@dataclass(frozen=True, slots=True)
class Words:
    """The same thing in Chinese and English; English may be empty."""

    zh: str
    en: str = ""


@dataclass(frozen=True, slots=True)
class CategoryWords:
    """A category as the ticket shows it. `place` is floor and zone; `materials` are things to have ready."""

    zh: str
    en: str = ""
    place: Words | None = None
    materials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """What a hall writes on its tickets: the content of the printer's `desired`. The defaults need no hall."""

    revision: int = 0
    hall: Words = Words("政务服务大厅", "Government Service Hall")
    time_zone: str = "Asia/Shanghai"
    categories: dict[str, CategoryWords] = field(default_factory=dict[str, CategoryWords])
    footers: tuple[Words, ...] = (Words("过号请到服务台补号", "Missed your call? Ask at the desk"),)
    large: bool = False
    qr: Literal["native", "raster"] = "native"


@dataclass(frozen=True, slots=True)
class WaitRange:
    """Minutes until the call: half of such tickets wait less than `p50`, nine in ten less than `p90`."""

    p50: int
    p90: int


@dataclass(frozen=True, slots=True)
class Ticket:
    """What `print-ticket` carries. `copy` above 0 is a reprint; `large` None leaves the size to the layout.

    `floor` None leaves the place to the layout's category, and so an empty `bring` what to have ready.
    """

    ticket: str
    number: str
    category: str
    at: datetime
    ahead: int
    wait_minutes: WaitRange | None = None
    url: str | None = None
    copy: int = 0
    large: bool | None = None
    floor: Words | None = None
    items: tuple[Words, ...] = ()
    more_items: int = 0
    bring: tuple[Words, ...] = ()
    more_bring: int = 0


def wrap(text: str, columns: int) -> list[str]:
    """Lines of at most `columns` half cells: hanzi break anywhere but before closing punctuation, English at spaces.

    A word longer than a line is cut. `columns` is at least 2.
    """
    lines: list[str] = []
    line = ""
    for word in _words(text):
        if glyphs.cells(line + word) > columns and line.strip():
            if word in _CLOSING and not line[-1].isascii() and len(line) > 1:
                line, word = line[:-1], line[-1] + word
            lines.append(line.rstrip())
            line = ""
        for character in word if glyphs.cells(word) > columns else (word,):
            if glyphs.cells(line + character) > columns:
                lines.append(line)
                line = ""
            line += character
        if not line.strip():
            line = ""
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def balanced(text: str, columns: int) -> list[str]:
    """As few lines as `wrap` needs, of nearly equal length, so that no single character is left over."""
    lines = wrap(text, columns)
    if len(lines) == 1:
        return lines
    for narrower in range(columns - 1, 1, -1):
        tried = wrap(text, narrower)
        if len(tried) > len(lines):
            break
        lines = tried
    return lines


def _words(text: str) -> list[str]:
    words: list[str] = []
    for character in text:
        joins = character.isascii() and character != " " and words and words[-1].isascii() and words[-1] != " "
        if joins:
            words[-1] += character
        else:
            words.append(character)
    return words


class _Sheet:
    """Lines on a job; a line with a glyph that the printer lacks goes as a picture of the whole line."""

    def __init__(self) -> None:
        self.job = Job()

    def write(
        self,
        text: str,
        size: int = 1,
        align: Align = "left",
        *,
        bold: bool = False,
        invert: bool = False,
        gap: int = 6,
    ) -> None:
        for line in balanced(printable(text), _HALF_CELLS // size):
            if prints_natively(line):
                shown = line
            elif glyphs.font_file() is not None:
                self.job.picture(glyphs.draw(line, width=size, height=size, bold=bold), align=align)
                continue
            else:
                shown = "".join(character if prints_natively(character) else PLACEHOLDER for character in line)
                _log.warning("no CJK font here: what the printer lacks is printed as %s", PLACEHOLDER)
            self.job.line(shown, width=size, height=size, align=align, bold=bold, invert=invert, gap=gap)

    def both(self, words: Words, zh: int, en: int, align: Align = "left", *, bold: bool = False) -> None:
        self.write(words.zh, zh, align, bold=bold)
        if words.en:
            self.write(words.en, en, align, gap=14)


def compose(ticket: Ticket, layout: Layout) -> bytes:
    """The job that prints this ticket, fence included.

    A category that the layout does not know is named by its letter. Raises ZoneInfoNotFoundError for a layout whose
    time zone does not exist.
    """
    large = layout.large if ticket.large is None else ticket.large
    zh, en = (3, 2) if large else (2, 1)
    category = layout.categories.get(ticket.category) or CategoryWords(
        f"{ticket.category} 类业务", f"Category {ticket.category}"
    )
    sheet = _Sheet()
    sheet.both(layout.hall, 2, 1, "center")
    if ticket.copy > 0:
        sheet.write(f" 补打 REPRINT {ticket.copy} ", 2, "center", bold=True, invert=True)
    sheet.job.feed(1)
    number = printable(ticket.number)
    sheet.write(number, max(1, min(8, _HALF_CELLS // max(1, glyphs.cells(number)))), "center", bold=True)
    sheet.both(Words(category.zh, category.en), 3, en, "center", bold=True)
    for item in _items(ticket):
        sheet.both(item, zh, 1, "center")
    sheet.write("-" * _HALF_CELLS)
    for fact in _facts(ticket, layout, category):
        sheet.both(fact, zh, en)
    if ticket.bring or category.materials:
        sheet.both(Words("请备好", "Have ready"), zh, en)
        for material in _bring(ticket) or category.materials:
            sheet.write(f"· {material}", zh if large else 1)
    if ticket.url is not None:
        sheet.write("-" * _HALF_CELLS)
        sheet.job.qr(ticket.url, native=layout.qr == "native")
        sheet.job.feed(1)
        sheet.both(Words("扫码看还要等多久", "Scan to see how long still"), zh if large else 1, en, "center")
    sheet.write("-" * _HALF_CELLS)
    for footer in layout.footers:
        sheet.both(footer, zh if large else 1, en, "center")
    return sheet.job.end()


def _items(ticket: Ticket) -> list[Words]:
    more = ticket.more_items
    return [*ticket.items, Words(f"另有 {more} 项", f"and {more} more")] if more > 0 else list(ticket.items)


def _bring(ticket: Ticket) -> list[str]:
    more = [f"另有 {ticket.more_bring} 份，请到窗口询问 and more"] if ticket.more_bring > 0 else []
    return [*(each.zh for each in ticket.bring), *more] if ticket.bring else []


def _facts(ticket: Ticket, layout: Layout, category: CategoryWords) -> list[Words]:
    facts: list[Words] = []
    place = ticket.floor or category.place
    if place is not None:
        facts.append(Words(f"请到 {place.zh}", f"Go to {place.en}" if place.en else ""))
    people = "No one" if ticket.ahead < 1 else "1 person" if ticket.ahead == 1 else f"{ticket.ahead} people"
    facts.append(Words(f"前面 {ticket.ahead} 人", f"{people} ahead of you"))
    wait = ticket.wait_minutes
    if wait is None:
        facts.append(Words("等候 暂无预计", "Wait: no estimate"))
    elif wait.p90 < 1:
        facts.append(Words("约等 不到 1 分钟", "Wait under a minute"))
    else:
        span = f"{wait.p50}" if wait.p90 <= wait.p50 else f"{wait.p50}-{wait.p90}"
        facts.append(Words(f"约等 {span} 分钟", f"Wait about {span} minutes"))
    taken = ticket.at.astimezone(ZoneInfo(layout.time_zone))
    facts.append(Words(f"取号 {taken:%Y-%m-%d %H:%M}", "Time taken"))
    return facts
