"""What happened to a case: the entries of stream ``case/<id>``. Times: ms since 1970, UTC; days: business days.

Who did it is the entry's actor; ``by`` stands where the fact itself names a person. What the clock brings about is
dated by the clock (``at``), however late it was written. ``clocks`` are those that begin with the event.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.cases.online_events import OnlineCaseEvent
from hub.domain.cases.records import ClockStart, Defect, Due, Supply
from hub.domain.cases.review_events import ReviewEvent
from hub.domain.cases.tolerance_events import ToleranceEvent
from hub.domain.catalogue.item import Item
from hub.domain.personal import Personal


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """Pinned to the item as the catalogue had it then. ``person``: keyed hash of ``identity``; ``form`` as in
    ``OpenCase``."""

    case: str
    item: Item
    catalogue: int
    category: str
    channel: str
    applicant: str
    person: str
    name: Personal
    identity: Personal
    phone: Personal | None
    contact_name: Personal | None
    contact_identity: Personal | None
    contact_phone: Personal | None
    ticket: str | None
    ticket_number: str | None
    ticket_day: str | None
    window: str | None
    clerk: str | None
    by: str
    at: int
    form: Personal | None = None


@dataclass(frozen=True, slots=True)
class ExternalCaseRegistered:
    """``system`` is its system of record, ``external`` its number there. No clock of ours runs."""

    case: str
    number: str
    item: Item
    catalogue: int
    category: str
    system: str
    external: str
    person: str
    name: Personal
    identity: Personal
    phone: Personal | None
    ticket: str | None
    ticket_number: str | None
    ticket_day: str | None
    window: str | None
    clerk: str | None
    day: str
    at: int


@dataclass(frozen=True, slots=True)
class MilestoneImported:
    case: str
    id: str
    kind: str
    happened_at: int
    said: str
    granted: bool | None
    result: str
    at: int


@dataclass(frozen=True, slots=True)
class ApplicantChanged:
    case: str
    applicant: str
    person: str
    name: Personal
    identity: Personal
    phone: Personal | None
    contact_name: Personal | None
    contact_identity: Personal | None
    contact_phone: Personal | None
    at: int


@dataclass(frozen=True, slots=True)
class CaseReceived:
    """``received_at`` and its business day ``day``, which is day 0 of the intake clock."""

    case: str
    number: str
    received_at: int
    day: str
    clocks: tuple[ClockStart, ...]
    at: int


@dataclass(frozen=True, slots=True)
class MaterialsSupplied:
    case: str
    materials: tuple[Supply, ...]
    at: int


@dataclass(frozen=True, slots=True)
class MaterialRemoved:
    case: str
    material: str
    at: int


@dataclass(frozen=True, slots=True)
class MaterialExcused:
    case: str
    material: str
    why: str
    at: int


@dataclass(frozen=True, slots=True)
class OriginalChecked:
    case: str
    material: str
    by: str
    at: int


@dataclass(frozen=True, slots=True)
class CaseAccepted:
    """``frozen``: code and sha256 of what it is decided on. ``clocks``: legal and promised, where there are limits."""

    case: str
    by: str
    day: str
    frozen: tuple[tuple[str, str], ...]
    clocks: tuple[ClockStart, ...]
    at: int


@dataclass(frozen=True, slots=True)
class CaseDeemedAccepted:
    """§32: nobody told the applicant in time. ``at``: when the intake limit ended; clocks run from receipt."""

    case: str
    day: str
    frozen: tuple[tuple[str, str], ...]
    clocks: tuple[ClockStart, ...]
    at: int


@dataclass(frozen=True, slots=True)
class IntakeExpired:
    """The intake limit ended and the item knows no deemed acceptance: the supervisor has to act."""

    case: str
    due: str
    at: int


@dataclass(frozen=True, slots=True)
class AcceptanceRefused:
    case: str
    reason: str
    basis: str
    at: int


@dataclass(frozen=True, slots=True)
class CorrectionTold:
    """``in_review``: after acceptance, when legal and promised clocks run on."""

    case: str
    defects: tuple[Defect, ...]
    in_review: bool
    day: str
    clocks: tuple[ClockStart, ...]
    at: int


@dataclass(frozen=True, slots=True)
class CaseSupplemented:
    """Received again: a new intake clock from ``received_at`` on its business day ``day``."""

    case: str
    received_at: int
    day: str
    clocks: tuple[ClockStart, ...]
    at: int


@dataclass(frozen=True, slots=True)
class CaseResubmitted:
    """Back in review; ``clocks`` of the ``steps`` that had sent it back and are open again."""

    case: str
    steps: tuple[str, ...]
    clocks: tuple[ClockStart, ...]
    at: int


@dataclass(frozen=True, slots=True)
class SpecialStarted:
    """``excluded`` by §45: the clocks in ``stopped`` stop at the end of ``day``; one that has run out does not.

    ``days``: working days it takes, as the applicant is told; 0: not said.
    """

    case: str
    step: str
    excluded: bool
    stopped: tuple[str, ...]
    notice: str
    day: str
    at: int
    days: int = 0


@dataclass(frozen=True, slots=True)
class SpecialEnded:
    """``dues``: of the clocks that go on after ``day``."""

    case: str
    step: str
    finding: str
    day: str
    dues: tuple[Due, ...]
    at: int


@dataclass(frozen=True, slots=True)
class LimitExtended:
    """``days`` more on the legal clock; ``dues`` empty while it is stopped."""

    case: str
    days: int
    approver: str
    approver_role: str
    reason: str
    notice: str
    basis: str
    dues: tuple[Due, ...]
    at: int


@dataclass(frozen=True, slots=True)
class DeadlinesRecomputed:
    """With a calendar published since: only the clocks whose due date changed."""

    case: str
    dues: tuple[Due, ...]
    at: int


@dataclass(frozen=True, slots=True)
class CaseDecided:
    case: str
    granted: bool
    reasons: str
    basis: str
    despite: str
    result: str
    valid_until: str | None
    by: str
    day: str
    clocks: tuple[ClockStart, ...]
    at: int


@dataclass(frozen=True, slots=True)
class ResultDelivered:
    case: str
    how: str
    to: Personal | None
    window: str | None
    by: str
    at: int


@dataclass(frozen=True, slots=True)
class CaseArchived:
    case: str
    place: str
    at: int


@dataclass(frozen=True, slots=True)
class CaseWithdrawn:
    case: str
    reason: str
    at: int


@dataclass(frozen=True, slots=True)
class CaseTerminated:
    case: str
    reason: str
    basis: str
    at: int


@dataclass(frozen=True, slots=True)
class CaseRevoked:
    case: str
    reason: str
    basis: str
    at: int


@dataclass(frozen=True, slots=True)
class DeadlineMissed:
    """``due`` of ``clock`` passed; ``at`` is that moment."""

    case: str
    clock: str
    due: str
    at: int


CaseEvent = (
    CaseOpened
    | ExternalCaseRegistered
    | MilestoneImported
    | ApplicantChanged
    | CaseReceived
    | MaterialsSupplied
    | MaterialRemoved
    | MaterialExcused
    | OriginalChecked
    | CaseAccepted
    | CaseDeemedAccepted
    | IntakeExpired
    | AcceptanceRefused
    | CorrectionTold
    | CaseSupplemented
    | CaseResubmitted
    | SpecialStarted
    | SpecialEnded
    | LimitExtended
    | DeadlinesRecomputed
    | CaseDecided
    | ResultDelivered
    | CaseArchived
    | CaseWithdrawn
    | CaseTerminated
    | CaseRevoked
    | DeadlineMissed
    | ReviewEvent
    | ToleranceEvent
    | OnlineCaseEvent
)
