"""What the online hall may ask for, by the type of its message."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hub.core.hub import Hub
from hub.core.submission import Command
from hub.domain.refusals import Refused
from hub.sync.protocol import Message

Translate = Callable[[Hub, Message], Command]
"""The command that a message asks for. Raises ``Refused`` for one whose data cannot be taken."""

MESSAGES: Mapping[str, Translate] = {}


def translate(hub: Hub, message: Message) -> Command:
    """Raises ``Refused``, with ``unknown-message`` for a type that this version does not know."""
    found = MESSAGES.get(message.type)
    if found is None:
        raise Refused("unknown-message", kind=message.type[:64])
    return found(hub, message)
