"""The one writer: submit → decide → append → evolve → reply, a batch of one loop tick in one durable transaction.

Theory. Commands of one tick are decided in order, each against states that already hold what earlier ones of the batch
changed; states change in memory before the append, in the same tick, so nobody can read them in between. After the
append the listeners hear the entries, then the callbacks get their outcomes. A failed append is fatal, except a full
disk: it wrote nothing, the touched states are dropped to be read again, and the batch is refused with ``no-room``.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import msgspec

from hub.core.clock import Clock
from hub.core.echoes import withheld
from hub.core.ids import Ids
from hub.core.rules import FOLDS, ONLINE, RULES, Fold
from hub.core.submission import Committed, Event, Submission
from hub.domain.online.decide import due
from hub.domain.online.events import MessageAnswered
from hub.domain.online.state import Online
from hub.domain.refusals import Fact, Refused, Sentence, sentence
from hub.log.codec import Codec
from hub.log.entry import Batch, DeviceStep, Draft, KeyedOutcome, LogBroken, NoRoom, Outcome, Snapshot
from hub.log.port import Log

log = logging.getLogger(__name__)

Done = Callable[[Outcome], None]
Listener = Callable[[Sequence[Committed]], None]

BATCH = 1000
CACHED_STREAMS = 1024
SNAPSHOT_EVERY = 500

_encode = msgspec.json.encode
NO_ROOM = Outcome(False, b'{"code":"no-room","facts":{}}', 0)
OTHER_BODY = Outcome(False, b'{"code":"other-body","facts":{}}', 0)
NOT_NEXT = Outcome(False, b'{"code":"not-next","facts":{}}', 0)
FAULT = b'{"code":"fault","facts":{}}'


class _Refusal(msgspec.Struct):
    code: str
    facts: msgspec.Raw


@dataclass(slots=True)
class _Stream:
    fold: Fold
    state: object
    version: int
    snapshot_at: int


class Writer:
    """Owns every stream's state and the log's end. Not thread-safe: all calls come from the event loop's thread.

    ``refusals`` counts by code; ``full``: the last append found no room. ``observe_commit`` hears how many seconds
    each batch took to be decided and committed, and how many commands it held.
    """

    def __init__(
        self, log: Log, codec: Codec, clock: Clock, ids: Ids, on_fatal: Callable[[BaseException], None]
    ) -> None:
        self._log = log
        self._codec = codec
        self._clock = clock
        self._ids = ids
        self._on_fatal = on_fatal
        self._streams: OrderedDict[str, _Stream] = OrderedDict()
        self._pending: list[tuple[Submission, Done]] = []
        self._scheduled = False
        self._listeners: list[Listener] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self.position = log.head().position
        self.faults = 0
        self.batches = 0
        self.entries = 0
        self.refusals: Counter[str] = Counter()
        self.full = False
        self.observe_commit: Callable[[float, int], None] | None = None

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hear every batch after its commit, before its replies leave. Returns how to stop listening."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def state(self, stream: str) -> object:
        """The stream's present state, read-only; loaded when first needed."""
        return self._load(stream).state

    def submit(self, submission: Submission) -> asyncio.Future[Outcome]:
        """The outcome once it is committed. Refusals are outcomes, not exceptions."""
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

        def done(outcome: Outcome) -> None:
            if not future.cancelled():
                future.set_result(outcome)

        self.push(submission, done)
        return future

    def push(self, submission: Submission, done: Done) -> None:
        """As ``submit`` with a callback: the cheap way for the intake. What it raises is logged and counted."""
        self._pending.append((submission, done))
        if not self._scheduled:
            self._scheduled = True
            self._loop = self._loop or asyncio.get_running_loop()
            self._loop.call_soon(self._drain)

    def flush(self) -> None:
        """Commit what is pending now; for an orderly stop."""
        while self._pending:
            self._drain()

    def _drain(self) -> None:
        self._scheduled = False
        batch, self._pending = self._pending[:BATCH], self._pending[BATCH:]
        if not batch:
            return
        if self._pending and self._loop is not None:
            self._scheduled = True
            self._loop.call_soon(self._drain)
        observe = self.observe_commit
        begun = time.perf_counter() if observe is not None else 0.0
        try:
            replies, committed = self._commit(batch)
        except NoRoom:
            self.full = True
            # what came behind is refused too: a device's later event must not be taken before its lost one
            batch, self._pending = [*batch, *self._pending], []
            self.refusals["no-room"] += len(batch)
            log.error("no-room", extra={"facts": {"commands": len(batch)}})
            for _, done in batch:
                done(NO_ROOM)
            return
        except BaseException as error:
            self._on_fatal(error)
            raise
        if observe is not None:
            observe(time.perf_counter() - begun, len(batch))
        if committed:
            for listener in tuple(self._listeners):
                try:
                    listener(committed)
                except Exception:
                    self._tolerate("a listener failed", committed[-1].entry.position)
        for done, outcome in replies:
            try:
                done(outcome)
            except Exception:
                self._tolerate("a reply failed", outcome.position)
        if len(self._streams) > CACHED_STREAMS:
            self._forget_streams()

    def _tolerate(self, what: str, position: int) -> None:
        """What is committed stays so: one reader's fault keeps no other from hearing, and no asker from its reply."""
        self.faults += 1
        log.exception(what, extra={"facts": {"position": position}})

    def _commit(self, batch: Sequence[tuple[Submission, Done]]) -> tuple[list[tuple[Done, Outcome]], list[Committed]]:
        now = self._clock.now()
        replies: list[tuple[Done, Outcome]] = []
        written: list[tuple[str, int, Event, Submission, bytes]] = []
        outcomes: list[KeyedOutcome] = []
        steps: list[DeviceStep] = []
        keyed = self._known(batch)
        touched: set[str] = set()
        subjects: set[str] = set()
        for submission, done in batch:
            key, message = submission.key, submission.message
            if message is not None and not due(cast(Online, self._load(ONLINE).state), message.n):
                replies.append((done, NOT_NEXT))
                continue
            if key is not None:
                stored = keyed.get(key)
                if message is not None and stored is None and (kept := self._log.kept(key)) is not None:
                    stored = keyed[key] = (kept.fingerprint, kept.outcome)
                if stored is not None:
                    outcome = stored[1] if stored[0] == submission.fingerprint else OTHER_BODY
                    if message is not None:
                        self._answer(submission, outcome, written, touched, repeated=True)
                    replies.append((done, outcome))
                    continue
            outcome = self._decide(submission, written, touched, subjects)
            replies.append((done, outcome))
            if key is not None:
                keyed[key] = (submission.fingerprint, outcome)
                outcomes.append(KeyedOutcome(key, submission.fingerprint, outcome, now, message is not None))
            if message is not None:
                self._answer(submission, outcome, written, touched, repeated=False)
            step = submission.step
            if step is not None:
                steps.append(DeviceStep(step.device, step.epoch, step.seq, submission.fingerprint, outcome, now))
        if not (written or outcomes or steps):
            return replies, []
        try:
            committed = self._append(written, outcomes, steps, subjects, now)
        except NoRoom:
            for stream in touched:
                self._streams.pop(stream, None)
            raise
        return replies, committed

    def _known(self, batch: Sequence[tuple[Submission, Done]]) -> dict[bytes, tuple[bytes, Outcome]]:
        """Fingerprint and outcome of the batch's keys that were used before."""
        keys = [submission.key for submission, _ in batch if submission.key is not None]
        if not keys:
            return {}
        return {key: (kept.fingerprint, kept.outcome) for key, kept in self._log.outcomes(keys).items()}

    def _decide(
        self,
        submission: Submission,
        written: list[tuple[str, int, Event, Submission, bytes]],
        touched: set[str],
        subjects: set[str],
    ) -> Outcome:
        if submission.refused is not None:
            return Outcome(False, submission.refused, self.position + len(written))
        command = submission.command
        if command is None:
            return Outcome(True, b"{}", self.position + len(written))
        rule = RULES[type(command)]
        names = rule.streams(command)
        streams = self._streams
        loaded = [streams.get(name) or self._load(name) for name in names]
        try:
            events, reply = rule.decide([stream.state for stream in loaded], command)
        except Refused as refused:
            self.refusals[refused.code] += 1
            facts = {"code": refused.code, "facts": refused.facts}
            return Outcome(False, _encode(facts), self.position + len(written))
        except Exception:
            # a rule is pure, so its failure changed nothing: the asker is told, the hall goes on
            self.faults += 1
            log.exception("a rule failed", extra={"facts": {"command": type(command).__name__}})
            return Outcome(False, FAULT, self.position + len(written))
        if events:
            cause = self._ids.make() if submission.key is None else submission.key
            subjects_of = self._codec.subjects
            for index, event in events:
                stream = loaded[index]
                stream.fold.evolve(stream.state, event)
                stream.version += 1
                written.append((names[index], stream.version, event, submission, cause))
                if whose := subjects_of(event):
                    subjects.update(whose)
            touched.update(names)
        return Outcome(True, _encode(reply), self.position + len(written))

    def _answer(
        self,
        submission: Submission,
        outcome: Outcome,
        written: list[tuple[str, int, Event, Submission, bytes]],
        touched: set[str],
        *,
        repeated: bool,
    ) -> None:
        """The online hall hears what became of its message in the log itself: one way up, in order."""
        message, key = submission.message, submission.key
        assert message is not None, "only messages are answered"
        assert key is not None, "a message is a command with an id"
        code, facts, said = "", "{}", Sentence("", "")
        if not outcome.ok:
            refused = msgspec.json.decode(outcome.reply, type=_Refusal)
            told = withheld(msgspec.json.decode(refused.facts, type=dict[str, Fact]), message.own)
            code, facts = refused.code, msgspec.json.encode(told).decode()
            said = sentence(code, told)
        event = MessageAnswered(
            message.n,
            key.hex(),
            message.kind,
            outcome.ok,
            code,
            facts,
            message.hash,
            repeated,
            self._clock.now(),
            said.zh,
            said.en,
        )
        stream = self._load(ONLINE)
        stream.fold.evolve(stream.state, event)
        stream.version += 1
        written.append((ONLINE, stream.version, event, submission, key))
        touched.add(ONLINE)

    def _append(
        self,
        written: Sequence[tuple[str, int, Event, Submission, bytes]],
        outcomes: list[KeyedOutcome],
        steps: list[DeviceStep],
        subjects: set[str],
        now: int,
    ) -> list[Committed]:
        if subjects:
            self._codec.keys.ensure(subjects)
        drafts: list[Draft] = []
        encode = self._codec.encode
        for stream, version, event, submission, cause in written:
            name, data = encode(event, stream)
            drafts.append(Draft(stream, version, name, submission.occurred_at, submission.actor, cause, data))
        entries = self._log.append(Batch(drafts, outcomes, steps, now))
        self.batches += 1
        self.full = False
        self.entries += len(entries)
        if entries:
            self.position = entries[-1].position
        return [Committed(entry, row[2]) for entry, row in zip(entries, written, strict=True)]

    def _load(self, name: str) -> _Stream:
        stream = self._streams.get(name)
        if stream is not None:
            return stream
        fold = FOLDS[name.partition("/")[0]]
        version, state = 0, fold.fresh()
        if fold.snapshot is not None:
            kept = self._log.snapshot(name, fold.snapshot)
            if kept is not None:
                version, state = kept.version, fold.decode(kept.data)
        snapshot_at = version
        for entry in self._log.read_stream(name, version):
            if entry.version != version + 1:
                raise LogBroken(f"stream {name} jumps from version {version} to {entry.version}")
            fold.evolve(state, cast(Event, self._codec.decode(entry)))
            version = entry.version
        stream = self._streams[name] = _Stream(fold, state, version, snapshot_at)
        return stream

    def let_go(self, stream: str) -> None:
        """Drop a stream's state from memory; it is read again when somebody needs it."""
        self._streams.pop(stream, None)

    def _forget_streams(self) -> None:
        """Drop the oldest loaded long streams, with a snapshot where it saves reading many entries again."""
        for name in list(self._streams):
            if len(self._streams) <= CACHED_STREAMS // 2:
                break
            stream = self._streams[name]
            if stream.fold.snapshot is not None:
                self._keep_snapshot(name, stream)
                del self._streams[name]

    def keep_snapshots(self) -> None:
        """Store snapshots of long streams that grew; for quiet moments and an orderly stop."""
        for name, stream in self._streams.items():
            self._keep_snapshot(name, stream)

    def _keep_snapshot(self, name: str, stream: _Stream) -> None:
        fold = stream.fold
        if fold.snapshot is not None and stream.version - stream.snapshot_at >= SNAPSHOT_EVERY:
            with contextlib.suppress(NoRoom):  # a snapshot only saves time
                self._log.put_snapshot(Snapshot(name, stream.version, fold.snapshot, fold.encode(stream.state)))
                stream.snapshot_at = stream.version
