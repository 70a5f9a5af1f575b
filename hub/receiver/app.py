"""The receiver's application: the halls' line, the city's interface, files, and a page to look at."""

from __future__ import annotations

from fastapi import FastAPI

from hub.receiver.answers import HANDLED, answered
from hub.receiver.desk import Desk
from hub.receiver.uplink import router as uplink


def build(desk: Desk, *, halls: bool = True, city: bool = True) -> FastAPI:
    """``halls``: what their hubs ask. ``city``: the interface of the online hall, the page and the figures."""
    app = FastAPI(title="hallhub receiver", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.desk = desk
    for error in HANDLED:
        app.add_exception_handler(error, answered)
    if halls:
        app.include_router(uplink)
    return app
