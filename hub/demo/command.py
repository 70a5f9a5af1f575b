"""``hallhub demo``: a hall at work over a day of its own, or a real office's real day."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from pathlib import Path

from hub.demo.options import DemoFailed, DemoOptions, options_of
from hub.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the subcommand."""
    parser.description = (
        "A hall at work: hub, broker, devices and people over one day, on a clock of its own. "
        "With --day, --office and --date: a real office's real day, out of the open data of Warsaw."
    )
    add = parser.add_argument
    add("--speed", metavar="N", help="times as fast as real time, or max (default: 40; max with --day)")
    add("--visits", type=int, default=900, metavar="N", help="people of the day (default: 900)")
    add("--seed", type=int, default=1, metavar="N", help="the same seed gives the same visits (default: 1)")
    add("--state", type=Path, metavar="DIR", help="keep the state there; a second start goes on with the same day")
    add("--profile", type=Path, metavar="FILE", help="another hall's profile, as hallhub profile export writes it")
    add("--day", type=Path, metavar="FILE", help="replay a day of this file (CSV, also .gz) instead")
    add("--office", metavar="NAME", help="with --day: the office")
    add("--date", metavar="DATE", help="with --day: the date; else the first date that the demo may take")
    add("--report", type=Path, metavar="FILE", help="write the report there too, as JSON")
    add("--no-online", action="store_true", help="without the online hall")
    add("--dark", metavar="FROM-TO", help="cut the line to the online hall, minutes after opening, like 60-120")
    add("--until-closed", action="store_true", help="end after the report instead of staying until Ctrl-C")
    add("--headless", action="store_true", help="print the report only, and end after it")


def main(arguments: argparse.Namespace, settings: Settings) -> int:
    """Returns 0 after a day that went well, 1 when the report disagrees, 2 for arguments that cannot be used.

    ``settings`` gives the listening addresses and the broker; the log lies in ``--state`` or a fresh directory.
    """
    # imported late: only the demo needs simulated devices and the composed hub
    from hub.demo import replayed_day, simulated_day

    if not logging.getLogger().handlers:
        logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        options: DemoOptions = options_of(arguments)
        day = simulated_day.run if options.replay is None else replayed_day.run
        return asyncio.run(day(options, settings))
    except DemoFailed as failed:
        sys.stderr.write(f"hallhub demo: {failed}\n")
        return 2
    except KeyboardInterrupt:
        return 130


def alone(argv: list[str] | None = None) -> int:
    """``python -m hub.demo.command``: the subcommand by itself, with the environment's settings."""
    from hub.settings import load_settings

    parser = argparse.ArgumentParser(prog="hallhub demo")
    add_arguments(parser)
    return main(parser.parse_args(argv), load_settings(None))


if __name__ == "__main__":
    raise SystemExit(alone())
