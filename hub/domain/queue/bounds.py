"""What the order policy promises, as numbers; the tests take each promise as their theorem.

All of it is of calls by ``next_choice``; ``named`` calls are a person's decision and count in none of it. *Since* is
the time in a ticket's key as it stands: its issue, its slot, or the place where it was reinstated, which is never
before its own. A, waiting, *may be served* at window w when one of w's lines holds it.

1. **Overtaking.** When w calls B while A waits and may be served there, and the rule is not ``share``, then B counts
   since at most ``overtake_minutes`` later than A; at most ``overtake_due_minutes`` later when A is due. Proof: B's
   counted wait is not less than A's, so since(B) - since(A) <= credit(B) - credit(A) + bonus(B) - bonus(A); a due A
   loses only to a due B, and no bonus counts among them.
2. **Waiting.** Once A is due, nobody who comes later gets before it but by ``share``, for a newcomer's credit and grace
   are at most ``long_wait_minutes`` (the check holds them so). With d calls left for those before A at w (each takes
   one, and one more for every return as reinstated or transferred), w calls A at the latest with its
   ``calls_until(d)``-th call from now: between two calls by ``share`` lie at least ``rush_share - 1`` others. Hand
   tickets, which bring an earlier time with them, count among those before A.
3. **Priority in a rush.** While somebody is due at w, one with priority who waits there, p of them before it by counted
   wait, is called at the latest with w's ``rush_share * (p + 1)``-th call: past more than ``rush_share - 1`` calls in a
   row priority is not passed over.
4. **No one alone.** Other windows only shorten all this: they take away those who stand before A.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.hall.plan import QueuePolicy


@dataclass(frozen=True, slots=True)
class Bounds:
    """``due_after`` None: nobody is ever due. ``share`` 0: priority means only its credit."""

    overtake_minutes: int
    overtake_due_minutes: int
    due_after: int | None
    share: int

    def calls_until(self, before: int) -> int:
        """A window's calls until it calls a due ticket that has ``before`` calls of due ones before it."""
        if self.share < 2:
            return before + 1
        return before + before // (self.share - 1) + 2

    def calls_of_priority(self, before: int) -> int | None:
        """A window's calls in a rush until it calls one with priority, ``before`` of whom stand in front."""
        return self.share * (before + 1) if self.share else None


def bounds_of(policy: QueuePolicy) -> Bounds:
    """The promises of a policy."""
    credits = [each.credit_minutes for each in policy.classes]
    most = max([*credits, policy.appointment.credit_minutes, 0])
    bonus = max(policy.home_credit_minutes, policy.whole_credit_minutes)
    return Bounds(most + bonus, most, policy.long_wait_minutes, policy.rush_share)
