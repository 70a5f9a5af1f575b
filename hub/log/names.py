"""The names under which events are stored: a table, so that a class may be renamed and the log not."""

from __future__ import annotations

from collections.abc import Mapping

from hub.domain.cases import credit, leave, numbers, online_events, review_events, tolerance_events
from hub.domain.cases import events as cases
from hub.domain.catalogue import events as catalogue
from hub.domain.clock import events as clock
from hub.domain.consultations import events as consultations
from hub.domain.devices import events as devices
from hub.domain.hall import events as hall
from hub.domain.online import events as online
from hub.domain.queue import events as queue
from hub.domain.ratings import events as ratings
from hub.domain.slots import events as slots
from hub.log.codec import Codec, Sealer, Upcast
from hub.log.keys import Keys

UNIONS = (
    queue.QueueEvent,
    hall.HallEvent,
    devices.DeviceEvent,
    clock.ClockEvent,
    ratings.RatingsEvent,
    cases.CaseEvent,
    numbers.NumbersEvent,
    credit.CreditEvent,
    leave.LeaveEvent,
    catalogue.CatalogueEvent,
    slots.SlotsEvent,
    online.OnlineEvent,
    consultations.ConsultationEvent,
)

EVENTS: Mapping[str, type] = {
    "day-opened": queue.DayOpened,
    "plan-adopted": queue.PlanAdopted,
    "day-closed": queue.DayClosed,
    "ticket-issued": queue.TicketIssued,
    "hand-ticket-entered": queue.HandTicketEntered,
    "ticket-flagged": queue.TicketFlagged,
    "absence-confirmed": queue.AbsenceConfirmed,
    "ticket-printed": queue.TicketPrinted,
    "print-failed": queue.PrintFailed,
    "print-unknown": queue.PrintUnknown,
    "reprint-ordered": queue.ReprintOrdered,
    "ticket-called": queue.TicketCalled,
    "ticket-recalled": queue.TicketRecalled,
    "service-started": queue.ServiceStarted,
    "service-finished": queue.ServiceFinished,
    "leg-finished": queue.LegFinished,
    "ticket-missed": queue.TicketMissed,
    "ticket-reinstated": queue.TicketReinstated,
    "ticket-transferred": queue.TicketTransferred,
    "ticket-returned": queue.TicketReturned,
    "ticket-parked": queue.TicketParked,
    "ticket-abandoned": queue.TicketAbandoned,
    "ticket-voided": queue.TicketVoided,
    "ticket-expired": queue.TicketExpired,
    "window-opened": queue.WindowOpened,
    "window-paused": queue.WindowPaused,
    "window-closed": queue.WindowClosed,
    "window-reskilled": queue.WindowReskilled,
    "skills-restored": queue.SkillsRestored,
    "hall-frozen": queue.HallFrozen,
    "hall-released": queue.HallReleased,
    "clerk-signed-in": queue.ClerkSignedIn,
    "clerk-signed-out": queue.ClerkSignedOut,
    "visit-rated": queue.VisitRated,
    "profile-published": hall.ProfilePublished,
    "calendar-published": hall.CalendarPublished,
    "catalogue-published": catalogue.CataloguePublished,
    "paper-changed": devices.PaperChanged,
    "outbox-lost": devices.OutboxLost,
    "pages-scanned": devices.PagesScanned,
    "rectification-opened": ratings.RectificationOpened,
    "due-recounted": ratings.DueRecounted,
    "rating-verified": ratings.RatingVerified,
    "fix-recorded": ratings.FixRecorded,
    "explanation-recorded": ratings.ExplanationRecorded,
    "rating-voided": ratings.RatingVoided,
    "citizen-called-back": ratings.CitizenCalledBack,
    "rectification-closed": ratings.RectificationClosed,
    "clock-stepped": clock.ClockStepped,
    "clock-confirmed": clock.ClockConfirmed,
    "case-opened": cases.CaseOpened,
    "external-case-registered": cases.ExternalCaseRegistered,
    "milestone-imported": cases.MilestoneImported,
    "applicant-changed": cases.ApplicantChanged,
    "case-received": cases.CaseReceived,
    "materials-supplied": cases.MaterialsSupplied,
    "material-removed": cases.MaterialRemoved,
    "material-excused": cases.MaterialExcused,
    "original-checked": cases.OriginalChecked,
    "case-accepted": cases.CaseAccepted,
    "case-deemed-accepted": cases.CaseDeemedAccepted,
    "intake-expired": cases.IntakeExpired,
    "acceptance-refused": cases.AcceptanceRefused,
    "correction-told": cases.CorrectionTold,
    "case-supplemented": cases.CaseSupplemented,
    "case-resubmitted": cases.CaseResubmitted,
    "tolerance-granted": tolerance_events.ToleranceGranted,
    "owed-chased": tolerance_events.OwedChased,
    "owed-settled": tolerance_events.OwedSettled,
    "tolerance-expired": tolerance_events.ToleranceExpired,
    "promise-taken": tolerance_events.PromiseTaken,
    "promise-checked": tolerance_events.PromiseChecked,
    "special-started": cases.SpecialStarted,
    "special-ended": cases.SpecialEnded,
    "limit-extended": cases.LimitExtended,
    "deadlines-recomputed": cases.DeadlinesRecomputed,
    "case-decided": cases.CaseDecided,
    "result-delivered": cases.ResultDelivered,
    "case-archived": cases.CaseArchived,
    "case-withdrawn": cases.CaseWithdrawn,
    "case-terminated": cases.CaseTerminated,
    "case-revoked": cases.CaseRevoked,
    "deadline-missed": cases.DeadlineMissed,
    "filing-taken": online_events.FilingTaken,
    "filing-left": online_events.FilingLeft,
    "decision-objected": online_events.DecisionObjected,
    "steps-opened": review_events.StepsOpened,
    "step-claimed": review_events.StepClaimed,
    "step-released": review_events.StepReleased,
    "step-assigned": review_events.StepAssigned,
    "opinion-given": review_events.OpinionGiven,
    "step-escalated": review_events.StepEscalated,
    "step-timed-out": review_events.StepTimedOut,
    "block-reserved": numbers.BlockReserved,
    "number-taken": numbers.NumberTaken,
    "credit-marked": credit.CreditMarked,
    "credit-repaired": credit.CreditRepaired,
    "inbox-handed-over": leave.InboxHandedOver,
    "inbox-taken-back": leave.InboxTakenBack,
    "slots-planned": slots.SlotsPlanned,
    "slots-leased": slots.SlotsLeased,
    "lease-extended": slots.LeaseExtended,
    "lease-returned": slots.LeaseReturned,
    "unit-sold": slots.UnitSold,
    "slot-booked": slots.SlotBooked,
    "booking-cancelled": slots.BookingCancelled,
    "booking-moved-away": slots.BookingMovedAway,
    "booking-arrived": slots.BookingArrived,
    "booking-checked-in": slots.BookingCheckedIn,
    "no-show-recorded": slots.NoShowRecorded,
    "consultation-asked": consultations.ConsultationAsked,
    "question-added": consultations.QuestionAdded,
    "answer-given": consultations.AnswerGiven,
    "answer-marked": consultations.AnswerMarked,
    "consultation-handed-over": consultations.ConsultationHandedOver,
    "consultation-closed": consultations.ConsultationClosed,
    "consultation-overdue": consultations.ConsultationOverdue,
    "message-answered": online.MessageAnswered,
    "inbox-rewound": online.InboxRewound,
}

UPCASTS: Mapping[tuple[str, int], Upcast] = {}
"""A class that changes gets the next schema number above (``"ticket-issued/2"``) and its lift here."""


def hub_codec(keys: Sealer) -> Codec:
    """The codec of all events of the hub."""
    return Codec(EVENTS, UPCASTS, keys)


def reading_codec() -> Codec:
    """As ``hub_codec``, for who reads beside a hub: without keys, so that what is sealed stays so."""
    return hub_codec(Keys(None))
