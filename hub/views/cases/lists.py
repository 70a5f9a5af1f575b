"""The lists of cases as SQL: each names its index, begins after a key and reads no more than it shows.

A question that no index answers alone looks at ``SCAN`` rows of the nearest one, and its page says where to go on.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from hub.log.cursors import Cursors
from hub.views.cases.rows import MOST, CaseRow, Page, Search, Task
from hub.views.cases.stored import READ, TASK_READ, Value, row_of, task_of

SCAN: Final = 2_000
LAST: Final = 1 << 62
"""After every ``seq``."""

_ROWS: Final = f"SELECT {READ} FROM cases AS c INDEXED BY {{}} CROSS JOIN case_item AS i ON i.key = c.item_key WHERE "  # noqa: S608
_PLAIN: Final = f"SELECT {READ} FROM cases AS c CROSS JOIN case_item AS i ON i.key = c.item_key WHERE "  # noqa: S608
_TASKS: Final = (
    f"SELECT {READ}, {TASK_READ} FROM case_task AS t INDEXED BY {{}} CROSS JOIN cases AS c ON c.seq = t.seq"  # noqa: S608
    " CROSS JOIN case_item AS i ON i.key = c.item_key WHERE "
)
_INDEXED: Final[Sequence[tuple[str, tuple[str, ...]]]] = (
    ("cases_person", ("person",)),
    ("cases_item_state", ("item", "state")),
    ("cases_department_state", ("department", "state")),
    ("cases_item", ("item",)),
    ("cases_department", ("department",)),
    ("cases_state", ("state",)),
)

R = TypeVar("R")


def find(cursors: Cursors, search: Search) -> Page[CaseRow]:
    """As ``CaseBook.find``."""
    asked = {name: getattr(search, name) for name in ("person", "item", "department", "state") if getattr(search, name)}
    if search.number:
        return _by_number(cursors, search, asked)
    index, names = next(((index, names) for index, names in _INDEXED if all(name in asked for name in names)), ("", ()))
    table = f"cases INDEXED BY {index}" if index else "cases"
    where = [f"{name} = ?" for name in names]
    values: list[Value] = [asked[name] for name in names]
    if search.after:
        where.append("seq < ?")
        values += numbers(search.after, 1)
    inner = f"SELECT seq AS s FROM {table} WHERE {' AND '.join(where) or '1'} ORDER BY seq DESC"  # noqa: S608
    left = {name: value for name, value in asked.items() if name not in names}
    rows = _scanned(cursors, inner, values, left, "c.seq DESC", search.limit)
    end = _scan_end(cursors, inner, values) if left and len(rows) <= search.limit else None
    return _page(rows, search.limit, row_of, lambda row: str(row.seq), end)


def _by_number(cursors: Cursors, search: Search, asked: dict[str, str]) -> Page[CaseRow]:
    beginning = search.number
    where = "number <> '' AND number >= ? AND number < ?"
    values: list[Value] = [beginning, beginning + "\U0010ffff"]
    if search.after:
        where += " AND number > ?"
        values.append(search.after)
    inner = f"SELECT seq AS s, number AS n FROM cases INDEXED BY cases_number WHERE {where} ORDER BY number"  # noqa: S608
    rows = _scanned(cursors, inner, values, asked, "c.number", search.limit)
    end = None
    if asked and len(rows) <= search.limit:
        last = cursors.read(f"SELECT n FROM ({inner} LIMIT 1 OFFSET {SCAN - 1})", values)  # noqa: S608
        end = last[0][0] if last else None
    return _page(rows, search.limit, row_of, lambda row: row.number, end)


def _scanned(
    cursors: Cursors, inner: str, values: Sequence[Value], left: dict[str, str], order: str, limit: int
) -> list[sqlite3.Row]:
    """Rows of the inner question's keys; ``left`` is what its index does not answer."""
    most = f"{SCAN}" if left else f"{limit + 1}"
    where = " AND ".join(f"c.{name} = ?" for name in left) or "1"
    sql = (
        f"SELECT {READ} FROM ({inner} LIMIT {most}) CROSS JOIN cases AS c ON c.seq = s"  # noqa: S608
        f" CROSS JOIN case_item AS i ON i.key = c.item_key WHERE {where} ORDER BY {order} LIMIT {limit + 1}"
    )
    return cursors.read(sql, (*values, *left.values()))


def _scan_end(cursors: Cursors, inner: str, values: Sequence[Value]) -> str | None:
    last = cursors.read(f"SELECT s FROM ({inner} LIMIT 1 OFFSET {SCAN - 1})", values)  # noqa: S608
    return str(last[0][0]) if last else None


def one(cursors: Cursors, column: str, value: str) -> CaseRow | None:
    """By ``id`` or ``number``."""
    index = {"id": "cases_id", "number": "cases_number"}[column]
    more = " AND c.number <> ''" if column == "number" else ""
    rows = cursors.read(_ROWS.format(index) + f"c.{column} = ?{more} LIMIT 1", (value,))
    return row_of(rows[0]) if rows else None


def of_ticket(cursors: Cursors, ticket: str, limit: int) -> list[CaseRow]:
    sql = _ROWS.format("cases_ticket") + f"c.ticket = ? ORDER BY c.seq LIMIT {limit}"
    return [row_of(row) for row in cursors.read(sql, (ticket,))]


def mine(cursors: Cursors, clerk: str, since: int, after: str, limit: int) -> Page[CaseRow]:
    where = "c.clerk = ? AND c.opened_at >= ?"
    values: list[Value] = [clerk, since]
    if after:
        where += " AND (c.opened_at, c.seq) < (?, ?)"
        values += numbers(after, 2)
    sql = _ROWS.format("cases_clerk") + f"{where} ORDER BY c.opened_at DESC, c.seq DESC LIMIT {limit + 1}"
    return _page(cursors.read(sql, values), limit, row_of, lambda row: f"{row.opened_at}.{row.seq}")


def due(
    cursors: Cursors, department: str, beyond: int | None, until: int | None, after: str, limit: int
) -> list[CaseRow]:
    """Cases whose next due moment lies after ``beyond`` and not after ``until``, the nearest first."""
    index, where, values = _of_department(department, "cases_due", "cases_department_due")
    where.append("c.due_at IS NOT NULL")
    if beyond is not None:
        where.append("c.due_at > ?")
        values.append(beyond)
    if until is not None:
        where.append("c.due_at <= ?")
        values.append(until)
    if after:
        where.append("(c.due_at, c.seq) > (?, ?)")
        values += numbers(after, 2)
    sql = _ROWS.format(index) + f"{' AND '.join(where)} ORDER BY c.due_at, c.seq LIMIT {limit}"
    return [row_of(row) for row in cursors.read(sql, values)]


def due_clocks(cursors: Cursors, department: str, beyond: tuple[int, int], limit: int) -> list[tuple[int, int, bytes]]:
    """Due moment, ``seq`` and packed clocks of what ``due`` lists after that moment and ``seq``."""
    index, where, values = _of_department(department, "cases_due", "cases_department_due")
    where += ["c.due_at IS NOT NULL", "(c.due_at, c.seq) > (?, ?)"]
    values += beyond
    sql = (
        f"SELECT c.due_at, c.seq, c.clocks FROM cases AS c INDEXED BY {index} WHERE {' AND '.join(where)}"  # noqa: S608
        f" ORDER BY c.due_at, c.seq LIMIT {limit}"
    )
    return [(row[0], row[1], row[2]) for row in cursors.read(sql, values)]


def by_seq(cursors: Cursors, seqs: Sequence[int]) -> list[CaseRow]:
    """In that order."""
    found = {row[0]: row_of(row) for row in cursors.read(_PLAIN + f"c.seq IN ({', '.join('?' * len(seqs))})", seqs)}
    return [found[seq] for seq in seqs if seq in found]


def stopped(cursors: Cursors, department: str, after: str, limit: int) -> Page[CaseRow]:
    index, where, values = _of_department(department, "cases_stopped", "cases_department_stopped")
    where.append("c.stopped")
    if after:
        where.append("c.seq > ?")
        values += numbers(after, 1)
    sql = _ROWS.format(index) + f"{' AND '.join(where)} ORDER BY c.seq LIMIT {limit + 1}"
    return _page(cursors.read(sql, values), limit, row_of, lambda row: str(row.seq))


def inbox(cursors: Cursors, department: str, stopped: bool, after: str, limit: int) -> Page[Task]:
    where = "t.department = ? AND t.stopped = ?"
    values: list[Value] = [department, int(stopped)]
    if after:
        where += " AND (t.sort_at, t.seq, t.kind, t.step) > (?, ?, ?, ?)"
        values += _task_key(after)[1:]
    order = " ORDER BY t.sort_at, t.seq, t.kind, t.step"
    rows = cursors.read(_TASKS.format("case_task_inbox") + f"{where}{order} LIMIT {limit + 1}", values)
    return _task_page(rows, limit)


def claimed(cursors: Cursors, by: str, after: str, limit: int) -> Page[Task]:
    where = "t.by = ? AND t.by <> ''"
    values: list[Value] = [by]
    if after:
        where += " AND (t.stopped, t.sort_at, t.seq, t.kind, t.step) > (?, ?, ?, ?, ?)"
        values += _task_key(after)
    order = " ORDER BY t.stopped, t.sort_at, t.seq, t.kind, t.step"
    rows = cursors.read(_TASKS.format("case_task_by") + f"{where}{order} LIMIT {limit + 1}", values)
    return _task_page(rows, limit)


def escalated(cursors: Cursors, limit: int) -> list[Task]:
    where = f"t.escalated ORDER BY t.stopped, t.sort_at, t.seq, t.step LIMIT {limit}"
    return [task_of(row) for row in cursors.read(_TASKS.format("case_task_escalated") + where)]


def tasks_between(cursors: Cursors, department: str, stopped: bool, beyond: int | None, until: int | None) -> int:
    """How many, at most ``MOST`` + 1, are sorted after ``beyond`` and not after ``until``."""
    where, values = "department = ? AND stopped = ?", [department, int(stopped)]
    if beyond is not None:
        where, values = where + " AND sort_at > ?", [*values, beyond]
    if until is not None:
        where, values = where + " AND sort_at <= ?", [*values, until]
    return _count(cursors, f"case_task INDEXED BY case_task_inbox WHERE {where}", values)


def cases_between(cursors: Cursors, department: str, beyond: int | None, until: int) -> int:
    index, where, values = _of_department(department, "cases_due", "cases_department_due")
    where += ["c.due_at IS NOT NULL", "c.due_at <= ?"]
    values.append(until)
    if beyond is not None:
        where.append("c.due_at > ?")
        values.append(beyond)
    return _count(cursors, f"cases AS c INDEXED BY {index} WHERE {' AND '.join(where)}", values)


def stopped_count(cursors: Cursors, department: str) -> int:
    index, where, values = _of_department(department, "cases_stopped", "cases_department_stopped")
    return _count(cursors, f"cases AS c INDEXED BY {index} WHERE {' AND '.join([*where, 'c.stopped'])}", values)


def online(cursors: Cursors, after: str, limit: int) -> Page[tuple[CaseRow, int]]:
    """Online filings at the counter with the end of their intake limit, the earliest first."""
    where, values = "c.online_at IS NOT NULL", list[Value]()
    if after:
        where += " AND (c.online_at, c.seq) > (?, ?)"
        values += numbers(after, 2)
    sql = (
        f"SELECT {READ}, c.online_at FROM cases AS c INDEXED BY cases_online CROSS JOIN case_item AS i"  # noqa: S608
        f" ON i.key = c.item_key WHERE {where} ORDER BY c.online_at, c.seq LIMIT {limit + 1}"
    )
    read = cursors.read(sql, values)
    return _page(read, limit, lambda row: (row_of(row), row[-1]), lambda each: f"{each[1]}.{each[0].seq}")


def online_between(cursors: Cursors, until: int | None) -> int:
    """How many, at most ``MOST`` + 1, have a limit that ends at ``until`` or before; None: all."""
    where, values = "online_at IS NOT NULL", list[Value]()
    if until is not None:
        where, values = where + " AND online_at <= ?", [until]
    return _count(cursors, f"cases INDEXED BY cases_online WHERE {where}", values)


def timed(cursors: Cursors, at: int, limit: int) -> list[str]:
    """Ids of cases in which something falls due at ``at`` or before, the earliest first."""
    sql = (
        "SELECT id FROM cases INDEXED BY cases_next WHERE next_at IS NOT NULL AND next_at <= ? ORDER BY next_at LIMIT ?"
    )
    return [row[0] for row in cursors.read(sql, (at, limit))]


def clocked(cursors: Cursors, after: int, limit: int) -> list[tuple[int, str, bytes]]:
    """``seq``, id and packed clocks of cases with a running clock, by ``seq``."""
    sql = "SELECT seq, id, clocks FROM cases WHERE seq > ? AND due_at IS NOT NULL ORDER BY seq LIMIT ?"
    return [(row[0], row[1], row[2]) for row in cursors.read(sql, (after, limit))]


def _of_department(department: str, all: str, own: str) -> tuple[str, list[str], list[Value]]:
    return (own, ["c.department = ?"], [department]) if department else (all, [], [])


def _count(cursors: Cursors, of: str, values: Sequence[Value]) -> int:
    return cursors.read(f"SELECT count(*) FROM (SELECT 1 FROM {of} LIMIT {MOST + 1})", values)[0][0]  # noqa: S608


def _page(
    read: Sequence[sqlite3.Row], limit: int, make: Callable[[sqlite3.Row], R], key: Callable[[R], str],
    end: str | None = None,
) -> Page[R]:  # fmt: skip
    """``end``: where the scan stopped, for a page that is not full."""
    rows = tuple(make(row) for row in read[:limit])
    return Page(rows, key(rows[-1]) if len(read) > limit else end or "")


def _task_page(read: Sequence[sqlite3.Row], limit: int) -> Page[Task]:
    after = ""
    if len(read) > limit:
        kind, step, sort_at, stopped = (read[limit - 1][n] for n in (-11, -9, -2, -1))
        after = f"{stopped}.{sort_at}.{read[limit - 1][0]}.{kind}.{step}"
    return Page(tuple(task_of(row) for row in read[:limit]), after)


def _task_key(after: str) -> list[Value]:
    """Raises ``ValueError``."""
    stopped, sort_at, seq, kind, step = after.split(".", 4)
    return [int(stopped), int(sort_at), int(seq), kind, step]


def numbers(after: str, count: int) -> list[int]:
    """The whole numbers of a key. Raises ``ValueError``, also for one that SQL has no room for."""
    found = [int(part) for part in after.split(".")]
    if len(found) != count or any(abs(number) > LAST for number in found):
        raise ValueError(after)
    return found
