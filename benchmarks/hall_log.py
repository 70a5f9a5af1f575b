"""A hall's log of weeks, as a hub that was away has it: whole queue days, and cases with sealed names between them.

    python -m benchmarks.hall_log FOLDER ENTRIES

Two entries of three are of the queue, the rest of cases. Chain, salts, sealing and key file are the hub's own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Iterator
from datetime import date
from itertools import count
from pathlib import Path
from typing import Final

from benchmarks import case_rows
from benchmarks.report_days import busy_day, working_days
from benchmarks.writer import hub_at
from hub.core.hub import Hub
from hub.log.entry import Batch, Draft

VISITS: Final = 2_800
"""58 windows × 48 tickets."""
SOME: Final = 2_000
_CASES: Final = 400_000


async def build(folder: Path, entries: int) -> int:
    """``folder/hall.db`` with at least as many entries; how many."""
    async with hub_at(folder) as hub:
        days = iter(working_days(date.fromisoformat(hub.today), 400)[-max(2, entries // 8_000) :])
        queue, cases = _queue(hub, days, min(VISITS, max(entries // 20, 20))), _cases(hub)
        while (head := hub.log.head().position) < entries:
            for drafts in (next(queue), next(queue), next(cases)):
                hub.log.append(Batch(drafts, (), (), hub.now()))
        hub.log.checkpoint()
        return head


def _queue(hub: Hub, days: Iterator[date], visits: int) -> Iterator[list[Draft]]:
    for seed in count():
        day = next(days)
        stream = f"queue/{day.isoformat()}"
        drafts: list[Draft] = []
        for version, event in enumerate(busy_day(day, visits, seed), 1):
            name, data = hub.codec.encode(event, stream)
            at: int = getattr(event, "at")  # noqa: B009
            drafts.append(Draft(stream, version, name, at, "kiosk/kiosk-1", version.to_bytes(16, "big"), data))
        for first in range(0, len(drafts), SOME):
            yield drafts[first : first + SOME]


def _cases(hub: Hub) -> Iterator[list[Draft]]:
    drafts: list[Draft] = []
    for number in count():
        kind = case_rows.kind_of(number, _CASES, _CASES // 10)
        stream = f"case/{case_rows.id_of(number)}"
        for version, event in enumerate(case_rows.events_of(kind, number), 1):
            hub.codec.keys.ensure(hub.codec.subjects(event))
            name, data = hub.codec.encode(event, stream)
            drafts.append(Draft(stream, version, name, event.at, "clerk/li", number.to_bytes(16, "big"), data))
        if len(drafts) >= SOME:
            yield drafts
            drafts = []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("entries", type=int)
    asked = parser.parse_args()
    print(json.dumps({"entries": asyncio.run(build(asked.folder, asked.entries))}))


if __name__ == "__main__":
    main()
