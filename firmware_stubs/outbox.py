"""The outbox: events kept through a cut of the power until the hub has committed them.

On the disk: `H epoch last acknowledged dropped` begins the file, then `E seq type at data` for an event, `A seq` for
everything acknowledged up to it, `G seq` for one given up. In memory: where each event lies, and nothing of it.
A seq is given once. What was dropped (no room, a torn line) stays a hole until the hub asks for it, because only the
hub knows whether it had it; then a new epoch begins with `outbox-lost`.
"""

import os
from binascii import hexlify

from records import Damaged, RecordFile, line

LOST = "outbox-lost"


class Kept:
    """One event in the outbox. `acted`: the monotonic ms of the act, None after a restart or once its asker gave up."""

    def __init__(self, seq, offset, acted, is_loss):
        self.seq = seq
        self.offset = offset
        self.acted = acted
        self.is_loss = is_loss


def new_id():
    """12 hex digits, new each time."""
    return hexlify(os.urandom(6)).decode()


class Outbox:
    """At most `limit` events; past it the oldest are given up. `dropped` counts, over all restarts, what was lost here.

    The file is rewritten when it is empty of events and past `tidy` bytes, and at `most` bytes in any case.
    """

    def __init__(self, path, limit=400, tidy=8192, most=131072):
        self._limit = limit
        self._tidy = tidy
        self._most = most
        self._file = RecordFile(path)
        self._events = []
        self.epoch, self.last, self.acknowledged, self.dropped = "", 0, 0, 0
        self._load()

    def __len__(self):
        return len(self._events)

    def put(self, type_, data, at, acted):
        """Keeps an event (`data` is JSON text, `at` RFC 3339) durably under the next seq, and returns it.

        Returns also those that were given up for it. Raises `OSError` when the disk takes no more: not kept.
        """
        gone = self._make_room()
        seq = self.last + 1
        offset = self._file.append("E", "%d %s %s %s" % (seq, type_, at, data))
        self.last = seq
        kept = Kept(seq, offset, acted, type_ == LOST)
        self._events.append(kept)
        return kept, gone

    def contents(self, kept):
        """(type, at, data) of a kept event; None when the disk no longer gives it back, and then it is dropped."""
        found = self._file.read(kept.offset)
        if not isinstance(found, Damaged):
            seq, type_, at, data = found[1].split(" ", 3)
            if int(seq) == kept.seq:
                return type_, at, data
        if kept in self._events:
            self._events.remove(kept)
            self.dropped += 1
        return None

    def next_after(self, seq):
        """The first kept event past `seq`, or None."""
        for kept in self._events:
            if kept.seq > seq:
                return kept
        return None

    def holds(self, seq):
        kept = self.next_after(seq - 1)
        return kept is not None and kept.seq == seq

    def abandon(self, seq):
        """Nobody waits for its answer any more: from now on it is as old as before a restart."""
        kept = self.next_after(seq - 1)
        if kept is not None and kept.seq == seq:
            kept.acted = None

    def acknowledge(self, seq):
        """Everything up to `seq` is committed by the hub; returns whether that was news."""
        if seq <= self.acknowledged or seq > self.last:
            return False
        # Not synced: what a cut of the power takes back here is sent again, and the hub knows it.
        self._file.append("A", str(seq), sync=False)
        self.acknowledged = seq
        while self._events and self._events[0].seq <= seq:
            self._events.pop(0)
        if (not self._events and self._file.size > self._tidy) or self._file.size > self._most:
            self._rewrite(self.epoch, self.last, self._events, seq)
        return True

    def begin_epoch(self, lost, at, acted):
        """Leaves the epoch: what is kept gets new seqs behind an `outbox-lost` of the (first, last) lost, if any.

        Only right when the hub has committed nothing of what is kept, which its gap says. Returns {old seq: new seq}.
        """
        old_epoch, moved = self.epoch, {}
        first = []
        if lost is not None:
            first.append(
                line("E", '1 %s %s {"epoch":"%s","from":%d,"to":%d}' % (LOST, at, old_epoch, lost[0], lost[1]))
            )
        seq = len(first)
        for kept in self._events:
            seq += 1
            moved[kept.seq] = seq
        events = self._events
        self._rewrite(new_id(), seq, events, 0, first, moved)
        if first:
            self._events[0].acted = acted
        return moved

    def close(self):
        self._file.close()

    def _make_room(self):
        gone = []
        while len(self._events) - len(gone) >= self._limit:
            # Never an `outbox-lost`: what it tells would be lost without a word.
            victim = next((kept for kept in self._events if not kept.is_loss and kept not in gone), None)
            if victim is None:
                break
            self._file.append("G", str(victim.seq), sync=False)
            gone.append(victim)
        for victim in gone:
            self._events.remove(victim)
            self.dropped += 1
        if gone and self._file.size > self._most:
            self._rewrite(self.epoch, self.last, self._events, self.acknowledged)
        return gone

    def _rewrite(self, epoch, last, events, acknowledged, first=(), moved=None):
        """Everything again, with the events under their new seqs when `moved`, one line in memory at a time."""
        head = line("H", "%s %d %d %d" % (epoch, last, acknowledged, self.dropped))
        placed = []

        def lines():
            at = len(head)
            yield head
            for raw in first:
                placed.append(Kept(1, at, None, True))
                at += len(raw)
                yield raw
            for kept in events:
                found = self._file.read(kept.offset)
                if isinstance(found, Damaged):
                    self.dropped += 1
                    continue
                rest = found[1].split(" ", 1)[1]
                seq = moved[kept.seq] if moved else kept.seq
                raw = line("E", "%d %s" % (seq, rest))
                placed.append(Kept(seq, at, kept.acted, kept.is_loss))
                at += len(raw)
                yield raw

        self._file.rewrite(lines())
        self._events = placed
        self.epoch, self.last, self.acknowledged = epoch, last, acknowledged

    def _load(self):
        torn = False
        damaged = 0
        for offset, found in self._file.records():
            if isinstance(found, Damaged):
                # A torn `A` or `G` lost nothing; anything else may have been an event.
                torn = found.kind not in ("A", "G")
                damaged += 1
                continue
            kind, body = found
            if kind == "H":
                self.epoch, last, acknowledged, dropped = body.split(" ")
                self.last, self.acknowledged, self.dropped = int(last), int(acknowledged), int(dropped)
                continue
            if not self.epoch:
                continue  # without its head nobody can tell what the hub has
            seq = int(body.split(" ", 1)[0])
            if kind == "E":
                self.dropped += max(0, seq - self.last - 1) if seq > self.last else 0
                self.last = max(self.last, seq)
                self._events.append(Kept(seq, offset, None, body.split(" ", 2)[1] == LOST))
                torn = False
            elif kind == "A":
                self.acknowledged = max(self.acknowledged, seq)
                self._events = [kept for kept in self._events if kept.seq > seq]
            elif kind == "G":
                self.dropped += 1
                self._events = [kept for kept in self._events if kept.seq != seq]
        if not self.epoch:
            self._events = []
            self.last = self.acknowledged = 0
            self.dropped = damaged
            self._rewrite(new_id(), 0, [], 0)
        elif damaged:
            if torn:
                # The press whose line was being written: its seq stays a hole, and the hub is told when it asks.
                self.last += 1
                self.dropped += 1
            self._rewrite(self.epoch, self.last, self._events, self.acknowledged)
