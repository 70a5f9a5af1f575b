"""Device events on their way in: order and gaps, repeats, age, translation, and the acknowledgement after the commit.

Theory. A device's events are numbered within an epoch. ``last`` is the highest seq handed to the writer; it is durable
once the writer calls back, and only then do reply, ack and PUBACK leave. A repeat gets its stored outcome, a gap is
asked for, a left epoch changes nothing. An event that cannot be read is counted and dropped; one that can be read but
not carried out is refused and uses up its seq, so that it can never block the ones behind it. Of a device that is not
admitted nothing is kept: it is refused before its numbers are looked at.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from devices.wire import messages
from devices.wire.messages import Event, Malformed, Refusal, Sentence, UnknownType
from devices.wire.topics import Address
from hub.core.hub import Hub
from hub.core.submission import StepKey, Submission
from hub.domain.refusals import Refused, sentence
from hub.log.entry import Outcome
from hub.mqtt.bindings import Bindings
from hub.mqtt.session import Delivery
from hub.mqtt.translate import Asked, translate

log = logging.getLogger(__name__)

ACK_AFTER_SECONDS = 0.05
OLDEST_MS = 31 * 86_400_000
"""An act is dated no further back than this, whatever age a device gives it."""

Publish = Callable[[str, bytes], object]
Acknowledge = Callable[[Delivery], None]


@dataclass(slots=True)
class _Stored:
    code: str
    facts: dict[str, str | int | float | bool | None]


_read_refusal = msgspec.json.Decoder(_Stored).decode


@dataclass(slots=True)
class _Device:
    """``last``: highest seq given to the writer; ``committed``: highest whose commit was heard."""

    key: str
    actor: str
    reply_topic: str
    ack_topic: str
    epoch: str = ""
    last: int = 0
    committed: int = 0
    gap: tuple[str, int] | None = None
    """The epoch and highest seq of what was dropped and is still to be asked for."""
    missing: tuple[str, int] = ("", 0)
    """The epoch and highest seq of what was asked for last."""
    told_at: float = -1.0
    """When an ``ack`` was sent last, by the loop's clock."""


class Intake:
    """Takes ``event`` messages of all devices of one hall."""

    def __init__(self, hub: Hub, bindings: Bindings, publish: Publish, acknowledge: Acknowledge) -> None:
        self._hub = hub
        self._bindings = bindings
        self._publish = publish
        self._acknowledge = acknowledge
        self._devices: dict[Address, _Device] = {}
        self._ack_due: dict[str, _Device] = {}
        self._ack_timer: asyncio.TimerHandle | None = None
        self.counts: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.gaps: dict[str, str] = {}

    def take(self, address: Address, payload: bytes, delivery: Delivery) -> None:
        """One message of an ``event`` topic."""
        try:
            event = messages.decode_event(payload)
        except Malformed as problem:
            self.counts["unreadable"] += 1
            log.warning(
                "unreadable event",
                extra={"facts": {"device": address.device, "field": problem.field, "problem": problem.why}},
            )
            self._acknowledge(delivery)
            return
        if not self._bindings.admits(address.kind, address.device):
            self._refuse_stranger(address, event, delivery)
            return
        device = self._devices.get(address) or self._meet(address)
        if event.epoch == device.epoch:
            if event.seq == device.last + 1:
                self._next(address, device, event, delivery)
            elif event.seq <= device.last:
                self._repeat(address, device, event, delivery)
            else:
                self._gap(device, event, delivery)
        elif self._hub.log.knows_epoch(device.key, event.epoch):
            self._repeat(address, device, event, delivery)
        elif event.seq == 1:
            device.epoch, device.last, device.committed = event.epoch, 0, 0
            self._next(address, device, event, delivery)
        else:
            self._gap(device, event, delivery)

    def _meet(self, address: Address) -> _Device:
        self._bindings.meet(address.kind, address.device)
        key = f"{address.kind}/{address.device}"
        device = _Device(key, key, address.topic("reply"), address.topic("ack"))
        progress = self._hub.log.progress(key)
        if progress is not None:
            device.epoch, device.last, device.committed = progress.epoch, progress.seq, progress.seq
        self._devices[address] = device
        return device

    def _next(self, address: Address, device: _Device, event: Event, delivery: Delivery) -> None:
        hub = self._hub
        rule = messages.event_rule(address.kind, event.type)
        asked: Asked | None = None
        refused: bytes | None = None
        age = min(event.age, OLDEST_MS)
        try:
            if rule is None:
                raise Refused("unknown-type", type=event.type)
            if rule.stale_ms is not None and event.age > rule.stale_ms:
                raise Refused("stale", age_ms=event.age)
            data = messages.decode_data(address.kind, event.type, event.data)
            asked = translate(hub, self._bindings, address, event.type, data, age)
        except Refused as no:
            refused = _stored(no)
        except UnknownType:
            refused = _stored(Refused("unknown-type", type=event.type))
        except Malformed as problem:
            refused = _stored(Refused("bad-value", field=problem.field, problem=problem.why))
        except Exception:
            # it must not block the ones behind it, whatever it was
            log.exception("an event could not be carried out", extra={"facts": {"device": device.key}})
            refused = _stored(Refused("fault"))
        device.last = event.seq
        asks = rule is not None and rule.asks
        epoch, seq = event.epoch, event.seq

        def done(outcome: Outcome) -> None:
            self._answered(device, epoch, seq, asks, outcome, delivery)

        submission = Submission(
            command=asked.command if asked is not None else None,
            actor=device.actor,
            occurred_at=hub.now() - age,
            fingerprint=self._fingerprint(event),
            step=StepKey(device.key, epoch, seq),
            refused=refused,
        )
        hub.writer.push(submission, done)

    def _answered(
        self, device: _Device, epoch: str, seq: int, asks: bool, outcome: Outcome, delivery: Delivery
    ) -> None:
        if outcome.ok:
            self.counts["taken"] += 1
            if asks:
                self._publish(device.reply_topic, messages.encode_reply(epoch, seq, msgspec.Raw(outcome.reply)))
        else:
            stored = _read_refusal(outcome.reply)
            self.refusals[stored.code] += 1
            self._publish(device.reply_topic, _refusal(epoch, seq, stored))
            if stored.code == "no-room":
                # nothing was written: the device keeps the event, and its number is still to come
                self._fall_back(device)
                self._acknowledge(delivery)
                return
        if device.epoch == epoch:
            device.committed = seq
            self._ack_soon(device)
        self._acknowledge(delivery)

    def _repeat(self, address: Address, device: _Device, event: Event, delivery: Delivery) -> None:
        self.counts["repeated"] += 1
        if event.epoch == device.epoch and event.seq > device.committed:
            # its first delivery is being committed in this very tick and will be answered
            self._acknowledge(delivery)
            return
        step = self._hub.log.step(device.key, event.epoch, event.seq)
        rule = messages.event_rule(address.kind, event.type)
        if step is not None:
            if step.fingerprint != self._fingerprint(event):
                self.refusals["other-body"] += 1
                self._publish(device.reply_topic, _refusal(event.epoch, event.seq, _Stored("other-body", {})))
            elif not step.outcome.ok:
                self._publish(device.reply_topic, _refusal(event.epoch, event.seq, _read_refusal(step.outcome.reply)))
            elif rule is not None and rule.asks:
                reply = messages.encode_reply(event.epoch, event.seq, msgspec.Raw(step.outcome.reply))
                self._publish(device.reply_topic, reply)
        if event.epoch == device.epoch:
            self._ack_soon(device)
        self._acknowledge(delivery)

    def _fall_back(self, device: _Device) -> None:
        """To where the log is: what was handed to the writer since was not taken."""
        progress = self._hub.log.progress(device.key)
        if progress is None:
            device.epoch, device.last, device.committed = "", 0, 0
        else:
            device.epoch, device.last, device.committed = progress.epoch, progress.seq, progress.seq

    def _gap(self, device: _Device, event: Event, delivery: Delivery) -> None:
        """Dropped and asked for again: the first at once, the rest of a burst in one further ``ack``."""
        self.counts["gap"] += 1
        device.gap = (event.epoch, event.seq - 1)
        if asyncio.get_running_loop().time() - device.told_at >= ACK_AFTER_SECONDS:
            self._tell(device)
        else:
            self._ack_soon(device)
        self._acknowledge(delivery)

    def _refuse_stranger(self, address: Address, event: Event, delivery: Delivery) -> None:
        """Nothing of an unapproved device is stored: no seq is used up and nothing acknowledged."""
        self.counts["stranger"] += 1
        refusal = _Stored("unknown-device", {"device": address.device})
        self._publish(address.topic("reply"), _refusal(event.epoch, event.seq, refusal))
        self._acknowledge(delivery)

    def _fingerprint(self, event: Event) -> bytes:
        """Of type and data as sent: a resent event has the same bytes, while ``at`` and ``age`` may change."""
        return self._hub.subjects.fingerprint(event.type.encode() + b"\n" + bytes(event.data))

    def _ack_soon(self, device: _Device) -> None:
        self._ack_due[device.key] = device
        if self._ack_timer is None:
            self._ack_timer = asyncio.get_running_loop().call_later(ACK_AFTER_SECONDS, self._send_acks)

    def _send_acks(self) -> None:
        self._ack_timer = None
        due, self._ack_due = self._ack_due, {}
        for device in due.values():
            self._tell(device)

    def _tell(self, device: _Device) -> None:
        """How far the device is committed, and what is missing. Never more than is committed: a person's paper depends
        on the device keeping the rest."""
        gap, device.gap = device.gap, None
        device.told_at = asyncio.get_running_loop().time()
        if gap is not None:
            epoch, upto = gap
            last, committed = (device.last, device.committed) if epoch == device.epoch else (0, 0)
            if last < upto:
                device.missing = gap
                self.gaps[device.key] = f"{last + 1}-{upto}"
                self._publish(device.ack_topic, messages.encode_gap(epoch, committed, (last + 1, upto)))
                return
        if device.missing[0] != device.epoch or device.missing[1] <= device.last:
            self.gaps.pop(device.key, None)
        if device.committed:
            self._publish(device.ack_topic, messages.encode_ack(device.epoch, device.committed))


def _stored(refused: Refused) -> bytes:
    return msgspec.json.encode({"code": refused.code, "facts": dict(refused.facts)})


def _refusal(epoch: str, seq: int, stored: _Stored) -> bytes:
    words = sentence(stored.code, stored.facts)
    facts: dict[str, object] = dict(stored.facts)
    return messages.encode_refusal(epoch, seq, Refusal(stored.code, facts, Sentence(words.zh, words.en)))
