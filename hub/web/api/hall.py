"""``/api/v1``: the hall, its day, its queues, its devices, its clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.clock.replies import Clock
from hub.domain.hall.profile import HallProfile
from hub.domain.queue.capacity import capacity_of, pools
from hub.domain.queue.commands import CloseDay, FreezeHall, ReleaseHall
from hub.domain.queue.replies import Done
from hub.web.access.dependencies import Caller, permission
from hub.web.api.acts import act, answer, shown, submit
from hub.web.api.body import plain, read_json
from hub.web.api.documented import documented
from hub.web.api.shapes import QueueShape, queue_shapes, utc
from hub.web.site import site

router = APIRouter(prefix="/api/v1", tags=["hall"])


@dataclass(frozen=True, slots=True)
class Named:
    """A floor's number or a category's letter, with its names."""

    id: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class HallShape:
    id: str
    zh: str
    en: str
    timezone: str
    floors: tuple[Named, ...]
    categories: tuple[Named, ...]
    priorities: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class DayShape:
    """The business day. ``issuing_from`` to ``closes`` numbers are issued; None: always."""

    date: str
    closed: bool
    frozen: str | None
    working: bool
    issuing_from: datetime | None
    opens: datetime | None
    closes: datetime | None
    ends: datetime | None
    issued: int
    now: datetime
    clock_frozen: bool
    position: int


@dataclass(frozen=True, slots=True)
class ProfileShape:
    version: int
    profile: HallProfile


@dataclass(frozen=True, slots=True)
class DeviceShape:
    """``state``: online, lost, sleeping or unknown."""

    id: str
    kind: str
    state: str
    since: datetime
    trouble: str | None


@dataclass(frozen=True, slots=True)
class CapacityShape:
    """``more``: that many newcomers before closing, after those who wait; None: nobody can say."""

    windows: tuple[str, ...]
    lines: tuple[str, ...]
    more: int | None


class CloseBody(msgspec.Struct, frozen=True):
    why: Annotated[str, Meta(max_length=200)] = ""


_close_body = msgspec.json.Decoder(CloseBody)


@router.get("/hall", openapi_extra=documented(HallShape))
async def see_hall(request: Request, _caller: Annotated[Caller, Depends(permission("hall.see"))]) -> Response:
    """Names of the hall, its floors, categories and priority classes."""
    profile = site(request).hub.profile()
    return shown(
        HallShape(
            profile.hall.id,
            profile.hall.zh,
            profile.hall.en,
            profile.hall.timezone,
            tuple(Named(str(floor.number), floor.zh, floor.en) for floor in profile.floors),
            tuple(Named(category.letter, category.zh, category.en) for category in profile.categories),
            tuple(Named(each.name, each.zh, each.en) for each in profile.policy.classes),
        )
    )


@router.get("/queue", openapi_extra=documented(list[QueueShape]))
async def see_queue(request: Request, _caller: Annotated[Caller, Depends(permission("queue.see"))]) -> Response:
    """Who waits, per category."""
    hub = site(request).hub
    return shown(queue_shapes(hub.day(), hub.now()))


@router.get("/day", openapi_extra=documented(DayShape))
async def see_day(request: Request, _caller: Annotated[Caller, Depends(permission("day.see"))]) -> Response:
    """The business day."""
    hub = site(request).hub
    day = hub.day()
    plan = day.plan
    return shown(
        DayShape(
            date=hub.today,
            closed=day.closed,
            frozen=day.frozen,
            working=plan is not None and plan.working,
            issuing_from=None if plan is None or plan.issuing_from is None else utc(plan.issuing_from),
            opens=None if plan is None or plan.opens is None else utc(plan.opens),
            closes=None if plan is None or plan.closes is None else utc(plan.closes),
            ends=None if plan is None else utc(plan.ends),
            issued=sum(day.issued.values()),
            now=utc(hub.now()),
            clock_frozen=hub.clock_state().frozen,
            position=hub.head(),
        )
    )


@router.post("/day/close", openapi_extra=documented(Done, body=CloseBody, key=True))
async def close_day(request: Request, caller: Annotated[Caller, Depends(permission("day.close"))]) -> Response:
    """The supervisor's closing of the hall: what still waits expires (日终清号)."""
    asked = await read_json(request, _close_body)
    doing = act(request, caller.actor, asked, key_needed=True)
    hub = site(request).hub
    return answer(await submit(request, CloseDay(hub.today, hub.now(), asked.why or "closed by staff"), doing))


@router.post("/day/freeze", openapi_extra=documented(Done, body=CloseBody, key=True))
async def freeze_hall(request: Request, caller: Annotated[Caller, Depends(permission("day.freeze"))]) -> Response:
    """For a drill or an alarm: nobody is called and no number is given; ``why`` is needed and shown on the boards."""
    asked = await read_json(request, _close_body)
    doing = act(request, caller.actor, asked, key_needed=True)
    hub = site(request).hub
    return answer(await submit(request, FreezeHall(hub.today, hub.now(), plain(asked.why)), doing))


@router.post("/day/release", openapi_extra=documented(Done, key=True))
async def release_hall(request: Request, caller: Annotated[Caller, Depends(permission("day.freeze"))]) -> Response:
    """The drill is over."""
    doing = act(request, caller.actor, None, key_needed=True)
    hub = site(request).hub
    return answer(await submit(request, ReleaseHall(hub.today, hub.now()), doing))


@router.get("/capacity", openapi_extra=documented(list[CapacityShape]))
async def see_capacity(request: Request, _caller: Annotated[Caller, Depends(permission("queue.see"))]) -> Response:
    """How many more can be served before closing, by windows that share queues."""
    hub = site(request).hub
    day, now = hub.day(), hub.now()
    return shown([CapacityShape(pool.windows, pool.lines, capacity_of(day, pool, now)) for pool in pools(day)])


@router.post("/clock/confirm", openapi_extra=documented(Clock))
async def confirm_clock(request: Request, caller: Annotated[Caller, Depends(permission("clock.confirm"))]) -> Response:
    """The wall clock is right after a step; rollover and expiry go on."""
    return answer(await site(request).hub.confirm_clock(caller.actor))


@router.get("/profile", openapi_extra=documented(ProfileShape))
async def see_profile(request: Request, _caller: Annotated[Caller, Depends(permission("profile.see"))]) -> Response:
    """The profile in force."""
    hub = site(request).hub
    return shown(ProfileShape(hub.profile_version(), hub.profile()))


@router.get("/devices", openapi_extra=documented(list[DeviceShape]))
async def see_devices(request: Request, _caller: Annotated[Caller, Depends(permission("device.see"))]) -> Response:
    """Every device that was heard or is registered."""
    present = site(request).devices()
    return shown([DeviceShape(each.id, each.kind, each.state, utc(each.since), each.trouble) for each in present])
