"""How many more can be served before closing, as things stand."""

from __future__ import annotations

from hub.domain.queue.state import OPEN, Pool, QueueDay


def capacity(day: QueueDay, line: str, at: int) -> int | None:
    """How many newcomers of this line's windows can be served before closing, after those who wait; 0 is the least.

    None when nobody can say: no closing time, or none of those windows is open. Windows that share lines count
    together: the time their open ones have left, less what those at them and those who wait will take at today's pace.
    """
    pool = day.pools.get(line)
    return None if pool is None else capacity_of(day, pool, at)


def capacity_of(day: QueueDay, pool: Pool, at: int) -> int | None:
    """As ``capacity``, of a pool."""
    closes = None if day.plan is None else day.plan.closes
    if closes is None:
        return None
    left = max(0, closes - at)
    opened = 0
    busy = 0.0
    for number in pool.windows:
        window = day.windows[number]
        if window.state != OPEN:
            continue
        opened += 1
        if window.active is not None:
            ticket = day.tickets[window.active]
            mean = day.pace[ticket.category].mean_ms
            spent = 0 if ticket.called_at is None else max(0, at - ticket.called_at)
            busy += min(float(left), max(mean - spent, mean / 4))
    if not opened:
        return None
    work, paces = 0.0, 0.0
    counted = 0
    for name in pool.lines:
        line = day.lines[name]
        letters = line.letters or (day.windows[name[1:]].home,)
        mean = sum(day.pace[letter].mean_ms for letter in letters if letter in day.pace)
        work += len(line) * mean
        if line.window is None and len(line.letters) == 1:
            weight = 1 + day.issued.get(line.letters[0], 0)
            paces += weight * mean
            counted += weight
    each = paces / counted if counted else 600_000.0
    return max(0, int((opened * left - busy - work) / each))


def pools(day: QueueDay) -> list[Pool]:
    """Each pool once, in the order of its first window."""
    return sorted({id(pool): pool for pool in day.pools.values()}.values(), key=lambda pool: pool.windows)
