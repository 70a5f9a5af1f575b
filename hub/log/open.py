"""Which log a URL names, and where the other state of a hub lies beside it."""

from __future__ import annotations

from pathlib import Path

from hub.log.memory import MemoryLog
from hub.log.port import Log, LogReader
from hub.log.sqlite import SqliteLog
from hub.log.sqlite_reader import SqliteLogReader


class BadUrl(ValueError):
    """The URL names no log that this version can open; the message is for the person who wrote it."""


def log_path(url: str) -> Path:
    """The file of ``sqlite:///PATH``: relative to the working directory, or absolute (``sqlite:////var/lib/…``).

    Raises ``BadUrl``.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "sqlite":
        path = rest.removeprefix("///")
        if path == rest or not path:
            raise BadUrl(f"日志地址 {url} 应写作 sqlite:///路径。Write the log's URL as sqlite:///PATH, not {url}.")
        return Path(path)
    if scheme in ("postgresql", "postgres"):
        raise BadUrl(
            "本版本还不支持 postgresql 日志，请用 sqlite:///路径。"
            "PostgreSQL is not supported in this version. Use sqlite:///PATH."
        )
    raise BadUrl(f"不认识的日志地址 {url}，请用 sqlite:///路径。Unknown log URL {url}. Use sqlite:///PATH.")


def beside(log: Path, kind: str) -> Path:
    """A file of the same hub: ``beside(DIR/hall.db, "keys.db")`` is ``DIR/hall.keys.db``."""
    return log.with_name(f"{log.stem}.{kind}")


def open_log(url: str) -> Log:
    """The one writer's log; ``memory:`` gives one that ends with the process.

    Raises ``BadUrl``, ``InUse`` when a hub has it open, ``LogBroken`` or ``NoRoom``.
    """
    if url == "memory:":
        return MemoryLog()
    path = log_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    return SqliteLog(path)


def open_reader(url: str) -> LogReader:
    """Reading beside a running hub. Raises ``BadUrl``, ``FileNotFoundError`` or ``LogBroken``."""
    return SqliteLogReader(log_path(url))
