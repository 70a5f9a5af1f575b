"""Generated rows of the case index: what the index itself would fold, for any number of cases.

A few hundred cases are worked through by the real rules, a kind and a day each; for every item their events are folded
as the index folds them, and a row is such a fold under its own id, number, person, ticket and clerk. A test holds
sampled rows equal to what the index makes of the same events in a log.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import cache
from typing import Final, cast

from hub.domain.cases import commands as c
from hub.domain.cases import review_commands as rc
from hub.domain.cases.events import CaseEvent
from hub.domain.catalogue.item import Item
from hub.domain.hall.planning import business_day
from hub.views.cases import stored, tally
from hub.views.cases.folded import Folded, Todo, fold, todos
from hub.views.cases.stored import COLUMNS, Value
from tests.domain.cases.office import CASE, LICENCE, PLAIN, Office, paper
from tests.domain.hall.halls import DEFAULT

ITEMS: Final = 717
DEPARTMENTS: Final = 38
CLERKS: Final = 58
PEOPLE: Final = 400_000
LAST_DAY: Final = "2026-11-20"
"""The day on which the lists are read is the Monday after."""
OPEN_DAYS: Final = 30
CLOSED_DAYS: Final = 540
DATES_AN_ITEM: Final = 6

Play = Callable[[Office], None]


def _received(office: Office) -> None:
    office.open(PLAIN)


def _corrected(office: Office) -> None:
    office.open()
    office.correct("lease", "photo")


def _first_step(office: Office) -> None:
    office.accepted()


def _claimed_step(office: Office) -> None:
    office.accepted()
    office.do(rc.ClaimStep(CASE, office.day, office.now, "wang", "wj", "first"))


def _last_step(office: Office) -> None:
    office.accepted()
    office.opine("first")


def _to_decide(office: Office) -> None:
    office.accepted(PLAIN)


def _stopped(office: Office) -> None:
    office.accepted()
    office.special()


def _decided(office: Office) -> None:
    office.accepted()
    office.opine("first")
    office.opine("last")
    office.decide()


def _archived(office: Office) -> None:
    _decided(office)
    office.do(c.DeliverResult(CASE, office.now, "li", "window"))
    office.do(c.ArchiveCase(CASE, office.now, "li"))


def _refused(office: Office) -> None:
    office.accepted(PLAIN)
    office.decide(granted=False)
    office.do(c.DeliverResult(CASE, office.now, "li", "courier"))
    office.do(c.ArchiveCase(CASE, office.now, "li"))


def _withdrawn(office: Office) -> None:
    office.open()
    office.do(c.WithdrawCase(CASE, office.now, "li", "不办了"))


def _owing(office: Office) -> None:
    office.open()
    office.do(c.SupplyMaterials(CASE, office.now, "li", tuple(paper(code) for code in ("form", "id", "photo"))))
    office.accept(owed=("lease",), due=office.almanac.add(office.day, 3).date)


OPEN: Final[tuple[Play, ...]] = (
    _received, _corrected, _first_step, _first_step, _claimed_step, _last_step, _to_decide, _stopped, _decided, _owing,
)  # fmt: skip
CLOSED: Final[tuple[Play, ...]] = (_archived, _archived, _archived, _refused, _withdrawn)


@dataclass(frozen=True, slots=True)
class Kind:
    """One way a case went on one day, for one item."""

    play: Play
    day: str
    item: int


@cache
def item_at(n: int, base: Item) -> Item:
    department = department_at(n)
    route = tuple(replace(step, department=department) for step in base.route)
    return replace(base, code=f"I-{n:04d}", zh=f"{base.zh} {n}", department=department, route=route)


def department_at(n: int) -> str:
    return f"d{n % DEPARTMENTS:02d}"


@cache
def worked(play: Play, day: str) -> tuple[CaseEvent, ...]:
    """What happens in such a case, under the office's own item."""
    office = Office(f"{day} 10:00")
    play(office)
    return tuple(cast("list[CaseEvent]", office.told))


def events_of(kind: Kind, number: int) -> tuple[CaseEvent, ...]:
    """The events of case ``number``, as its log would hold them."""
    given = _given(number)
    department = department_at(kind.item)
    found: list[CaseEvent] = []
    for event in worked(kind.play, kind.day):
        names = {each.name for each in fields(event)}
        changes: dict[str, object] = {name: value for name, value in given.items() if name in names}
        if "item" in names:
            changes["item"] = item_at(kind.item, cast("Item", getattr(event, "item", LICENCE)))
        if "department" in names:
            changes["department"] = department
        found.append(replace(event, **changes))  # type: ignore[arg-type]
    return tuple(found)


def kind_of(number: int, count: int, open_cases: int) -> Kind:
    """Case ``number`` of ``count``, the last ``open_cases`` of which are still open."""
    item = number * 7919 % ITEMS
    closed = count - open_cases
    slot = (number // ITEMS) % DATES_AN_ITEM
    if number < closed:
        back = OPEN_DAYS + (closed - number) * CLOSED_DAYS // max(closed, 1)
        back -= back % (CLOSED_DAYS // 40)
        return Kind(CLOSED[number % len(CLOSED)], _day(max(back, OPEN_DAYS) + slot), item)
    back = (count - number) * OPEN_DAYS // max(open_cases, 1)
    return Kind(OPEN[number % len(OPEN)], _day(back), item)


def _day(back: int) -> str:
    return (date.fromisoformat(LAST_DAY) - timedelta(days=back)).isoformat()


def _given(number: int) -> dict[str, object]:
    return {
        "case": id_of(number),
        "number": number_of(number),
        "person": person_of(number),
        "ticket": f"{number + (1 << 96):032x}",
        "clerk": f"clerk{number % CLERKS:02d}",
    }


def id_of(number: int) -> str:
    return f"{number:032x}"


def number_of(number: int) -> str:
    return f"1101012026C{number:07d}"


def person_of(number: int) -> str:
    return f"{number % PEOPLE:032x}"


@cache
def _folded(kind: Kind) -> tuple[tuple[Value, ...], tuple[Todo, ...], bytes, Item, object]:
    folded = Folded()
    for event in events_of(kind, 0):
        fold(folded, event, _business_day)
    key, _ = stored.packed_item(folded.case.item)
    counted = tally.tally_of(folded, _business_day)
    return stored.values_of(id_of(0), folded), todos(folded.case), key, folded.case.item, counted


@cache
def _business_day(at: int) -> str:
    return business_day(DEFAULT, at)


_ID, _NUMBER, _PERSON, _TICKET, _CLERK = (COLUMNS.index(name) for name in ("id", "number", "person", "ticket", "clerk"))


def row(seq: int, number: int, kind: Kind) -> tuple[Value, ...]:
    """In the order of ``stored.INSERT``."""
    values, _, key, _, _ = _folded(kind)
    mine = list(values)
    mine[_ID], mine[_PERSON] = id_of(number), person_of(number)
    mine[_NUMBER] = number_of(number) if values[_NUMBER] else ""
    mine[_TICKET], mine[_CLERK] = f"{number + (1 << 96):032x}", f"clerk{number % CLERKS:02d}"
    return (seq, key, *mine)


def fill(db: sqlite3.Connection, count: int, open_cases: int) -> None:
    """``count`` cases into an empty index's tables, ``open_cases`` of them open; the indexes are made afterwards."""
    for statement in (*stored.TABLES, *tally.TABLES):
        db.execute(statement)
    db.execute("PRAGMA synchronous=OFF")
    db.execute("BEGIN")
    kinds = [kind_of(number, count, open_cases) for number in range(count)]
    db.executemany(stored.INSERT, (row(number + 1, number, kind) for number, kind in enumerate(kinds)))
    db.executemany(stored.INSERT_TASK, _tasks(kinds))
    items = {_folded(kind)[2]: _folded(kind)[3] for kind in set(kinds)}
    db.executemany(
        "INSERT INTO case_item VALUES (?, ?, ?, ?, ?)",
        [(key, item.code, item.zh, item.en, stored.packed_item(item)[1]) for key, item in items.items()],
    )
    db.executemany(tally.ADD, _tallies(kinds))
    db.execute("COMMIT")
    for statement in stored.INDEXES:
        db.execute(statement)
    db.execute("PRAGMA synchronous=NORMAL")


def _tasks(kinds: list[Kind]) -> Iterator[tuple[Value, ...]]:
    for number, kind in enumerate(kinds):
        for todo in _folded(kind)[1]:
            yield stored.task_values(number + 1, todo)


def _tallies(kinds: list[Kind]) -> Iterator[tuple[Value, ...]]:
    for kind in kinds:
        counted = cast("tuple[tally.Key, tuple[int, ...]] | None", _folded(kind)[4])
        if counted is not None:
            yield (*counted[0], *counted[1])
