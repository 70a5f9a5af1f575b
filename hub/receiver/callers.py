"""Who may ask the city's interface and see the page: programs by bearer token, people by a token as their password."""

from __future__ import annotations

import base64
import binascii
import hashlib
import ipaddress
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from hub.receiver.answers import problem
from hub.receiver.desk import desk
from hub.receiver.store import Token
from hub.sync.protocol import Problem


class BadToken(Exception):
    """``scheme``: what a browser is asked for."""

    def __init__(self, scheme: str = "Bearer") -> None:
        super().__init__(scheme)
        self.scheme = scheme


async def refused_token(request: Request, error: Exception) -> Response:
    del request
    scheme = error.scheme if isinstance(error, BadToken) else "Bearer"
    return problem(Problem("bad-token"), {"WWW-Authenticate": scheme})


async def authorised(request: Request) -> Token:
    """Raises ``BadToken``."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    found = await _token(request, secret.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        desk(request).count("bad-token")
        raise BadToken
    return found


Authorised = Annotated[Token, Depends(authorised)]


async def let_look(request: Request) -> None:
    """Whoever sits at this machine may look without a token, others with one: as a bearer, or as the password that the
    browser asks for, under any name. Raises ``BadToken``."""
    if on_this_machine(request):
        return
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            secret = base64.b64decode(secret, validate=True).decode("utf-8", "replace").partition(":")[2]
        except binascii.Error:
            secret = ""
    if await _token(request, secret.strip()) is None:
        raise BadToken('Basic realm="hallhub receiver", charset="UTF-8"')


def on_this_machine(request: Request) -> bool:
    """From a loopback address and not handed on by a proxy, which would make everybody look local."""
    if request.client is None or any(name in request.headers for name in ("forwarded", "x-forwarded-for", "via")):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


async def _token(request: Request, secret: str) -> Token | None:
    if not secret:
        return None
    at_desk = desk(request)
    return await at_desk.calls(at_desk.store.token, hashlib.sha256(secret.encode()).digest())
