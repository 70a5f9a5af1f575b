"""The log for people and other programs: one JSON line an entry, and the check of its chain.

All of it works beside a running hub, and none of it opens a sealed field.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Final, TextIO

import msgspec

from hub.log import chain
from hub.log.entry import Entry
from hub.log.open import open_reader
from hub.log.port import LogReader

_PAGE: Final = 1000
_PAUSE: Final = 0.25
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def line(entry: Entry) -> str:
    """One entry as JSON without a line end. Times are RFC 3339; cause, salt and hash hex; data byte for byte as stored.

    The chain can be verified from these lines alone.
    """
    return msgspec.json.encode(
        {
            "position": entry.position,
            "stream": entry.stream,
            "version": entry.version,
            "type": entry.type,
            "occurred_at": rfc3339(entry.occurred_at),
            "recorded_at": rfc3339(entry.recorded_at),
            "actor": entry.actor,
            "cause": entry.cause.hex(),
            "data": msgspec.Raw(entry.data),
            "salt": entry.salt.hex(),
            "hash": entry.hash.hex(),
        }
    ).decode()


def rfc3339(at: int) -> str:
    """Milliseconds since 1970 as ``2024-03-04T01:02:03.004Z``."""
    moment = _EPOCH + timedelta(milliseconds=at)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + f".{at % 1000:03d}Z"


def export(url: str, out: TextIO, after: int = 0) -> int:
    """Write the entries after a position, up to the log's end as it is when reached; how many.

    Raises ``BadUrl``, ``FileNotFoundError``, ``LogBroken``, as ``tail`` and ``verify`` do.
    """
    count = 0
    with closing(open_reader(url)) as reader:
        for entry in _entries(reader, after):
            out.write(line(entry) + "\n")
            count += 1
    return count


def tail(url: str, out: TextIO, n: int = 10, follow: bool = False, stopped: Callable[[], bool] = lambda: False) -> None:
    """Write the last ``n`` entries, and with ``follow`` each new one until ``stopped()`` or KeyboardInterrupt."""
    with closing(open_reader(url)) as reader:
        position = max(0, reader.head().position - n)
        while True:
            for entry in _entries(reader, position):
                out.write(line(entry) + "\n")
                position = entry.position
            out.flush()
            if not follow or stopped():
                return
            time.sleep(_PAUSE)


def verify(url: str, progress: Callable[[int, int], None] | None = None) -> chain.Verdict:
    """Follow the whole chain; ``progress`` hears the position reached and the head's, about every thousand entries."""
    with closing(open_reader(url)) as reader:
        head = reader.head().position

        def entries() -> Iterator[Entry]:
            for entry in _entries(reader, 0):
                if progress is not None and entry.position % _PAGE == 0:
                    progress(entry.position, max(head, entry.position))
                yield entry

        return chain.verify(entries())


def _entries(reader: LogReader, after: int) -> Iterator[Entry]:
    while entries := reader.read(after, _PAGE):
        yield from entries
        after = entries[-1].position
