"""Where a hub's inbox and this one part: after the receiver was restored from an older copy, its end is another."""

from __future__ import annotations

import msgspec

from hub.receiver.store import Store
from hub.sync.inbox_chain import START
from hub.sync.standing_rows import TAKEN, TakenRow, numbered


def common(store: Store, hall: str, before: int) -> tuple[int, bytes]:
    """The last message before ``before`` that the hall is known to have answered as it stands here, and its hash.

    Known by the answers in the hall's own log; where they are missing it is an earlier message, at worst none. That is
    safe: messages go to the hub once more from there, and their ids get the answers they had.
    """
    low, high = 0, before - 1
    while low < high:
        middle = (low + high + 1) // 2
        if _agreed(store, hall, middle):
            low = middle
        else:
            high = middle - 1
    return low, (store.inbox_hash(hall, low) or START)


def _agreed(store: Store, hall: str, n: int) -> bool:
    here, row = store.inbox_hash(hall, n), store.rows(hall, TAKEN, [numbered(n)]).get(numbered(n))
    return here is not None and row is not None and msgspec.json.decode(row.data, type=TakenRow).hash == here.hex()
