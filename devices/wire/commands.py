"""Commands at a device: judged by the ledger, run one at a time, every step published as a result."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeVar

from devices.wire.clock import HubClock
from devices.wire.codec import Malformed
from devices.wire.ledger import Ledger, Settled
from devices.wire.messages import Command, Result, decode_command
from devices.wire.vocabulary import decode_args

log = logging.getLogger(__name__)

A = TypeVar("A")
_HELD: Final = 1000


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended. `unknown`: nobody can say whether it happened. `facts` is JSON for people and tests."""

    state: Literal["done", "failed", "rejected", "unknown"]
    facts: dict[str, object] = field(default_factory=dict[str, object])


def done(**facts: object) -> Outcome:
    return Outcome("done", facts)


def failed(**facts: object) -> Outcome:
    """It did not happen, and nothing of it did."""
    return Outcome("failed", facts)


def unknown(**facts: object) -> Outcome:
    return Outcome("unknown", facts)


class CommandDesk:
    """Takes a device's commands in and answers for each of them through `tell`."""

    def __init__(self, kind: str, ledger: Ledger, hub_clock: HubClock, tell: Callable[[Result], None]) -> None:
        self._kind = kind
        self._ledger = ledger
        self._hub_clock = hub_clock
        self._tell = tell
        self._handlers: dict[str, Callable[[Command, Any], Awaitable[Outcome]]] = {}
        self._before_clock: deque[Command] = deque(maxlen=_HELD)
        self._due: dict[str, Command] = {}
        self._wake = asyncio.Event()

    @property
    def interrupted(self) -> bool:
        """Whether the process before this one ended in the middle of a command."""
        return bool(self._ledger.interrupted)

    def on(self, op: str, args: type[A], handler: Callable[[Command, A], Awaitable[Outcome]]) -> None:
        """`handler` gets the command and its arguments read as `args`. What it raises is `unknown`, not `failed`:
        nobody knows how far the metal came."""
        del args  # it ties the handler's type to the dataclass that the vocabulary reads
        self._handlers[op] = handler

    def receive(self, payload: bytes) -> None:
        """A payload from the `command` topic. Raises `Malformed`."""
        command = decode_command(payload)
        if not self._hub_clock.is_set:
            self._before_clock.append(command)
            return
        self._take(command)

    def clock_is_set(self) -> None:
        """The hub's clock is known: what waited for it is judged now."""
        while self._before_clock:
            self._take(self._before_clock.popleft())

    def _take(self, command: Command) -> None:
        now = self._hub_clock.now()
        verdict = self._ledger.judge(command, now)
        if isinstance(verdict, Settled):
            self._tell(verdict.result)
            return
        self._due.setdefault(command.id, command)
        self._tell(Result(command.id, "accepted", now, {}))
        self._wake.set()

    async def run(self) -> None:
        """Runs what is due, in the order of arrival, until cancelled; a command cut off by that is `unknown`."""
        for result in self._ledger.interrupted:
            self._tell(result)
        while True:
            while self._due:
                command = next(iter(self._due.values()))
                try:
                    await self._run_one(command)
                finally:
                    self._due.pop(command.id, None)
            self._wake.clear()
            await self._wake.wait()

    async def _run_one(self, command: Command) -> None:
        # Judged again: it may have waited past its deadline, or below a fence raised meanwhile.
        verdict = self._ledger.judge(command, self._hub_clock.now())
        if isinstance(verdict, Settled):
            self._tell(verdict.result)
            return
        handler = self._handlers.get(command.op)
        try:
            args = decode_args(self._kind, command.op, command.args)
        except Malformed as error:
            self._record(command, Outcome("rejected", {"code": "bad-args", "field": error.field, "why": error.why}))
            return
        if handler is None:
            self._record(command, Outcome("rejected", {"code": "unknown-op", "op": command.op}))
            return
        self._tell(self._ledger.record(command.id, "running", self._hub_clock.now(), {}))
        try:
            outcome = await handler(command, args)
        except asyncio.CancelledError:
            self._record(command, unknown(code="interrupted"))
            raise
        except Exception as error:
            log.exception("command %s %s", command.op, command.id)
            outcome = unknown(code="fault", fault=type(error).__name__)
        self._record(command, outcome)

    def _record(self, command: Command, outcome: Outcome) -> None:
        self._tell(self._ledger.record(command.id, outcome.state, self._hub_clock.now(), outcome.facts))

    def close(self) -> None:
        """Closes the ledger's file."""
        self._ledger.close()
