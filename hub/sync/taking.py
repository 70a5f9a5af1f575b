"""Messages of the online hall at the hub: each becomes a command, or a refusal, and its answer an entry of the log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

import msgspec

from hub.core.echoes import own_words
from hub.core.hub import HUB, Hub
from hub.core.submission import MessageKey
from hub.domain.online.commands import RewindInbox
from hub.domain.online.events import InboxRewound, MessageAnswered
from hub.domain.online.state import Online
from hub.domain.refusals import Refused
from hub.log.entry import NoRoom, Outcome
from hub.log.port import LogReader
from hub.sync.files import named_in
from hub.sync.messages.table import context_of, translate
from hub.sync.protocol import Message

log = logging.getLogger(__name__)

ONLINE = "online"


class TakenInLog:
    """What the hub's log says of the inbox; ``reader`` is of another connection than the writer's."""

    def __init__(self, hub: Hub, reader: LogReader) -> None:
        self._hub = hub
        self._reader = reader
        self._hashes: dict[int, str] = {}
        self._version = 0

    def last(self) -> tuple[int, str]:
        state = self._hub.writer.state(ONLINE)
        assert isinstance(state, Online)
        return state.taken, state.hash

    def hash_at(self, n: int) -> str | None:
        return self._hashes.get(n)

    def look(self) -> None:
        """Read what the stream gained since the last look, in a thread: only who lost messages needs it."""
        for entry in self._reader.read_stream(ONLINE, self._version):
            self._version = entry.version
            match self._hub.codec.decode(entry):
                case MessageAnswered() as answered:
                    self._hashes[answered.n] = answered.hash
                case InboxRewound() as rewound:
                    self._hashes = {at: hash for at, hash in self._hashes.items() if at <= rewound.to}
                case _:
                    pass


class Taking:
    """Puts messages and rewinds to the writer. ``wanted`` hears of the files that a message names once it is carried
    out, in a thread: what a refused one names nobody fetches. A kill in between loses nothing, since the hub also looks
    for the files that its log names."""

    def __init__(self, hub: Hub, wanted: Callable[[str], None] | None = None) -> None:
        self._hub = hub
        self._wanted = wanted

    async def take(self, messages: Sequence[Message]) -> bool:
        """Submit them in order; False when there was no room for one of them.

        One after the other: what a message means may rest on what the one before it brought about.
        """
        for message in messages:
            outcome = await self._submit(message)
            if not outcome.ok and b'"no-room"' in outcome.reply:
                return False
            if outcome.ok:
                await self._want(message)
        return True

    async def _want(self, message: Message) -> None:
        if self._wanted is None:
            return
        try:
            for sha256 in sorted(named_in(bytes(message.data))):
                await asyncio.to_thread(self._wanted, sha256)
        except NoRoom:
            log.warning("files of a message are fetched after the next start", extra={"facts": {"n": message.n}})

    async def rewind(self, to: int, hash: str) -> bool:
        """The inbox ends at ``to``. False when it could not be written."""
        log.warning("the online hall's inbox lost its end", extra={"facts": {"to": to}})
        return (await self._hub.submit(RewindInbox(to, hash, self._hub.now()), actor=HUB)).ok

    def _submit(self, message: Message) -> asyncio.Future[Outcome]:
        hub = self._hub
        key = MessageKey(message.n, message.type, message.hash, own_words(bytes(message.data)))
        body = hub.subjects.fingerprint(message.type.encode() + b"\0" + bytes(message.data))
        id = bytes.fromhex(message.id)
        try:
            command, refused = translate(context_of(hub, message), message), None
        except Refused as no:
            command, refused = None, msgspec.json.encode({"code": no.code, "facts": no.facts})
        except Exception:
            # whatever the online hall sends, its next message has its turn
            log.exception("a message could not be read", extra={"facts": {"n": message.n, "type": message.type}})
            command, refused = None, b'{"code":"unreadable-message","facts":{}}'
        return hub.submit(command, actor=ONLINE, key=id, fingerprint=body, message=key, refused=refused, at=message.at)
