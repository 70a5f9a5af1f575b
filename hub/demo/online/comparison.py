"""Whether the two sides of the line agree: the receiver's chain and rows against the hub's own log.

The rows are folded anew from the hub's log, by what may leave it, so that a view that lost something shows.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Final

from hub.demo.online.asking import Comparison
from hub.log.key_reader import KeyReader
from hub.log.names import EVENTS
from hub.log.open import open_reader
from hub.receiver.store import Store
from hub.sync.allowed import ALLOWED
from hub.sync.egress import Egress
from hub.sync.snapshot import snapshot_of
from hub.sync.standing_rows import KINDS, Row
from hub.views.masks import masked_name

_PAGE: Final = 500
_NAMED: Final = 5


def compared(store: Store, hall: str, log: str, keys: Path) -> Comparison:
    """Blocking. ``log`` is the URL of the hub's log. Raises ``BadUrl``, ``LogBroken``, ``FileNotFoundError``."""
    standing = store.standing(hall)
    committed = 0 if standing is None else standing.committed
    with closing(open_reader(log)) as reader, closing(KeyReader(keys)) as known:
        head = reader.head()
        gate = Egress(EVENTS, ALLOWED, known.clear, masked_name)
        ours = {(row.kind, row.key): row for row in snapshot_of(reader, gate, head, "").rows}
        both = min(head.position, committed)
        same = both == 0 or reader.read(both - 1, 1)[0].hash == store.hash_at(hall, both)
    theirs = {(row.kind, row.key): row for kind in KINDS for row in _all(store, hall, kind)}
    differ = sorted(place for place in ours.keys() | theirs.keys() if not _same(ours.get(place), theirs.get(place)))
    counts = {kind: sum(place[0] == kind for place in ours) for kind in KINDS}
    return Comparison(
        head.position,
        committed,
        0 if standing is None else standing.viewed,
        same,
        counts,
        [f"{kind} {key}" for kind, key in differ[:_NAMED]],
    )


def _all(store: Store, hall: str, kind: str) -> list[Row]:
    found: list[Row] = []
    while page := store.find(hall, kind, None, found[-1].key if found else "", _PAGE):
        found += page
    return found


def _same(ours: Row | None, theirs: Row | None) -> bool:
    if ours is None or theirs is None:
        return False
    return bytes(ours.data) == bytes(theirs.data) and ours.sought == theirs.sought
