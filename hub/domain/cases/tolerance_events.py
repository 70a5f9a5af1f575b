"""What stood for a material of a case that was not there; entries of stream ``case/<id>``, as in ``events``."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.cases.records import ClockStart, Pledge, Promise


@dataclass(frozen=True, slots=True)
class ToleranceGranted:
    """容缺: ``chase`` are the moments to remind of what is owed."""

    case: str
    pledge: Pledge
    chase: tuple[int, ...]
    clocks: tuple[ClockStart, ...]
    at: int


@dataclass(frozen=True, slots=True)
class OwedChased:
    case: str
    n: int
    owed: tuple[str, ...]
    due: str
    at: int


@dataclass(frozen=True, slots=True)
class OwedSettled:
    """Owed materials came, good enough."""

    case: str
    materials: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class ToleranceExpired:
    """Still owed at the due moment: ``outcome`` returned or terminated, as the item says."""

    case: str
    owed: tuple[str, ...]
    outcome: str
    at: int


@dataclass(frozen=True, slots=True)
class PromiseTaken:
    """告知承诺; each material's check has a clock."""

    case: str
    promise: Promise
    clocks: tuple[ClockStart, ...]
    at: int


@dataclass(frozen=True, slots=True)
class PromiseChecked:
    case: str
    material: str
    passed: bool
    finding: str
    at: int


ToleranceEvent = ToleranceGranted | OwedChased | OwedSettled | ToleranceExpired | PromiseTaken | PromiseChecked
