"""What may be asked of stream ``case/<id>``; ``case`` is 32 hex made by the hub.

Times are milliseconds since 1970 in UTC. ``by`` is who acts: an account's name, ``token/<id>``, ``kiosk/<device>`` or
``clock``. ``day`` is the business day now, for what needs the hall's calendar. ``department`` and ``role`` are those of
the account that acts; the edge says them, the rule compares them.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.cases.clock_commands import ClockWork
from hub.domain.cases.online_commands import OnlineCaseCommand
from hub.domain.cases.records import Defect, Pledge, Promise, Resolution, Supply
from hub.domain.cases.review_commands import ReviewCommand
from hub.domain.catalogue.item import Item
from hub.domain.personal import Personal


@dataclass(frozen=True, slots=True)
class OpenCase:
    """建件. The item is pinned whole, with its catalogue version and the overlay's category.

    ``identity``: an identity number, or the unified social credit code of an ``organisation``, checked at the edge;
    ``person`` is its keyed hash. The contact is the one who acts for the applicant. ``receive``: received at once, with
    these materials; otherwise a draft. ``received_at``: earlier than ``at`` for an online filing (cloud receipt).
    ``form``: what was filled in online, a JSON object of texts by label.
    """

    case: str
    day: str
    at: int
    by: str
    item: Item
    catalogue: int
    category: str
    channel: str
    applicant: str
    person: str
    name: Personal
    identity: Personal
    phone: Personal | None = None
    contact_name: Personal | None = None
    contact_identity: Personal | None = None
    contact_phone: Personal | None = None
    ticket: str | None = None
    ticket_number: str | None = None
    ticket_day: str | None = None
    window: str | None = None
    clerk: str | None = None
    materials: tuple[Supply, ...] = ()
    receive: bool = True
    received_at: int | None = None
    form: Personal | None = None


@dataclass(frozen=True, slots=True)
class RegisterExternalCase:
    """A case whose system of record is elsewhere: five fields (item, name, identity, phone, external number)."""

    case: str
    day: str
    at: int
    by: str
    item: Item
    catalogue: int
    category: str
    person: str
    name: Personal
    identity: Personal
    phone: Personal | None
    external: str
    ticket: str | None = None
    ticket_number: str | None = None
    ticket_day: str | None = None
    window: str | None = None
    clerk: str | None = None


@dataclass(frozen=True, slots=True)
class ImportMilestone:
    """What the other system says of its case. ``id``: its own name for this news, taken once.

    ``kind``: a state of ``machine.MILESTONES`` or ``note``. ``granted``: for ``decided``. ``said``: its words.
    """

    case: str
    at: int
    by: str
    id: str
    kind: str
    happened_at: int
    said: str = ""
    granted: bool | None = None
    result: str = ""


@dataclass(frozen=True, slots=True)
class ChangeApplicant:
    """Before acceptance; fields as in ``OpenCase``, all of them."""

    case: str
    at: int
    by: str
    applicant: str
    person: str
    name: Personal
    identity: Personal
    phone: Personal | None = None
    contact_name: Personal | None = None
    contact_identity: Personal | None = None
    contact_phone: Personal | None = None


@dataclass(frozen=True, slots=True)
class ReceiveCase:
    """收件: a draft becomes a case with a number, and its intake clock runs from ``received_at`` (None: ``at``)."""

    case: str
    day: str
    at: int
    by: str
    received_at: int | None = None


@dataclass(frozen=True, slots=True)
class SupplyMaterials:
    """After acceptance only what is owed, asked for, or named ``other``."""

    case: str
    at: int
    by: str
    materials: tuple[Supply, ...]


@dataclass(frozen=True, slots=True)
class RemoveMaterial:
    case: str
    at: int
    by: str
    material: str


@dataclass(frozen=True, slots=True)
class ExcuseMaterial:
    """不涉及: this applicant does not need it, and why."""

    case: str
    at: int
    by: str
    material: str
    why: str


@dataclass(frozen=True, slots=True)
class CheckOriginal:
    """The copy agrees with the original that was seen: grade B at least."""

    case: str
    at: int
    by: str
    material: str


@dataclass(frozen=True, slots=True)
class AcceptCase:
    """受理. ``pledge`` 容缺 and ``promise`` 告知承诺 stand for what is not there; ``person`` goes with a pledge.

    ``resolution``: an immediate item 即办 is decided in the same sitting.
    """

    case: str
    day: str
    at: int
    by: str
    pledge: Pledge | None = None
    promise: Promise | None = None
    person: str | None = None
    resolution: Resolution | None = None


@dataclass(frozen=True, slots=True)
class TellCorrection:
    """补正告知, once and completely, to be answered within ``days`` working days.

    In review it is the merged notice of every step that sent the case back, told by the lead department; ``defects``
    may add to theirs.
    """

    case: str
    day: str
    at: int
    by: str
    defects: tuple[Defect, ...]
    days: int
    department: str = ""


@dataclass(frozen=True, slots=True)
class SupplementCase:
    """补正材料收齐. From intake a new intake clock runs from ``received_at`` (None: ``at``); in review it goes on."""

    case: str
    day: str
    at: int
    by: str
    materials: tuple[Supply, ...] = ()
    received_at: int | None = None


@dataclass(frozen=True, slots=True)
class RefuseAcceptance:
    case: str
    at: int
    by: str
    reason: str
    basis: str


@dataclass(frozen=True, slots=True)
class StartSpecial:
    """特别程序: ``step`` is a code of the item's special steps; ``notice`` names the written notice.

    ``days``: working days it takes; what stops clocks has to say it (§45).
    """

    case: str
    day: str
    at: int
    by: str
    step: str
    notice: str
    days: int = 0


@dataclass(frozen=True, slots=True)
class EndSpecial:
    case: str
    day: str
    at: int
    by: str
    finding: str


@dataclass(frozen=True, slots=True)
class ExtendLimit:
    """§42, once: ``approver_role`` agency-head (+10) or, for joint handling, government-head (+15).

    ``basis``: for items that are no licences, the rule that allows it. ``notice``: the written notice with the reason.
    """

    case: str
    day: str
    at: int
    by: str
    approver: str
    approver_role: str
    reason: str
    notice: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class RecomputeDeadlines:
    """A calendar was published: running clocks are counted again; only what changed becomes an event."""

    case: str
    day: str
    at: int


@dataclass(frozen=True, slots=True)
class RecordCheck:
    """告知承诺核查: what was promised proved true or not."""

    case: str
    at: int
    by: str
    material: str
    passed: bool
    finding: str


@dataclass(frozen=True, slots=True)
class DecideCase:
    case: str
    day: str
    at: int
    by: str
    resolution: Resolution
    department: str = ""
    role: str = "clerk"


@dataclass(frozen=True, slots=True)
class DeliverResult:
    """``how``: window, courier, locker, online. ``to``: who took it, None when nobody did in person."""

    case: str
    at: int
    by: str
    how: str
    to: Personal | None = None
    window: str | None = None


@dataclass(frozen=True, slots=True)
class ArchiveCase:
    case: str
    at: int
    by: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawCase:
    case: str
    at: int
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class TerminateCase:
    case: str
    at: int
    by: str
    reason: str
    basis: str


@dataclass(frozen=True, slots=True)
class RevokeCase:
    case: str
    at: int
    by: str
    reason: str
    basis: str


CaseCommand = (
    OpenCase
    | RegisterExternalCase
    | ImportMilestone
    | ChangeApplicant
    | ReceiveCase
    | SupplyMaterials
    | RemoveMaterial
    | ExcuseMaterial
    | CheckOriginal
    | AcceptCase
    | TellCorrection
    | SupplementCase
    | RefuseAcceptance
    | StartSpecial
    | EndSpecial
    | ExtendLimit
    | RecomputeDeadlines
    | RecordCheck
    | DecideCase
    | DeliverResult
    | ArchiveCase
    | WithdrawCase
    | TerminateCase
    | RevokeCase
    | ReviewCommand
    | OnlineCaseCommand
    | ClockWork
)
