"""What the programs of the online hall send and get at ``/city/v1``."""

from __future__ import annotations

import msgspec

from hub.sync.standing_rows import CaseRow, CertificateRow, ConsultationRow, DayRow


class NewMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``id``: 32 hex, drawn once by the asker and sent again unchanged until it is answered. ``unit``: what is sold."""

    id: str
    type: str
    data: msgspec.Raw
    unit: str = ""


class AsOf(msgspec.Struct, frozen=True):
    """截至. ``position``: the last entry that is counted in, ``recorded_at`` its time in the hall and ``arrived_at``
    here (of the last that arrived), ``silent_ms`` since anything was heard of the hall, ``stale``: too long ago.
    ``backlog``: entries that the hub has and has not sent. All times: ms since 1970 UTC.
    """

    position: int
    recorded_at: int
    arrived_at: int
    silent_ms: int
    stale: bool
    backlog: int


class SentMessage(msgspec.Struct, frozen=True):
    n: int
    again: bool
    as_of: AsOf


class MessageState(msgspec.Struct, frozen=True):
    """``state``: ``waiting`` or ``answered``. Of an answer ``ok``, ``code`` and ``facts`` of a refusal with
    its sentences ``zh`` and ``en``."""

    n: int
    id: str
    type: str
    at: int
    state: str
    as_of: AsOf
    ok: bool | None = None
    code: str = ""
    facts: msgspec.Raw = msgspec.Raw(b"{}")
    answered_at: int = 0
    zh: str = ""
    en: str = ""


class CaseState(msgspec.Struct, frozen=True):
    case: CaseRow
    as_of: AsOf


class CaseStates(msgspec.Struct, frozen=True):
    cases: list[CaseRow]
    as_of: AsOf


class FreeUnit(msgspec.Struct, frozen=True):
    """One place for sale; ``unit`` goes with the message that sells it."""

    unit: str
    slot: str
    day: str
    lease: str
    expires: int


class FreeUnits(msgspec.Struct, frozen=True):
    units: list[FreeUnit]
    as_of: AsOf
    next: str = ""


class DayState(msgspec.Struct, frozen=True):
    day: str
    tickets: DayRow
    as_of: AsOf


class ConsultationState(msgspec.Struct, frozen=True):
    consultation: ConsultationRow
    as_of: AsOf


class CertificateState(msgspec.Struct, frozen=True):
    certificate: CertificateRow
    as_of: AsOf
