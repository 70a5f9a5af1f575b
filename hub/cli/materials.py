"""``hallhub materials``, as docs/operations.md describes it."""

from __future__ import annotations

import argparse
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hub.cli.configured import settings_of
from hub.ops.faults import DONE, REFUSED, Fault

if TYPE_CHECKING:
    from hub.ops.collect import Unnamed

SHOWN = 20


def collect(arguments: argparse.Namespace) -> int:
    """List what no case names; ``--delete`` takes it away, with the hub stopped."""
    from hub.core.paths import StatePaths
    from hub.log.open import log_path, open_reader
    from hub.materials.store import Store
    from hub.ops.collect import DAY_SECONDS, LEAST_DAYS, remove, unnamed
    from hub.ops.state_files import opened

    settings = settings_of(arguments)
    if arguments.days < LEAST_DAYS:
        raise Fault(REFUSED, f"--days 至少为 {LEAST_DAYS}。", f"--days is {LEAST_DAYS} at least.")
    paths = StatePaths.of(log_path(settings.log.url))
    if not paths.log.exists():
        raise FileNotFoundError(2, "no log", str(paths.log))
    before = time.time() - arguments.days * DAY_SECONDS
    files = Store(paths.files)
    if not arguments.delete:
        with closing(open_reader(settings.log.url)) as reader:
            found = unnamed(files, reader, before)
        _tell(found, arguments.days)
        if found:
            print("没有删除；停止中枢后加 --delete 删除。 Nothing was deleted: stop the hub, then --delete does.")
        return DONE
    with opened(settings.log.url) as state:
        found = unnamed(files, state.store, before)
        _tell(found, arguments.days)
        remove(files, found)
    if found:
        print("已删除。 Deleted.")
    return DONE


def _tell(found: list[Unnamed], days: int) -> None:
    size = sum(each.size for each in found) / 1_000_000
    print(
        f"存放超过 {days} 天、没有办件引用的材料：{len(found)} 份，{size:.1f} MB。 "
        f"Stored more than {days} days ago and named by no case: {len(found)} files, {size:.1f} MB."
    )
    for each in found[:SHOWN]:
        print(f"{each.sha256}  {each.size:>10}  {datetime.fromtimestamp(each.stored_at, UTC).date()}")
    if len(found) > SHOWN:
        print(f"…… 另 {len(found) - SHOWN} 份 and as many more")
