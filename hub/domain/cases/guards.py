"""What many rules of a case ask first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from hub.domain.cases import events as e
from hub.domain.cases import machine as m
from hub.domain.cases.numbers import NumberTaken
from hub.domain.cases.state import Case
from hub.domain.refusals import Refused

Happened = tuple[e.CaseEvent | NumberTaken, ...]

SHA256 = re.compile(r"[0-9a-f]{64}")

OF_EXTERNAL = (m.CHANGE, m.SUPPLY, m.CHECK_ORIGINAL, m.DELIVER, m.ARCHIVE)
"""What may be done here with a case whose system of record is elsewhere."""


def need(case: Case, act: str) -> None:
    """Refuses what the tables do not allow: unknown-case, external-case, wrong-act."""
    if case.state == m.UNOPENED:
        raise Refused("unknown-case")
    if case.external and act not in OF_EXTERNAL:
        raise Refused("external-case", number=case.number, system=case.item.external)
    if not m.may(case.state, act):
        raise Refused("wrong-act", number=case.number, state=case.state, act=act)


def words(text: str) -> str:
    """A reason, in words. Raises ``Refused`` with reason-needed."""
    if not text.strip():
        raise Refused("reason-needed")
    return text


def basis(text: str) -> str:
    """The rule an act rests on. Raises ``Refused`` with basis-needed."""
    if not text.strip():
        raise Refused("basis-needed")
    return text


def signed(sha256: str) -> str:
    """The hash of a signed paper. Raises ``Refused`` with pledge-unsigned."""
    if not SHA256.fullmatch(sha256):
        raise Refused("pledge-unsigned")
    return sha256


def a_date(field: str, day: str) -> str:
    """Raises ``Refused`` with bad-value."""
    try:
        written = date.fromisoformat(day).isoformat() == day
    except ValueError:
        written = False
    if not written:
        raise Refused("bad-value", field=field, problem="YYYY-MM-DD")
    return day


def named(codes: Iterable[str]) -> str:
    """Codes as a fact of a refusal."""
    return "、".join(codes)
