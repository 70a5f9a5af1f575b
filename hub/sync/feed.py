"""The way up: the hall's log to the online hall, each entry once and in order, and never one history over another.

A machine without a socket: ``ask`` says what to send or how long to wait, ``heard`` and ``lost`` what came of it.

::

    opening ──standing agrees with the own chain──▶ sending ──nothing more to send──▶ quiet
       ▲  │                                            │ ▲                              │
       │  └──it does not, twice──▶ forked              │ └──────────an entry────────────┘
       └────answer lost, odd, or another base due──────┘

Nothing is remembered over a restart: the receiver's standing, compared with the own chain, is all there is to know. A
receiver restored from an older copy is simply behind and is sent again what it lost. One that has more than this log,
or another hash at the same position, holds another history: the feed stops there until a person has looked.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from hub.core.clock import Clock
from hub.core.epoch import Epoch
from hub.log.chain import GENESIS
from hub.log.port import LogReader
from hub.sync.batch import Batches, Sent
from hub.sync.egress import Egress
from hub.sync.lines import chosen
from hub.sync.pace import Backoff
from hub.sync.port import HEAD, Answer, Ask, LinkDown, Wait
from hub.sync.protocol import ROOT, UNREADABLE, Appended, Credit, Opening, Problem, Standing
from hub.sync.standing import FeedStanding, Phase

PROBE_MS: Final = 60_000
"""A quiet feed asks for the receiver's standing as often: a line that is cut, or a receiver put back, is noticed."""
NO_CREDIT_MS: Final = 1000
LOOK_MS: Final = 200
SEEN_TWICE: Final = 2
"""A fork is believed at the second look, since one odd answer may be anybody's."""
_RATE_MS: Final = 10_000

_T = TypeVar("_T")
Snapshot = Callable[[], bytes]
"""The body of a snapshot of all that has been committed here."""


class _Unbelievable(Exception):
    """A good status with a body that cannot be true."""


class _Forked(Exception):
    def __init__(self, problem: str, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem


class Feed:
    """One hall's way up in one epoch. ``chance`` gives numbers from 0 to 1; ``program`` names this version."""

    def __init__(
        self,
        hall: str,
        epoch: Epoch,
        log: LogReader,
        gate: Egress,
        clock: Clock,
        chance: Callable[[], float],
        *,
        program: str = "",
        snapshot: Snapshot | None = None,
    ) -> None:
        self._log = log
        self._clock = clock
        self._epoch = epoch
        self._hall = f"{ROOT}/halls/{hall}"
        self._batches = Batches(log, gate, f"/halls/{hall}/{epoch.id}")
        self._program, self._stride = program, 1
        self._opening = self._opened_at(epoch.after, epoch.hash)
        self._snapshot = snapshot
        self._backoff = Backoff(chance)
        self._credit = Credit()
        self._version = 1
        self._open = False
        self._wants_snapshot = False
        self._not_before = self._heard = clock.monotonic()
        self._flight: Sent | None = None
        self._ahead: Sent | None = None
        self._forks = 0
        self._forked = False
        self._patient = self._stuck = False
        self._problem = self._detail = ""
        self._since = self._heard_at = 0
        self._marks: deque[tuple[int, int]] = deque()
        self.paused = False
        self.committed: int | None = None
        self.sent = 0

    # -- what to do next ------------------------------------------------------------------------------------------

    def ask(self) -> Ask | Wait:
        """The next request, or how long there is none. Call ``heard`` or ``lost`` before asking again."""
        self._flight = None
        if self.paused or self._forked:
            return Wait(None)
        now = self._clock.monotonic()
        if now < self._not_before:
            return Wait(self._not_before - now)
        if not self._open:
            return self._opening
        if self._wants_snapshot and self._snapshot is not None:
            return Ask("PUT", f"{self._hall}/{self._epoch.id}/snapshot", body=self._snapshot(), seconds=300)
        if self._credit.entries < 1:
            self._open, self._not_before = False, now + max(NO_CREDIT_MS, self._credit.after_ms)
            return Wait(self._not_before - now)
        batch = self._next()
        if batch.last < batch.base:
            quiet_until = self._heard + PROBE_MS
            return Wait(quiet_until - now) if now < quiet_until else self._opening
        self._flight = batch
        path, base = f"{self._hall}/{self._epoch.id}/entries", {"base": str(batch.base)}
        headers = {**batch.headers, HEAD: str(self._log.head().position)}
        return Ask("POST", path, base, batch.body, batch.type, 60, headers)

    def _opened_at(self, after: int, hash: str) -> Ask:
        self._at = after
        opening = Opening(after, hash, self._epoch.previous, self._program)
        return Ask("PUT", f"{self._hall}/epochs/{self._epoch.id}", body=msgspec.json.encode(opening))

    def prepare(self) -> None:
        """Make the batch after the one in flight, while its answer is awaited; from another thread if need be."""
        flight = self._flight
        if flight is not None and self._ahead is None:
            ahead = self._batches.after(flight.last, self._credit, self._version)
            self._ahead = ahead if ahead.last >= ahead.base else None

    def _next(self) -> Sent:
        assert self.committed is not None, "an open feed knows where the receiver stands"
        ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead.base == self.committed + 1 and self._fits(ahead):
            return ahead
        return self._batches.after(self.committed, self._credit, self._version)

    def _fits(self, batch: Sent) -> bool:
        count = batch.last - batch.base + 1
        return count == 1 or (count <= self._credit.entries and batch.size <= self._credit.bytes)

    # -- what came of it ------------------------------------------------------------------------------------------

    def heard(self, answer: Answer) -> None:
        """An answer to the last ``Ask``."""
        try:
            if 200 <= answer.status < 300:
                self._good(answer)
            else:
                self._refused(answer)
        except _Unbelievable as odd:
            self._fail("rubbish", str(odd))
        except _Forked as fork:
            self._see_fork(fork)

    def lost(self, down: LinkDown) -> None:
        """No answer to the last ``Ask``: what it sent may have arrived, so the standing is asked for."""
        self._fail(down.code, down.detail)

    def again(self) -> None:
        """A person asks to try at once, also after a fork."""
        self._forked, self._forks, self._open = False, 0, False
        self._not_before = self._clock.monotonic()

    def _good(self, answer: Answer) -> None:
        flight = self._flight
        if flight is None:
            standing = _read(answer.body, Standing)
            if standing.epoch and standing.epoch != self._epoch.id:
                raise _Unbelievable(f"the standing of epoch {standing.epoch[:40]}")
            self._stands(standing.committed, standing.hash)
            self._credit, self._wants_snapshot = standing.credit, standing.snapshot
            self._version = chosen(standing.versions)
            if self._stuck and standing.committed < self._log.head().position:
                # a receiver that answers but takes nothing is no better than none
                self._open, self._not_before = True, self._clock.monotonic()
                return
        else:
            appended = _read(answer.body, Appended)
            if not flight.base <= appended.committed <= flight.last:
                raise _Unbelievable(f"committed {appended.committed} of {flight.base} … {flight.last}")
            self.sent += appended.committed - flight.base + 1
            self.committed, self._credit = appended.committed, appended.credit
        self._well()

    def _refused(self, answer: Answer) -> None:
        problem = _problem(answer.body)
        if answer.status == 409 and problem.code == "expected":
            # only what the own chain confirms is believed; the credit is asked for with the standing
            self._stands(problem.committed, problem.hash)
            self._open, self._ahead, self._stuck = False, None, True
            self._not_before = self._clock.monotonic() + self._backoff.failed()
        elif problem.code == "forked" and self._ends_before(problem):
            # put back to before the epoch's beginning: up to where it ends, the histories are one
            self._opening = self._opened_at(problem.committed, problem.hash)
            self._fail("behind", str(problem.committed))
        elif problem.code == "forked" and self._flight is None and (base := self._earlier_base()) is not None:
            self._opening = self._opened_at(base, own_hash(self._log, base) or "")
            self._not_before = self._clock.monotonic() + LOOK_MS
        elif problem.code == "forked" and self._epoch.looked and self._flight is None and self._at > 0:
            self._go_back(problem)
        elif problem.code == "forked":
            raise _Forked("forked", f"{problem.committed} {problem.hash[:64]}")
        elif answer.status == 409 and problem.code == "epoch" and self._flight is None:
            raise _Forked("other-epoch", problem.epoch[:64])
        elif answer.status == 409 and problem.code == "epoch":
            self._fail("other-epoch", problem.epoch[:64])
        else:
            code = problem.code or f"status-{answer.status}"
            self._fail(code, problem.detail[:200] or problem.title[:200], answer.retry_after)

    def _stands(self, committed: int, hash: str) -> None:
        """The receiver has everything up to ``committed``, if it is the history that this log holds."""
        if committed < 0:
            raise _Unbelievable(f"committed {committed}")
        own = own_hash(self._log, committed)
        if own is None:
            raise _Forked("ahead", f"{committed} > {self._log.head().position}")
        if own != hash.lower() and (committed or hash):
            raise _Forked("other-hash", f"{committed} {hash[:64]}")
        self.committed, self._forks = committed, 0

    def _earlier_base(self) -> int | None:
        """Where the restore before began, if the last one that the receiver heard of may be that far back."""
        return next((base for base in self._epoch.bases if 0 < base < self._at), None)

    def _go_back(self, problem: Problem) -> None:
        """A person lets this log rule: look for an entry that both have, further back at each try."""
        after = max(0, min(self._at - self._stride, problem.committed))
        self._stride *= 2
        self._opening = self._opened_at(after, own_hash(self._log, after) or "")
        self._not_before = self._clock.monotonic() + LOOK_MS

    def _ends_before(self, problem: Problem) -> bool:
        known = 0 <= problem.committed < self._epoch.after
        return known and own_hash(self._log, problem.committed) == problem.hash.lower()

    def _see_fork(self, fork: _Forked) -> None:
        self._forks += 1
        self._fail(fork.problem, str(fork))
        self._forked = self._forks >= SEEN_TWICE

    def _well(self) -> None:
        now = self._clock.monotonic()
        self._open, self._forks, self._patient, self._stuck = True, 0, False, False
        self._backoff.succeeded()
        self._problem, self._detail, self._since = "", "", 0
        self._heard, self._heard_at = now, self._clock.now()
        self._not_before = now + max(0, min(self._credit.after_ms, 60_000))
        self._marks.append((now, self.sent))
        while self._marks[0][0] < now - _RATE_MS or len(self._marks) > 512:
            self._marks.popleft()

    def _fail(self, problem: str, detail: str, retry_after: float | None = None) -> None:
        now = self._clock.monotonic()
        self._open, self._ahead = False, None
        self._stuck = self._stuck or self._flight is not None
        self._not_before = now + self._backoff.failed(retry_after)
        self._problem, self._detail = problem, detail
        self._patient = problem in ("busy", "no-room")
        self._since = self._since or self._clock.now()

    # -- how it is ------------------------------------------------------------------------------------------------

    def standing(self) -> FeedStanding:
        """As of now."""
        head = self._log.head().position
        rate = self._rate()
        left = None if self.committed is None else max(0, head - self.committed)
        eta = 0.0 if left == 0 else left / rate if left is not None and rate > 0 and not self._problem else None
        return FeedStanding(
            self._phase(head),
            self._epoch.id,
            self.committed,
            head,
            self._since,
            self._problem,
            self._detail,
            round(rate, 1),
            None if eta is None else round(eta, 1),
            self._heard_at,
            self.sent,
        )

    def _phase(self, head: int) -> Phase:
        if self.paused:
            return "paused"
        if self._forked:
            return "forked"
        if self._problem:
            return "waiting" if self._patient else "dark"
        if not self._open:
            return "opening"
        return "sending" if self.committed is not None and self.committed < head else "quiet"

    def _rate(self) -> float:
        if len(self._marks) < 2:
            return 0.0
        (begun, before), (ended, after) = self._marks[0], self._marks[-1]
        return (after - before) * 1000 / max(ended - begun, 1)


def own_hash(log: LogReader, position: int) -> str | None:
    """The chain's hash at a position (hex), None past the log's end."""
    if position == 0:
        return GENESIS.hex()
    found = log.read(position - 1, 1)
    return found[0].hash.hex() if found and found[0].position == position else None


def _read(body: bytes, type: type[_T]) -> _T:
    try:
        return msgspec.json.decode(body, type=type)
    except UNREADABLE as error:
        raise _Unbelievable(str(error)[:200]) from error


def _problem(body: bytes) -> Problem:
    """What a refusal says; a proxy's page says nothing."""
    try:
        return msgspec.json.decode(body, type=Problem)
    except UNREADABLE:
        return Problem("")
