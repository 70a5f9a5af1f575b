"""The pages people see, one router a kind of reader. ``register`` adds them to an application that stands already."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from hub.web.assets import Assets
from hub.web.pages import (
    admin,
    appointments,
    attend,
    case_figures,
    cases,
    catalogue,
    check,
    chooser,
    consultations,
    deadlines,
    desk,
    files,
    inbox,
    notices,
    online,
    outage,
    policy,
    public,
    ratings,
    reports,
    staff,
)
from hub.web.pages.case_changes import CaseChanges
from hub.web.pages.channels import Channels, DayFolds, Earlier
from hub.web.pages.page import Pages, Papers
from hub.web.pages.render import Renderer
from hub.web.site import Site
from hub.web.trials import TrialDesk


def register(
    app: FastAPI, assets: Assets, *, papers: Papers | None = None, earlier: Earlier = lambda _: None
) -> Callable[[], None]:
    """Add pages, their files and their live channels; returns how to stop following the log.

    Call it after ``build_app`` and after the hub has started. ``papers``: newest papers of a simulated printer as PNG,
    newest first, None for a device that has none; without it there is no page for them. ``earlier``: the curves of
    earlier days.
    """
    here = cast("Site", app.state.site)
    renderer = Renderer(assets)
    folds = DayFolds(here, earlier=earlier)
    folds.settle()
    changes = CaseChanges(here.hub.head())
    channels = Channels(here, renderer, folds, changes, papers=papers is not None)
    channels.declare()
    app.state.trials = TrialDesk(here.day_log)
    app.state.pages = Pages(here, renderer, channels, papers)

    async def static(request: Request) -> Response:
        return assets.respond(cast("str", request.path_params["file"]), request)

    app.add_route("/static/{file}", static, methods=["GET", "HEAD"], include_in_schema=False)
    cased = (desk, case_figures, cases, inbox, notices, deadlines, files, online)
    kept = (consultations, ratings, reports, policy, outage, admin)
    staffed = (staff, attend, appointments, *cased, *kept)
    routers = (public, check, chooser, catalogue, *staffed)
    for router in (each.router for each in routers):
        app.include_router(router)
    if here.switch is not None:
        app.include_router(outage.switching)
    stops = (here.hub.listen(folds.follow), here.hub.listen(changes.follow))

    def stop() -> None:
        for each in stops:
            each()

    return stop


__all__ = ["Papers", "register"]
