"""Dates as official documents write them (GB/T 9704: Arabic digits, no leading zeros): 2026年3月2日."""

from __future__ import annotations

from datetime import date


def chinese(day: str) -> str:
    """From ``YYYY-MM-DD``."""
    at = date.fromisoformat(day)
    return f"{at.year}年{at.month}月{at.day}日"
