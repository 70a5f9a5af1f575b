"""``hallhub report``: a day's figures from the log, beside a running hub."""

from __future__ import annotations

import argparse
import contextlib
import time
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from hub.cli.configured import settings_of
from hub.ops.faults import DONE, MISSING, Fault


def day(arguments: argparse.Namespace) -> int:
    """Printed, or written to a file that is complete when it has its name."""
    from hub.log.names import reading_codec
    from hub.log.open import open_reader
    from hub.views.report.csv_file import figures_csv
    from hub.views.report.folds import DayFolds
    from hub.views.report.plain_text import plain_text
    from hub.views.report.tables import day_tables
    from hub.views.report.workbook import workbook

    named = cast("str", arguments.day)
    with contextlib.closing(open_reader(settings_of(arguments).log.url)) as reader:
        report = DayFolds(reader, reading_codec()).report(named, time.time_ns() // 1_000_000)
    if report is None:
        raise Fault(MISSING, f"日志里没有 {named} 这一天。", f"The log holds no day {named}.")
    tables = day_tables(report)
    table, book = cast("Path | None", arguments.csv), cast("Path | None", arguments.xlsx)
    if table is not None:
        _write(table, figures_csv(tables).encode())
    elif book is not None:
        _write(book, workbook(named, tables))
    else:
        as_of = report.as_of.astimezone(ZoneInfo(report.timezone))
        state = "已关闭 closed" if report.closed else f"截至 so far {as_of:%H:%M}"
        print(plain_text(f"{named} {state}", tables), end="")
    return DONE


def _write(target: Path, content: bytes) -> None:
    part = target.with_name(target.name + ".partial")
    part.write_bytes(content)
    part.replace(target)
