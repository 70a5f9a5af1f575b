"""Messages handed to a hub as the inbox does, one after the other."""

from __future__ import annotations

from itertools import count
from typing import Any

import msgspec

from hub.core.hub import Hub
from hub.core.submission import Command, MessageKey
from hub.domain.refusals import Refused
from hub.log.entry import Outcome
from hub.sync.messages.table import context_of, translate
from hub.sync.protocol import Message


class Cloud:
    """The online hall's inbox for one hub: numbers without a gap, an id each."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._n = count(1)

    async def say(self, type: str, data: dict[str, Any], *, at: int | None = None, id: str | None = None) -> Outcome:
        n = next(self._n)
        body = msgspec.Raw(msgspec.json.encode(data))
        message = Message(n, id or f"{n:032x}", type, self.hub.now() if at is None else at, body, f"{n:064x}")
        command: Command | None = None
        refused: bytes | None = None
        try:
            command = translate(context_of(self.hub, message), message)
        except Refused as why:
            refused = msgspec.json.encode({"code": why.code, "facts": why.facts})
        return await self.hub.submit(
            command,
            actor="online",
            key=bytes.fromhex(message.id),
            fingerprint=self.hub.subjects.fingerprint(bytes(body)),
            message=MessageKey(n, type, message.hash),
            refused=refused,
        )


def code(outcome: Outcome) -> str:
    assert not outcome.ok
    return str(msgspec.json.decode(outcome.reply)["code"])


def facts(outcome: Outcome) -> dict[str, Any]:
    return dict(msgspec.json.decode(outcome.reply)["facts"])
