"""``hallhub log``: reading and checking the log beside a running hub."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import cast

from hub.cli.configured import settings_of
from hub.ops.faults import BROKEN, DONE, Fault


def verify(arguments: argparse.Namespace) -> int:
    """The chain from its beginning; the first bad position is named."""
    from hub.log.export import verify

    url = settings_of(arguments).log.url
    verdict = verify(url, _progress if sys.stderr.isatty() else None)
    if verdict.fault is not None:
        at, kind = verdict.fault.position, verdict.fault.kind
        zh = "缺少这一条" if kind == "gap" else "内容被改动"
        en = "the entry is missing" if kind == "gap" else "the entry was changed"
        raise Fault(BROKEN, f"日志第 {at} 条有问题：{zh}。", f"The log is broken at position {at}: {en}.")
    head = verdict.head
    print(f"日志完好：{head.position} 条。 The log is whole: {head.position} entries, head {head.hash.hex()}")
    return DONE


def export(arguments: argparse.Namespace) -> int:
    """One JSON entry a line. A file is complete when it has its name."""
    from hub.log.export import export

    url = settings_of(arguments).log.url
    target = cast("Path | None", arguments.output)
    after = max(0, cast("int", arguments.after))
    if target is None:
        export(url, sys.stdout, after)
        sys.stdout.flush()
        return DONE
    part = target.with_name(target.name + ".partial")
    with part.open("w", encoding="utf-8") as out:
        count = export(url, out, after)
    part.replace(target)
    print(f"{count} 条 entries → {target}", file=sys.stderr)
    return DONE


def tail(arguments: argparse.Namespace) -> int:
    from hub.log.export import tail

    tail(settings_of(arguments).log.url, sys.stdout, max(0, cast("int", arguments.n)), bool(arguments.follow))
    return DONE


def _progress(position: int, head: int) -> None:
    end = "\n" if position + 1000 > head else ""
    print(f"\r{position} / {head}", end=end, file=sys.stderr, flush=True)
