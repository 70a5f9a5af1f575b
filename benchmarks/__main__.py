"""Every figure that the hub has to reach, beside its floor, measured in one run: ``python -m benchmarks``.

``--only ROW`` (several times for several) measures some of the rows, ``--quick`` tries all of them in a tiny size whose
figures mean nothing. The exit code is 0 when every row was measured and reached, 1 otherwise.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from benchmarks import machine
from benchmarks.backfill import backfill
from benchmarks.board import board
from benchmarks.case_deadlines import case_deadlines
from benchmarks.case_lists import case_lists
from benchmarks.cases import cases
from benchmarks.cases_http import http_cases
from benchmarks.catalogue_import import catalogue_import
from benchmarks.dark import dark
from benchmarks.demo_memory import demo_memory
from benchmarks.devices_back import devices_back
from benchmarks.drain import drain
from benchmarks.figures import Figure, as_markdown, as_object, as_text
from benchmarks.hard_day import hard_day
from benchmarks.item_keys import item_keys
from benchmarks.live_pages import live_pages
from benchmarks.processes import ROOT
from benchmarks.queue_rules import call_next
from benchmarks.receiver import receiver_halls, receiver_storage
from benchmarks.reports import reports
from benchmarks.restart import restart
from benchmarks.tickets_http import http_tickets
from benchmarks.tickets_mqtt import many_callers, one_caller
from benchmarks.writer import writer

Measure = Callable[[Path, bool], list[Figure]]

ROWS: dict[int, tuple[str, Measure]] = {
    1: ("ticket over MQTT, 1 caller", one_caller),
    2: ("tickets over MQTT, 100 callers", many_callers),
    3: ("tickets over HTTP, 8 callers", http_tickets),
    4: ("commands through the writer", writer),
    5: ("restart with a long log", restart),
    6: ("devices back after the broker", devices_back),
    7: ("event to board, and its weight", board),
    8: ("300 live pages", live_pages),
    9: ("memory of the demo", demo_memory),
    10: ("call-next in the queue's rules", call_next),
    11: ("a year in the reports", reports),
    12: ("a hard day replayed and tried", hard_day),
    13: ("a key to the items it finds", item_keys),
    14: ("cases", cases),
    15: ("cases over HTTP", http_cases),
    16: ("a real catalogue imported", catalogue_import),
    17: ("lists of a million cases", case_lists),
    18: ("deadlines and a restart with open cases", case_deadlines),
    21: ("entries into the city's receiver", receiver_storage),
    22: ("halls back together at the receiver", receiver_halls),
    23: ("a log drained into a receiver in memory", drain),
    24: ("a hall back after nine days, beside its tickets", backfill),
    25: ("memory in the dark", dark),
}


def measured(rows: Sequence[int], folder: Path, quick: bool, say: Callable[[str], None]) -> list[Figure]:
    """The figures of these rows; what could not be measured is a figure without a value."""
    figures: list[Figure] = []
    for row in rows:
        name, measure = ROWS[row]
        begun = time.monotonic()
        say(f"{row}  {name} …")
        with tempfile.TemporaryDirectory(dir=folder, prefix=f"row-{row}-") as own:
            try:
                found = measure(Path(own), quick)
            except Exception as error:
                found = [Figure(row, name, None, "", ("=", 0), note=f"{type(error).__name__}: {error}"[:600])]
        for each in found:
            say(f"   {each.verdict or 'info':4}  {each.what}: {each.measured}")
        say(f"   {time.monotonic() - begun:.0f} s")
        figures += found
    return figures


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add(
        "--only",
        type=int,
        choices=ROWS,
        action="append",
        metavar="ROW",
        help="; ".join(f"{n}: {r[0]}" for n, r in ROWS.items()),
    )
    add("--quick", action="store_true", help="a tiny size: does it run at all?")
    add("--directory", type=Path, default=ROOT / "var", help="where logs are written: the disk to measure")
    add("--markdown", type=Path, metavar="FILE", help="write the table there too, as Markdown")
    add("--json", type=Path, metavar="FILE", help="write the figures there too, as JSON")
    asked = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, _end)
    asked.directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=asked.directory, prefix="bench-") as name:
        folder = Path(name)
        described = machine.described(folder)
        rows = sorted(set(asked.only or ROWS))
        figures = measured(rows, folder, asked.quick, lambda line: print(line, file=sys.stderr, flush=True))
    print(as_text(described, figures))
    if asked.markdown is not None:
        asked.markdown.write_text(as_markdown(described, figures), encoding="utf-8")
    if asked.json is not None:
        asked.json.write_text(json.dumps(as_object(described, figures), ensure_ascii=False, indent=1), encoding="utf-8")
    return int(any(each.verdict == "MISS" for each in figures))


def _end(number: int, frame: FrameType | None) -> None:
    """SIGTERM unwinds like Ctrl-C, so that everything started is ended."""
    del number, frame
    raise SystemExit(143)


if __name__ == "__main__":
    raise SystemExit(main())
