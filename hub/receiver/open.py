"""The store that a URL names."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from hub.log.open import BadUrl
from hub.receiver.sql import SqlStore
from hub.receiver.sqlite import SqliteDatabase
from hub.receiver.store import Store


def sqlite_path(url: str) -> Path | None:
    """Of ``sqlite:///PATH`` (relative) or ``sqlite:////PATH``; None for another kind of URL. Raises ``BadUrl``."""
    if not url.startswith("sqlite:"):
        return None
    if not url.startswith("sqlite:///") or url == "sqlite:///":
        raise BadUrl(f"{url}: 应写作 sqlite:///路径 / use sqlite:///PATH")
    return Path(url.removeprefix("sqlite:///"))


def open_store(url: str) -> Store:
    """``postgresql://…``, ``sqlite:///PATH`` or ``memory:``. Raises ``BadUrl`` and what opening raises."""
    path = sqlite_path(url)
    if path is not None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return SqlStore(SqliteDatabase(path))
    if url in ("memory:", "memory://"):
        return SqlStore(SqliteDatabase(None))
    if urlsplit(url).scheme in ("postgresql", "postgres"):
        # the driver loads libpq: only who uses it pays for that
        from hub.receiver.postgresql import PostgresDatabase

        return SqlStore(PostgresDatabase(url))
    raise BadUrl(f"{url}: postgresql://…、sqlite:///路径 或 memory: / use postgresql://…, sqlite:///PATH or memory:")
