"""The types of the online hall's messages, and what each asks of the hub."""

from __future__ import annotations

from dataclasses import dataclass

from hub.core.hub import Hub
from hub.core.submission import Command
from hub.domain.refusals import Refused
from hub.sync.protocol import Message


@dataclass(frozen=True, slots=True)
class Context:
    """One message's own: ``id`` as 32 hex, ``at``: its receipt in the cloud, never later than ``now``."""

    hub: Hub
    id: str
    at: int
    now: int


def context_of(hub: Hub, message: Message) -> Context:
    """A cloud's clock that runs ahead receives nothing in the future."""
    now = hub.now()
    return Context(hub, message.id, min(message.at, now), now)


def translate(context: Context, message: Message) -> Command:
    """The command behind a message. Raises ``Refused``."""
    del context
    raise Refused("unknown-message", kind=message.type[:64])
