"""A recorded day under a draft, beside the same day under what was in force."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hub.core.policy_file import PolicyDraft
from hub.domain.hall.plan import QueuePolicy
from hub.domain.queue.events import QueueEvent
from hub.domain.trial.drafts import under_policy, under_profile
from hub.domain.trial.recorded import script_of
from hub.domain.trial.rerun import rerun
from hub.views.trial.comparison import Comparison, compare
from hub.views.words import Words

Tell = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Trial:
    """``before``: the policy the day began under; ``after``: the draft's."""

    comparison: Comparison
    before: QueuePolicy
    after: QueuePolicy


def try_draft(events: Iterable[QueueEvent], draft: PolicyDraft, tell: Tell | None = None) -> Trial:
    """Changes nothing and publishes nothing. ``tell`` hears the share that is done, 0 to 1.

    Raises ``NoDay`` when the events are of no opened day.
    """
    script = script_of(events)
    before = rerun(script, tell=_half(tell, 0.0))
    plan = script.plan
    planned = under_policy(plan, draft.policy) if draft.profile is None else under_profile(plan, draft.profile)
    after = rerun(script, planned, tell=_half(tell, 0.5))
    version = script.plan.policy.version
    names = (Words(f"现行（第 {version} 版）", f"In force (version {version})"), Words("草案", "Draft"))
    found = compare(script, list(zip(names, (before, after), strict=True)))
    return Trial(found, plan.policy, planned.policy)


def _half(tell: Tell | None, begins: float) -> Tell | None:
    return None if tell is None else lambda share: tell(begins + share / 2)
