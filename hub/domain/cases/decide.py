"""A command about a case, to the rule of one idea that knows it."""

from __future__ import annotations

from typing import assert_never

from hub.domain.cases import clock_commands as k
from hub.domain.cases import closing, filing, intake, limits, materials, online, review, tolerance
from hub.domain.cases import commands as c
from hub.domain.cases import events as e
from hub.domain.cases import online_commands as o
from hub.domain.cases import review_commands as rc
from hub.domain.cases.acts import state_after
from hub.domain.cases.guards import Happened
from hub.domain.cases.numbers import NumberTaken
from hub.domain.cases.replies import CaseReply
from hub.domain.cases.streams import Streams
from hub.domain.decided import Decided

CasesDecided = Decided[e.CaseEvent | NumberTaken, CaseReply]


def decide(streams: Streams, command: c.CaseCommand) -> CasesDecided:
    """``NumberTaken`` belongs to the numbers' stream, every other event to the case's. Raises ``Refused``.

    What the clock asks for and does not apply any more, and what stands already, is no event.
    """
    events = _happened(streams, command)
    number, state = streams.case.number, streams.case.state
    for event in events:
        if isinstance(event, NumberTaken):
            number = event.number
        else:
            state = state_after(state, event)
    return Decided(events, CaseReply(command.case, number, state, bool(events)))


def _happened(streams: Streams, command: c.CaseCommand) -> Happened:
    case = streams.case
    match command:
        case c.OpenCase():
            return online.caught_up(streams, command, filing.open_case(streams, command))
        case c.RegisterExternalCase():
            return filing.register(streams, command)
        case c.ImportMilestone():
            return filing.import_milestone(case, command)
        case c.ChangeApplicant():
            return filing.change_applicant(case, command)
        case c.ReceiveCase():
            return filing.receive(streams, command)
        case c.SupplyMaterials():
            return materials.supply(case, command)
        case c.RemoveMaterial():
            return materials.remove(case, command)
        case c.ExcuseMaterial():
            return materials.excuse(case, command)
        case c.CheckOriginal():
            return materials.check_original(case, command)
        case c.AcceptCase():
            return intake.accept(streams, command)
        case c.TellCorrection():
            return intake.tell_correction(streams, command)
        case c.SupplementCase():
            return online.caught_up(streams, command, intake.supplement(streams, command))
        case c.RefuseAcceptance():
            return intake.refuse_acceptance(case, command)
        case k.ExpireIntake():
            return intake.expire(streams, command)
        case c.StartSpecial():
            return limits.start_special(streams, command)
        case c.EndSpecial():
            return limits.end_special(streams, command)
        case c.ExtendLimit():
            return limits.extend(streams, command)
        case c.RecomputeDeadlines():
            return limits.recompute(streams, command)
        case k.MarkOverdue():
            return limits.mark_overdue(case, command)
        case rc.ClaimStep():
            return review.claim(streams, command)
        case rc.ReleaseStep():
            return review.release(case, command)
        case rc.AssignStep():
            return review.assign(case, command)
        case rc.GiveOpinion():
            return review.give_opinion(streams, command)
        case rc.EscalateStep():
            return review.escalate(case, command)
        case rc.TimeOutStep():
            return review.time_out(streams, command)
        case c.RecordCheck():
            return tolerance.record_check(case, command)
        case k.ChaseOwed():
            return tolerance.chase(case, command)
        case k.ExpireTolerance():
            return tolerance.expire(case, command)
        case c.DecideCase():
            return closing.decide_case(streams, command)
        case c.DeliverResult():
            return closing.deliver(case, command)
        case c.ArchiveCase():
            return closing.archive(case, command)
        case c.WithdrawCase():
            return closing.withdraw(case, command)
        case c.TerminateCase():
            return closing.terminate(case, command)
        case c.RevokeCase():
            return closing.revoke(case, command)
        case o.SupplyOnline():
            return online.supply(streams, command)
        case o.TakeFiling():
            return online.take(case, command)
        case o.LeaveFiling():
            return online.leave(case, command)
        case o.ObjectToDecision():
            return online.object_to(streams, command)
        case _:
            assert_never(command)
