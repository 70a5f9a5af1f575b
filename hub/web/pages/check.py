"""Checking a notice 文书核验: anybody may ask whether a paper comes from this hall. No personal value is shown."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.refusals import Refused
from hub.views.cases.words import state_words
from hub.views.notices.code import in_groups, typed
from hub.views.notices.dates import chinese
from hub.web.access.sign_in import address_of
from hub.web.notice_desk import EVERYBODY
from hub.web.pages.page import Pages, pages

router = APIRouter(include_in_schema=False)

LONGEST_NUMBER = 40


@router.get("/check")
async def ask(request: Request, number: str = "", code: str = "") -> Response:
    """The form, and the answer to what was typed: a case number and the sixteen digits."""
    shown = pages(request)
    if not number.strip() and not code.strip():
        return shown.show("check.html", number="", code="", asked=False, notice=None)
    return await _answer(shown, request, number.strip()[:LONGEST_NUMBER].upper(), code[:LONGEST_NUMBER], None)


@router.get("/check/{key}/{number}/{code}")
async def scanned(request: Request, key: str, number: str, code: str) -> Response:
    """Where the QR code leads."""
    return await _answer(pages(request), request, number[:LONGEST_NUMBER], code[:LONGEST_NUMBER], key[:LONGEST_NUMBER])


async def _answer(shown: Pages, request: Request, number: str, code: str, key: str | None) -> Response:
    desk = shown.here.notices
    if not desk.pace.allows(address_of(request)) or not desk.whole_pace.allows(EVERYBODY):
        raise Refused("too-many-checks")
    digits = typed(code)
    found = await desk.check(number, digits, key) if digits else None
    if found is None:
        return shown.show("check.html", status=404, number=number, code=code, asked=True, notice=None)
    return shown.show(
        "check.html",
        number=number,
        code=in_groups(digits),
        asked=True,
        notice=found.notice,
        dated=chinese(found.notice.date),
        then=state_words(found.notice.state),
        current=state_words(found.state),
    )
