"""``hallhub sync``: the line to the online hall."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import closing

from hub.cli.configured import settings_of, state_of
from hub.ops.faults import DONE, MISSING, Fault


def status(arguments: argparse.Namespace) -> int:
    return _do(arguments, "status")


def pause(arguments: argparse.Namespace) -> int:
    """Also over a restart, until ``resume``."""
    return _do(arguments, "pause")


def resume(arguments: argparse.Namespace) -> int:
    return _do(arguments, "resume")


def new_epoch(arguments: argparse.Namespace) -> int:
    """This log's history rules from now on; what the online hall has beyond it is kept there as left."""
    from hub.core.epoch import begin_epoch, epoch_path
    from hub.log.lock import Lock
    from hub.log.open import open_reader

    settings = settings_of(arguments)
    paths = state_of(settings)
    with closing(open_reader(settings.log.url)) as reader, closing(Lock(paths.lock)):
        epoch = begin_epoch(epoch_path(paths.log), reader.head(), looked=True)
    print(
        f"新纪元 {epoch.id}，从第 {epoch.after} 条起；原纪元 {epoch.previous or '无'}。现在可以启动中枢。\n"
        f"New epoch {epoch.id} from entry {epoch.after}, after {epoch.previous or 'none'}. The hub may be started now."
    )
    return DONE


def _do(arguments: argparse.Namespace, what: str) -> int:
    import msgspec

    from hub.ops.control import ask_running

    path = state_of(settings_of(arguments)).socket
    answer = asyncio.run(ask_running(path, "sync", {"do": what})) if path.exists() else None
    if answer is None:
        raise Fault(MISSING, "中枢没有运行。", "The hub is not running.")
    print(msgspec.json.format(msgspec.json.encode(answer), indent=2).decode())
    return DONE
