"""What clients send about cases."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from hub.core.applicants import ApplicantBody, Identity, Name, Phone
from hub.web.api.case_materials import Bodies, Code, Day

Words = Annotated[str, Meta(max_length=500)]
Short = Annotated[str, Meta(max_length=120)]
Many = Annotated[tuple[Code, ...], Meta(max_length=100)]
CaseId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]


class OpenBody(msgspec.Struct, frozen=True):
    """``item``: a code of the catalogue in force. ``ticket``: id or number of today's; ``receive`` false: a draft.

    ``received_at``: when an online filing came in.
    """

    item: Code
    applicant: ApplicantBody
    channel: Literal["hall", "online", "kiosk"] = "hall"
    ticket: Annotated[str, Meta(max_length=64)] | None = None
    window: Annotated[str, Meta(max_length=16)] | None = None
    materials: Bodies = ()
    receive: bool = True
    received_at: datetime | None = None


class ExternalBody(msgspec.Struct, frozen=True):
    """A case of another system, in five fields; ``external`` is its number there."""

    item: Code
    name: Name
    identity: Identity
    external: Annotated[str, Meta(min_length=1, max_length=64)]
    phone: Phone | None = None
    kind: Literal["person", "organisation"] = "person"
    document: Literal["id-card", "other"] = "id-card"
    ticket: Annotated[str, Meta(max_length=64)] | None = None
    window: Annotated[str, Meta(max_length=16)] | None = None


class MilestoneBody(msgspec.Struct, frozen=True):
    """``id``: the other system's name for this news, taken once. ``kind``: a state of docs/cases.md, or ``note``.

    When it happened: ``happened_at``, or ``happened_on`` where only the day is known.
    """

    id: Annotated[str, Meta(min_length=1, max_length=64)]
    kind: Annotated[str, Meta(max_length=20)]
    happened_at: datetime | None = None
    happened_on: Day | None = None
    said: Words = ""
    granted: bool | None = None
    result: Short = ""


class NothingBody(msgspec.Struct, frozen=True):
    """An act without further words."""


class ReceiveBody(msgspec.Struct, frozen=True):
    received_at: datetime | None = None


class MaterialsBody(msgspec.Struct, frozen=True):
    materials: Bodies


class MaterialOnlyBody(msgspec.Struct, frozen=True):
    material: Code


class ExcuseBody(msgspec.Struct, frozen=True):
    material: Code
    why: Words = ""


class PledgeBody(msgspec.Struct, frozen=True):
    """容缺: what is owed, until when, and the SHA-256 of the signed pledge, which is an upload."""

    materials: Many
    due: Annotated[str, Meta(max_length=10)]
    sha256: Annotated[str, Meta(max_length=64)] = ""


class PromiseBody(msgspec.Struct, frozen=True):
    """告知承诺: what is waived, and within how many working days it is checked."""

    materials: Many
    check_days: int
    sha256: Annotated[str, Meta(max_length=64)] = ""


class ResolutionBody(msgspec.Struct, frozen=True):
    """``reasons`` and ``basis`` are needed to refuse; ``despite``: why it is granted though a step objected."""

    granted: bool
    reasons: Words = ""
    basis: Words = ""
    despite: Words = ""
    result: Short = ""
    valid_until: Day | None = None


class AcceptBody(msgspec.Struct, frozen=True):
    """``decision``: an immediate item is decided in the same sitting."""

    pledge: PledgeBody | None = None
    promise: PromiseBody | None = None
    decision: ResolutionBody | None = None


class DefectBody(msgspec.Struct, frozen=True):
    material: Code
    what: Words


class CorrectionBody(msgspec.Struct, frozen=True):
    """``days``: working days to answer."""

    defects: Annotated[tuple[DefectBody, ...], Meta(max_length=100)]
    days: int = 15


class SupplementBody(msgspec.Struct, frozen=True):
    materials: Bodies = ()
    received_at: datetime | None = None


class ReasonBody(msgspec.Struct, frozen=True):
    reason: Words = ""
    basis: Words = ""


class SpecialBody(msgspec.Struct, frozen=True):
    """``step``: a code of the item's special steps; ``notice``: names the written notice.

    ``days``: working days it takes, which the applicant is told; needed where the step stops clocks (§45).
    """

    step: Code
    notice: Words = ""
    days: int = 0


class FindingBody(msgspec.Struct, frozen=True):
    finding: Words = ""


class ExtendBody(msgspec.Struct, frozen=True):
    approver: Short = ""
    approver_role: Literal["agency-head", "government-head"] = "agency-head"
    reason: Words = ""
    notice: Words = ""
    basis: Words = ""


class CheckBody(msgspec.Struct, frozen=True):
    material: Code
    passed: bool
    finding: Words = ""


class DeliverBody(msgspec.Struct, frozen=True):
    """``to``: who took it, in person."""

    how: Literal["window", "courier", "locker", "online"] = "window"
    to: Short | None = None
    window: Annotated[str, Meta(max_length=16)] | None = None


class TakeBody(msgspec.Struct, frozen=True):
    """``window``: where the clerk sits; left out: nowhere yet."""

    window: Annotated[str, Meta(max_length=16)] = ""


class ArchiveBody(msgspec.Struct, frozen=True):
    place: Short = ""
