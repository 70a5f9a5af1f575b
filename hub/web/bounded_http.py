"""uvicorn's HTTP protocol with limits it lacks: on the size of a request's head and on the time to send it."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_LIMIT = 32 * 1024
HEAD_SECONDS = 15.0
_PIECE = 8 * 1024

_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class BoundedHttp(HttpToolsProtocol):
    """A head past 32 KiB is answered 431; a connection whose first head takes 15 s is cut."""

    _in_head = True
    _heads = 0
    _head_bytes = 0
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        super().connection_made(transport)
        # what the socket does not take at once counts as slow, so that live pages skip to the newest snapshot;
        # not 0, since TLS transports pause at the limit itself
        transport.set_write_buffer_limits(high=1)
        self._waiting = self.loop.call_later(HEAD_SECONDS, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        # the parser keeps an unfinished header to itself, so bytes are counted as they come
        for start in range(0, len(data), _PIECE):
            heads, piece = self._heads, data[start : start + _PIECE]
            super().data_received(piece)
            if self.transport.is_closing():
                return
            if not self._in_head or self._heads != heads:
                self._head_bytes = 0
                continue
            self._head_bytes += len(piece)
            if self._head_bytes > HEAD_LIMIT:
                self._refuse()
                return

    def on_message_begin(self) -> None:
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._heads += 1
        self._arrived()
        super().on_headers_complete()

    def _refuse(self) -> None:
        answering = self.cycle is not None and not self.cycle.response_complete  # pyright: ignore[reportUnnecessaryComparison]
        if not answering:
            self.transport.write(_TOO_LARGE)
        self.transport.close()

    def _arrived(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
