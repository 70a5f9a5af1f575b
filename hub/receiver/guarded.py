"""Headers of every answer, and the content policy of the page."""

from __future__ import annotations

from typing import Final

from hub.receiver.door import App, Event, Receive, Scope, Send

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class Guarded:
    """Nothing is stored by caches unless the answer says otherwise."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(event: Event) -> None:
            if event["type"] == "http.response.start":
                headers: list[tuple[bytes, bytes]] = list(event.get("headers", ()))
                known = {name for name, _ in headers}
                headers += [each for each in _HEADERS if each[0] not in known]
                if b"cache-control" not in known:
                    headers.append((b"cache-control", b"no-store"))
                event = {**event, "headers": headers}
            await send(event)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)
