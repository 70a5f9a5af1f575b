"""A business day as the log tells it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from typing import cast

from hub.domain.queue.events import QueueEvent
from hub.log.codec import Codec, UnknownEvent, UnreadableEvent
from hub.log.entry import Entry
from hub.log.port import LogReader


def day_events(reader: LogReader, codec: Codec, day: str) -> Iterator[tuple[Entry, QueueEvent]]:
    """The day's entries in order, each with its event; none for a day that never was.

    Raises ``UnknownEvent`` or ``UnreadableEvent`` for what this version cannot read.
    """
    for entry in reader.read_stream(f"queue/{day}"):
        yield entry, cast("QueueEvent", codec.decode(entry))


def days_of(reader: LogReader) -> list[str]:
    """The business days that the log holds, earliest first."""
    return [name.removeprefix("queue/") for name in reader.streams("queue/")]


class DayLog:
    """Days read beside the writer, each time through a reader of its own. Its methods block: call them in a thread."""

    def __init__(self, opened: Callable[[], AbstractContextManager[LogReader]], codec: Codec) -> None:
        self._opened = opened
        self._codec = codec

    def events(self, day: str) -> list[tuple[Entry, QueueEvent]]:
        """As ``day_events``, all that is committed by now."""
        with self._opened() as reader:
            return list(day_events(reader, self._codec, day))

    def of_ticket(self, day: str, ticket: str) -> list[tuple[Entry, object]]:
        """What the day's stream holds about one ticket (its id); what this version cannot read is left out."""
        mine, found = ticket.encode(), list[tuple[Entry, object]]()
        with self._opened() as reader:
            for entry in reader.read_stream(f"queue/{day}"):
                if mine in entry.data:  # spares decoding the whole day
                    with suppress(UnknownEvent, UnreadableEvent):
                        found.append((entry, self._codec.decode(entry)))
        return found

    def days(self) -> list[str]:
        with self._opened() as reader:
            return days_of(reader)
