"""The hall as it was at any moment since its log began: papers keep the names they were told under."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

from hub.domain.hall.events import ProfilePublished
from hub.domain.hall.planning import day_starts
from hub.domain.hall.profile import HallProfile
from hub.log.codec import Codec, UnknownEvent
from hub.log.port import LogReader


class HallPast:
    """Every profile that was published, without its windows, devices and items. It blocks: call it in a thread."""

    def __init__(self, opened: Callable[[], AbstractContextManager[LogReader]], codec: Codec) -> None:
        self._opened = opened
        self._codec = codec
        self._lock = threading.Lock()
        self._seen = 0
        self._profiles: list[tuple[int, HallProfile]] = []

    def bring_up(self) -> Callable[[int], HallProfile]:
        """The profile that ruled at a moment (ms since 1970, UTC), as of the log's end; the first one before it.

        Raises ``LookupError`` before the first profile is published.
        """
        with self._lock, self._opened() as reader:
            for entry in reader.read_stream("hall", self._seen):
                self._seen = entry.version
                try:
                    event = self._codec.decode(entry)
                except UnknownEvent:
                    continue
                if isinstance(event, ProfilePublished):
                    named = replace(event.profile, windows=(), devices=(), items=(), clerks=())
                    self._profiles.append((day_starts(named, event.from_day), named))
            known = tuple(self._profiles)
        if not known:
            raise LookupError("no profile is published")

        def at(moment: int) -> HallProfile:
            return next((profile for since, profile in reversed(known) if since <= moment), known[0][1])

        return at
