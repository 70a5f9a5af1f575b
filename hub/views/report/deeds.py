"""Who did what when: each clerk's day at the windows, hand-overs (顶岗) among it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from hub.domain.queue.state import CLOSED, OPEN
from hub.views.report.day_report import Deed


def moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


@dataclass(slots=True)
class Deeds:
    """``by_clerk``: in the order they happened. Signing out and another's signing in at one moment are a hand-over."""

    by_clerk: defaultdict[str, list[Deed]] = field(default_factory=lambda: defaultdict(list))
    _left: dict[str, tuple[str, int]] = field(default_factory=dict[str, tuple[str, int]])

    def signed_in(self, clerk: str, window: str, number: str, at: int) -> None:
        """``number``: of the visitor who is at the window, empty when nobody is."""
        before, left_at = self._left.pop(window, ("", 0))
        if not before or before == clerk or left_at != at:
            self.by_clerk[clerk].append(Deed(moment(at), "signed-in", window, number=number))
            return
        deeds = self.by_clerk[before]
        last = max(index for index, deed in enumerate(deeds) if deed.what == "signed-out" and deed.window == window)
        deeds[last] = replace(deeds[last], what="handed-over", who=clerk, number=number)
        self.by_clerk[clerk].append(Deed(moment(at), "took-over", window, before, number))

    def signed_out(self, clerk: str, window: str, at: int) -> None:
        self.by_clerk[clerk].append(Deed(moment(at), "signed-out", window))
        self._left[window] = (clerk, at)

    def turned(self, clerk: str | None, window: str, state: str, why: str, at: int) -> None:
        """The window's state; of a window without a clerk it is nobody's deed. Closing signs the clerk out before."""
        if clerk is None and state == CLOSED:
            left, left_at = self._left.get(window, ("", 0))
            clerk = left if left and left_at == at else None
        if clerk is not None:
            what = "opened" if state == OPEN else "closed" if state == CLOSED else "paused"
            self.by_clerk[clerk].append(Deed(moment(at), what, window, why=why))
