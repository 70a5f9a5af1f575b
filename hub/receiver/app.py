"""The receiver's application: the halls' line, the city's interface, files, and a page to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from hub.receiver.answers import HANDLED, answered, problem
from hub.receiver.callers import BadToken, refused_token
from hub.receiver.city import router as city_router
from hub.receiver.desk import Desk
from hub.receiver.door import App, Door
from hub.receiver.figures import routes as figures
from hub.receiver.files_line import router as files_line
from hub.receiver.guarded import Guarded
from hub.receiver.overview import Overviews
from hub.receiver.page import routes as page
from hub.receiver.signed import Signatures
from hub.receiver.uplink import router as uplink
from hub.sync.protocol import Problem

STATIC: Final = Path(__file__).parent / "static"


def build(desk: Desk, *, halls: bool = True, city: bool = True, signed: Signatures | None = None) -> App:
    """``halls``: what their hubs ask. ``city``: the interface of the online hall, the page and the figures.
    ``signed``: what verifies who sent what halls send; without it whoever reaches the address is believed.
    """
    app = FastAPI(title="hallhub receiver", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.desk = desk
    for error in HANDLED:
        app.add_exception_handler(error, answered)
    app.add_exception_handler(BadToken, refused_token)
    app.add_exception_handler(RequestValidationError, _unreadable)
    if halls:
        if signed is not None:
            app.include_router(signed.routes)
        app.include_router(uplink)
        app.include_router(files_line)
    if city:
        app.include_router(city_router)
        overviews = Overviews(desk)
        app.router.routes.extend(page(overviews))
        app.router.routes.extend(figures(desk, overviews))
        app.mount("/static", StaticFiles(directory=STATIC), name="static")
    inner: App = app
    if halls:
        inner = Door(inner, desk)
        if signed is not None:
            inner = signed.front(inner)
    return Guarded(inner)


async def _unreadable(request: Request, error: Exception) -> Response:
    del request, error
    return problem(Problem("unreadable"))
