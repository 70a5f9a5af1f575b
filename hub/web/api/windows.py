"""``/api/v1/windows``: look at windows and act at them. Every act answers the window after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.queue.commands import (
    CallNext,
    CallTicket,
    CloseWindow,
    FinishService,
    MissTicket,
    OpenWindow,
    ParkTicket,
    PauseWindow,
    QueueCommand,
    RecallTicket,
    ReskillWindow,
    SignInClerk,
    SignOutClerk,
    StartService,
    TransferTicket,
)
from hub.domain.queue.finding import active_of, window_of
from hub.domain.queue.replies import WindowReply
from hub.domain.refusals import Refused
from hub.views.console import Onward, done_here, onward
from hub.web.access.dependencies import Caller, permission
from hub.web.access.store import good_name
from hub.web.api.acts import act, answer, shown, submit
from hub.web.api.body import plain, read_json
from hub.web.api.documented import documented
from hub.web.api.shapes import WindowShape, window_shape
from hub.web.api.tickets import moment
from hub.web.site import site

router = APIRouter(prefix="/api/v1/windows", tags=["windows"])


class WindowAct(msgspec.Struct, frozen=True):
    """``seen``: the window's version the person looked at (None: not checked). The others as the act needs them.

    ``finish``: ``done``, the categories done here (left out: all that the window may). ``transfer``: ``wrong``, the
    number was taken for the wrong category. ``sign-in``: ``move`` signs the clerk out elsewhere. ``reskill``:
    ``categories`` (none: back to the plan) and ``until``. ``pause`` and ``close``: ``anyway``, a supervisor's word
    against the roster.
    """

    seen: int | None = None
    ticket: Annotated[str, Meta(max_length=64)] | None = None
    to: Annotated[str, Meta(max_length=16)] | None = None
    why: Annotated[str, Meta(max_length=200)] = ""
    clerk: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    move: bool = False
    anyway: bool = False
    wrong: bool = False
    done: Annotated[tuple[str, ...], Meta(max_length=26)] | None = None
    categories: Annotated[tuple[str, ...], Meta(max_length=26)] = ()
    until: datetime | None = None


_window_act = msgspec.json.Decoder(WindowAct)

Build = Callable[[str, int, str, WindowAct, Caller], QueueCommand]


def _needed(value: str | None, field: str) -> str:
    if not value:
        raise Refused("bad-value", field=field, problem="缺少 / missing")
    return value


def _clerk(asked: WindowAct, caller: Caller) -> str:
    """A clerk signs in and out for nobody else; supervisors and API clients name whom they mean."""
    own = caller.name if caller.kind == "account" else None
    clerk = _needed(asked.clerk or own, "clerk")
    if not good_name(clerk):
        raise Refused("bad-account", name=clerk)
    if clerk != own and caller.role == "clerk" and caller.kind == "account":
        raise Refused("not-allowed", permission="window.act", role=caller.role)
    return clerk


def _anyway(asked: WindowAct, caller: Caller) -> bool:
    if asked.anyway and not caller.may("window.arrange"):
        raise Refused("not-allowed", permission="window.arrange", role=caller.role)
    return asked.anyway


def _reskill(day: str, at: int, window: str, asked: WindowAct, caller: Caller) -> ReskillWindow:
    if not caller.may("window.arrange"):
        raise Refused("not-allowed", permission="window.arrange", role=caller.role)
    until = None if asked.until is None else moment("until", asked.until)
    return ReskillWindow(day, at, window, asked.categories, until, asked.seen)


ACTS: Mapping[str, Build] = {
    "call-next": lambda day, at, window, asked, _: CallNext(day, at, window, asked.seen),
    "call": lambda day, at, window, asked, _: CallTicket(day, at, window, _needed(asked.ticket, "ticket"), asked.seen),
    "recall": lambda day, at, window, asked, _: RecallTicket(day, at, window, asked.seen),
    "start": lambda day, at, window, asked, _: StartService(day, at, window, asked.seen),
    "finish": lambda day, at, window, asked, _: FinishService(day, at, window, asked.seen, asked.done),
    "miss": lambda day, at, window, asked, _: MissTicket(day, at, window, asked.seen),
    "park": lambda day, at, window, asked, _: ParkTicket(day, at, window, asked.why, asked.seen),
    "transfer": lambda day, at, window, asked, _: TransferTicket(
        day, at, window, _needed(asked.to, "to"), asked.why, asked.seen, asked.wrong
    ),
    "open": lambda day, at, window, asked, _: OpenWindow(day, at, window, asked.seen),
    "pause": lambda day, at, window, asked, caller: PauseWindow(
        day, at, window, asked.why, asked.seen, _anyway(asked, caller)
    ),
    "close": lambda day, at, window, asked, caller: CloseWindow(
        day, at, window, asked.why, asked.seen, _anyway(asked, caller)
    ),
    "reskill": _reskill,
    "sign-in": lambda day, at, window, asked, caller: SignInClerk(day, at, window, _clerk(asked, caller), asked.move),
    "sign-out": lambda day, at, window, asked, caller: SignOutClerk(day, at, window, _clerk(asked, caller)),
}
"""The last part of the path to the command it makes."""


@router.get("", openapi_extra=documented(list[WindowShape]))
async def see_windows(request: Request, _caller: Annotated[Caller, Depends(permission("queue.see"))]) -> Response:
    """Every window of the day."""
    day = site(request).hub.day()
    return shown([window_shape(day, window) for window in day.windows.values()])


@router.get("/{window}", openapi_extra=documented(WindowShape))
async def see_window(
    request: Request, window: str, _caller: Annotated[Caller, Depends(permission("queue.see"))]
) -> Response:
    """One window; its ``version`` is what acts name as ``seen``."""
    day = site(request).hub.day()
    return shown(window_shape(day, window_of(day, window)))


@router.get("/{window}/onward", openapi_extra=documented(Onward))
async def see_onward(
    request: Request,
    window: str,
    _caller: Annotated[Caller, Depends(permission("window.act"))],
    done: Annotated[list[str] | None, Query(max_length=26)] = None,
) -> Response:
    """Where the visit at the window goes once ``done`` of it is done there (left out: all that the window may)."""
    day = site(request).hub.day()
    known = window_of(day, window)
    ticket = active_of(day, known)
    said = tuple(letter for letter in done or () if letter in ticket.todo)
    return shown(onward(day, known, ticket, said or done_here(day, known, ticket)))


async def act_at_window(
    request: Request, window: str, caller: Annotated[Caller, Depends(permission("window.act"))]
) -> Response:
    """Act at a window. Pages must send an ``Idempotency-Key``; API clients should, so that a retry acts once."""
    asked = await read_json(request, _window_act)
    asked = msgspec.structs.replace(asked, why=plain(asked.why))
    doing = act(request, caller.actor, asked, key_needed=caller.session is not None)
    hub = site(request).hub
    name = request.url.path.rpartition("/")[2]
    command = ACTS[name](hub.today, hub.now(), window[:16], asked, caller)
    return answer(await submit(request, command, doing))


for _name in ACTS:
    router.add_api_route(
        "/{window}/" + _name,
        act_at_window,
        methods=["POST"],
        name=_name,
        openapi_extra=documented(WindowReply, body=WindowAct, key=False),
    )
