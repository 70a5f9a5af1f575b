"""One case as the log tells it: its state, every entry with its event, and the personal values that were sealed."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import cast

from hub.domain.cases import events as e
from hub.domain.cases.evolve import evolve
from hub.domain.cases.online_events import DecisionObjected
from hub.domain.cases.state import Case
from hub.domain.cases.tolerance_events import PromiseTaken, ToleranceGranted
from hub.log.codec import Codec
from hub.log.entry import Entry
from hub.log.port import LogReader

_ID = re.compile(r"[0-9a-f]{32}")
_PERSONAL = (e.CaseOpened, e.ExternalCaseRegistered, e.ApplicantChanged)


@dataclass(frozen=True, slots=True)
class Applicant:
    """The last one written down, in clear; None: not given, or forgotten. ``kind``: person or organisation.

    ``form``: what was filled in online, a JSON object; ``objections``: when, and in whose words.
    """

    kind: str
    name: str | None
    identity: str | None
    phone: str | None
    contact_name: str | None
    contact_identity: str | None
    contact_phone: str | None
    form: str | None = None
    objections: tuple[tuple[int, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """``case`` is a fold of its own, never the writer's. ``told``: entries and events in their order."""

    id: str
    case: Case
    told: tuple[tuple[Entry, e.CaseEvent], ...]
    applicant: Applicant

    @property
    def papers(self) -> tuple[str, ...]:
        """SHA-256 of the signed pledges and promises, in their order."""
        signed = (event for _, event in self.told if isinstance(event, ToleranceGranted | PromiseTaken))
        return tuple(
            each.pledge.sha256 if isinstance(each, ToleranceGranted) else each.promise.sha256 for each in signed
        )


class CaseLog:
    """Cases read beside the writer, each time through a reader of its own. Its methods block: call them in a thread.

    The writer's memory is left alone: looking at cases must not fill it.
    """

    def __init__(self, opened: Callable[[], AbstractContextManager[LogReader]], codec: Codec) -> None:
        self._opened = opened
        self._codec = codec

    def read(self, id: str) -> CaseRecord | None:
        """The case as it stands in the log now; None when there is none of that id."""
        if not _ID.fullmatch(id):
            return None
        with self._opened() as reader:
            told = tuple((entry, cast("e.CaseEvent", self._codec.decode(entry))) for entry in _stream(reader, id))
        if not told:
            return None
        case = Case()
        for _, event in told:
            evolve(case, event)
        return CaseRecord(id, case, told, self._applicant(told))

    def state(self, id: str) -> Case | None:
        """As ``read``, of the state alone."""
        found = self.read(id)
        return None if found is None else found.case

    def _applicant(self, told: tuple[tuple[Entry, e.CaseEvent], ...]) -> Applicant:
        entry, event = next((each for each in reversed(told) if isinstance(each[1], _PERSONAL)), told[0])
        clear = self._codec.unseal(entry)
        kind = event.applicant if isinstance(event, e.CaseOpened | e.ApplicantChanged) else "person"
        return Applicant(
            kind,
            clear.get("name"),
            clear.get("identity"),
            clear.get("phone"),
            clear.get("contact_name"),
            clear.get("contact_identity"),
            clear.get("contact_phone"),
            self._codec.unseal(told[0][0]).get("form") if isinstance(told[0][1], e.CaseOpened) else None,
            tuple(
                (each.made_at, self._codec.unseal(sealed).get("words"))
                for sealed, each in told
                if isinstance(each, DecisionObjected)
            ),
        )


def _stream(reader: LogReader, id: str) -> list[Entry]:
    return list(reader.read_stream(f"case/{id}"))
