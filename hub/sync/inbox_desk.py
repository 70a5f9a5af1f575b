"""The inbox in the hub: each message becomes a command, or a refusal, and its answer an entry of the log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress

import msgspec

from hub.core.hub import HUB, Hub
from hub.core.submission import MessageKey
from hub.domain.online.commands import RewindInbox
from hub.domain.online.events import InboxRewound, MessageAnswered
from hub.domain.online.state import Online
from hub.domain.refusals import Refused
from hub.log.entry import Outcome
from hub.log.port import LogReader
from hub.sync.inbox import Inbox, Rewind, Take
from hub.sync.messages import translate
from hub.sync.port import Answer, Line, LinkDown, Wait
from hub.sync.protocol import Message

log = logging.getLogger(__name__)

ONLINE = "online"
BEHIND = 409


class TakenInLog:
    """What the hub's log says of the inbox."""

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


class InboxDesk:
    """Carries an ``Inbox`` over a line into the hub."""

    def __init__(self, hub: Hub, hall: str, reader: LogReader, line: Line, chance: Callable[[], float]) -> None:
        self._hub = hub
        self._line = line
        self._taken = TakenInLog(hub, reader)
        self.inbox = Inbox(hall, self._taken, hub.clock, chance)
        self.woken = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled; nothing that comes over the line ends it."""
        while True:
            self.woken.clear()
            due = self.inbox.ask()
            if isinstance(due, Wait):
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.woken.wait(), None if due.ms is None else due.ms / 1000)
                continue
            try:
                answer = await self._line.call(due)
            except LinkDown as down:
                self.inbox.lost(down)
                continue
            await self.hear(answer)

    async def hear(self, answer: Answer) -> None:
        """An answer to the inbox's last question, and all that follows from it."""
        if answer.status == BEHIND:
            await asyncio.to_thread(self._taken.look)
        match asked := self.inbox.heard(answer):
            case Take():
                self.inbox.took(room=await self.take(asked.messages))
            case Rewind():
                command = RewindInbox(asked.to, asked.hash, self._hub.now())
                outcome = await self._hub.submit(command, actor=HUB)
                log.warning("the online hall's inbox lost its end", extra={"facts": {"to": asked.to}})
                self.inbox.took(room=outcome.ok)
            case None:
                pass

    async def take(self, messages: Sequence[Message]) -> bool:
        """Submit them in order, all before the first answer; False when there was no room for one of them."""
        outcomes = await asyncio.gather(*(self._submit(message) for message in messages))
        return all(outcome.ok or b'"no-room"' not in outcome.reply for outcome in outcomes)

    def _submit(self, message: Message) -> asyncio.Future[Outcome]:
        hub = self._hub
        key = MessageKey(message.n, message.type, message.hash)
        body = hub.subjects.fingerprint(message.type.encode() + b"\0" + bytes(message.data))
        id = bytes.fromhex(message.id)
        try:
            command, refused = translate(hub, message), None
        except Refused as no:
            command, refused = None, msgspec.json.encode({"code": no.code, "facts": no.facts})
        except Exception:
            # whatever the online hall sends, its next message has its turn
            log.exception("a message could not be read", extra={"facts": {"n": message.n, "type": message.type}})
            command, refused = None, b'{"code":"unreadable-message","facts":{}}'
        return hub.submit(command, actor=ONLINE, key=id, fingerprint=body, message=key, refused=refused, at=message.at)
