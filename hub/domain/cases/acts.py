"""Which act of the table each event is."""

from __future__ import annotations

from collections.abc import Mapping

from hub.domain.cases import events as e
from hub.domain.cases import machine as m
from hub.domain.cases import online_events as o
from hub.domain.cases import review_events as r
from hub.domain.cases import tolerance_events as t

_ACTS: Mapping[type, str] = {
    e.CaseOpened: m.OPEN,
    e.ExternalCaseRegistered: m.REGISTER,
    e.ApplicantChanged: m.CHANGE,
    e.CaseReceived: m.RECEIVE,
    e.MaterialsSupplied: m.SUPPLY,
    e.MaterialRemoved: m.REMOVE,
    e.MaterialExcused: m.EXCUSE,
    e.OriginalChecked: m.CHECK_ORIGINAL,
    e.CaseAccepted: m.ACCEPT,
    e.CaseDeemedAccepted: m.DEEM,
    e.IntakeExpired: m.EXPIRE,
    e.AcceptanceRefused: m.REFUSE,
    e.CorrectionTold: m.CORRECT,
    e.CaseSupplemented: m.SUPPLEMENT,
    e.CaseResubmitted: m.RESUBMIT,
    t.OwedChased: m.CHASE,
    t.PromiseChecked: m.CHECK_PROMISE,
    e.SpecialStarted: m.START_SPECIAL,
    e.SpecialEnded: m.END_SPECIAL,
    e.LimitExtended: m.EXTEND,
    r.StepsOpened: m.START_REVIEW,
    r.StepClaimed: m.CLAIM,
    r.StepReleased: m.RELEASE,
    r.StepAssigned: m.ASSIGN,
    r.OpinionGiven: m.OPINE,
    r.StepEscalated: m.ESCALATE_STEP,
    r.StepTimedOut: m.TIME_OUT,
    e.CaseDecided: m.DECIDE,
    e.ResultDelivered: m.DELIVER,
    e.CaseArchived: m.ARCHIVE,
    e.CaseWithdrawn: m.WITHDRAW,
    e.CaseTerminated: m.TERMINATE,
    e.CaseRevoked: m.REVOKE,
    e.DeadlineMissed: m.EXPIRE,
    o.FilingTaken: m.TAKE_FILING,
    o.FilingLeft: m.LEAVE_FILING,
    o.DecisionObjected: m.OBJECT,
}


def act_of(event: e.CaseEvent) -> str:
    """Which act of the table the event is; empty for those that are no act of their own."""
    return _ACTS.get(type(event), "")


def state_after(state: str, event: e.CaseEvent) -> str:
    """Where the event leads from ``state``, by the tables; what moves nothing there leaves it."""
    match event:
        case e.MilestoneImported():
            return event.kind if event.kind in m.IMPORTED.get(state, ()) else state
        case t.ToleranceExpired():
            return m.after(state, m.RETURN if event.outcome == m.RETURNED else m.TERMINATE)
        case _:
            return m.after(state, act_of(event))
