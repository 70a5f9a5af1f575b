"""A comparison for a terminal, and as CSV. A hanzi is two columns wide."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence
from itertools import zip_longest

from hub.views.trial.comparison import EDGES, LONG_MINUTES, NOTICED_MINUTES, Change, Comparison, Figures, Group
from hub.views.words import Words

_BAR = 40
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_COLUMNS = (
    ("人次", "n"),
    ("平均", "mean"),
    ("中位", "p50"),
    ("九成", "p90"),
    ("最长", "longest"),
    (f">{LONG_MINUTES}分", f">{LONG_MINUTES} min"),
    ("未办", "unserved"),
)


def as_table(found: Comparison) -> str:
    """Groups by policies, waits in minutes."""
    head = [["", "", *(zh for zh, _ in _COLUMNS)], ["", "", *(en for _, en in _COLUMNS)]]
    body: list[list[str]] = []
    for group in found.groups:
        for n, (name, figures) in enumerate(zip(found.names, group.figures, strict=True)):
            body.append([named(group.words) if n == 0 else "", name.zh, *cells(figures)])
    return aligned([*head, *body], left=2)


def as_bars(found: Comparison, kinds: Sequence[str] = ("all", "category", "class")) -> str:
    """Bars of the wait that nine in ten stay under, with the median marked ``|``."""
    groups = [group for group in found.groups if group.kind in kinds]
    longest = max((figures.p90 for group in groups for figures in group.figures), default=0.0) or 1.0
    rows: list[list[str]] = []
    for group in groups:
        for n, (name, figures) in enumerate(zip(found.names, group.figures, strict=True)):
            rows.append([group.words.zh if n == 0 else "", name.zh, f"{figures.p90:.0f}", _bar(figures, longest)])
    title = f"等候九成（分钟），| 为中位 Wait p90 in minutes, | is the median of {found.day}"
    return title + "\n" + "\n".join(line.rstrip() for line in aligned(rows, left=2, last_left=True).splitlines())


def changes_in_words(found: Comparison) -> tuple[Words, ...]:
    """A sentence for each policy after the first, and who gains and loses most."""
    said: list[Words] = []
    for n, (name, change) in enumerate(zip(found.names[1:], found.changes, strict=True), 1):
        said.append(
            Words(
                f"{name.zh}：{change.shorter} 人少等 {NOTICED_MINUTES} 分钟以上，{change.longer} 人多等 "
                f"{NOTICED_MINUTES} 分钟以上，{change.same} 人相差不大。",
                f"{name.en}: {change.shorter} wait at least {NOTICED_MINUTES} min shorter, {change.longer} at least "
                f"{NOTICED_MINUTES} min longer, {change.same} about the same.",
            )
        )
        for group, zh, en in ((change.gains, "受益最多", "Gain most"), (change.loses, "受损最多", "Lose most")):
            if group is not None:
                before, after = group.figures[0].mean, group.figures[n].mean
                said.append(
                    Words(
                        f"{zh}：{group.words.zh}，平均 {before:.0f} → {after:.0f} 分钟。",
                        f"{en}: {group.words.en}, mean {before:.0f} → {after:.0f} min.",
                    )
                )
    return tuple(said)


def trust_in_words(found: Comparison) -> tuple[Words, ...]:
    """How far to trust the figures."""
    said: list[Words] = []
    trust = found.trust
    if trust is not None:
        said.append(
            Words(
                f"可信度：按当天的规则重算，{trust.count} 人的等候与实际相差中位 {trust.median_apart:.1f} 分钟"
                f"（平均：实际 {trust.recorded_mean:.1f}，重算 {trust.rerun_mean:.1f}）。"
                f"平均相差不到 {trust.noise:.1f} 分钟不足为凭。",
                f"Trust: rerun under the rules of that day, the waits of {trust.count} differ from what happened by a "
                f"median of {trust.median_apart:.1f} min (mean {trust.recorded_mean:.1f} as it was, "
                f"{trust.rerun_mean:.1f} rerun). Make nothing of means that differ by less than {trust.noise:.1f} min.",
            )
        )
    if not found.over:
        said.append(Words("这一天尚未结束，只算到现在。", "That day is not over; it counts as far as it went."))
    for name, count in zip(found.names, found.left_out, strict=True):
        if count:
            said.append(
                Words(
                    f"{name.zh}：{count} 人的类别不在该配置中，未计入。",
                    f"{name.en}: {count} whose category it lacks are left out.",
                )
            )
    return tuple(said)


def spread_rows(change: Change) -> tuple[tuple[Words, int], ...]:
    """The distribution of differences, shorter first."""
    words: list[Words] = []
    for low, high in zip((None, *EDGES), (*EDGES, None), strict=True):
        if low is None or (high is not None and high < 0):
            zh, en = "少等", "shorter"
            bounds = (abs(high or 0), None if low is None else abs(low))
        elif high is None or low > 0:
            zh, en = "多等", "longer"
            bounds = (low, high)
        else:
            words.append(Words(f"相差不到 {NOTICED_MINUTES} 分", f"within {NOTICED_MINUTES} min"))
            continue
        span = f"{bounds[0]}+" if bounds[1] is None else f"{bounds[0]}–{bounds[1]}"
        words.append(Words(f"{zh} {span} 分", f"{span} min {en}"))
    return tuple(zip(words, change.spread, strict=True))


def as_csv(found: Comparison) -> str:
    """One row a group and policy; the share over the limit as a number from 0 to 1."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["day", "kind", "key", "zh", "en", "policy", "n", "mean", "p50", "p90", "longest", "over_30", "unserved"]
    )
    for group in found.groups:
        for name, f in zip(found.names, group.figures, strict=True):
            minutes = [f"{value:.2f}" for value in (f.mean, f.p50, f.p90, f.longest)]
            row = [found.day, group.kind, group.key, group.words.zh, group.words.en, name.en, f.count, *minutes]
            writer.writerow([*map(_harmless, row), f"{f.over:.4f}", f.unserved])
    return out.getvalue()


def cells(figures: Figures) -> list[str]:
    """A row's figures as people read them, in the order of the columns."""
    minutes = [f"{value:.0f}" for value in (figures.mean, figures.p50, figures.p90, figures.longest)]
    return [str(figures.count), *minutes, f"{figures.over:.0%}", str(figures.unserved)]


def aligned(rows: Sequence[Sequence[str]], *, left: int = 1, last_left: bool = False) -> str:
    """The first ``left`` columns (and the last one) to the left, the others to the right."""
    widths = [max(columns(cell) for cell in column) for column in zip_longest(*rows, fillvalue="")]
    shown: list[str] = []
    for row in rows:
        made: list[str] = []
        for n, (cell, width) in enumerate(zip(row, widths, strict=False)):
            room = " " * (width - columns(cell))
            made.append(cell + room if n < left or (last_left and n == len(row) - 1) else room + cell)
        shown.append("  ".join(made).rstrip())
    return "\n".join(shown)


def columns(text: str) -> int:
    """How wide a terminal shows it."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _bar(figures: Figures, longest: float) -> str:
    eighths = round(figures.p90 / longest * _BAR * 8)
    bar = "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
    at = int(figures.p50 / longest * _BAR)
    return bar[:at] + "|" + bar[at + 1 :] if figures.count else bar


def named(words: Words) -> str:
    """Both names, once where they are the same."""
    return words.zh if words.zh.endswith(words.en) else f"{words.zh} {words.en}"


def _harmless(value: object) -> object:
    """A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def group_of(found: Comparison, kind: str, key: str = "") -> Group | None:
    return next((group for group in found.groups if (group.kind, group.key) == (kind, key)), None)
