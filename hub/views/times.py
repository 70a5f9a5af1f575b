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


def lasted(ms: int) -> str:
    """A time that went by, as people say it: ``40 分钟``, ``5 小时 10 分钟``, ``9 天 3 小时``."""
    minutes = max(0, ms) // 60_000
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} 天 {hours} 小时"
    return f"{hours} 小时 {minutes} 分钟" if hours else f"{minutes} 分钟"


def size(count: int) -> str:
    """Bytes in the largest unit that leaves a figure before the point: ``1.2 GB``."""
    amount, units = float(count), ["B", "KB", "MB", "GB", "TB"]
    while amount >= 1000 and len(units) > 1:
        amount /= 1000
        units.pop(0)
    return f"{amount:.0f} {units[0]}" if amount >= 100 or units[0] == "B" else f"{amount:.1f} {units[0]}"


def _local(at: int, timezone: str) -> datetime:
    return datetime.fromtimestamp(at / 1000, ZoneInfo(timezone))
