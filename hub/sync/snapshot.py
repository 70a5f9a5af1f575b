"""A hall's standing at one position, for a receiver that begins without the entries before it.

The rows are folded from what the gate lets out, by the same fold that the receiver uses, so a snapshot holds nothing
that the entries would not have told. Immutable: it is of the position that it names, and later entries follow on it.
"""

from __future__ import annotations

import msgspec

from hub.log.entry import Head
from hub.log.port import LogReader
from hub.sync.egress import Egress
from hub.sync.envelope import BadEnvelope, CloudEvent
from hub.sync.standing_fold import ahead, fold
from hub.sync.standing_rows import Row, Rows, StandingSnapshot

_READ = 500


def snapshot_of(log: LogReader, gate: Egress, head: Head, source: str) -> StandingSnapshot:
    """The standing at ``head``. Reads the whole log: half a minute for a million entries, in the feed's process."""
    position, recorded_at = 0, 0
    kept: dict[tuple[str, str], Row] = {}

    def load(kind: str, keys: list[str]) -> dict[str, Row]:
        return {key: kept[kind, key] for key in keys if (kind, key) in kept}

    while position < head.position:
        entries = log.read(position, min(_READ, head.position - position))
        events = [gate.event(entry, source) for entry in entries]
        rows = Rows(load)
        ahead(rows, events)
        for event in events:
            _folded(rows, event)
        for row in rows.changed():
            kept[row.kind, row.key] = row
        for gone in rows.gone():
            kept.pop(gone, None)
        position, recorded_at = entries[-1].position, entries[-1].recorded_at
    return StandingSnapshot(head.position, head.hash.hex(), list(kept.values()), recorded_at)


def _folded(rows: Rows, event: CloudEvent) -> None:
    """An entry that cannot be folded tells nothing, as at the receiver."""
    try:
        fold(rows, event)
        rows.settle()
    except (msgspec.MsgspecError, BadEnvelope, ValueError, ArithmeticError, LookupError, TypeError):
        rows.undo()


def snapshot_body(log: LogReader, gate: Egress, source: str) -> bytes:
    """Of everything that is committed now."""
    return msgspec.json.encode(snapshot_of(log, gate, log.head(), source))
