"""A hub process that kills itself at a chosen commit point, started cheaply many times over.

One process imports the hub once and forks it for each start. Each line of its standard input is one start:
``{"environment": {...}, "point": name or null, "call": n, "at": ms or null}``, ``at`` being the time that it takes for
the present one; on its standard output it says ``up PID`` when the hub
accepts, ``first-fault TEXT`` for what it could not start with, and ``down STATUS`` when the hub has ended. The hub is
killed (SIGKILL, from within) at the n-th time it comes to the point:

append        before the batch reaches the log
transaction   inside the transaction, rows written, before COMMIT
commit        after COMMIT, before anybody heard of it
keys          before the key of a new subject is taken
keys-after    after it was taken, before the entry that uses it
publish       before a reply, an ack, an order or a display is handed to the link
publish-after after it was handed over, before it left the process
flush         after bytes left for the broker
puback        before a device's message is acknowledged to the broker
puback-after  after it was handed over
answer        before an HTTP answer leaves
checkpoint    before the write-ahead log is moved
checkpoint-after
tell          before a message of a case is handed to the notice port
told          after it was handed over, before the reaction's cursor moves
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from typing import Any

import hub.log.sqlite as sqlite_log
import hub.web.api.tickets as tickets_api
import hub.web.api.windows as windows_api
from hub.compose import running, stop_on_signals
from hub.core.clock import FastClock
from hub.log.keys import Keys
from hub.log.sqlite import SqliteLog
from hub.mqtt import session as mqtt_session
from hub.notices.file_sink import FileSink
from hub.settings import load_settings

from .waiting import until

POINTS = (
    "append",
    "transaction",
    "commit",
    "keys",
    "keys-after",
    "publish",
    "publish-after",
    "flush",
    "puback",
    "puback-after",
    "answer",
    "checkpoint",
    "checkpoint-after",
)
"""Those that a hall comes to without cases."""


class Trap:
    """Counts the times its point is come to, and kills at the n-th."""

    def __init__(self, point: str, call: int) -> None:
        self.point = point
        self.left = call

    def at(self, point: str) -> None:
        if point == self.point:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: Any, name: str, before: str, after: str) -> None:
        """Make a method come to the two points."""
        inner: Callable[..., Any] = getattr(owner, name)

        def outer(*args: Any, **kwargs: Any) -> Any:
            self.at(before)
            done = inner(*args, **kwargs)
            self.at(after)
            return done

        setattr(owner, name, outer)


class Watched:
    """The writer's connection, whose COMMIT is come to."""

    def __init__(self, connection: sqlite3.Connection, trap: Trap) -> None:
        self._connection = connection
        self._trap = trap

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if sql != "COMMIT":
            return self._connection.execute(sql, *values)
        self._trap.at("transaction")
        done = self._connection.execute(sql)
        self._trap.at("commit")
        return done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def lay(trap: Trap) -> None:
    trap.around(SqliteLog, "append", "append", "-")
    trap.around(SqliteLog, "checkpoint", "checkpoint", "checkpoint-after")
    trap.around(Keys, "ensure", "keys", "keys-after")
    trap.around(mqtt_session.HubSession, "publish", "publish", "publish-after")
    trap.around(mqtt_session.HubSession, "acknowledge", "puback", "puback-after")
    trap.around(mqtt_session._CoalescingSocket, "flush", "-", "flush")
    trap.around(tickets_api, "answer", "answer", "-")
    trap.around(windows_api, "answer", "answer", "-")
    trap.around(FileSink, "send", "tell", "told")
    opened = sqlite_log.open_writer
    replaced: Any = sqlite_log
    replaced.open_writer = lambda path: Watched(opened(path), trap)


def say(*words: object) -> None:
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


async def serve(environment: dict[str, str], at: int | None) -> None:
    stop = stop_on_signals()
    clock = None if at is None else FastClock(at, 1.0)
    async with running(load_settings(None, environment), clock=clock) as hall:
        await until(lambda: hall.edge.ready, 20, 0.005)
        say("up", os.getpid())
        await stop.wait()


def die_with_parent() -> None:
    """Nothing of a test outlives it, however it ends (PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def start(order: dict[str, Any]) -> None:
    die_with_parent()
    if order["point"]:
        lay(Trap(order["point"], order["call"]))
    try:
        asyncio.run(serve(order["environment"], order["at"]))
    except Exception as fault:
        say("first-fault", repr(fault))
        os._exit(1)
    os._exit(0)


def main() -> None:
    die_with_parent()
    for line in iter(sys.stdin.readline, ""):
        child = os.fork()
        if child == 0:
            start(json.loads(line))
        _, status = os.waitpid(child, 0)
        say("down", status)


if __name__ == "__main__":
    main()
