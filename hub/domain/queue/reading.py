"""What pages ask of a day, read without changing it; none of it looks at every ticket."""

from __future__ import annotations

from hub.domain.queue.state import MISSED, QueueDay, Ticket

_MINUTE = 60_000


def longest_wait(day: QueueDay, at: int, lines: tuple[str, ...] | None = None) -> int:
    """In ms, since its holder last began to wait, of those in ``lines`` (None: the hall); 0 when nobody waits."""
    longest = 0
    for name in day.lines if lines is None else lines:
        for lane in day.lines[name].lanes.values():
            for index in range(len(lane)):
                # Who waits further on has not waited longer, but for appointments that came early.
                if at - lane.nth_key(index)[0] <= longest:
                    break
                longest = max(longest, at - day.tickets[lane.nth(index)].waiting_since)
    return longest


def may_return(day: QueueDay, ticket: Ticket, at: int) -> bool:
    """Whether a missed ticket may still be reinstated, by the policy that ``hub.domain.queue.issuing`` decides by."""
    if day.plan is None or day.closed or ticket.state != MISSED:
        return False
    rules = day.plan.policy.missed
    missed_at = at if ticket.missed_at is None else ticket.missed_at
    in_time = rules.within_minutes is None or at - missed_at <= rules.within_minutes * _MINUTE
    return in_time and ticket.reinstated < rules.times
