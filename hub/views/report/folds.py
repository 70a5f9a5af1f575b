"""Days folded from the log and kept in memory: today's report costs only what happened since it was last asked for."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from hub.log.codec import Codec, UnknownEvent, UnreadableEvent
from hub.log.entry import Entry
from hub.log.port import LogReader
from hub.views.report.day_report import DayReport
from hub.views.report.fold import DayFold
from hub.views.report.summary import report_of

KEPT = 4


class DayFolds:
    """The last few days that anybody asked for or that the reader of the log went through. For any thread."""

    def __init__(self, log: LogReader, codec: Codec) -> None:
        self._log = log
        self._codec = codec
        self._folds: OrderedDict[str, DayFold] = OrderedDict()
        self._lock = Lock()

    def report(self, day: str, now: int) -> DayReport | None:
        """All that is committed of the day; None for a day that the log does not hold."""
        with self._lock:
            fold = self._caught_up(day)
            return report_of(fold, day, now) if fold.version else None

    def follow(self, day: str, entry: Entry, event: object) -> DayReport | None:
        """The reader came to this entry of the day's stream: the day's report when it is closed.

        What it was given before and what it missed change nothing: a fold has every entry once, in order.
        """
        with self._lock:
            fold = self._kept(day)
            if entry.version == fold.version + 1:
                fold.feed(event)
            elif entry.version > fold.version:
                self._caught_up(day)
            return None if fold.closed_at is None else report_of(fold, day, fold.closed_at)

    def known_after(self, day: str, version: int) -> bool:
        """Whether the log holds more of the day than its first ``version`` entries."""
        return next(self._log.read_stream(f"queue/{day}", version), None) is not None

    def _kept(self, day: str) -> DayFold:
        fold = self._folds.get(day)
        if fold is None:
            fold = self._folds[day] = DayFold()
        self._folds.move_to_end(day)
        while len(self._folds) > KEPT:
            self._folds.popitem(last=False)
        return fold

    def _caught_up(self, day: str) -> DayFold:
        fold = self._kept(day)
        for entry in self._log.read_stream(f"queue/{day}", fold.version):
            try:
                event = self._codec.decode(entry)
            except (UnknownEvent, UnreadableEvent):
                fold.skip()
            else:
                fold.feed(event)
        return fold
