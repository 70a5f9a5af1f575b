"""The parts that a case's commands, events and state share. Times: ms since 1970, UTC; days: business days.

None of them holds a personal value; those stand in fields of their own, where the log seals them.
"""

from __future__ import annotations

from dataclasses import dataclass

PERSON, ORGANISATION = "person", "organisation"
ONLINE = "online"
CASE_CHANNELS = ("hall", ONLINE, "kiosk")
ORIGINS = ("scan", "upload", "netdisk", "usb", "online", "original", "reuse")
"""``original``: checked against the original at the window, without a file."""
AGREE, OBJECT, SEND_BACK, PASSED = "agree", "object", "return", "passed"
VERDICTS = (AGREE, OBJECT, SEND_BACK)
AGENCY_HEAD, GOVERNMENT_HEAD = "agency-head", "government-head"

INTAKE, LEGAL, PROMISED, SERVICE = "intake", "legal", "promised", "service"
CORRECTING, TOLERANCE = "correction", "tolerance"
STEP, CHECK = "step:", "check:"
"""Beginnings of clock names; the step's id or the material's code follows."""


@dataclass(frozen=True, slots=True)
class Supply:
    """The metadata of one supplied material. ``sha256`` names the stored file; empty: only the original was seen.

    ``origin`` is one of ``ORIGINS``, ``grade`` one of A to D, ``verified_by`` the account that vouches for it.
    ``valid_until``: the last day it may be used, None without limit. ``original``: the copy was checked against the
    original. ``reused_from``: the case it was first supplied to; ``consent``: the applicant agreed to the reuse, which
    grades C and D need.
    """

    material: str
    sha256: str = ""
    size: int = 0
    media_type: str = ""
    origin: str = "scan"
    grade: str = "C"
    verified_by: str = ""
    valid_until: str | None = None
    original: bool = False
    reused_from: str = ""
    consent: bool = False


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong or missing, and in which material (a code of the item). ``step``: the review step that saw it."""

    material: str
    what: str
    step: str = ""


@dataclass(frozen=True, slots=True)
class Pledge:
    """容缺承诺书: ``materials`` are owed until the end of day ``due``; ``sha256`` is of the signed pledge."""

    materials: tuple[str, ...]
    due: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Promise:
    """告知承诺: ``materials`` are waived for good; each is checked within ``check_days`` working days of acceptance."""

    materials: tuple[str, ...]
    check_days: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """A decision: ``granted`` or refused, with ``reasons`` (a refusal needs them) and the legal ``basis``.

    ``despite``: why it is granted although a step objected. ``result``: number of the certificate or approval;
    ``valid_until``: its last day.
    """

    granted: bool
    reasons: str = ""
    basis: str = ""
    despite: str = ""
    result: str = ""
    valid_until: str | None = None


@dataclass(frozen=True, slots=True)
class ClockStart:
    """A clock that begins to run. ``day`` is day 0 and ``limit`` counts working days after it; None: ``due`` was set.

    ``due``: the last day; ``due_at``: the moment that business day ends. Counted with calendar version ``calendar``;
    ``provisional`` 暂定: over a year that is not published yet.
    """

    clock: str
    from_at: int
    day: str
    limit: int | None
    due: str
    due_at: int
    calendar: int
    provisional: bool


@dataclass(frozen=True, slots=True)
class Due:
    """A running clock's due date as counted again; fields as in ``ClockStart``."""

    clock: str
    due: str
    due_at: int
    calendar: int
    provisional: bool
