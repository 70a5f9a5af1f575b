"""``/``: every hall's position, age and backlog, for people; what it shows comes from ``/overview.json``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from hub.receiver.answers import shown
from hub.receiver.callers import let_look
from hub.receiver.overview import Overviews

_PAGE: Final = Path(__file__).parent / "static" / "halls.html"


def routes(overviews: Overviews) -> list[BaseRoute]:
    async def page(request: Request) -> Response:
        await let_look(request)
        return FileResponse(_PAGE, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-cache"})

    async def data(request: Request) -> Response:
        await let_look(request)
        return shown(await overviews.now())

    async def no_picture(request: Request) -> Response:
        del request
        return Response(status_code=204, headers={"Cache-Control": "max-age=86400"})

    return [
        Route("/", page, methods=["GET"]),
        Route("/overview.json", data, methods=["GET"]),
        Route("/favicon.ico", no_picture, methods=["GET"]),
    ]
