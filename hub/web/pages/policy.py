"""The policy page: what is in force and what it promises, a draft, and what it would have done on a recorded day."""

from __future__ import annotations

import asyncio
from typing import Annotated, cast

import msgspec
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from hub.core.policy_file import PolicyDraft
from hub.core.toml_shape import plain
from hub.domain.hall.planning import policy_of
from hub.domain.hall.profile import Policy
from hub.domain.refusals import Refused
from hub.views.trial.comparison import Comparison
from hub.views.trial.promises import promises, settings
from hub.views.trial.table import cells, changes_in_words, named, spread_rows, trust_in_words
from hub.views.trial.trial import Trial
from hub.web.access.dependencies import Caller, permission
from hub.web.api.acts import shown
from hub.web.api.body import read_json
from hub.web.api.policy import check, latest_of
from hub.web.pages.page import Pages, pages
from hub.web.problems import words
from hub.web.trials import TrialDesk

router = APIRouter(include_in_schema=False)

Supervisor = Annotated[Caller, Depends(permission("profile.see"))]

_CHARTED = ("all", "class", "category")
_DAYS = 60


class TrialBody(msgspec.Struct, frozen=True):
    day: str
    policy: Policy


_body = msgspec.json.Decoder(TrialBody)


@router.get("/policy")
async def policy(request: Request, caller: Supervisor) -> Response:
    """The page at 1920×1080. Nothing takes effect here but by an explicit publish."""
    shown_pages = pages(request)
    here = shown_pages.here
    latest = latest_of(here)
    days = (await asyncio.to_thread(here.day_log.days))[-_DAYS:]
    versions = [
        (each, promises(policy_of(each.profile.policy, each.version)), settings(policy_of(each.profile.policy, 0)))
        for each in here.hub.hall().profiles
    ]
    return shown_pages.show(
        "policy.html",
        caller,
        versions=versions,
        latest=latest,
        draft=latest.profile.policy,
        base=msgspec.json.encode(plain(latest.profile.policy)).decode(),
        days=list(reversed(days)),
        publishes=caller.may("policy.publish"),
    )


@router.post("/policy/trials")
async def begin(request: Request, caller: Supervisor) -> Response:
    """``{"id"}``: the trial runs in a thread; its progress is asked for below."""
    asked = await read_json(request, _body)
    check(asked.policy)
    here = pages(request).here
    if asked.day not in await asyncio.to_thread(here.day_log.days):
        raise Refused("unknown-day", day=asked.day[:16])
    return shown({"id": _desk(request).begin(asked.day, PolicyDraft(asked.policy), caller.actor)}, 202)


@router.get("/policy/trials/{name}")
async def progress(request: Request, name: str, caller: Supervisor) -> Response:
    """``{"share"}`` while it runs; with ``html`` and ``chart`` once it is done; ``failed`` in words."""
    trying = _desk(request).find(name, caller.actor)
    if trying.failed is not None:
        said = words(trying.failed, {"day": trying.day})
        return shown({"share": 1.0, "failed": {"zh": said.zh, "en": said.en}})
    if trying.trial is None:
        return shown({"share": trying.share})
    return shown({"share": 1.0, "html": _part(pages(request), trying.trial), "chart": _chart(trying.trial.comparison)})


def _desk(request: Request) -> TrialDesk:
    return cast("TrialDesk", request.app.state.trials)


def _part(shown_pages: Pages, trial: Trial) -> str:
    found = trial.comparison
    return shown_pages.renderer.part(
        "policy_trial.html",
        found=found,
        changes=changes_in_words(found),
        trust=trust_in_words(found),
        promised=promises(trial.after),
        spread=spread_rows(found.changes[0]),
        cells=cells,
        named=named,
    )


def _chart(found: Comparison) -> dict[str, object]:
    groups = [group for group in found.groups if group.kind in _CHARTED]
    return {
        "groups": [group.words.zh for group in groups],
        "names": [f"{name.zh} {name.en}" for name in found.names],
        "p90": [[round(group.figures[n].p90, 1) for group in groups] for n in range(len(found.names))],
        "p50": [[round(group.figures[n].p50, 1) for group in groups] for n in range(len(found.names))],
    }
