"""Who is asking, and may they: FastAPI dependencies for pages and API alike.

``Depends(permission("window.act"))`` gives the ``Caller`` or refuses. Signed-in browsers carry a session cookie; their
unsafe requests must also come from our own origin and carry the session's synchroniser token, in the header
``X-CSRF-Token`` or the form field ``csrf``. API clients carry ``Authorization: Bearer``.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from starlette.requests import HTTPConnection, Request

from hub.domain.refusals import Refused
from hub.web.access.roles import Permission, Role, may
from hub.web.form import read_form
from hub.web.security import check_origin, cookie_name
from hub.web.site import site

CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_MUST_CHANGE_ALLOWS = frozenset({"/account/password", "/sign-out", "/api/v1/me", "/api/v1/me/password"})


@dataclass(frozen=True, slots=True)
class Caller:
    """``name`` is the account's name or the token's id; ``session`` is the cookie's value, None for tokens.

    ``department`` of a reviewer, and whether they are its ``head``.
    """

    kind: Literal["account", "token"]
    name: str
    role: Role
    session: str | None = None
    must_change: bool = False
    department: str = ""
    head: bool = False

    @property
    def actor(self) -> str:
        """As it stands in the log; also the scope of idempotency keys."""
        return f"{self.kind}/{self.name}"

    @property
    def csrf(self) -> str:
        """The synchroniser token that forms and scripts of this session send; empty for tokens."""
        return "" if self.session is None else csrf_token(self.session)

    def may(self, wanted: Permission) -> bool:
        return may(self.role, wanted)


def csrf_token(session: str) -> str:
    """Derived from the session id, so that it changes with it and needs no storage."""
    return hmac.new(session.encode(), b"synchroniser", hashlib.sha256).hexdigest()


def caller_of(connection: HTTPConnection) -> Caller | None:
    """Who is asking; None when nobody is signed in. Raises ``Refused("bad-token")``. No check of CSRF: see below."""
    store = site(connection).access
    authorization = connection.headers.get("authorization")
    if authorization is not None:
        scheme, _, text = authorization.partition(" ")
        token = store.token(text.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            raise Refused("bad-token")
        return Caller("token", token.id, token.role)
    session = connection.cookies.get(cookie_name(secure=site(connection).options.secure))
    if not session:
        return None
    account = store.session(session)
    if account is None:
        return None
    return Caller("account", account.name, account.role, session, account.must_change, account.department, account.head)


async def signed_in(request: Request) -> Caller:
    """Any signed-in caller, with CSRF checked.

    Raises ``Refused("sign-in-needed" | "bad-token" | "wrong-origin" | "bad-csrf" | "password-must-change")``.
    """
    caller = caller_of(request)
    if caller is None:
        raise Refused("sign-in-needed")
    if caller.session is not None and request.method not in _SAFE:
        await _check_synchroniser(request, caller.csrf)
    if caller.must_change and request.url.path not in _MUST_CHANGE_ALLOWS:
        raise Refused("password-must-change")
    return caller


def permission(wanted: Permission) -> Callable[[Request], Awaitable[Caller]]:
    """A dependency that gives the caller when its role holds the permission; else ``Refused("not-allowed")``."""

    async def allowed(request: Request) -> Caller:
        return await allow(request, wanted)

    return allowed


async def allow(request: Request, wanted: Permission) -> Caller:
    """As ``permission``, for routes that do without dependencies."""
    caller = await signed_in(request)
    if not caller.may(wanted):
        raise Refused("not-allowed", permission=wanted, role=caller.role)
    return caller


async def _check_synchroniser(request: Request, expected: str) -> None:
    check_origin(request)
    given = request.headers.get(CSRF_HEADER)
    if given is None:
        given = (await read_form(request)).get(CSRF_FIELD)
    if given is None or not hmac.compare_digest(given.encode(), expected.encode()):
        raise Refused("bad-csrf")
