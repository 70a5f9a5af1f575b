"""The files of one hub, opened together: log, keys and secret belong to each other; one without the rest is a loss."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from hub.core.paths import StatePaths
from hub.log.chain import verify
from hub.log.entry import Head
from hub.log.keys import Keys
from hub.log.open import log_path, open_log
from hub.log.port import Log
from hub.log.subjects import Subjects, load_secret
from hub.ops.faults import BROKEN, Fault

NEWEST = 5000
"""Entries whose chain is looked at before a start."""


@dataclass(frozen=True, slots=True)
class StateFiles:
    paths: StatePaths
    store: Log
    keys: Keys
    subjects: Subjects


def staging_of(log: Path) -> Path:
    """Where a restore gathers its files before it puts them in place."""
    return log.with_name(f"{log.stem}.restoring")


def _refuse_broken(store: Log) -> None:
    """The newest entries must agree with their chain; ``hallhub log verify`` looks at all of them."""
    after = max(store.head().position - NEWEST, 0)
    before = store.read(after - 1, 1) if after else []
    verdict = verify(store.read(after, NEWEST), Head(before[0].position, before[0].hash) if before else None)
    if verdict.fault is not None:
        at = verdict.fault.position
        raise Fault(
            BROKEN,
            f"日志第 {at} 条与校验链不符，可能被改动或损坏。请从备份恢复。",
            f"Entry {at} of the log does not agree with its chain: it was changed or damaged. Restore a backup.",
        )


@contextlib.contextmanager
def opened(url: str) -> Generator[StateFiles]:
    """The one writer's files, made when all of them are new.

    Raises ``Fault`` for a part that is missing beside others or a restore that did not end, ``InUse``, ``BadUrl``,
    ``LogBroken`` or ``NoRoom``.
    """
    paths = StatePaths.of(log_path(url))
    staging = staging_of(paths.log)
    if staging.exists():
        raise Fault(
            BROKEN,
            f"{staging}：上次恢复没有完成，请重新运行 hallhub restore。",
            "A restore did not finish; run hallhub restore again.",
        )
    if paths.keys.exists() and not (paths.log.exists() and paths.log.stat().st_size):
        raise Fault(
            BROKEN,
            f"{paths.log} 不见了或是空的，但旁边还有这个大厅的密钥。请从备份恢复，或把旁边的文件移走后重新开始。",
            f"{paths.log} is gone or empty beside the keys of this hall. Restore a backup, or move the files beside it "
            "away to begin anew.",
        )
    with contextlib.ExitStack() as stack:
        store = open_log(url)
        stack.callback(store.close)
        begun = store.head().position > 0
        if begun and not paths.keys.exists():
            raise Fault(
                BROKEN,
                f"{paths.keys} 不见了：没有它，日志里的个人信息都打不开。请从备份恢复。",
                f"{paths.keys} is gone; without it no personal value in the log can be opened. Restore a backup.",
            )
        _refuse_broken(store)
        keys = Keys(paths.keys)
        stack.callback(keys.close)
        keys.follow(store)
        try:
            secret = load_secret(paths.secret, begun=begun)
        except ValueError as error:
            raise Fault(BROKEN, str(error), "") from None
        yield StateFiles(paths, store, keys, Subjects(secret))
