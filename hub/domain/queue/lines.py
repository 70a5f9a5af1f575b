"""Where tickets wait: a line has a lane for each class, a lane is in the order people joined.

Within a lane everybody has the same credit, so whoever joined first is the one to compare, under any policy. Searching
a lane is O(log n), leaving at its head is O(1).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from heapq import merge

Key = tuple[int, int, int]
"""Since when it counts (ms), rank of issue within the day, place among those reinstated there. Unique within a day."""

ORDINARY, APPOINTMENT = "", "appointment"
"""Lanes that are no priority class; the others are named by theirs."""

_KEPT_GAP = 64


class Lane:
    """Ticket ids ordered by key.

    Called tickets leave at the head, so the head is an index that moves on, and the gap before it is cut off when it
    outgrows the lane: a lane of any length costs the same.
    """

    __slots__ = ("_head", "_ids", "_keys", "occupied")

    def __init__(self) -> None:
        self.occupied = False
        """Whether anybody waits here; an attribute, because an estimate asks it of dozens of lanes."""
        self._keys: list[Key] = []
        self._ids: list[str] = []
        self._head = 0

    def __len__(self) -> int:
        return len(self._keys) - self._head

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids[self._head :])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Lane):
            return NotImplemented
        mine, theirs = slice(self._head, None), slice(other._head, None)
        return self._keys[mine] == other._keys[theirs] and self._ids[mine] == other._ids[theirs]

    __hash__ = None  # pyright: ignore[reportAssignmentType]  # a lane changes

    def __repr__(self) -> str:
        return f"Lane({list(self)!r})"

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

    def standing(self) -> Iterator[tuple[Key, str]]:
        """Everybody with their key, in order."""
        return zip(self._keys[self._head :], self._ids[self._head :], strict=True)

    def key_at(self, index: int) -> Key | None:
        """The key of ``nth``, None past the end."""
        at = self._head + index
        return self._keys[at] if at < len(self._keys) else None

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


class Line:
    """One queue of people: for ``letters`` on ``floor``, or (``window``) for one window.

    Several letters: visitors with items in each of them, who look for one window that does all.
    """

    __slots__ = ("floor", "lanes", "letters", "occupied", "waiting", "window")

    def __init__(self, letters: tuple[str, ...], floor: int, window: str | None = None) -> None:
        self.letters = letters
        self.floor = floor
        self.window = window
        self.lanes: dict[str, Lane] = {}
        self.waiting = 0
        self.occupied = False

    def __len__(self) -> int:
        return self.waiting

    def __iter__(self) -> Iterator[str]:
        """Ticket ids in the order they joined, whatever their class."""
        return (ticket for _, ticket in merge(*(lane.standing() for lane in self.lanes.values())))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Line):
            return NotImplemented
        mine = {name: lane for name, lane in self.lanes.items() if lane.occupied}
        theirs = {name: lane for name, lane in other.lanes.items() if lane.occupied}
        return (self.letters, self.floor, self.window, mine) == (other.letters, other.floor, other.window, theirs)

    __hash__ = None  # pyright: ignore[reportAssignmentType]  # a line changes

    def __repr__(self) -> str:
        return f"Line({list(self)!r})"

    def insert(self, lane: str, key: Key, ticket: str) -> None:
        """Raises ``ValueError`` when the key is taken in that lane."""
        known = self.lanes.get(lane)
        if known is None:
            known = self.lanes[lane] = Lane()
        known.insert(key, ticket)
        self.waiting += 1
        self.occupied = True

    def remove(self, lane: str, key: Key) -> None:
        """Raises ``KeyError`` or ``ValueError`` when nobody stands there."""
        self.lanes[lane].remove(key)
        self.waiting -= 1
        self.occupied = self.waiting > 0

    def first(self) -> str | None:
        """Who joined first of all its lanes."""
        heads = [(key, lane.nth(0)) for lane in self.lanes.values() if (key := lane.first_key()) is not None]
        return min(heads)[1] if heads else None
