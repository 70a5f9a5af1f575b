"""What the online hall asks of a case after its filing, and how a filing gets to a window."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.cases.records import Supply
from hub.domain.personal import Personal


@dataclass(frozen=True, slots=True)
class SupplyOnline:
    """Materials from outside: while a correction is asked for they answer it, else they are supplied as any others.

    ``received_at``: the cloud's receipt.
    """

    case: str
    day: str
    at: int
    by: str
    materials: tuple[Supply, ...]
    received_at: int


@dataclass(frozen=True, slots=True)
class TakeFiling:
    """领取: ``by`` handles it at ``window`` from now on. ``role`` as the edge says it."""

    case: str
    at: int
    by: str
    window: str
    role: str = "clerk"


@dataclass(frozen=True, slots=True)
class LeaveFiling:
    """放回: it waits for anybody again."""

    case: str
    at: int
    by: str
    role: str = "clerk"


@dataclass(frozen=True, slots=True)
class ObjectToDecision:
    """Against a decision, or against a refusal to accept. ``words``: the applicant's. ``made_at``: when."""

    case: str
    day: str
    at: int
    by: str
    made_at: int
    words: Personal


OnlineCaseCommand = SupplyOnline | TakeFiling | LeaveFiling | ObjectToDecision
