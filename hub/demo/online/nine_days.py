"""``python -m hub.demo.online.nine_days STATE [ENTRIES]``: nine days of a busy hall into the log of a demo that is
not running, as if its line had been cut for so long. ``hallhub demo --state STATE --dark 0-60`` shows and sends them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from hub.log.entry import Batch, Draft
from hub.log.port import Log
from hub.ops.state_files import opened

ENTRIES: Final = 300_000
_BATCH: Final = 1_000
_KINDS: Final = (
    ("queue/2020-01-02", "window-closed", b'{"window":"112","at":1577930000000}', 9),
    ("slots/2020-01-02", "lease-extended", b'{"lease":"a","expires":1577930000000,"at":1577930000000}', 1),
)
"""Streams of a day that no demo shows, so that nothing else reads them; how many of ten."""


def write(log: Log, entries: int) -> None:
    """Nothing of the demo's own day is touched; the chain goes on from its last entry."""
    head = log.head().position
    at = log.read(head - 1, 1)[0].recorded_at if head else 0
    versions = {stream: max((e.version for e in log.read_stream(stream)), default=0) for stream, *_ in _KINDS}
    while entries > 0:
        drafts: list[Draft] = []
        for stream, kind, data, share in _KINDS:
            many = min(entries, _BATCH) * share // 10
            begun = versions[stream]
            drafts += [Draft(stream, begun + n, kind, at, "hub", bytes(16), data) for n in range(1, many + 1)]
            versions[stream] += many
        log.append(Batch(drafts, (), (), at))
        entries -= len(drafts)


def main(arguments: list[str]) -> int:
    if not arguments:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    with opened(f"sqlite:///{(Path(arguments[0]) / 'hall.db').absolute()}") as state:
        write(state.store, int(arguments[1]) if len(arguments) > 1 else ENTRIES)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
