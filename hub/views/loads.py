"""Load per floor against capacity for the next hour, and what can still be done before closing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.domain.queue.advice import SPARE_PERCENT
from hub.domain.queue.load import Load, share
from hub.domain.queue.state import QueueDay
from hub.views.console import category
from hub.views.words import Words


@dataclass(frozen=True, slots=True)
class LoadRow:
    """Windows that share lines. ``people``: who wait and who are expected; ``can``: whom the open windows can serve.

    ``percent``: work as a share of time, None when no window is open for it. ``state``: ``over`` (it does not fit),
    ``near`` or ``fits``. ``more``: newcomers that can still be served before closing, None: nobody can say.
    """

    letters: str
    words: Words
    floors: str
    opened: int
    windows: int
    waiting: int
    coming: int
    can: int
    percent: int | None
    state: str
    more: int | None


def load_rows(day: QueueDay, known: Sequence[Load]) -> tuple[LoadRow, ...]:
    """Every pool in use, then lines that no window may serve."""
    return tuple(_row(day, load) for load in known)


def floor_percent(known: Sequence[Load], floor: int) -> tuple[int | None, str]:
    """A floor's work as a share of its time, and its state as in ``LoadRow``; a pool over two floors counts on both."""
    here = [load for load in known if floor in load.floors]
    percent = share(sum(load.work_ms for load in here), sum(load.time_ms for load in here))
    return percent, state_of(percent)


def state_of(percent: int | None) -> str:
    if percent is None or percent > 100:
        return "over"
    return "near" if percent > SPARE_PERCENT else "fits"


def _row(day: QueueDay, load: Load) -> LoadRow:
    letters = list(dict.fromkeys(letter for name in load.lines for letter in day.lines[name].letters))
    letters.sort()
    if len(letters) == 1:
        words = category(day, letters[0])
    elif not load.windows:
        words = Words("无窗口可办", "no window")
    else:
        words = Words("综合窗口", "comprehensive")
    return LoadRow(
        letters=_spelled(letters),
        words=words,
        floors="/".join(str(floor) for floor in load.floors),
        opened=load.opened,
        windows=len(load.windows),
        waiting=load.waiting,
        coming=load.coming,
        can=load.can,
        percent=load.percent,
        state=state_of(load.percent),
        more=load.more,
    )


def _spelled(letters: Sequence[str]) -> str:
    """``A–D`` for letters in a row, else all of them."""
    if len(letters) > 2 and ord(letters[-1]) - ord(letters[0]) == len(letters) - 1:
        return f"{letters[0]}–{letters[-1]}"
    return " ".join(letters)
