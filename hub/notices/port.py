"""Messages to the people behind cases, through a port: whoever sends them says what proves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

Kind = Literal["accepted", "correction", "ready", "overdue"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person. It holds no clear personal value: names are masked.

    ``id`` is of the event that caused it (1 to 64 characters), not of its place in a log, so that a restored log never
    gives it to another message. ``to`` is the person's subject (32 hex characters), behind which the sender finds a
    phone. ``at``: the event's time, ms since 1970 UTC.
    """

    id: str
    kind: Kind
    case: str
    to: str
    zh: str
    en: str
    at: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves that a message was handed on: ``where`` it can be found again. The same for a repeat."""

    id: str
    sink: str
    where: str


class Port(Protocol):
    def send(self, message: Message) -> Evidence:
        """Hand a message on; once returned it is not lost. The same id twice is one message, also over kills.

        Blocking. Raises ``NoRoom``; then nothing was handed on.
        """
        ...


MessageOf = Callable[[object], Message | None]
"""From an event to the message it causes, if any; pure, so that a reaction may run it twice."""
