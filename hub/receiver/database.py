"""What the receiver's store needs of a database; SQLite and PostgreSQL each fill it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

Value = str | int | bytes | None
Values = Sequence[Value]


class Cursor(Protocol):
    """SQL with ``?`` for values."""

    def run(self, sql: str, values: Values = ()) -> None: ...

    def one(self, sql: str, values: Values = ()) -> tuple[Value, ...] | None: ...

    def all(self, sql: str, values: Values = ()) -> list[tuple[Value, ...]]: ...

    def many(self, sql: str, rows: Sequence[Values]) -> None: ...

    def alone(self) -> None:
        """No other transaction that asks for this goes on beside this one."""
        ...

    def add_entries(self, rows: Sequence[Values]) -> None:
        """All columns of ``entry``, by the quickest way there is."""
        ...


class Database(Protocol):
    """``NoRoom``, ``LogBroken`` and ``Unavailable`` may come out of both; what was begun is undone then."""

    for_update: str
    """What a SELECT ends with that holds a row until the transaction's end."""

    def writing(self) -> AbstractContextManager[Cursor]:
        """One durable transaction: on the disk at the end, or nothing of it when the block raises."""
        ...

    def reading(self) -> AbstractContextManager[Cursor]:
        """One unchanging view of the database."""
        ...

    def close(self) -> None: ...
