"""The waiting tickets of one line in the order they stand; searching is O(log n), leaving at the head is O(1)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

Key = tuple[int, int, int]
"""Effective time in ms, rank of issue within the day, place among those reinstated there. Unique within a day."""

_KEPT_GAP = 64


class Line:
    """Ticket ids ordered by key.

    Called tickets leave at the head, so the head is an index that moves on, and the gap before it is cut off when it
    outgrows the line: a line of any length costs the same.
    """

    __slots__ = ("_head", "_ids", "_keys", "occupied")

    def __init__(self) -> None:
        self.occupied = False
        """Whether anybody waits here; an attribute, because an estimate asks it of dozens of lines."""
        self._keys: list[Key] = []
        self._ids: list[str] = []
        self._head = 0

    def __len__(self) -> int:
        return len(self._keys) - self._head

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids[self._head :])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Line):
            return NotImplemented
        mine, theirs = slice(self._head, None), slice(other._head, None)
        return self._keys[mine] == other._keys[theirs] and self._ids[mine] == other._ids[theirs]

    __hash__ = None  # pyright: ignore[reportAssignmentType]  # a line changes

    def __repr__(self) -> str:
        return f"Line({list(self)!r})"

    def insert(self, key: Key, ticket: str) -> None:
        """Raises ``ValueError`` when the key is taken."""
        keys = self._keys
        self.occupied = True
        if not keys or keys[-1] < key:
            keys.append(key)
            self._ids.append(ticket)
            return
        at = bisect_left(keys, key, self._head)
        if at < len(keys) and keys[at] == key:
            raise ValueError(f"two tickets at {key}")
        keys.insert(at, key)
        self._ids.insert(at, ticket)

    def remove(self, key: Key) -> None:
        """Raises ``ValueError`` when nobody stands at ``key``."""
        keys, head = self._keys, self._head
        at = bisect_left(keys, key, head)
        if at == len(keys) or keys[at] != key:
            raise ValueError(f"no ticket at {key}")
        if at != head:
            del keys[at], self._ids[at]
            return
        self._head = head = head + 1
        self.occupied = head < len(keys)
        if head >= _KEPT_GAP and head * 2 >= len(keys):
            del keys[:head], self._ids[:head]
            self._head = 0

    def first(self) -> str | None:
        head = self._head
        return self._ids[head] if head < len(self._ids) else None

    def first_key(self) -> Key | None:
        head = self._head
        return self._keys[head] if head < len(self._keys) else None

    def nth(self, index: int) -> str:
        """The ticket with ``index`` others before it; raises ``IndexError`` past the end."""
        if index < 0:
            raise IndexError(index)
        return self._ids[self._head + index]

    def nth_key(self, index: int) -> Key:
        """The key of ``nth``."""
        if index < 0:
            raise IndexError(index)
        return self._keys[self._head + index]

    def count_before(self, key: Key) -> int:
        """How many stand strictly before ``key``."""
        keys, head = self._keys, self._head
        if not keys or keys[-1] < key:
            return len(keys) - head
        return bisect_left(keys, key, head) - head
