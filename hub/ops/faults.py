"""How a command ends when it cannot go on: one sentence for whoever must act, and an exit code of its own."""

from __future__ import annotations

import errno
import sqlite3
from typing import cast

from hub.core.draft import DraftUnreadable
from hub.domain.refusals import Refused, sentence
from hub.log.codec import UnknownEvent, UnreadableEvent
from hub.log.entry import LogBroken, NoRoom
from hub.log.lock import InUse
from hub.log.open import BadUrl
from hub.settings import SettingsInvalid

DONE = 0
REFUSED = 1
"""Not carried out, or what was checked is wrong."""
USAGE = 2
BROKEN = 65
MISSING = 66
TAKEN = 69
FATAL = 70
"""A running hub could not go on; the next start reads the log."""
NO_ROOM = 74
BUSY = 75
DENIED = 77
CONFIG = 78


class Fault(Exception):
    """``str`` is a sentence in Chinese and English; ``exit`` is the process's exit code."""

    def __init__(self, exit: int, zh: str, en: str) -> None:
        super().__init__(f"{zh} {en}")
        self.exit = exit


def explain(error: BaseException) -> Fault | None:
    """The fault behind an exception that people can act on; None for one that is a mistake in the program."""
    told = _told(error)
    if told is not None or not isinstance(error, BaseExceptionGroup):
        return told
    several = cast("BaseExceptionGroup[BaseException]", error).exceptions
    return next((found for each in several if (found := explain(each)) is not None), None)


def _told(error: BaseException) -> Fault | None:
    match error:
        case Fault():
            return error
        case SettingsInvalid() | BadUrl():
            return Fault(CONFIG, "设置有误：", f"The settings cannot be used:\n{error}")
        case InUse():
            return Fault(BUSY, str(error), "")
        case NoRoom():
            return Fault(
                NO_ROOM, f"磁盘已满，没有写入（{error}）。", "The disk is full; free some space, then try again."
            )
        case LogBroken():
            return Fault(
                BROKEN,
                f"日志不可用，请从备份恢复（{error}）。",
                "The log cannot be used: keep its files as they are and restore a backup (docs/operations.md).",
            )
        case UnknownEvent() | UnreadableEvent():
            return Fault(
                BROKEN,
                f"日志里有一条记录读不懂（{error}）。请运行 hallhub log verify：日志完好则程序太旧，否则从备份恢复。",
                "An entry of the log cannot be read. Run hallhub log verify: when the log is whole this program is too "
                "old, else restore a backup (docs/operations.md).",
            )
        case DraftUnreadable():
            return Fault(REFUSED, str(error), "")
        case Refused():
            words = sentence(error.code, error.facts)
            return Fault(REFUSED, words.zh, f"{words.en} [{error.code}]")
        case FileNotFoundError():
            if error.filename is None:
                # raised here with its own words, in both languages
                return Fault(MISSING, str(error), "")
            return Fault(MISSING, f"没有 {error.filename}。", f"There is no {error.filename}.")
        case PermissionError():
            name = error.filename or error
            return Fault(DENIED, f"没有权限使用 {name}。", f"No permission to use {name}: run as the hub's own user.")
        case OSError() if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return Fault(NO_ROOM, "磁盘已满。", "The disk is full; free some space, then try again.")
        case OSError() | sqlite3.Error():
            return Fault(NO_ROOM, f"系统错误：{error}。", "The operating system refused it.")
        case _:
            return None
