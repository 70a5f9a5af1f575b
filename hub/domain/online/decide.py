"""Messages of the online hall are taken in order, each answered once; an inbox that lost its end is gone back with."""

from __future__ import annotations

from hub.domain.decided import Decided
from hub.domain.online.commands import OnlineCommand
from hub.domain.online.events import InboxRewound, OnlineEvent
from hub.domain.online.replies import Inbox
from hub.domain.online.state import Online
from hub.domain.refusals import Refused


def due(state: Online, n: int) -> bool:
    """Whether message ``n`` is the next one."""
    return n == state.taken + 1


def decide(state: Online, command: OnlineCommand) -> Decided[OnlineEvent, Inbox]:
    """Only backwards. Raises ``Refused`` with bad-value."""
    if not 0 <= command.to <= state.taken:
        raise Refused("bad-value", field="to", problem=f"0 … {state.taken}")
    if command.to == state.taken and command.hash == state.hash:
        return Decided((), Inbox(state.taken))
    return Decided((InboxRewound(command.to, command.hash, state.taken, command.at),), Inbox(command.to))
