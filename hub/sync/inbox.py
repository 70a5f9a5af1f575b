"""The way down: the online hall's messages, asked for by a long poll, each taken once and in order.

A machine without a socket, as the feed is. What was taken is told by the log alone (stream ``online``), so a kill
between taking and asking again is no case. A page is believed when its numbers have no gap and its chain follows from
the last message taken; else nothing of it is taken and the inbox stands still, while the feed goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

import msgspec

from hub.core.clock import Clock
from hub.sync.inbox_chain import START, agrees
from hub.sync.pace import Backoff
from hub.sync.port import Answer, Ask, LinkDown, Wait
from hub.sync.protocol import LONG_POLL_SECONDS, ROOT, UNREADABLE, InboxPage, Message, Problem
from hub.sync.standing import InboxStanding

FIRST_HASH: Final = START.hex()
SLACK_SECONDS: Final = 10.0
MOST_MESSAGES: Final = 200
EMPTY_MS: Final = 200
"""A receiver that answers at once that there is nothing is not asked again at once."""
NO_ROOM_MS: Final = 1000


class Taken(Protocol):
    """What the log says of the inbox."""

    def last(self) -> tuple[int, str]:
        """Number and hash (hex; empty for none) of the last message taken."""
        ...

    def hash_at(self, n: int) -> str | None:
        """The hash that the inbox had at message ``n`` when it was taken; None for what was never taken."""
        ...


class Take(msgspec.Struct, frozen=True):
    """Messages to submit, in order; call ``took`` afterwards."""

    messages: Sequence[Message]


class Rewind(msgspec.Struct, frozen=True):
    """The inbox ends at ``to``: go back, then call ``took``."""

    to: int
    hash: str


class Inbox:
    """One hall's way down. ``chance`` gives numbers from 0 to 1."""

    def __init__(self, hall: str, taken: Taken, clock: Clock, chance: Callable[[], float]) -> None:
        self._path = f"{ROOT}/halls/{hall}/inbox"
        self._taken = taken
        self._clock = clock
        self._backoff = Backoff(chance)
        self._not_before = clock.monotonic()
        self._last = 0
        self._problem = self._detail = ""
        self._since = self._heard_at = 0
        self._stopped = self._looked = False
        self._asked: tuple[int, str] = (0, FIRST_HASH)
        self._asked_at = 0
        self._seek: _Seek | None = None
        self.paused = False

    def ask(self) -> Ask | Wait:
        """The next request, or how long there is none."""
        if self.paused or self._stopped:
            return Wait(None)
        now = self._clock.monotonic()
        if now < self._not_before:
            return Wait(self._not_before - now)
        after, hash = self._taken.last()
        # answered at once while it is not known whether the line is there: nobody is shown a trouble that is over
        wait = LONG_POLL_SECONDS if self._heard_at and not self._problem else 0
        if self._seek is not None:
            after, wait = self._seek.middle, 0
            hash = self._taken.hash_at(after) or FIRST_HASH
        self._asked, self._asked_at = (after, hash or FIRST_HASH), now
        query = {"after": str(after), "hash": hash or FIRST_HASH, "wait": str(wait), "limit": str(MOST_MESSAGES)}
        return Ask("GET", self._path, query, seconds=wait + SLACK_SECONDS)

    def heard(self, answer: Answer) -> Take | Rewind | None:
        """An answer to the last ``Ask``, and what is to be done with it."""
        if answer.status == 200:
            return self._page(answer.body)
        problem = _problem(answer.body)
        if answer.status == 409 and problem.code == "inbox-behind":
            return self._behind(problem)
        code = problem.code or f"status-{answer.status}"
        self._fail(code, (problem.detail or problem.title)[:200], answer.retry_after)
        return None

    def lost(self, down: LinkDown) -> None:
        self._fail(down.code, down.detail)

    def took(self, *, room: bool = True) -> None:
        """What ``heard`` asked for is done, as far as there was ``room`` in the log; the rest is asked for again."""
        self._not_before = self._clock.monotonic() + (0 if room else NO_ROOM_MS)

    def again(self) -> None:
        """A person asks to go on; after a stop that means: begin with the inbox that is there now."""
        self._looked = self._looked or self._stopped
        self._stopped, self._seek = False, None
        self._not_before = self._clock.monotonic()

    # -- messages -------------------------------------------------------------------------------------------------

    def _page(self, body: bytes) -> Take | Rewind | None:
        try:
            page = msgspec.json.decode(body, type=InboxPage)
        except UNREADABLE as error:
            self._fail("rubbish", str(error)[:200])
            return None
        if self._seek is not None:
            return self._found(same=True)
        fault = fault_of(page.messages, *self._asked)
        if fault is not None:
            self._fail(*fault)
            return None
        number = page.messages[-1].n if page.messages else self._asked[0]
        if page.last < number:
            self._fail("rubbish", f"last {page.last} < {number}")
            return None
        self._well(page.last)
        if page.messages:
            return Take(page.messages)
        now = self._clock.monotonic()
        self._not_before = max(now, self._asked_at + EMPTY_MS)
        return None

    # -- an inbox that lost its end -------------------------------------------------------------------------------

    def _behind(self, problem: Problem) -> Rewind | None:
        """It ends before what was taken, or goes on otherwise: where both were still one is looked for."""
        if self._seek is not None:
            return self._found(same=False)
        taken, _ = self._taken.last()
        end, hash = problem.inbox, (problem.inbox_hash or FIRST_HASH).lower()
        if end < 0 or taken == 0:
            self._fail("rubbish", f"inbox {end}")
            return None
        if end <= taken and (end == 0 or self._taken.hash_at(end) == hash):
            if (end, hash) == self._asked:
                self._fail("rubbish", "behind, and not behind")
                return None
            return Rewind(end, "" if end == 0 else hash)
        self._seek = _Seek(0, min(taken, end))
        return self._sought()

    def _found(self, *, same: bool) -> Rewind | None:
        assert self._seek is not None, "only a search finds"
        middle = self._seek.middle
        self._seek = _Seek(middle, self._seek.differs) if same else _Seek(self._seek.agrees, middle)
        return self._sought()

    def _sought(self) -> Rewind | None:
        seek = self._seek
        assert seek is not None, "only a search ends"
        if seek.differs - seek.agrees > 1:
            return None
        self._seek = None
        if seek.agrees == 0 and self._looked:
            return Rewind(0, "")
        if seek.agrees == 0:
            # not one message in common: another hall's inbox, or one made anew beside this hall's past
            self._fail("inbox-forked", f"1 … {seek.differs}")
            self._stopped = True
            return None
        return Rewind(seek.agrees, self._taken.hash_at(seek.agrees) or "")

    # -- how it is ------------------------------------------------------------------------------------------------

    def _well(self, last: int) -> None:
        self._backoff.succeeded()
        self._last = last
        self._problem, self._detail, self._since = "", "", 0
        self._looked, self._heard_at = False, self._clock.now()

    def _fail(self, problem: str, detail: str, retry_after: float | None = None) -> None:
        self._not_before = self._clock.monotonic() + self._backoff.failed(retry_after)
        self._problem, self._detail = problem, detail
        self._since = self._since or self._clock.now()

    def standing(self) -> InboxStanding:
        """As of now."""
        if self.paused:
            phase = "paused"
        elif self._stopped or self._problem in ("inbox-gap", "inbox-broken"):
            phase = "stopped"
        else:
            phase = "dark" if self._problem else "listening"
        taken, _ = self._taken.last()
        return InboxStanding(
            phase, taken, max(self._last, taken), self._since, self._problem, self._detail, self._heard_at
        )


def fault_of(messages: Sequence[Message], taken: int, hash: str) -> tuple[str, str] | None:
    """What is wrong with messages that should follow message ``taken`` with ``hash`` (hex); None for nothing."""
    for message in messages:
        if message.n != taken + 1:
            return "inbox-gap", f"{message.n} ≠ {taken + 1}"
        if not _well_named(message) or not agrees(bytes.fromhex(hash), message):
            return "inbox-broken", f"{message.n}"
        taken, hash = message.n, message.hash
    return None


class _Seek(msgspec.Struct, frozen=True):
    """The last common message lies from ``agrees`` to before ``differs``."""

    agrees: int
    differs: int

    @property
    def middle(self) -> int:
        return (self.agrees + self.differs) // 2


def _well_named(message: Message) -> bool:
    try:
        return len(bytes.fromhex(message.id)) == 16 and len(message.id) == 32 and len(message.type.encode()) < 256
    except ValueError:
        return False


def _problem(body: bytes) -> Problem:
    try:
        return msgspec.json.decode(body, type=Problem)
    except UNREADABLE:
        return Problem("")
