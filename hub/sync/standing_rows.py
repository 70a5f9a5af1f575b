"""Rows of how a hall stands, folded from what may be known of its entries outside it.

Pure, and the same on both sides: the receiver folds what it was sent, the hub folds what it would send and makes a
snapshot of it. A row is a struct in JSON under a kind and a key; ``sought`` is what it is looked up by. An event that
lacks a field (not allowed out, or of a later version) leaves what it would have told as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeVar

import msgspec

from hub.sync.envelope import CloudEvent

CASE: Final = "case"
"""Key: the case's id. ``sought``: the keyed hash of who applies."""
NUMBER: Final = "number"
"""Key: a case's number."""
DAY: Final = "day"
"""Key: a business day."""
UNIT: Final = "unit"
"""Key: the code of one place that was leased to the online hall. ``sought``: its business day."""
LEASE: Final = "lease"
"""Key: a lease of units, after its business day and a space."""
ANSWER: Final = "answer"
"""Key: the message's id."""
TAKEN: Final = "taken"
"""Key: the message's number, see ``numbered``: the inbox as the hub has answered it."""
CERTIFICATE: Final = "certificate"
"""Key: its number. ``sought``: as of its case."""
CONSULTATION: Final = "consultation"
"""Key: the consultation's id, that of the message which asked, if one did."""
RATED: Final = "rated"
"""Key: the ticket that was rated."""
KINDS: Final = (CASE, NUMBER, DAY, UNIT, LEASE, ANSWER, TAKEN, CERTIFICATE, CONSULTATION, RATED)

LEASED, SOLD, RETURNED = "leased", "sold", "returned"


class Row(msgspec.Struct, frozen=True):
    kind: str
    key: str
    data: msgspec.Raw
    sought: str = ""


class StandingSnapshot(msgspec.Struct, frozen=True):
    """All rows of a hall at ``position``, whose entry has ``hash`` (hex) and was recorded at ``recorded_at`` (ms)."""

    position: int
    hash: str
    rows: list[Row]
    recorded_at: int = 0


class ClockRow(msgspec.Struct, omit_defaults=True):
    """``state``: running, stopped or ended. ``due``: the last day, ``due_at`` its end in ms; as it was last."""

    due: str = ""
    due_at: int = 0
    provisional: bool = False
    state: str = "running"
    missed: bool = False


class CaseRow(msgspec.Struct, omit_defaults=True):
    """``state`` and ``outcome`` as in docs/cases.md; times in ms. ``position``: of the entry that told this last."""

    case: str
    number: str = ""
    item: str = ""
    catalogue: int = 0
    category: str = ""
    channel: str = ""
    applicant: str = ""
    person: str = ""
    name: str = ""
    state: str = "draft"
    outcome: str = ""
    opened_at: int = 0
    received_at: int = 0
    decided_at: int = 0
    granted: bool = False
    result: str = ""
    valid_until: str = ""
    clocks: dict[str, ClockRow] = {}
    at: int = 0
    position: int = 0


class NumberRow(msgspec.Struct):
    case: str


class DayRow(msgspec.Struct, omit_defaults=True):
    """Tickets of one business day, counted. ``scores``: of 1 to 5 points, how many."""

    taken: int = 0
    called: int = 0
    finished: int = 0
    missed: int = 0
    away: int = 0
    scores: list[int] = []
    closed: bool = False


class RatedRow(msgspec.Struct):
    day: str
    score: int


class UnitRow(msgspec.Struct, omit_defaults=True):
    """``state``: leased, sold (the hub has heard of it) or returned. ``expires`` in ms."""

    lease: str
    slot: str
    day: str
    expires: int
    state: str = LEASED


class LeaseRow(msgspec.Struct):
    slot: str
    day: str
    codes: list[str]
    expires: int


class AnswerRow(msgspec.Struct, omit_defaults=True):
    """``facts``: the JSON of a refusal's facts, ``zh`` and ``en`` its sentences. ``at``, ``position``: the entry's."""

    n: int
    kind: str
    ok: bool
    code: str = ""
    facts: str = ""
    zh: str = ""
    en: str = ""
    repeated: bool = False
    at: int = 0
    position: int = 0


class TakenRow(msgspec.Struct):
    """``hash``: of the inbox's chain, hex."""

    id: str
    hash: str


class CertificateRow(msgspec.Struct, omit_defaults=True):
    case: str
    number: str
    item: str = ""
    valid_until: str = ""
    decided_at: int = 0
    revoked: bool = False


class ConsultationRow(msgspec.Struct, omit_defaults=True):
    """``text``: the answer of record, empty before there is one. ``outcome`` empty while it is open."""

    consultation: str
    item: str = ""
    department: str = ""
    asked_at: int = 0
    due: str = ""
    due_at: int = 0
    text: str = ""
    outcome: str = ""
    overdue: bool = False
    at: int = 0


RowStruct = (
    CaseRow
    | NumberRow
    | DayRow
    | RatedRow
    | UnitRow
    | LeaseRow
    | AnswerRow
    | TakenRow
    | CertificateRow
    | ConsultationRow
)
_SHAPES: Final[Mapping[str, type[RowStruct]]] = {
    CASE: CaseRow,
    NUMBER: NumberRow,
    DAY: DayRow,
    UNIT: UnitRow,
    LEASE: LeaseRow,
    ANSWER: AnswerRow,
    TAKEN: TakenRow,
    CERTIFICATE: CertificateRow,
    CONSULTATION: ConsultationRow,
    RATED: RatedRow,
}
R = TypeVar("R", bound=RowStruct)


def numbered(n: int) -> str:
    """A number as a key: keys are ordered as texts."""
    return f"{n:018d}"


def shaped(row: Row) -> RowStruct:
    """Raises ``msgspec.MsgspecError``."""
    return msgspec.json.decode(row.data, type=_SHAPES[row.kind])


LONGEST: Final = 1000
"""Bytes of a key, or of what a row is found by: an index has no room for more."""


class Rows:
    """Rows under work. ``load(kind, keys)`` gives those that are kept; each is asked for once.

    ``changed`` and ``gone`` are what came of it since. A fold that fails half way is taken back with ``undo``.
    """

    def __init__(self, load: Callable[[str, list[str]], Mapping[str, Row]]) -> None:
        self._load = load
        self._here: dict[tuple[str, str], RowStruct | None] = {}
        self._sought: dict[tuple[str, str], str] = {}
        self._dirty: set[tuple[str, str]] = set()
        self._before: dict[tuple[str, str], bytes | None] = {}

    def ready(self, kind: str, keys: Iterable[str]) -> None:
        """Have these at hand, with one question."""
        missing = [key for key in dict.fromkeys(keys) if (kind, key) not in self._here]
        if not missing:
            return
        found = self._load(kind, missing)
        for key in missing:
            row = found.get(key)
            self._here[kind, key] = None if row is None else shaped(row)
            self._sought[kind, key] = "" if row is None else row.sought

    def get(self, kind: str, key: str, shape: type[R]) -> R | None:
        """The row itself: ``put`` it again after a change."""
        self.ready(kind, (key,))
        row = self._here[kind, key]
        if row is not None and (kind, key) not in self._before:
            self._before[kind, key] = msgspec.json.encode(row)
        return row if isinstance(row, shape) else None

    def put(self, kind: str, key: str, row: RowStruct, sought: str = "") -> None:
        """Raises ``ValueError`` for a key that no database would look up."""
        if max(len(key.encode()), len(sought.encode())) > LONGEST or "\0" in key + sought:
            raise ValueError("a key that no row has")
        place = (kind, key)
        self.ready(kind, (key,))
        if place not in self._before:
            known = self._here[place]
            self._before[place] = None if known is None else msgspec.json.encode(known)
        self._here[place], self._sought[place] = row, sought
        self._dirty.add(place)

    def drop(self, kind: str, key: str) -> None:
        self.get(kind, key, RowStruct)  # type: ignore[arg-type]
        self._before.setdefault((kind, key), None)
        self._here[kind, key] = None
        self._dirty.add((kind, key))

    def settle(self) -> None:
        """The last entry's changes hold."""
        self._before.clear()

    def undo(self) -> None:
        """Take back what changed since ``settle``."""
        for (kind, key), data in self._before.items():
            self._here[kind, key] = None if data is None else msgspec.json.decode(data, type=_SHAPES[kind])
        self._before.clear()

    def changed(self) -> list[Row]:
        return [
            Row(kind, key, msgspec.Raw(msgspec.json.encode(row)), self._sought[kind, key])
            for kind, key in sorted(self._dirty)
            if (row := self._here[kind, key]) is not None
        ]

    def gone(self) -> list[tuple[str, str]]:
        return sorted(place for place in self._dirty if self._here[place] is None)


def told(event: CloudEvent) -> bytes | None:
    """The JSON of what the event tells: all of its data, or a projection; None for nothing."""
    if event.data_base64 is not None:
        return event.data_base64
    return None if isinstance(event.data, msgspec.UnsetType) else bytes(event.data)
