"""Times as people read them: 24 hours, the hall's own time zone, dates as 2026-11-23."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


def clock(at: int, timezone: str) -> str:
    """``HH:MM``."""
    return _local(at, timezone).strftime("%H:%M")


def clock_seconds(at: int, timezone: str) -> str:
    """``HH:MM:SS``."""
    return _local(at, timezone).strftime("%H:%M:%S")


def date(at: int, timezone: str) -> str:
    """``2026-11-23``."""
    return _local(at, timezone).strftime("%Y-%m-%d")


def moment(at: int, timezone: str) -> str:
    """``2026-11-23 09:05``."""
    return _local(at, timezone).strftime("%Y-%m-%d %H:%M")


def _local(at: int, timezone: str) -> datetime:
    return datetime.fromtimestamp(at / 1000, ZoneInfo(timezone))
