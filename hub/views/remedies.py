"""Long waits, why, and what would mend them, in one sentence each; and the act behind a remedy, ready to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from hub.domain.queue import advice as a
from hub.domain.queue import causes as k
from hub.domain.queue.advice import Counsel, Remedy, Trouble
from hub.domain.queue.causes import Cause, Wait
from hub.domain.queue.state import QueueDay
from hub.views.console import category
from hub.views.words import Words

PAUSES: Mapping[str, str] = {
    "午餐": "lunch",
    "休息": "break",
    "会议": "meeting",
    a.BROKEN: "equipment",
    "其他": "other",
}
"""The reasons offered for a pause, as they stand in the log, each with its English."""


@dataclass(frozen=True, slots=True)
class Press:
    """An act to confirm: where it is posted under ``/api/v1/``, with what, what the button says and what is asked."""

    path: str
    body: dict[str, object]
    label: Words
    question: Words


@dataclass(frozen=True, slots=True)
class TroubleRow:
    """``lines``: what waits, in words; ``floors``: where; ``longest``: minutes. ``press`` None: no press mends it."""

    lines: Words
    floors: str
    waiting: int
    longest: int
    cause: Words
    remedy: Words
    press: Press | None


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """An act worth doing next, though nobody waits too long for want of it yet."""

    words: Words
    press: Press | None


@dataclass(frozen=True, slots=True)
class Counselled:
    troubles: tuple[TroubleRow, ...]
    openings: tuple[OpeningRow, ...]


def counselled(day: QueueDay, given: Counsel) -> Counselled:
    """``given`` in words."""
    return Counselled(
        tuple(_trouble(day, each) for each in given.troubles),
        tuple(OpeningRow(remedy_words(day, each), press(day, each)) for each in given.openings),
    )


def _trouble(day: QueueDay, trouble: Trouble) -> TroubleRow:
    first = trouble.waits[0]
    return TroubleRow(
        lines=_lines(day, trouble.waits),
        floors="/".join(str(floor) for floor in sorted({day.lines[wait.line].floor for wait in trouble.waits})),
        waiting=sum(wait.waiting for wait in trouble.waits),
        longest=first.longest // 60_000,
        cause=cause_words(trouble.cause),
        remedy=remedy_words(day, trouble.remedy),
        press=press(day, trouble.remedy),
    )


def _lines(day: QueueDay, waits: tuple[Wait, ...]) -> Words:
    """The first by its name, the others by their letters."""
    first = line_words(day, waits[0].line)
    rest = [wait.line.removeprefix("@").partition("/")[0] for wait in waits[1:]]
    if not rest:
        return first
    return Words(f"{first.zh} 和 {' '.join(rest)}", f"and {', '.join(rest)}")


def line_words(day: QueueDay, name: str) -> Words:
    """A line as people call it: ``E 人力社保``, ``A+E``, ``112 号窗口``."""
    line = day.lines[name]
    if line.window is not None:
        return Words(f"{line.window} 号窗口", f"window {line.window}")
    first, *rest = line.letters
    if rest:
        joined = "+".join(line.letters)
        return Words(f"{joined} 多事项", f"{joined}, several items")
    named = category(day, first)
    return Words(f"{first} {named.zh}", f"{first} {named.en}")


def cause_words(cause: Cause) -> Words:
    """One sentence, without its full stop."""
    windows = "、".join(cause.windows)
    listed = ", ".join(cause.windows)
    match cause.code:
        case k.FROZEN:
            return Words(f"大厅暂停叫号：{cause.why}", f"calling is suspended: {cause.why}")
        case k.UNSKILLED:
            return Words(f"{windows} 号窗口现在的人不能办这一类", f"whoever sits at {listed} may not serve it")
        case k.NOBODY:
            return Words("没有窗口办这一类", "no window does it")
        case k.STOPPED:
            why_zh = "、".join(f"{why or '未说明'} {count}" for why, count in cause.reasons)
            why_en = ", ".join(f"{PAUSES.get(why, why) or 'unsaid'} {count}" for why, count in cause.reasons)
            many = len(cause.windows)
            return Words(
                f"{cause.of} 个窗口里 {many} 个暂停（{why_zh}）", f"paused are {many} of {cause.of} windows ({why_en})"
            )
        case k.NONE_OPEN:
            return Words(f"能办的 {cause.of} 个窗口都没有开", f"none of its {cause.of} windows is open")
        case k.HELD:
            one = "" if cause.of == 1 else "开着的窗口都被长时间占用，"
            return Words(
                f"{one}{windows} 号窗口办理 {cause.number} 已 {cause.minutes} 分钟",
                f"window {listed} has had {cause.number} for {cause.minutes} min",
            )
        case k.IDLE:
            return Words(f"{windows} 号窗口开着但没有叫号", f"open without calling: {listed}")
        case k.MORE_PEOPLE:
            return Words(
                f"一小时来 {cause.came} 人，{cause.of} 个窗口只能办 {cause.can} 人",
                f"{cause.came} came within the hour, {_counted(cause.of)} can serve {cause.can}",
            )
        case _:
            return Words(
                f"高峰已过，积压约 {cause.minutes} 分钟办完",
                f"the rush is over, its rest takes about {cause.minutes} min",
            )


def _counted(windows: int) -> str:
    return "1 window" if windows == 1 else f"{windows} windows"


def remedy_words(day: QueueDay, remedy: Remedy) -> Words:
    """One sentence, without its full stop: what to do and what it brings."""
    window, clerk = remedy.window, remedy.clerk
    who_zh, who_en = (f"（{clerk}）", f" ({clerk})") if clerk else ("", "")
    match remedy.act:
        case a.RELEASE:
            return Words("演练结束后恢复叫号", "release the hall when it is over")
        case a.RESUME:
            said = Words(f"请 {window} 号窗口{who_zh}恢复叫号", f"ask {window}{who_en} to resume")
        case a.OPENING:
            nobody_zh, nobody_en = ("", "") if clerk else ("（先安排人员）", " (needs a clerk)")
            said = Words(f"开放 {window} 号窗口{who_zh}{nobody_zh}", f"open window {window}{who_en}{nobody_en}")
        case a.MOVE:
            said = Words(
                f"请 {clerk} 从 {remedy.source} 号到 {window} 号窗口", f"move {clerk} from {remedy.source} to {window}"
            )
        case a.RESKILL:
            added = " ".join(remedy.added)
            said = Words(f"{window} 号窗口兼办 {added} 一小时（潮汐）", f"re-skill {window} for {added} for an hour")
        case a.URGE:
            return Words(
                f"请 {window} 号窗口叫号，人不在就暂停", f"ask {window} to call, or to pause when nobody is there"
            )
        case a.ASK:
            return Words(f"请到 {window} 号窗口看看", f"go and see at window {window}")
        case _:
            return Words(
                "能开的都开了，请引导分流、改约或网上办", "all that can is open: steer people to book or go online"
            )
    return _with_gain(day, remedy, said)


def _with_gain(day: QueueDay, remedy: Remedy, said: Words) -> Words:
    name = line_words(day, remedy.line).zh.partition(" ")[0]
    if remedy.before is None:
        return Words(
            f"{said.zh}，{name} 最多等 {remedy.after} 分", f"{said.en}: {name} waits {remedy.after} min at most"
        )
    return Words(
        f"{said.zh}，{name} 最多等 {remedy.before} → {remedy.after} 分",
        f"{said.en}: {name} waits {remedy.gain} min less",
    )


def press(day: QueueDay, remedy: Remedy) -> Press | None:
    """The act of the hub that the remedy is.

    One that needs the window as it was looked at names its version; lending a window does not, for calls go on there.
    """
    window = day.windows.get(remedy.window)
    if remedy.act == a.RELEASE:
        return Press("day/release", {}, Words("恢复叫号", "Release"), Words("恢复叫号和取号？", "Release the hall?"))
    if window is None:
        return None
    number, seen = window.number, window.version
    match remedy.act:
        case a.RESUME:
            return Press(
                f"windows/{number}/open",
                {"seen": seen},
                Words(f"恢复 {number}", "Resume"),
                Words(f"恢复 {number} 号窗口？", f"Resume window {number}?"),
            )
        case a.OPENING:
            return Press(
                f"windows/{number}/open",
                {"seen": seen},
                Words(f"开放 {number}", "Open"),
                Words(f"开放 {number} 号窗口？", f"Open window {number}?"),
            )
        case a.RESKILL:
            until = datetime.fromtimestamp((remedy.until or 0) / 1000, UTC).isoformat().replace("+00:00", "Z")
            added = " ".join(remedy.added)
            return Press(
                f"windows/{number}/reskill",
                {"categories": list(remedy.categories), "until": until},
                Words(f"{number} 兼办 {added}", "Re-skill"),
                Words(f"{number} 号窗口兼办 {added} 一小时？", f"Re-skill window {number} for {added} for an hour?"),
            )
        case a.MOVE:
            return Press(
                f"windows/{number}/sign-in",
                {"clerk": remedy.clerk, "move": True},
                Words(f"{remedy.clerk} 到 {number}", "Move"),
                Words(
                    f"把 {remedy.clerk} 从 {remedy.source} 号移到 {number} 号窗口？",
                    f"Move {remedy.clerk} from {remedy.source} to {number}?",
                ),
            )
        case _:
            return None
