"""Personal values inside commands and events: rules carry them, only the log seals and opens them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Personal:
    """One personal value of one subject.

    ``subject`` is a keyed hash (32 hex characters) of the person's ID or phone, the same for all values of a person.
    ``value`` is the clear text on its way into the log, and None once read back without the subject's key.
    Rules may compare subjects; they never read values.
    """

    subject: str
    value: str | None
