"""Events on their way to the hub: in order, again after a gap, a silence or a new link, and answered.

The board's side of the contract's "Order, gaps and repeats" and "Age". `next_payload` says what to send now; what the
hub answers goes into `acknowledged` and `replied`.
"""

import json

from clock import read, written

ABANDONED_AGE_MS = 60000
BELIEVED_MS = 7 * 86400000
RESEND_MS = 5000
RESEND_MOST_MS = 60000
SAME_GAP_MS = 1000


class _Ask:
    def __init__(self, kept, until, answer, contents):
        self.kept = kept
        self.seq = kept.seq
        self.acted = kept.acted
        self.until = until
        self.answer = answer
        self.contents = contents


class Delivery:
    """`answer(ok, value)` of an ask gets the reply's data, or the refusal, or (False, None) when none came in time."""

    def __init__(self, outbox, monotonic, hub_clock):
        self.outbox = outbox
        self.refused = 0
        self._ms = monotonic.ms
        self._hub_clock = hub_clock
        self._sent = outbox.last
        self._asks = {}
        self._again = []
        self._gap = (0, -SAME_GAP_MS)
        self._doubt = None
        self._heard = 0
        self._patience = RESEND_MS
        self._quiet_since = 0

    def put(self, type_, data):
        """Keeps an event; returns it. Raises `OSError` when the disk takes no more: then it is not kept."""
        return self._put(type_, json.dumps(data, separators=(",", ":")))

    def ask(self, type_, data, within_ms, answer):
        """Keeps an asking event whose `answer` is told within `within_ms`. Raises as `put`."""
        text = json.dumps(data, separators=(",", ":"))
        at = written(self._hub_clock.now())
        kept = self._put(type_, text)
        self._asks[kept.seq] = _Ask(kept, self._ms() + within_ms, answer, (type_, at, text))
        return kept

    def _put(self, type_, text):
        kept, gone = self.outbox.put(type_, text, written(self._hub_clock.now()), self._ms())
        for event in gone:
            self._fail(event.seq)
        return kept

    # -- sending ------------------------------------------------------------------------------------------------------

    def begin_link(self):
        """A new link, or a new hub: what it acknowledges may be less than what was acknowledged before."""
        self._patience = RESEND_MS
        self._heard, self._doubt = 0, None
        self.resend()

    def resend(self):
        """Everything unacknowledged goes out again, in order, and the asks whose reply was lost."""
        self._again = [seq for seq in sorted(self._asks) if seq <= self.outbox.acknowledged]
        self._sent = self.outbox.acknowledged
        self._quiet_since = self._ms()

    def tick(self):
        """Looks at the clock: gives up asks, sends again what stayed silent."""
        now = self._ms()
        for seq in list(self._asks):
            if now >= self._asks[seq].until:
                # Nobody waits any more, and the person will act again: it must come too late.
                self.outbox.abandon(seq)
                self._fail(seq)
        if len(self.outbox) and self._sent >= self.outbox.last and now - self._quiet_since >= self._patience:
            # PUBACK proves only that the broker has it: silence means that the hub has not.
            self._patience = min(self._patience * 2, RESEND_MOST_MS)
            self.resend()

    def next_payload(self):
        """The event to send now, or None. It counts as sent."""
        while self._again:
            ask = self._asks.get(self._again.pop(0))
            if ask is not None:
                return self._payload(ask.seq, ask.acted, ask.contents)
        while True:
            kept = self.outbox.next_after(self._sent)
            if kept is None:
                return None
            contents = self.outbox.contents(kept)
            if contents is not None:
                break
        if kept.seq == self.outbox.acknowledged + 1:
            self._quiet_since = self._ms()
        self._sent = kept.seq
        return self._payload(kept.seq, kept.acted, contents)

    def _payload(self, seq, acted, contents):
        type_, at, data = contents
        age = self._long_ago(at) if acted is None else max(0, self._ms() - acted)
        return ('{"epoch":"%s","seq":%d,"at":"%s","type":"%s","data":%s,"age":%d}' % (
            self.outbox.epoch, seq, at, type_, data, age,
        )).encode()  # fmt: skip

    def _long_ago(self, at):
        # No monotonic clock spans a restart, so what was kept over one is past every limit. How far past dates it, when
        # its own time can be believed: a board without a battery begins in the year 2000.
        passed = self._hub_clock.now() - read(at) if self._hub_clock.is_set else 0
        return passed if ABANDONED_AGE_MS < passed < BELIEVED_MS else ABANDONED_AGE_MS

    # -- answers ------------------------------------------------------------------------------------------------------

    def acknowledged(self, ack):
        """An `ack`, of a gap or not."""
        outbox, seq = self.outbox, ack["seq"]
        if ack["epoch"] != outbox.epoch:
            return
        if seq > outbox.last:
            # The hub has seqs that were not given here: the outbox is an old copy of itself.
            self._begin_epoch(None)
            return
        if outbox.acknowledge(seq):
            self._progress()
        missing = ack.get("missing")
        if missing:
            self._answer_gap(missing[0], seq < self._heard)
        self._heard = max(self._heard, seq)

    def replied(self, reply):
        """A `reply`; it acknowledges its own seq unless it says `no-room`."""
        outbox, seq = self.outbox, reply["seq"]
        if reply["epoch"] != outbox.epoch:
            return
        ok, refused = reply["ok"], reply.get("refused")
        if not ok and refused["code"] == "no-room":
            return
        # Events are taken in order only, so the hub has all before it as well.
        if outbox.acknowledge(seq):
            self._progress()
        self._heard = max(self._heard, seq)
        if not ok:
            self.refused += 1
        ask = self._asks.pop(seq, None)
        if ask is not None:
            ask.answer(ok, reply.get("data") if ok else refused)

    def _progress(self):
        self._patience = RESEND_MS
        self._quiet_since = self._ms()
        self._doubt = None

    def _answer_gap(self, first, late):
        outbox = self.outbox
        if outbox.holds(first):
            # A hub that drops a hundred later events may tell of the same gap a hundred times.
            now = self._ms()
            if self._gap[0] == first and now - self._gap[1] < SAME_GAP_MS:
                return
            self._gap = (first, now)
            self._sent = min(self._sent, first - 1)
        elif first <= outbox.last and (not late or self._confirms(first)):
            pending = outbox.next_after(0)
            self._begin_epoch((first, outbox.last if pending is None else pending.seq - 1))

    def _confirms(self, first):
        # This hub has acknowledged more than it now says it has. Either that overtook the gap, or the hub went back to
        # a backup unheard: then it says the same again to what is sent after the silence.
        now = self._ms()
        if self._doubt is None or self._doubt[0] != first:
            self._doubt = (first, now)
            return False
        return now - self._doubt[1] >= SAME_GAP_MS

    def _begin_epoch(self, lost):
        moved = self.outbox.begin_epoch(lost, written(self._hub_clock.now()), self._ms())
        asks, self._asks = self._asks, {}
        for seq, ask in asks.items():
            if seq in moved:
                ask.seq = moved[seq]
                self._asks[ask.seq] = ask
            else:
                ask.answer(False, None)
        self._again = []
        self._sent, self._heard, self._gap = 0, 0, (0, -SAME_GAP_MS)
        self._progress()

    def _fail(self, seq):
        ask = self._asks.pop(seq, None)
        if ask is not None:
            ask.answer(False, None)
