"""A log of cases and the book that reads it, for tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from hub.domain.hall.events import ProfilePublished
from hub.log.cursors import Cursors
from hub.log.entry import Batch, Draft
from hub.log.keys import Keys
from hub.log.memory import MemoryLog
from hub.log.names import hub_codec
from hub.views.cases.book import CaseBook
from tests.domain.cases.office import CASE, PERSON, Office
from tests.domain.hall.halls import DEFAULT


class Shelf:
    """``put`` writes what happened in an office under another case's id, number and person."""

    def __init__(self, path: Path | None = None) -> None:
        self.log, self.cursors = MemoryLog(), Cursors(path)
        self.keys = Keys(None)
        self.codec = hub_codec(self.keys)
        self.book = CaseBook(self.log, self.cursors, self.codec)
        self.versions: Counter[str] = Counter()
        self.write("hall", ProfilePublished(1, DEFAULT, "now", "2020-01-01", 0))

    def write(self, stream: str, *events: object) -> None:
        drafts: list[Draft] = []
        for event in events:
            self.versions[stream] += 1
            self.keys.ensure(self.codec.subjects(event))
            name, data = self.codec.encode(event, stream)
            drafts.append(Draft(stream, self.versions[stream], name, 0, "account/li", b"c" * 16, data))
        if drafts:
            self.log.append(Batch(drafts, [], [], 0))

    def put(self, office: Office, case: str = CASE, events: Sequence[object] | None = None, **changes: object) -> None:
        """``changes``: of every event that has such a field."""
        self.write(
            f"case/{case}",
            *(changed(event, case=case, **changes) for event in (office.told if events is None else events)),
        )


def changed(event: object, **changes: object) -> object:
    fields = {name: getattr(event, name) for name in type(event).__slots__}
    return type(event)(**{**fields, **{name: value for name, value in changes.items() if name in fields}})


def case_id(n: int) -> str:
    return f"{n:032x}"


def person(n: int) -> str:
    return f"{n:02x}{PERSON[2:]}"
