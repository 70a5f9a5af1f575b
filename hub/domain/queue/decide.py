"""Every command of the day's queue and the rule that decides it."""

from __future__ import annotations

from typing import assert_never

from hub.domain.queue import commands as c
from hub.domain.queue.decided import QueueDecided
from hub.domain.queue.hand_tickets import enter_hand_ticket
from hub.domain.queue.hours import adopt_plan, close_day, freeze_hall, open_day, release_hall
from hub.domain.queue.issuing import reinstate_ticket, take_ticket
from hub.domain.queue.serving import (
    call_next,
    call_ticket,
    finish_service,
    miss_ticket,
    park_ticket,
    recall_ticket,
    start_service,
    transfer_ticket,
)
from hub.domain.queue.state import QueueDay
from hub.domain.queue.tickets import (
    abandon_ticket,
    confirm_absence,
    flag_ticket,
    rate_visit,
    record_print,
    reprint_ticket,
    void_ticket,
)
from hub.domain.queue.windows import (
    close_window,
    open_window,
    pause_window,
    reskill_window,
    restore_skills,
    sign_in_clerk,
    sign_out_clerk,
)
from hub.domain.refusals import Refused


def decide(day: QueueDay, command: c.QueueCommand) -> QueueDecided:
    """The events that ``command`` makes of ``day``, and its reply. Changes nothing.

    Raises ``Refused``: day-not-open before ``OpenDay``, day-closed afterwards (what was printed, how a visit is rated
    and what hand tickets tell of the day is still taken), and what the command's own rule says.
    """
    if day.plan is None and not isinstance(command, c.OpenDay):
        raise Refused("day-not-open")
    if day.closed and not isinstance(command, (c.RecordPrint, c.RateVisit, c.CloseDay, c.EnterHandTicket)):
        raise Refused("day-closed")
    match command:
        case c.TakeTicket():
            return take_ticket(day, command)
        case c.CallNext():
            return call_next(day, command)
        case c.FinishService():
            return finish_service(day, command)
        case c.StartService():
            return start_service(day, command)
        case c.RecordPrint():
            return record_print(day, command)
        case c.RateVisit():
            return rate_visit(day, command)
        case c.RecallTicket():
            return recall_ticket(day, command)
        case c.MissTicket():
            return miss_ticket(day, command)
        case c.ReinstateTicket():
            return reinstate_ticket(day, command)
        case c.CallTicket():
            return call_ticket(day, command)
        case c.ParkTicket():
            return park_ticket(day, command)
        case c.TransferTicket():
            return transfer_ticket(day, command)
        case c.AbandonTicket():
            return abandon_ticket(day, command)
        case c.VoidTicket():
            return void_ticket(day, command)
        case c.ReprintTicket():
            return reprint_ticket(day, command)
        case c.OpenWindow():
            return open_window(day, command)
        case c.PauseWindow():
            return pause_window(day, command)
        case c.CloseWindow():
            return close_window(day, command)
        case c.SignInClerk():
            return sign_in_clerk(day, command)
        case c.SignOutClerk():
            return sign_out_clerk(day, command)
        case c.EnterHandTicket():
            return enter_hand_ticket(day, command)
        case c.FlagTicket():
            return flag_ticket(day, command)
        case c.ConfirmAbsence():
            return confirm_absence(day, command)
        case c.ReskillWindow():
            return reskill_window(day, command)
        case c.RestoreSkills():
            return restore_skills(day, command)
        case c.FreezeHall():
            return freeze_hall(day, command)
        case c.ReleaseHall():
            return release_hall(day, command)
        case c.OpenDay():
            return open_day(day, command)
        case c.AdoptPlan():
            return adopt_plan(day, command)
        case c.CloseDay():
            return close_day(day, command)
        case _:
            assert_never(command)
