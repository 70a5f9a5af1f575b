"""``/api/v1/rectifications`` and ``/api/v1/ratings``: the ratings loop 差评整改, and its figures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.ratings.commands import (
    CallBack,
    CloseRectification,
    RecordExplanation,
    RecordFix,
    Step,
    VerifyRating,
    VoidRating,
)
from hub.domain.ratings.replies import Rectified
from hub.domain.refusals import Refused
from hub.views import ratings as view
from hub.views.ratings import DEFINITIONS, Definition, Figures, RectificationRow
from hub.views.visit_trace import VisitTrace
from hub.web.access.dependencies import Caller, permission
from hub.web.api.acts import act, answer, shown, submit
from hub.web.api.body import plain, read_json
from hub.web.api.documented import documented
from hub.web.api.shapes import utc
from hub.web.site import site

router = APIRouter(prefix="/api/v1", tags=["ratings"])

Reader = Annotated[Caller, Depends(permission("rating.see"))]


@dataclass(frozen=True, slots=True)
class RectificationShape:
    """``state`` as in docs/ratings.md; ``due`` the last working day, ``due_at`` its end; ``clerk`` who was rated."""

    ticket: str
    number: str
    window: str
    clerk: str | None
    score: int
    rated_at: datetime
    state: str
    due: str
    due_at: datetime
    provisional: bool
    overdue: bool
    outcome: str | None
    satisfied: bool | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class StepShape:
    at: datetime
    zh: str
    en: str
    who: str
    window: str | None
    clerk: str | None
    note: str


@dataclass(frozen=True, slots=True)
class TraceShape:
    """``steps`` from taking the number to the last act; ``served_minutes`` from the last start to the end."""

    rectification: RectificationShape
    served_minutes: int | None
    steps: tuple[StepShape, ...]


@dataclass(frozen=True, slots=True)
class FiguresShape:
    """``window`` None: the whole hall. ``share``: 0 to 1, None without ratings."""

    window: str | None
    ratings: int
    very_satisfied: int
    satisfied: int
    fairly_satisfied: int
    dissatisfied: int
    very_dissatisfied: int
    share: float | None
    opened: int
    closed: int
    on_time: int
    overdue: int
    voided: int


@dataclass(frozen=True, slots=True)
class MonthShape:
    """``complete`` False: the record is still being read from the log, figures may rise."""

    month: str
    complete: bool
    total: FiguresShape
    windows: tuple[FiguresShape, ...]
    definitions: tuple[Definition, ...]


class RectifyAct(msgspec.Struct, frozen=True):
    """``words``: the finding, what was put right, the explanation, the reason, or what the citizen said.

    ``founded`` for ``verify``; ``reached`` and ``satisfied`` (only when reached) for ``call-back``.
    """

    words: Annotated[str, Meta(max_length=500)] = ""
    founded: bool | None = None
    reached: bool | None = None
    satisfied: bool | None = None


_rectify_act = msgspec.json.Decoder(RectifyAct)

Build = Callable[[str, str, int, RectifyAct], Step]


def _needed(value: bool | None, field: str) -> bool:
    if value is None:
        raise Refused("bad-value", field=field, problem="缺少 / missing")
    return value


ACTS: Mapping[str, Build] = {
    "verify": lambda t, by, at, asked: VerifyRating(t, by, _needed(asked.founded, "founded"), asked.words, at),
    "fix": lambda t, by, at, asked: RecordFix(t, by, asked.words, at),
    "explain": lambda t, by, at, asked: RecordExplanation(t, by, asked.words, at),
    "void": lambda t, by, at, asked: VoidRating(t, by, asked.words, at),
    "call-back": lambda t, by, at, asked: CallBack(
        t, by, _needed(asked.reached, "reached"), asked.satisfied, asked.words, at
    ),
    "close": lambda t, by, at, _: CloseRectification(t, by, at),
}
"""The last part of the path to the command it makes."""


@router.get("/rectifications", openapi_extra=documented(list[RectificationShape]))
async def see_rectifications(request: Request, _caller: Reader, closed_in: str = "") -> Response:
    """Open rectifications, due first; with ``closed_in`` (``YYYY-MM``) the closed ones of that month's ratings."""
    here = site(request)
    book, now = here.ratings, here.hub.now()
    if closed_in:
        month_named(closed_in)

    def read() -> list[RectificationRow]:
        book.bring_up()
        return book.closed(now, closed_in) if closed_in else book.open(now)

    return shown([_shape(row) for row in await asyncio.to_thread(read)])


@router.get("/rectifications/{ticket}", openapi_extra=documented(TraceShape))
async def see_rectification(request: Request, ticket: str, _caller: Reader) -> Response:
    """One rectification and the trace of its visit."""
    here = site(request)
    book, now = here.ratings, here.hub.now()

    def read() -> tuple[RectificationRow, VisitTrace] | None:
        book.bring_up()
        row = book.one(now, ticket[:64])
        return None if row is None else (row, book.trace(row))

    found = await asyncio.to_thread(read)
    if found is None:
        raise Refused("unknown-rectification")
    row, trace = found
    steps = tuple(
        StepShape(utc(step.at), step.what.zh, step.what.en, step.who, step.window, step.clerk, step.note)
        for step in trace.steps
    )
    return shown(TraceShape(_shape(row), trace.served_minutes, steps))


async def act_on_rating(
    request: Request, ticket: str, caller: Annotated[Caller, Depends(permission("rating.rectify"))]
) -> Response:
    """Take the next step. Nobody acts on a rating of their own service; steps out of order are refused."""
    asked = await read_json(request, _rectify_act)
    asked = msgspec.structs.replace(asked, words=plain(asked.words))
    doing = act(request, caller.actor, asked, key_needed=True)
    by = caller.name if caller.kind == "account" else caller.actor
    name = request.url.path.rpartition("/")[2]
    return answer(await submit(request, ACTS[name](ticket[:64], by, site(request).hub.now(), asked), doing))


for _name in ACTS:
    router.add_api_route(
        "/rectifications/{ticket}/" + _name,
        act_on_rating,
        methods=["POST"],
        name=f"rectify-{_name}",
        openapi_extra=documented(Rectified, body=RectifyAct, key=True),
    )


@router.get("/ratings", openapi_extra=documented(MonthShape))
async def see_ratings(request: Request, _caller: Reader, month: str = "") -> Response:
    """Figures of a month (``YYYY-MM``, else the present one) by window, with what each of them counts."""
    here = site(request)
    book, now, asked = here.ratings, here.hub.now(), month_named(month or here.hub.today[:7])

    def read() -> tuple[bool, list[Figures]]:
        return book.bring_up(), book.figures(now, [asked])

    complete, rows = await asyncio.to_thread(read)
    total = _figures(view.together(asked, rows))
    return shown(MonthShape(asked, complete, total, tuple(_figures(row) for row in rows), DEFINITIONS))


def month_named(text: str) -> str:
    """The month as it stands. Raises ``Refused("bad-value")`` for what is no ``YYYY-MM``."""
    try:
        return view.months_until(text, 1)[0]
    except ValueError:
        raise Refused("bad-value", field="month", problem="YYYY-MM") from None


def _shape(row: RectificationRow) -> RectificationShape:
    return RectificationShape(
        ticket=row.ticket,
        number=row.number,
        window=row.window,
        clerk=row.clerk,
        score=row.score,
        rated_at=utc(row.rated_at),
        state=row.state,
        due=row.due,
        due_at=utc(row.due_at),
        provisional=row.provisional,
        overdue=row.late,
        outcome=row.outcome or None,
        satisfied=row.satisfied,
        closed_at=None if row.closed_at is None else utc(row.closed_at),
    )


def _figures(row: Figures) -> FiguresShape:
    return FiguresShape(
        window=row.window or None,
        ratings=row.ratings,
        very_satisfied=row.very_satisfied,
        satisfied=row.satisfied,
        fairly_satisfied=row.fairly_satisfied,
        dissatisfied=row.dissatisfied,
        very_dissatisfied=row.very_dissatisfied,
        share=row.share,
        opened=row.opened,
        closed=row.closed,
        on_time=row.on_time,
        overdue=row.overdue,
        voided=row.voided,
    )
