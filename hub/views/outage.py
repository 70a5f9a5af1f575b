"""The outage page: since when the line to the online hall is away, what waits, when it will be through, how long there
is room. Read from the two ways of the line, the log and the disk; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from hub.views.room import Room, forecast
from hub.views.words import Words

State = Literal["none", "up", "catching-up", "dark", "stopped", "paused"]

WAITING: Final[Mapping[str, Words]] = {
    "queue": Words("取号与叫号", "tickets and calls"),
    "case": Words("办件", "cases"),
    "consultation": Words("咨询", "consultations"),
    "slots": Words("预约", "appointments"),
    "rectification": Words("评价与整改", "ratings"),
    "online": Words("对网上大厅的回复", "answers to the online hall"),
    "other": Words("其他", "other"),
}
_SAID: Final[Mapping[State, Words]] = {
    "none": Words("没有配置网上大厅", "No online hall is configured"),
    "up": Words("线路正常", "The line is up"),
    "catching-up": Words("线路已恢复，正在补传", "The line is back, catching up"),
    "dark": Words("线路中断", "The line is down"),
    "stopped": Words("已停止，要人处理", "Stopped: somebody has to look"),
    "paused": Words("已暂停", "Paused"),
}
USUAL_RATE: Final = 5_000.0
"""Entries a second when the line is back, until one has been measured."""
BEHIND: Final = 1_000
"""Fewer entries than that under way are no backlog."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way of the line. ``since`` and ``heard_at`` in ms, 0 for never; ``problem`` in words, None without one."""

    state: State
    since: int
    heard_at: int
    problem: Words | None
    detail: str


@dataclass(frozen=True, slots=True)
class Waits:
    words: Words
    entries: int


@dataclass(frozen=True, slots=True)
class Outage:
    """``state`` of both ways together and ``said`` of it; ``since``: of the trouble, 0 without one.

    ``waiting`` entries in all and by kind, the most first; ``minutes``: until all is up once the line is there;
    ``done`` of a backfill, 0 to 1, None when there is none; ``certificate_days``: until the line's certificate ends;
    ``notes``: what somebody should see to, beside the state.
    """

    state: State
    said: Words
    since: int
    url: str
    up: Way
    down: Way
    waiting: int
    kinds: tuple[Waits, ...]
    minutes: int
    rate: int
    done: float | None
    room: Room
    certificate_days: int | None = None
    notes: tuple[Words, ...] = ()


def kinds_of(counts: Mapping[str, int]) -> tuple[Waits, ...]:
    """Entries by kind of stream, in words, the most first."""
    by_kind: dict[str, int] = {}
    for stream, entries in counts.items():
        kind = stream if stream in WAITING else "other"
        by_kind[kind] = by_kind.get(kind, 0) + entries
    ordered = sorted(by_kind.items(), key=lambda each: (-each[1], each[0]))
    return tuple(Waits(WAITING[kind], entries) for kind, entries in ordered if entries)


def outage_of(
    up: Way,
    down: Way,
    counts: Mapping[str, int],
    room: Room,
    *,
    url: str,
    rate: float,
    began_with: int,
    certificate_days: int | None = None,
    notes: tuple[Words, ...] = (),
) -> Outage:
    """``began_with``: how many entries waited when the present backfill began, 0 without one."""
    waiting = sum(counts.values())
    state = _worse(up.state, down.state)
    if state == "up" and waiting >= BEHIND:
        state = "catching-up"
    pace = rate if rate > 0 else USUAL_RATE
    catching_up = state == "catching-up" and began_with > 0
    return Outage(
        state,
        _said(state, up, down),
        min((way.since for way in (up, down) if way.since and way.state in ("dark", "stopped")), default=0),
        url,
        up,
        down,
        waiting,
        kinds_of(counts),
        -(-waiting // max(1, round(pace * 60))),
        round(rate),
        1 - min(1.0, waiting / began_with) if catching_up else None,
        room,
        certificate_days,
        notes,
    )


_ONE_WAY: Final[Mapping[str, Words]] = {
    "up": Words("上行中断，下行正常", "The way up is down, the way down is fine"),
    "down": Words("下行中断，上行正常", "The way down is down, the way up is fine"),
}


def _said(state: State, up: Way, down: Way) -> Words:
    if state == "dark" and "up" in (up.state, down.state):
        return _ONE_WAY["down" if up.state == "up" else "up"]
    return _SAID[state]


_ORDER: Final[tuple[State, ...]] = ("stopped", "dark", "paused", "catching-up", "up", "none")


def _worse(up: State, down: State) -> State:
    return next(state for state in _ORDER if state in (up, down))


_NO_WAY: Final = Way("none", 0, 0, None, "")
NO_LINE: Final = outage_of(_NO_WAY, _NO_WAY, {}, forecast((), 0), url="", rate=0, began_with=0)
"""A hall that stands alone and was not measured."""
