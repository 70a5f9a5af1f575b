"""Events on their way to the hub: sent in order, again after a gap, a silence or a new link, and answered.

Pure of the link: `next_payload` says what to send now, `acknowledged` and `replied` take what the hub answered.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec

from devices.wire.clock import Clock, HubClock
from devices.wire.codec import MAX_PAYLOAD, Malformed, encode
from devices.wire.messages import Ack, Event, Refusal, Reply, encode_event
from devices.wire.outbox import Kept, Outbox
from devices.wire.vocabulary import decode_reply_data, event_rule

log = logging.getLogger(__name__)

R = TypeVar("R")

# Past every limit, so that the hub refuses what nobody waits for: an ask given up, and any from before a restart, which
# no monotonic clock spans. Otherwise a person told "no answer" would get a ticket with the second try, and another.
ABANDONED_AGE_MS: Final = 60_000
ENVELOPE_BYTES: Final = 400
RESEND_SECONDS: Final = 5.0
RESEND_SECONDS_MOST: Final = 60.0
SAME_GAP_SECONDS: Final = 1.0


class Refused(Exception):
    """The hub refused an event. `refusal` has the code, the facts and a sentence in Chinese and English."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.code}: {refusal.message.zh} {refusal.message.en}")
        self.refusal = refusal

    @property
    def code(self) -> str:
        return self.refusal.code


class Unanswered(Exception):
    """No reply came in time. `refusal` is `no-room` when the hub's disk is full, else None."""

    def __init__(self, type_: str, refusal: Refusal | None = None) -> None:
        super().__init__(f"{type_}: no answer" + (f" ({refusal.code})" if refusal else ""))
        self.refusal = refusal


@dataclass(slots=True)
class _Ask:
    kept: Kept
    answer: asyncio.Future[Any]
    refusal: Refusal | None = None


def _loop_seconds() -> float:
    return asyncio.get_running_loop().time()


class Delivery:
    """The events of one device between its outbox and the hub. `stir` is called when there is something to send.

    `seconds` is the loop's own time, not the device's clock: what a network is given does not run faster in a demo.
    """

    def __init__(
        self,
        kind: str,
        outbox: Outbox,
        clock: Clock,
        hub_clock: HubClock,
        stir: Callable[[], None],
        seconds: Callable[[], float] = _loop_seconds,
    ) -> None:
        self.outbox = outbox
        self.refused = 0
        self._kind = kind
        self._clock = clock
        self._hub_clock = hub_clock
        self._stir = stir
        self._seconds = seconds
        self._sent = outbox.last
        self._again: deque[Kept] = deque()
        self._asks: dict[int, _Ask] = {}
        self._gap: tuple[int, float] = (0, float("-inf"))
        self._heard = 0
        self._doubt: tuple[int, float] | None = None
        self._patience = RESEND_SECONDS
        self._quiet_since = float("-inf")

    def put(self, type_: str, data: object) -> int:
        """Keeps an event; returns its seq. Raises as `DeviceSession.emit`."""
        return self._put(type_, data).seq

    def _put(self, type_: str, data: object) -> Kept:
        rule = event_rule(self._kind, type_)
        if rule is None:
            raise ValueError(f"{self._kind} has no event {type_!r}")
        if not isinstance(data, rule.data):
            raise ValueError(f"the data of {type_} is a {rule.data.__name__}, not a {type(data).__name__}")
        encoded = encode(data)
        if len(encoded) > MAX_PAYLOAD - ENVELOPE_BYTES:
            raise Malformed("data", f"more than {MAX_PAYLOAD - ENVELOPE_BYTES} bytes")
        kept, given_up = self.outbox.put(type_, encoded, self._hub_clock.now(), self._clock.monotonic())
        for event in given_up:
            self._fail(event.seq)
        self._stir()
        return kept

    async def ask(self, type_: str, data: object, timeout: float) -> Any:
        """Keeps an asking event and waits for the dataclass of its reply. Raises as `DeviceSession.ask`."""
        rule = event_rule(self._kind, type_)
        if rule is None or not rule.asks:
            raise ValueError(f"{self._kind} has no asking event {type_!r}")
        kept = self._put(type_, data)
        ask = _Ask(kept, asyncio.get_running_loop().create_future())
        self._asks[kept.seq] = ask
        try:
            async with asyncio.timeout(timeout):
                return await ask.answer
        except TimeoutError:
            raise Unanswered(type_, ask.refusal) from None
        finally:
            # Its seq may have changed with the epoch.
            self._asks.pop(ask.kept.seq, None)
            if not ask.answer.done() or ask.answer.cancelled():
                self.outbox.abandon(ask.kept.seq)

    # -- sending --------------------------------------------------------------------------------------------------

    def begin_link(self) -> None:
        """A new link, or a new hub: everything unacknowledged is sent again, and the asks whose reply was lost.

        What it acknowledges may be less than what was acknowledged before.
        """
        self._patience = RESEND_SECONDS
        self._heard, self._doubt = 0, None
        self.resend()

    def resend(self) -> None:
        """Everything unacknowledged and everything unanswered goes out again, in order."""
        self._again = deque(ask.kept for seq, ask in sorted(self._asks.items()) if seq <= self.outbox.acknowledged)
        self._sent = self.outbox.acknowledged
        self._quiet_since = self._seconds()
        self._stir()

    def patience(self) -> float | None:
        """Seconds until what was sent and not acknowledged is sent again; None when nothing waits."""
        if not len(self.outbox):
            return None
        return max(0.0, self._quiet_since + self._patience - self._seconds())

    def next_payload(self) -> bytes | None:
        """The event to send now, or None."""
        if self._again:
            return self._payload(self._again.popleft())
        kept = self.outbox.next_after(self._sent)
        if kept is None and len(self.outbox) and self.patience() == 0.0:
            # The broker has it, but PUBACK proves no more: silence means that the hub has not.
            self._patience = min(self._patience * 2, RESEND_SECONDS_MOST)
            self.resend()
            kept = self.outbox.next_after(self._sent)
        if kept is None:
            return None
        if kept.seq == self.outbox.acknowledged + 1:
            self._quiet_since = self._seconds()
        self._sent = kept.seq
        return self._payload(kept)

    def _payload(self, kept: Kept) -> bytes:
        if kept.acted is None:
            passed = (self._hub_clock.now() - kept.at).total_seconds()
            age = max(ABANDONED_AGE_MS, int(passed * 1000))
        else:
            age = max(0, int((self._clock.monotonic() - kept.acted) * 1000))
        return encode_event(Event(self.outbox.epoch, kept.seq, kept.at, kept.type, msgspec.Raw(kept.data), age))

    # -- answers --------------------------------------------------------------------------------------------------

    def acknowledged(self, ack: Ack) -> None:
        """An `ack`, of a gap or not; one of another epoch says nothing."""
        if ack.epoch != self.outbox.epoch:
            return
        if ack.seq > self.outbox.last:
            # The hub has seqs that we have not given: our outbox is an old copy of itself.
            log.warning("the hub knows seq %d, the outbox %d: a new epoch begins", ack.seq, self.outbox.last)
            self._begin_epoch(None)
            return
        if self.outbox.acknowledge(ack.epoch, ack.seq):
            self._progress()
        if ack.missing is not None:
            self._answer_gap(ack.missing[0], late=ack.seq < self._heard)
        self._heard = max(self._heard, ack.seq)

    def replied(self, reply: Reply) -> None:
        """A `reply`; it acknowledges its own seq unless it says `no-room`. Raises `Malformed` for unreadable data."""
        if reply.epoch != self.outbox.epoch:
            return
        ask = self._asks.get(reply.seq)
        if reply.refused is not None and reply.refused.code == "no-room":
            if ask is not None:
                ask.refusal = reply.refused
            return
        # Events are taken in order only, so the hub has all before it as well.
        if self.outbox.acknowledge(reply.epoch, reply.seq):
            self._progress()
        self._heard = max(self._heard, reply.seq)
        if reply.refused is not None:
            self.refused += 1
            if ask is None:
                log.warning("event %d was refused: %s %s", reply.seq, reply.refused.code, reply.refused.facts)
        if ask is None or ask.answer.done():
            return
        if reply.refused is not None:
            ask.answer.set_exception(Refused(reply.refused))
        elif reply.data is not msgspec.UNSET:
            ask.answer.set_result(decode_reply_data(self._kind, ask.kept.type, reply.data))

    def _progress(self) -> None:
        self._patience = RESEND_SECONDS
        self._quiet_since = self._seconds()
        self._doubt = None

    def _answer_gap(self, first: int, *, late: bool) -> None:
        if self.outbox.holds(first):
            # A hub that drops a hundred later events may tell of the same gap a hundred times.
            now = self._seconds()
            if self._gap[0] == first and now - self._gap[1] < SAME_GAP_SECONDS:
                return
            self._gap = (first, now)
            self._sent = min(self._sent, first - 1)
            self._stir()
        elif first > self.outbox.last or (late and not self._confirms(first)):
            return
        else:
            pending = self.outbox.next_after(0)
            self._begin_epoch((first, self.outbox.last if pending is None else pending.seq - 1))

    def _confirms(self, first: int) -> bool:
        # This hub has acknowledged more than it now says it has. Either the gap was overtaken by that, or the hub went
        # back to a backup without our hearing of it: then it says the same again to what is sent after the silence.
        now = self._seconds()
        if self._doubt is None or self._doubt[0] != first:
            self._doubt = (first, now)
            return False
        return now - self._doubt[1] >= SAME_GAP_SECONDS

    def _begin_epoch(self, lost: tuple[int, int] | None) -> None:
        moved = self.outbox.begin_epoch(lost, self._hub_clock.now(), self._clock.monotonic())
        asks, self._asks = self._asks, {}
        for seq, ask in asks.items():
            if seq in moved and (kept := self.outbox.next_after(moved[seq] - 1)) is not None:
                ask.kept = kept
                self._asks[kept.seq] = ask
            elif not ask.answer.done():
                ask.answer.set_exception(Unanswered(ask.kept.type))
        self._again.clear()
        self._sent, self._heard, self._gap = 0, 0, (0, float("-inf"))
        self._progress()
        self._stir()

    def _fail(self, seq: int) -> None:
        ask = self._asks.pop(seq, None)
        if ask is not None and not ask.answer.done():
            ask.answer.set_exception(Unanswered(ask.kept.type))
