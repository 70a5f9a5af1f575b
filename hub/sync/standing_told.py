"""What the folds of rows read of events: every field of any of them, each with a default."""

from __future__ import annotations

import msgspec


class Code(msgspec.Struct):
    code: str = ""


class ClockTold(msgspec.Struct):
    clock: str = ""
    due: str = ""
    due_at: int = 0
    provisional: bool = False


class Told(msgspec.Struct):
    """Every field that some fold reads, of any event; what is not there has its default."""

    case: str = ""
    number: str = ""
    item: Code | str = msgspec.field(default_factory=Code)
    catalogue: int = 0
    category: str | None = None
    channel: str = ""
    applicant: str = ""
    person: str = ""
    name_masked: str = ""
    received_at: int = 0
    happened_at: int = 0
    at: int = 0
    clocks: tuple[ClockTold, ...] = ()
    dues: tuple[ClockTold, ...] = ()
    stopped: tuple[str, ...] = ()
    clock: str = ""
    granted: bool | None = None
    result: str = ""
    valid_until: str | None = None
    kind: str = ""
    outcome: str = ""
    materials: tuple[object, ...] = ()
    material: str = ""
    ticket: str | None = None
    score: int = 0
    lease: str | None = None
    slot: object = None
    code: str = ""
    codes: tuple[str, ...] = ()
    fresh: str | None = None
    expires: int = 0
    n: int = 0
    id: str = ""
    ok: bool = False
    facts: object = ""
    zh: str = ""
    en: str = ""
    consultation: str = ""
    department: str = ""
    asked_at: int = 0
    due: str = ""
    due_at: int = 0
    text: str = ""
    hash: str = ""
    repeated: bool = False
    to: object = 0


def item_of(read: Told) -> str:
    return read.item if isinstance(read.item, str) else read.item.code
