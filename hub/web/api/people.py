"""``/api/v1``: who I am, sign in and out, accounts, tokens."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.refusals import Refused
from hub.web.access.dependencies import Caller, csrf_token, permission, signed_in
from hub.web.access.roles import PERMISSIONS, Permission, Role
from hub.web.access.sign_in import change_password, end_session, sign_in
from hub.web.access.store import Account, Token
from hub.web.api.acts import shown
from hub.web.api.body import read_json
from hub.web.api.documented import documented
from hub.web.api.shapes import utc
from hub.web.security import clear_session, set_session
from hub.web.site import Site, site

router = APIRouter(prefix="/api/v1", tags=["people"])

Secret = Annotated[str, Meta(max_length=1024)]
Manager = Annotated[Caller, Depends(permission("account.manage"))]
Issuer = Annotated[Caller, Depends(permission("token.manage"))]


@dataclass(frozen=True, slots=True)
class MeShape:
    """``csrf`` goes into ``X-CSRF-Token`` of a browser's unsafe requests; empty for tokens."""

    kind: str
    name: str
    role: Role
    permissions: list[Permission]
    must_change: bool
    csrf: str
    department: str = ""
    head: bool = False


@dataclass(frozen=True, slots=True)
class AccountShape:
    name: str
    role: Role
    must_change: bool
    disabled: bool
    created_at: datetime
    department: str = ""
    head: bool = False


@dataclass(frozen=True, slots=True)
class TokenShape:
    """``token`` is the secret: only in the answer that made it."""

    id: str
    role: Role
    label: str
    created_at: datetime
    revoked_at: datetime | None
    token: str | None = None


class SignInBody(msgspec.Struct, frozen=True):
    name: Secret
    password: Secret


class PasswordBody(msgspec.Struct, frozen=True):
    old: Secret
    new: Secret


class AccountBody(msgspec.Struct, frozen=True):
    """The account must set a new password at its first sign-in. ``department``: of reviewers, and of no other role;
    ``head``: of it."""

    name: Annotated[str, Meta(max_length=64)]
    role: Role
    password: Secret
    department: Annotated[str, Meta(max_length=64)] = ""
    head: bool = False


class AccountChange(msgspec.Struct, frozen=True):
    """Only the fields given change."""

    role: Role | None = None
    disabled: bool | None = None
    password: Secret | None = None
    department: Annotated[str, Meta(max_length=64)] | None = None
    head: bool | None = None


class TokenBody(msgspec.Struct, frozen=True):
    role: Role
    label: Annotated[str, Meta(max_length=200)] = ""


_sign_in_body = msgspec.json.Decoder(SignInBody)
_password_body = msgspec.json.Decoder(PasswordBody)
_account_body = msgspec.json.Decoder(AccountBody)
_account_change = msgspec.json.Decoder(AccountChange)
_token_body = msgspec.json.Decoder(TokenBody)


@router.get("/me", openapi_extra=documented(MeShape))
async def see_me(caller: Annotated[Caller, Depends(signed_in)]) -> Response:
    """Who is asking, and what the role may do."""
    me = _me(caller.kind, caller.name, caller.role, caller.must_change, caller.csrf)
    return shown(replace(me, department=caller.department, head=caller.head))


@router.post("/me/password", status_code=204, openapi_extra=documented(body=PasswordBody, status=204))
async def set_my_password(request: Request, caller: Annotated[Caller, Depends(signed_in)]) -> Response:
    """Set one's own password; other sessions of the account end."""
    asked = await read_json(request, _password_body)
    await change_password(request, caller, asked.old, asked.new)
    return Response(status_code=204)


@router.post("/session", openapi_extra=documented(MeShape, body=SignInBody))
async def begin_session(request: Request) -> Response:
    """Sign in from a page of this site; sets the session cookie."""
    asked = await read_json(request, _sign_in_body)
    account, session = await sign_in(request, asked.name, asked.password)
    me = _me("account", account.name, account.role, account.must_change, csrf_token(session))
    answer = shown(replace(me, department=account.department, head=account.head))
    set_session(answer, session, secure=site(request).options.secure)
    return answer


@router.delete("/session", status_code=204, openapi_extra=documented(status=204))
async def leave_session(request: Request, _caller: Annotated[Caller, Depends(signed_in)]) -> Response:
    """Sign out."""
    await end_session(request)
    answer = Response(status_code=204)
    clear_session(answer, secure=site(request).options.secure)
    return answer


@router.get("/accounts", openapi_extra=documented(list[AccountShape]))
async def see_accounts(request: Request, _caller: Manager) -> Response:
    """Every account."""
    return shown([_account(account) for account in site(request).access.accounts()])


@router.post("/accounts", status_code=201, openapi_extra=documented(AccountShape, body=AccountBody, status=201))
async def create_account(request: Request, _caller: Manager) -> Response:
    """Make an account."""
    asked = await read_json(request, _account_body)
    here = site(request)
    _check_department(here, asked.department)
    made = await here.passwords.make(asked.password)
    account = await asyncio.to_thread(
        here.access.create_account,
        asked.name,
        asked.role,
        made,
        must_change=True,
        department=asked.department,
        head=asked.head,
    )
    return shown(_account(account), 201)


@router.patch("/accounts/{name}", openapi_extra=documented(AccountShape, body=AccountChange))
async def change_account(request: Request, name: str, _caller: Manager) -> Response:
    """Change role or department, disable or enable, set a password; then the account's sessions end."""
    asked = await read_json(request, _account_change)
    here = site(request)
    _check_department(here, asked.department)
    made = None if asked.password is None else await here.passwords.make(asked.password)
    await asyncio.to_thread(
        here.access.change_account,
        name,
        role=asked.role,
        disabled=asked.disabled,
        password=made,
        department=asked.department,
        head=asked.head,
    )
    account = here.access.account(name)
    if account is None:
        raise Refused("unknown-account", name=name[:64])
    return shown(_account(account))


@router.get("/tokens", openapi_extra=documented(list[TokenShape]))
async def see_tokens(request: Request, _caller: Issuer) -> Response:
    """Every API token, without its secret."""
    return shown([_token(token) for token in site(request).access.tokens()])


@router.post("/tokens", status_code=201, openapi_extra=documented(TokenShape, body=TokenBody, status=201))
async def create_token(request: Request, _caller: Issuer) -> Response:
    """Make an API token; its secret is shown this once."""
    asked = await read_json(request, _token_body)
    store = site(request).access
    text = await asyncio.to_thread(store.create_token, asked.role, asked.label)
    token = store.token(text)
    assert token is not None
    return shown(_token(token, text), 201)


@router.delete("/tokens/{token}", status_code=204, openapi_extra=documented(status=204))
async def revoke_token(request: Request, token: str, _caller: Issuer) -> Response:
    """Revoke a token by its id; it stops at once."""
    await asyncio.to_thread(site(request).access.revoke_token, token)
    return Response(status_code=204)


def _me(kind: str, name: str, role: Role, must_change: bool, csrf: str) -> MeShape:
    return MeShape(kind, name, role, sorted(PERMISSIONS[role]), must_change, csrf)


def _account(account: Account) -> AccountShape:
    return AccountShape(
        account.name,
        account.role,
        account.must_change,
        account.disabled,
        utc(account.created_at),
        account.department,
        account.head,
    )


def _check_department(here: Site, code: str | None) -> None:
    if code and all(each.code != code for each in here.hub.profile().departments):
        raise Refused("unknown-department", department=code)


def _token(token: Token, text: str | None = None) -> TokenShape:
    revoked = None if token.revoked_at is None else utc(token.revoked_at)
    return TokenShape(token.id, token.role, token.label, utc(token.created_at), revoked, text)
