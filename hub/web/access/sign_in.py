"""Signing in and out, and setting one's own password: the form posts of the pages, answered with redirects.

The pages ``GET /sign-in`` and ``GET /account/password`` show a refusal named in their query as ``refused=<code>``
(and ``seconds=<n>`` for ``too-many-attempts``); ``next`` is a path on this site.
"""

from __future__ import annotations

import asyncio
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse

from hub.domain.refusals import Refused
from hub.web.access.dependencies import Caller, signed_in
from hub.web.access.roles import LANDING, Role
from hub.web.access.store import Account
from hub.web.form import read_form
from hub.web.security import check_origin, clear_session, cookie_name, set_session
from hub.web.site import Site, site

router = APIRouter(include_in_schema=False)


async def sign_in(request: Request, name: str, password: str) -> tuple[Account, str]:
    """The account and a new session's id; the session the browser had before is ended, never taken over.

    Raises ``Refused("wrong-origin" | "too-many-attempts" | "bad-password")``.
    """
    check_origin(request)
    here = site(request)
    await check_password(here, name, password, address_of(request))
    account = here.access.account(name)
    if account is None or account.disabled:
        raise Refused("bad-password")
    await end_session(request)
    return account, await asyncio.to_thread(here.access.begin_session, name)


async def check_password(here: Site, name: str, password: str, address: str) -> None:
    """Raises ``Refused("too-many-attempts" | "bad-password")``; an unknown account takes as long as a known one."""
    here.throttle.begin(name, address)
    if not await here.passwords.check(here.access.password_hash(name), password):
        raise Refused("bad-password")
    here.throttle.succeeded(name, address)


async def change_password(request: Request, caller: Caller, old: str, new: str) -> None:
    """The caller's own password; other sessions of the account end.

    Raises ``Refused("not-allowed" | "too-many-attempts" | "bad-password" | "weak-password")``.
    """
    here = site(request)
    if caller.session is None:
        raise Refused("not-allowed", permission="account.password", role=caller.role)
    await check_password(here, caller.name, old, address_of(request))
    if new == old:
        raise Refused("same-password")
    made = await here.passwords.make(new)
    await asyncio.to_thread(here.access.set_password, caller.name, made, must_change=False, keep=caller.session)


async def end_session(request: Request) -> None:
    """End the session of the browser's cookie, if it has one."""
    here = site(request)
    session = request.cookies.get(cookie_name(secure=here.options.secure))
    if session:
        await asyncio.to_thread(here.access.end_session, session)


def address_of(request: Request) -> str:
    return request.client.host if request.client is not None else ""


def safe_next(wanted: str) -> str:
    """``wanted`` when it is a path on this site, else the start page: a sign-in link must not lead elsewhere."""
    local = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted and wanted.isprintable()
    return wanted if local else "/"


@router.post("/sign-in")
async def post_sign_in(request: Request) -> RedirectResponse:
    form = await read_form(request)
    target = safe_next(form.get("next", "/"))
    try:
        account, session = await sign_in(request, form.get("name", ""), form.get("password", ""))
    except Refused as refused:
        return _back("/sign-in", refused, next=target)
    landing = _landing(account.role) if target == "/" else target
    answer = RedirectResponse("/account/password" if account.must_change else landing, status_code=303)
    set_session(answer, session, secure=site(request).options.secure)
    return answer


@router.post("/sign-out")
async def post_sign_out(request: Request, _caller: Annotated[Caller, Depends(signed_in)]) -> RedirectResponse:
    await end_session(request)
    answer = RedirectResponse("/sign-in", status_code=303)
    clear_session(answer, secure=site(request).options.secure)
    return answer


@router.post("/account/password")
async def post_password(request: Request, caller: Annotated[Caller, Depends(signed_in)]) -> RedirectResponse:
    form = await read_form(request)
    try:
        await change_password(request, caller, form.get("old", ""), form.get("new", ""))
    except Refused as refused:
        return _back("/account/password", refused)
    return RedirectResponse(_landing(caller.role), status_code=303)


def _landing(role: Role) -> str:
    return LANDING.get(role, "/")


def _back(page: str, refused: Refused, **more: str) -> RedirectResponse:
    query = {"refused": refused.code, **more}
    if "seconds" in refused.facts:
        query["seconds"] = str(refused.facts["seconds"])
    return RedirectResponse(f"{page}?{urlencode(query)}", status_code=303)
