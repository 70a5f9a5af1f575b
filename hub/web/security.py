"""What browsers are told and asked: content policy, other headers, cookies, and whether a request is our own pages'."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.domain.refusals import Refused
from hub.web.site import site

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
    )
)

# A referrer policy stricter than same-origin would make browsers send "Origin: null" with forms.
_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
)
_STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000")
_NO_STORE = (b"cache-control", b"no-store")


class SecurityHeaders:
    """Adds the headers to every answer; answers that name no caching of their own are not stored."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._headers = [*_HEADERS, _STRICT_TRANSPORT] if secure else list(_HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers: list[tuple[bytes, bytes]] = list(message.get("headers", ()))
                if not any(name == b"cache-control" for name, _ in headers):
                    headers.append(_NO_STORE)
                headers.extend(self._headers)
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, send_with_headers)


def cookie_name(*, secure: bool) -> str:
    """``__Host-`` pins the cookie to this host over HTTPS; plain HTTP is for loopback only."""
    return "__Host-hall" if secure else "hall"


def set_session(response: Response, session: str, *, secure: bool) -> None:
    response.set_cookie(cookie_name(secure=secure), session, path="/", secure=secure, httponly=True, samesite="lax")


def clear_session(response: Response, *, secure: bool) -> None:
    response.delete_cookie(cookie_name(secure=secure), path="/", secure=secure, httponly=True, samesite="lax")


def check_origin(connection: HTTPConnection) -> None:
    """Refuse a browser's request that another site made: ``Refused("wrong-origin")``.

    Ours are ``public_url`` and, by the ``Host`` the browser used, addresses and ``localhost``; another name could be
    one that an attacker points at this machine. Every browser sends ``Origin`` with a POST.
    """
    origin = connection.headers.get("origin")
    if origin is None or not _is_ours(origin, connection):
        raise Refused("wrong-origin", origin=(origin or "")[:200])


def _is_ours(origin: str, connection: HTTPConnection) -> bool:
    options = site(connection).options
    if origin == options.public_url.rstrip("/"):
        return True
    host = connection.headers.get("host", "")
    name = urlsplit(f"//{host}").hostname or ""
    scheme = "https" if options.secure else "http"
    return origin == f"{scheme}://{host}" and (name == "localhost" or is_address(name))


def is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(name: str) -> bool:
    """Whether a host name or address stays on this machine."""
    return name == "localhost" or (is_address(name) and ipaddress.ip_address(name).is_loopback)
