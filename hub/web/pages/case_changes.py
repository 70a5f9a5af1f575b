"""Where in the log each case changed last: an open page compares it with the position that it was drawn at.

Only positions travel over the live channel; what of a case may be seen, each page asks for as its own reader.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from hub.core.submission import Committed

STREAM = "case/"
REMEMBERED = 10_000
"""Cases whose last change is known one by one; of the others only that they did not change since."""


class CaseChanges:
    """``since``: the log's end when following began."""

    def __init__(self, since: int) -> None:
        self._since = since
        self._last: OrderedDict[str, int] = OrderedDict()

    def follow(self, batch: Sequence[Committed]) -> None:
        for committed in batch:
            entry = committed.entry
            if entry.stream.startswith(STREAM):
                self._last[entry.stream] = entry.position
                self._last.move_to_end(entry.stream)
        while len(self._last) > REMEMBERED:
            self._since = self._last.popitem(last=False)[1]

    def last(self, stream: str) -> int:
        """A position at or after its last change: a page drawn later than that shows it."""
        return self._last.get(stream, self._since)
