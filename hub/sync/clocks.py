"""What to tell people when the hall's clock and the online hall's are apart. Nothing on the line waits for it."""

from __future__ import annotations

from datetime import UTC, datetime

LIMIT_MS = 120_000


def clock_said(off_ms: int, at: int) -> tuple[str, str] | None:
    """In Chinese and English; None within ``LIMIT_MS``.

    ``off_ms``: the online hall's clock less this one, as ``Verified.clock_off_ms`` of its answers; ``at``: this clock,
    in ms.
    """
    if abs(off_ms) <= LIMIT_MS:
        return None
    here, there = (datetime.fromtimestamp(ms / 1000, UTC).astimezone() for ms in (at, at + off_ms))
    apart_zh, apart_en = _apart(abs(off_ms))
    behind = off_ms > 0
    return (
        f"本机时钟比网上大厅{'慢' if behind else '快'} {apart_zh}"
        f"（本机 {here:%m-%d %H:%M}，网上大厅 {there:%m-%d %H:%M}）。"
        "收发照常；请核对两边的时间，本大厅的期限按本机时间计算。",
        f"This clock is {apart_en} {'behind' if behind else 'ahead of'} the online hall's (here {here:%m-%d %H:%M}, "
        f"there {there:%m-%d %H:%M}). The line works all the same; check both, since due times here follow this one.",
    )


def _apart(ms: int) -> tuple[str, str]:
    minutes = ms // 60_000
    for size, zh, en in ((24 * 60, "天", "days"), (60, "小时", "hours")):
        if minutes >= 2 * size:
            return f"{minutes // size} {zh}", f"{minutes // size} {en}"
    return f"{minutes} 分钟", f"{minutes} minutes"
