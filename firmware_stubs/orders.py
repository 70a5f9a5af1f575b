"""Commands of the hub: judged by the ledger, run one at a time, every step told as a result.

A handler is a function of the arguments. It returns (state, facts) when the command has ended at once, or a function
that is called in every round and returns None until it has ended.
"""

import json

from clock import read, written

HELD = 16


class BadArgs(Exception):
    """The arguments are not what the contract says; the message is the field's name."""


class Orders:
    """`tell(payload)` sends a result."""

    def __init__(self, ledger, hub_clock, tell):
        self._ledger = ledger
        self._clock = hub_clock
        self._tell_payload = tell
        self._handlers = {}
        self._before_clock = []
        self._due = []
        self._running = None

    def on(self, op, handler):
        """`handler` raises `BadArgs` before it has done anything, else whatever it raises is `unknown`."""
        self._handlers[op] = handler

    def begin(self):
        """What a cut of the power left undecided is told, once after the start."""
        for id_ in self._ledger.interrupted:
            self._tell(id_, self._ledger.result(id_))

    def receive(self, command):
        """A decoded payload of the `command` topic. Raises `ValueError`, `KeyError`, `TypeError` when it is not one."""
        order = (command["id"], int(command["fence"]), read(command["deadline"]), command["op"], command["args"])
        if not 1 <= len(order[0]) <= 64 or " " in order[0]:
            raise ValueError("id")
        if self._clock.is_set:
            self._take(order)
        else:
            # Before the hub's clock is known nobody can say what is too late.
            self._before_clock = (self._before_clock + [order])[-HELD:]

    def step(self):
        """One round: what waited for the clock, then what is running, then the next one."""
        if self._before_clock and self._clock.is_set:
            waited, self._before_clock = self._before_clock, []
            for order in waited:
                self._take(order)
        if self._running is not None:
            id_, ended = self._running
            self._settle(id_, ended)
        elif self._due:
            self._run(self._due.pop(0))

    def _take(self, order):
        now = self._clock.now()
        settled = self._ledger.judge(order[0], order[1], order[2], now, written)
        if settled is not None:
            self._tell(order[0], settled)
        elif not any(due[0] == order[0] for due in self._due) and len(self._due) < HELD:
            self._due.append(order)
            self._tell(order[0], ("accepted", written(now), "{}"))

    def _run(self, order):
        # Judged again: it may have waited past its deadline, or below a fence raised meanwhile.
        id_, fence, deadline, op, args = order
        settled = self._ledger.judge(id_, fence, deadline, self._clock.now(), written)
        if settled is not None:
            self._tell(id_, settled)
            return
        handler = self._handlers.get(op)
        if handler is None:
            self._record(id_, "rejected", {"code": "unknown-op", "op": op})
            return
        try:
            self._record(id_, "running", {})
        except OSError:
            # Nothing moves that could not be written down first.
            self._tell(id_, ("failed", written(self._clock.now()), '{"code":"disk"}'))
            return
        self._settle(id_, lambda: handler(args))

    def _settle(self, id_, ended):
        self._running = None
        try:
            outcome = ended()
        except BadArgs as error:
            self._record(id_, "rejected", {"code": "bad-args", "field": str(error)})
            return
        except Exception as error:  # nobody knows how far it came
            self._record(id_, "unknown", {"code": "fault", "fault": type(error).__name__})
            return
        if outcome is None:
            self._running = (id_, ended)
        elif callable(outcome):
            self._running = (id_, outcome)
        else:
            self._record(id_, *outcome)

    def _record(self, id_, state, facts):
        text = json.dumps(facts, separators=(",", ":"))
        at = written(self._clock.now())
        try:
            result = self._ledger.record(id_, state, at, text)
        except OSError:
            if state == "running":
                raise
            result = (state, at, text)  # told, but not remembered: after a restart it is `unknown`
        self._tell(id_, result)

    def _tell(self, id_, result):
        self._tell_payload(('{"id":"%s","state":"%s","at":"%s","facts":%s}' % ((id_,) + result)).encode())
