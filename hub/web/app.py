"""The web floor as one ASGI application: security headers around pages and API, live streams beside them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, cast

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from hub.core.case_log import CaseLog
from hub.core.day_log import DayLog
from hub.core.hall_past import HallPast
from hub.domain.refusals import Refused
from hub.log.cursors import Cursors
from hub.views.cases.book import CaseBook
from hub.views.cases.clock_trouble import ClockTrouble
from hub.views.consultation_book import ConsultationBook
from hub.views.outage import NO_LINE, Outage
from hub.views.rating_book import RatingBook
from hub.views.report.desk import Reports
from hub.views.report.folds import DayFolds
from hub.web import problems
from hub.web.access import sign_in
from hub.web.access.passwords import PasswordDesk
from hub.web.access.store import AccessStore
from hub.web.access.throttle import Throttle
from hub.web.api import (
    appointments,
    attending,
    case_acts,
    case_files,
    case_numbers,
    cases,
    catalogue,
    consultations,
    explaining,
    files,
    hall,
    inbox,
    items,
    kiosk,
    online,
    people,
    policy,
    ratings,
    review,
    tickets,
    uploads,
    windows,
)
from hub.web.api import reports as reports_api
from hub.web.api.documented import complete
from hub.web.case_finder import CaseFinder
from hub.web.catalogue import Catalogue
from hub.web.catalogue_imports import Imports
from hub.web.live import Live
from hub.web.live_stream import LiveStream
from hub.web.materials import Materials, open_materials
from hub.web.notice_desk import NoticeDesk
from hub.web.pace import Pace
from hub.web.security import SecurityHeaders
from hub.web.site import Bindings, DevicePresence, LineSwitch, Site, WebOptions

if TYPE_CHECKING:
    from hub.core.hub import Hub

DESCRIPTION = (
    "The hall's HTTP API. Errors are problem documents (application/problem+json) with a stable `code` and sentences "
    "in Chinese and English. Times are RFC 3339 in UTC. See docs/api.md."
)

_API = (
    appointments.router,
    attending.router,
    explaining.router,
    tickets.router,
    windows.router,
    hall.router,
    policy.router,
    items.router,
    catalogue.router,
    cases.router,
    case_acts.router,
    case_files.router,
    case_numbers.router,
    online.router,
    consultations.router,
    review.router,
    inbox.router,
    people.router,
    kiosk.router,
    ratings.router,
    uploads.router,
    files.router,
    reports_api.router,
)


def build_app(
    hub: Hub,
    access: AccessStore,
    live: Live,
    options: WebOptions,
    *,
    pages: Sequence[APIRouter] = (),
    devices: Callable[[], Sequence[DevicePresence]] = tuple,
    outage: Callable[[], Outage] = lambda: NO_LINE,
    day_log: DayLog | None = None,
    case_log: CaseLog | None = None,
    case_finder: CaseFinder | None = None,
    case_trouble: Callable[[], ClockTrouble] = ClockTrouble,
    reports: Reports | None = None,
    extra_routes: Sequence[BaseRoute] = (),
    book: RatingBook | None = None,
    materials: Materials | None = None,
    hall_past: HallPast | None = None,
    consultation_book: ConsultationBook | None = None,
    switch: LineSwitch | None = None,
) -> FastAPI:
    """The application. ``pages`` are the routers of people's pages, ``extra_routes`` what operations mount
    (``/metrics``, ``/health/…``); ``devices`` tells who is present, ``outage`` how the line to the online hall is;
    ``day_log``, ``case_log`` and ``reports`` (else those of the hub's own log) are read in threads; ``book`` holds
    the ratings, ``consultation_book`` the consultations and ``case_finder`` the index of cases, read from the hub's
    log into memory when there is none; ``case_trouble`` tells what is wrong with the clock of cases; ``materials`` are
    those beside the hub's log with the usual limits, when there are none; ``hall_past`` (else of the hub's own log)
    knows what the hall was called; ``switch`` cuts the line of a demo. ``Site`` stands at ``app.state.site``."""
    app = _Documented(
        title="hallhub",
        version="1",
        description=DESCRIPTION,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    case_log = case_log or CaseLog(lambda: nullcontext(hub.log), hub.codec)
    case_finder = case_finder or CaseBook(hub.log, Cursors(None), hub.codec)
    hall_past = hall_past or HallPast(lambda: nullcontext(hub.log), hub.codec)
    app.state.site = Site(
        hub=hub,
        access=access,
        live=live,
        options=options,
        devices=devices,
        outage=outage,
        passwords=PasswordDesk(),
        throttle=Throttle(time.monotonic),
        bindings=Bindings(hub.listed_profile),
        catalogue=Catalogue(hub.listed_profile),
        imports=Imports(hub),
        day_log=day_log or DayLog(lambda: nullcontext(hub.log), hub.codec),
        case_finder=case_finder,
        case_trouble=case_trouble,
        case_log=case_log,
        reports=reports or Reports(hub.log, DayFolds(hub.log, hub.codec), Cursors(None), hub.now),
        kiosk_key=access.secret("kiosk"),
        kiosk_pace=Pace(options.kiosk_pace, options.kiosk_pace * 10),
        ratings=book or RatingBook(hub.log, Cursors(None), hub.codec),
        consultations=consultation_book or ConsultationBook(hub.log, Cursors(None), hub.codec),
        materials=materials or open_materials(hub.paths, hub.now),
        notices=NoticeDesk(hub, case_log, case_finder, hall_past),
        switch=switch,
    )
    app.router.routes.append(Route("/live", LiveStream(), methods=None, include_in_schema=False))
    for router in (*_API, sign_in.router, *pages):
        app.include_router(router)
    app.router.routes.extend(extra_routes)
    app.add_exception_handler(Refused, problems.on_refused)
    app.add_exception_handler(HTTPException, problems.on_http_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(ClientDisconnect, problems.on_gone)
    app.add_exception_handler(Exception, problems.on_failure)
    app.add_middleware(PageCompression)
    app.add_middleware(SecurityHeaders, secure=options.secure)
    return app


async def close_app(app: FastAPI) -> None:
    """Let go of worker threads and of the press."""
    here = cast("Site", app.state.site)
    await here.notices.press.close()
    await here.catalogue.close()
    await asyncio.to_thread(here.passwords.close)
    await asyncio.to_thread(here.materials.close)


class _Documented(FastAPI):
    """FastAPI whose document also knows the types that msgspec reads and writes."""

    def openapi(self) -> dict[str, Any]:
        if not self.openapi_schema:
            self.openapi_schema = complete(super().openapi())
        return self.openapi_schema


class PageCompression:
    """gzip for pages; live streams and the API's small answers pass untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._packed = GZipMiddleware(app, minimum_size=500, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        plain = path == "/live" or path.startswith(("/api/", "/static/"))
        await (self._plain if plain else self._packed)(scope, receive, send)


async def _on_invalid(_request: Request, error: Exception) -> Response:
    """A path, query or form value of the wrong shape, named by FastAPI's own check."""
    assert isinstance(error, RequestValidationError)
    first = cast("dict[str, object]", error.errors()[0]) if error.errors() else {}
    place = cast("tuple[object, ...]", first.get("loc", ()))
    return problems.problem(
        "bad-value", {"field": str(place[-1]) if place else "", "problem": str(first.get("msg", ""))}
    )
