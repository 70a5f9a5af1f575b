"""One client's connection to the embedded broker: bytes in to packets, frames out gathered per tick of the loop.

It knows the fixed header and the limits that concern a socket; what packets mean is its owner's matter.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Protocol, cast

from hub.mqtt.broker_limits import Limits
from hub.mqtt.broker_session import Session
from hub.mqtt.packets import Malformed, Will, read_length

_FLUSH_BYTES = 64 * 1024  # a tick that writes more than this to one client does not wait for its end


class Oversized(Malformed):
    """A fixed header announces more than the limit; nothing of the body was kept."""


class LinkOwner(Protocol):
    limits: Limits
    inbox: bytearray
    """Where the loop reads into: one for all links, since it is emptied before the next link reads."""

    def opened(self, link: Link) -> None: ...
    def take(self, link: Link, first: int, data: bytes, at: int, stop: int) -> None:
        """One packet: its first byte and data[at:stop], its body. May raise Malformed."""
        ...

    def failed(self, link: Link, fault: Exception) -> None: ...
    def lost(self, link: Link) -> None: ...
    def wants_flush(self, link: Link) -> None: ...


class Link(asyncio.BufferedProtocol):
    def __init__(self, owner: LinkOwner, loop: asyncio.AbstractEventLoop) -> None:
        self.session: Session | None = None
        self.will: Will | None = None
        self.keep_alive = 0
        self.stuck = False
        self.ended = False
        self.opened_at = self.heard_at = self.ended_at = self._moved_at = loop.time()
        self._owner = owner
        self._loop = loop
        self._transport: asyncio.Transport
        self._rest = bytearray()
        self._needed = 0
        self._out: list[bytes] = []
        self._out_bytes = 0
        self._unsent = 0
        self._deaf = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=self._owner.limits.write_bytes)
        wire: socket.socket | None = transport.get_extra_info("socket")
        if wire is not None:
            with contextlib.suppress(OSError):  # the peer may be gone already
                wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                # Clients may ask for no keep-alive; a half-open one must still end some day.
                wire.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60)
        self._owner.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._out.clear()
        self._rest.clear()
        self._owner.lost(self)

    def get_buffer(self, sizehint: int) -> bytearray:  # noqa: ARG002 - asyncio's signature
        return self._owner.inbox

    def buffer_updated(self, nbytes: int) -> None:
        if self.ended:
            return
        self.heard_at = self._loop.time()
        data = bytes(memoryview(self._owner.inbox)[:nbytes])
        if self._rest:
            self._rest += data
            if len(self._rest) < self._needed:
                return
            data = bytes(self._rest)
            self._rest.clear()
        try:
            self._split(data)
        except Exception as fault:
            # Whatever a client's bytes brought about ends this client, never the loop.
            self._owner.failed(self, fault)
        if (
            self.stuck
            and not self._deaf
            and self._transport.get_write_buffer_size() > 2 * self._owner.limits.write_bytes
        ):
            # It makes us answer and never reads: the answers alone would fill the memory.
            self._deaf = True
            self._transport.pause_reading()

    def _split(self, data: bytes) -> None:
        at, end = 0, len(data)
        limits = self._owner.limits
        self._needed = 2
        while end - at >= 2:
            first, length, body = data[at], data[at + 1], at + 2
            if length & 0x80:
                header = read_length(data, at + 1)
                if header is None:
                    break
                length, body = header
            if length > limits.packet_bytes or (self.session is None and length > limits.connect_bytes):
                raise Oversized(f"a packet of {length} bytes")
            stop = body + length
            if stop > end:
                self._needed = stop - at
                break
            self._owner.take(self, first, data, body, stop)
            if self.ended:
                return
            at = stop
        if at < end:
            self._rest += data[at:]

    def send(self, frame: bytes) -> None:
        if not self._out:
            self._owner.wants_flush(self)
        self._out.append(frame)
        self._out_bytes += len(frame)
        if self._out_bytes >= _FLUSH_BYTES:
            self.flush()

    def flush(self) -> None:
        if self._out:
            frames, self._out, self._out_bytes = self._out, [], 0
            if not self._transport.is_closing():
                self._transport.write(frames[0] if len(frames) == 1 else b"".join(frames))

    def pause_writing(self) -> None:
        self.stuck = True
        self._moved_at = self._loop.time()
        self._unsent = self._transport.get_write_buffer_size()

    def resume_writing(self) -> None:
        self.stuck = False
        if self._deaf and not self.ended:
            self._deaf = False
            self.heard_at = self._loop.time()
            self._transport.resume_reading()
        if self.session:
            self.session.drain()

    def stuck_for(self) -> float:
        """Seconds since this reader last took a byte of a full buffer; 0 when it keeps up."""
        if not self.stuck:
            return 0.0
        unsent = self._transport.get_write_buffer_size()
        if unsent < self._unsent:
            self._moved_at = self._loop.time()
        self._unsent = unsent
        return self._loop.time() - self._moved_at

    def silent_for(self) -> float:
        """Seconds without a byte from the client; 0 while it is we who do not read."""
        return 0.0 if self._deaf else self._loop.time() - self.heard_at

    def finish(self) -> None:
        """Sends what is gathered, then closes."""
        self._end()
        self.flush()
        self._transport.close()

    def abort(self) -> None:
        """Closes at once, whatever is unsent."""
        self._end()
        self._out.clear()
        self._transport.abort()

    def _end(self) -> None:
        if not self.ended:
            self.ended = True
            self.ended_at = self._loop.time()
