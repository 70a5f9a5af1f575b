"""``/api/v1/case-numbers``: the blocks from which cases take their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

import msgspec
from fastapi import APIRouter, Depends
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.cases.numbers import TEMPLATE, BlockReply, NumbersYear, ReserveBlock
from hub.domain.refusals import Refused
from hub.web.access.dependencies import Caller, permission
from hub.web.api.acts import act, answer, shown, submit
from hub.web.api.body import read_json
from hub.web.api.documented import documented
from hub.web.site import site

router = APIRouter(prefix="/api/v1/case-numbers", tags=["cases"])

Year = Annotated[str, Meta(pattern=r"^\d{4}$")]


class BlockBody(msgspec.Struct, frozen=True):
    """Numbers ``first`` to ``last`` of ``year`` (else the present one). ``hall``: its code in numbers, A-Z and 0-9."""

    hall: Annotated[str, Meta(max_length=12)]
    last: int
    first: int = 1
    year: Year | None = None
    template: Annotated[str, Meta(max_length=80)] = TEMPLATE


@dataclass(frozen=True, slots=True)
class NumbersShape:
    """``left``: how many numbers are still to be given this year. ``hall`` empty: no block was reserved yet."""

    year: str
    hall: str
    template: str
    left: int


_block = msgspec.json.Decoder(BlockBody)


@router.get("", openapi_extra=documented(NumbersShape))
async def see_numbers(
    request: Request, _caller: Annotated[Caller, Depends(permission("case.see"))], year: str = ""
) -> Response:
    """How many case numbers a year (``YYYY``, else the present one) has left."""
    hub = site(request).hub
    asked = year or hub.today[:4]
    if len(asked) != 4 or not (asked.isascii() and asked.isdecimal()):
        raise Refused("bad-value", field="year", problem="YYYY")
    known = cast("NumbersYear", hub.writer.state(f"numbers/{asked}"))
    return shown(NumbersShape(asked, known.hall, known.template, known.left))


@router.post("", openapi_extra=documented(BlockReply, body=BlockBody, key=True))
async def reserve_numbers(request: Request, caller: Annotated[Caller, Depends(permission("case.number"))]) -> Response:
    """Reserve a block. Blocks of one year do not overlap and have one template."""
    asked = await read_json(request, _block)
    done = act(request, caller.actor, asked, key_needed=True)
    hub = site(request).hub
    command = ReserveBlock(
        asked.year or hub.today[:4], hub.now(), caller.actor, asked.hall, asked.template, asked.first, asked.last
    )
    return answer(await submit(request, command, done))
