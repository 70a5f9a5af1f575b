"""A measured figure beside its reach and its floor, and the table of all of them."""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Sequence
from dataclasses import dataclass

_HOLDS = {"≤": operator.le, "≥": operator.ge, "=": operator.eq}


@dataclass(frozen=True, slots=True)
class Figure:
    """``reach``: like ``("≤", 2.7)``, None for what is told for information. ``floor``: what the machine itself gives.

    ``bound``: what bounds the figure, told when it misses. ``value`` None: it could not be measured, ``note`` says why.
    """

    row: int
    what: str
    value: float | None
    unit: str
    reach: tuple[str, float] | None = None
    floor: str = ""
    note: str = ""
    bound: str = ""

    @property
    def verdict(self) -> str:
        """``PASS``, ``MISS``, or empty where nothing was to be reached."""
        if self.reach is None:
            return ""
        sign, limit = self.reach
        return "PASS" if self.value is not None and _HOLDS[sign](self.value, limit) else "MISS"

    @property
    def measured(self) -> str:
        return "not measured" if self.value is None else f"{number(self.value)} {self.unit}".strip()

    @property
    def wanted(self) -> str:
        return "" if self.reach is None else f"{self.reach[0]} {number(self.reach[1])} {self.unit}".strip()

    @property
    def said(self) -> str:
        bound = f"bound by {self.bound}" if self.bound and self.verdict == "MISS" else ""
        return "; ".join(part for part in (self.note, bound) if part)


def number(value: float) -> str:
    """Three figures that tell something."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def as_text(machine: Sequence[str], figures: Sequence[Figure]) -> str:
    """For a terminal."""
    rows = [("What", "Measured", "Reach", "", "Floor in the same run")]
    rows += [(each.what, each.measured, each.wanted, each.verdict, each.floor) for each in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = [*machine, ""]
    for index, row in enumerate(rows):
        lines.append("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        if index and figures[index - 1].said:
            lines.append(f"    {figures[index - 1].said}")
    return "\n".join(lines)


def as_markdown(machine: Sequence[str], figures: Sequence[Figure]) -> str:
    """For the README."""
    head = ["| What | Measured | Reach | | Floor in the same run | |", "|---|---|---|---|---|---|"]
    rows = [
        f"| {f.what} | {f.measured} | {f.wanted} | {f.verdict} | {f.floor} | {f.said} |".replace("|  |", "| |")
        for f in figures
    ]
    return "\n".join(["; ".join(machine) + ".", "", *head, *rows]) + "\n"


def as_object(machine: Sequence[str], figures: Sequence[Figure]) -> dict[str, object]:
    """For programs."""
    return {
        "machine": list(machine),
        "figures": [{**dataclasses.asdict(each), "verdict": each.verdict} for each in figures],
    }
