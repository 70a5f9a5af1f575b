"""``/health/live``: the process answers. ``/health/ready``: it is subscribed and accepting; else 503 says why not.

``troubles`` beside it names what somebody has to look at though the hub goes on: ``case-clock``, ``case-deadlines``.

Both are public and tell nothing but words, so that a load balancer or a monitor needs no secret.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

_NO_STORE = {"Cache-Control": "no-store"}


def routes(
    waiting_for: Callable[[], Sequence[str]],
    line: Callable[[], str] | None = None,
    troubles: Callable[[], Sequence[str]] = tuple,
) -> list[BaseRoute]:
    """``waiting_for`` names what is missing (``broker``, ``business-day``, ``disk``, ``stopping``); empty: ready.

    ``line``: how the line to the online hall is, where there is one; the hall is ready without it too.
    """

    async def live(_request: Request) -> JSONResponse:
        return JSONResponse({"live": True}, headers=_NO_STORE)

    async def ready(_request: Request) -> JSONResponse:
        missing = list(waiting_for())
        told: dict[str, object] = {"ready": not missing, "waiting_for": missing, "troubles": list(troubles())}
        if line is not None:
            told["line"] = line()
        return JSONResponse(told, 503 if missing else 200, _NO_STORE)

    return [
        Route("/health/live", live, methods=["GET"], include_in_schema=False),
        Route("/health/ready", ready, methods=["GET"], include_in_schema=False),
    ]
