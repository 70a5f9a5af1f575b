"""A comparison as an SVG picture that needs nothing else: bars to the wait of nine in ten, the median dark, the mean a
tick. The policies differ by their names and by pattern, never by colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from hub.views.trial.comparison import Comparison, Figures, Group
from hub.views.trial.table import changes_in_words, columns, named, spread_rows

WIDTH = 1200
_LEFT, _NAMES, _RIGHT, _ROW, _GAP = 24, 330, 290, 22, 14
_FONT = "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
_INK, _SOFT, _LINE, _PAPER = "#12263f", "#4a5d75", "#c3ccd8", "#ffffff"
_FILLS = (("#8ea4c2", "#4a5d75"), ("#7fb0e6", "#0b4f9e"), ("#f0b36b", "#8a4b00"), ("#9fd0b4", "#1d6b43"))
"""To the ninetieth and to the median, a pair a policy."""


def as_svg(found: Comparison, where: str = "", kinds: Sequence[str] = ("all", "category", "class", "phone")) -> str:
    """The picture, as tall as it has rows; ``where``: the hall, for the title."""
    groups = [group for group in found.groups if group.kind in kinds]
    longest = max((figures.p90 for group in groups for figures in group.figures), default=0.0) or 1.0
    scale = (WIDTH - _LEFT - _NAMES - _RIGHT) / longest
    parts: list[str] = []
    y = 72
    y = _legend(parts, found, y)
    top = y
    kind = groups[0].kind if groups else ""
    for group in groups:
        if group.kind != kind:
            y += _GAP
            kind = group.kind
        y = _group(parts, group, y, scale)
    parts.insert(0, _grid(longest, scale, top - 4, y))
    y += 16
    for n, change in enumerate(found.changes):
        y = _spread(parts, found, n, y + 28, change.spread)
    title = f"{where} {found.day} · 等候（分钟） waits in minutes".strip()
    head = _text(_LEFT, 40, title, size=24, weight=700) + _text(
        _LEFT,
        62,
        "浅色到九成，深色到中位，竖线为平均；数字为中位 · 九成 light to p90, dark to the median, tick at the mean",
        fill=_SOFT,
    )
    said = "；".join(words.zh for words in changes_in_words(found))
    height = y + 24
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" font-family="{_FONT}" font-size="15" fill="{_INK}">\n'
        f"<title>{escape(title)}</title><desc>{escape(said)}</desc>\n"
        f'<rect width="{WIDTH}" height="{height}" fill="{_PAPER}"/>\n{head}\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _legend(parts: list[str], found: Comparison, y: int) -> int:
    for n, name in enumerate(found.names):
        y += 24
        light, dark = _FILLS[n % len(_FILLS)]
        parts.append(_rect(_LEFT, y - 12, 22, 14, light) + _rect(_LEFT + 22, y - 12, 22, 14, dark))
        parts.append(_text(_LEFT + 54, y, f"{n + 1}  {named(name)}"))
    return y + 20


def _group(parts: list[str], group: Group, y: int, scale: float) -> int:
    first = group.figures[0]
    weight = 700 if group.kind == "all" else 400
    parts.append(_text(_LEFT, y + 16, _cut(named(group.words), 32), weight=weight))
    parts.append(_text(_LEFT + _NAMES - 44, y + 16, str(first.count), anchor="end", fill=_SOFT))
    for n, figures in enumerate(group.figures):
        parts.append(_bar(figures, n, y, scale))
        y += _ROW
    return y + 8


def _bar(figures: Figures, n: int, y: int, scale: float) -> str:
    light, dark = _FILLS[n % len(_FILLS)]
    x = _LEFT + _NAMES
    told = f"{figures.p50:.0f} · {figures.p90:.0f}　>30 分 {figures.over:.0%}"
    if figures.unserved:
        told += f"　未办 {figures.unserved}"
    mean = x + figures.mean * scale
    return (
        _text(x - 12, y + 15, str(n + 1), anchor="end", fill=_SOFT, size=13)
        + _rect(x, y + 2, figures.p90 * scale, 16, light)
        + _rect(x, y + 2, figures.p50 * scale, 16, dark)
        + f'<path d="M{mean:.1f} {y}v20" stroke="{_INK}" stroke-width="2"/>'
        + _text(x + max(figures.p90 * scale, figures.mean * scale) + 10, y + 15, told, size=14)
    )


def _grid(longest: float, scale: float, top: int, bottom: int) -> str:
    step = next((each for each in (1, 2, 5, 10, 15, 30, 60, 120) if longest / each <= 8), 240)
    lines: list[str] = []
    for n in range(int(longest // step) + 1):
        x = _LEFT + _NAMES + n * step * scale
        lines.append(f'<path d="M{x:.1f} {top}V{bottom}" stroke="{_LINE}"/>')
        lines.append(_text(x, bottom + 16, str(n * step), anchor="middle", fill=_SOFT, size=13))
    return "".join(lines)


def _spread(parts: list[str], found: Comparison, n: int, y: int, spread: Sequence[int]) -> int:
    """How many wait how much shorter or longer than under the first policy."""
    rows = spread_rows(found.changes[n])
    most = max([*spread, 1])
    name, base = found.names[n + 1], found.names[0]
    parts.append(
        _text(_LEFT, y, f"{n + 2}  {name.zh}，与 1 {base.zh} 相比（人） against 1 {base.en}, people", weight=700)
    )
    y += 12
    for words, count in rows:
        x = _LEFT + _NAMES
        width = count / most * (WIDTH - x - 120)
        fill = _FILLS[(n + 1) % len(_FILLS)][1] if "少等" in words.zh else _SOFT if "多等" in words.zh else _LINE
        parts.append(_text(_LEFT, y + 15, f"{words.zh} {words.en}"))
        parts.append(_rect(x, y + 2, width, 16, fill) + _text(x + width + 10, y + 15, str(count), size=14))
        y += _ROW
    return y + 16


def _rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" fill="{fill}"/>'


def _text(
    x: float, y: float, text: str, *, size: int = 15, weight: int = 400, anchor: str = "start", fill: str = _INK
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" '
        f'fill="{fill}">{escape(text)}</text>'
    )


def _cut(text: str, room: int) -> str:
    """At most ``room`` columns, a hanzi taking two."""
    used = 0
    for n, character in enumerate(text):
        used += columns(character)
        if used > room:
            return text[:n].rstrip() + "…"
    return text
