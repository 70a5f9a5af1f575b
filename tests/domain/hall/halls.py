"""Halls the tests stand in."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from hub.core.profile_file import default_profile, load

DEFAULT = default_profile()
WARSAW = load((Path(__file__).parents[2] / "core" / "warsaw.toml").read_text(encoding="utf-8"))


def ms(text: str, zone: str = "UTC") -> int:
    """Milliseconds since 1970 of a local time such as ``2026-03-02 09:00``."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1000
