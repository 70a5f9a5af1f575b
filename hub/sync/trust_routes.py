"""The resources by which a hall renews what names it, for the app behind ``SignedApp``."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from fastapi import APIRouter, Request, Response

from hub.sync.authority import Authority
from hub.sync.keyring import KeyRing
from hub.sync.protocol import PROBLEM_TYPE, ROOT, Problem
from hub.sync.renewal import PEM_TYPE, renewed
from hub.sync.rotation import announced
from hub.sync.signed_app import verified_of
from hub.sync.signed_message import Distrusted

_STATUS = {"unreadable": 400, "unsigned": 401, "not-yours": 403}


def trust_routes(
    ring: KeyRing, authority: Authority | None = None, clock: Callable[[], float] = time.time
) -> APIRouter:
    """``authority``: only where the city keeps its key at the receiver; without it renewal answers 404."""
    routes = APIRouter(prefix=ROOT)

    @routes.put("/halls/{hall}/keys/{keyid}")
    async def announce(request: Request, hall: str, keyid: str) -> Response:
        body, at = await request.body(), int(clock() * 1000)
        try:
            taken = announced(ring, verified_of(request.scope), hall, keyid, body, at)
        except Distrusted as error:
            return _problem(error)
        return Response(msgspec.json.encode(taken), media_type="application/json")

    if authority is not None:

        @routes.post("/halls/{hall}/certificate")
        async def renew(request: Request, hall: str) -> Response:
            body, at = await request.body(), datetime.fromtimestamp(clock(), UTC)
            try:
                return Response(renewed(authority, verified_of(request.scope), hall, body, at), media_type=PEM_TYPE)
            except Distrusted as error:
                return _problem(error)

        # pyright counts neither as used: FastAPI holds them
        _ = renew
    _ = announce
    return routes


def _problem(error: Distrusted) -> Response:
    body = msgspec.json.encode(Problem(error.code, detail=error.detail))
    return Response(body, _STATUS[error.code], media_type=PROBLEM_TYPE)
