"""``hallhub queue``: reading a day's queue beside a running hub."""

from __future__ import annotations

import argparse
import contextlib
from typing import cast

from hub.cli.configured import settings_of
from hub.ops.faults import DONE, MISSING, Fault


def explain(arguments: argparse.Namespace) -> int:
    """Why one number was called before another, in Chinese and English."""
    from hub.core.day_log import day_events, days_of
    from hub.domain.queue.explain import why_before
    from hub.log.names import reading_codec
    from hub.log.open import open_reader

    with contextlib.closing(open_reader(settings_of(arguments).log.url)) as reader:
        days = days_of(reader)
        day = cast("str | None", arguments.day) or max(days, default="")
        if day not in days:
            raise Fault(MISSING, f"日志里没有 {day} 这一天。", f"The log holds no day {day}.")
        events = (event for _, event in day_events(reader, reading_codec(), day))
        said = why_before(events, cast("str", arguments.first), cast("str", arguments.second))
    print(said.zh)
    print(said.en)
    return DONE
