"""From an HTTP request to a command and from its outcome to an answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hub.core.submission import Command
from hub.domain.refusals import Fact, Refused
from hub.log.entry import Outcome
from hub.log.subjects import Subjects
from hub.web.problems import problem
from hub.web.site import site

KEY_HEADER = "idempotency-key"
_KEY = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Refusal(msgspec.Struct):
    """The reply of an outcome that is not ok."""

    code: str
    facts: dict[str, Fact]


_refusal = msgspec.json.Decoder(Refusal)


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts, and under which idempotency key (None: every request is an act of its own)."""

    actor: str
    key: bytes | None
    fingerprint: bytes


def act(request: Request, actor: str, body: object, *, key_needed: bool) -> Act:
    """The act behind a request. Its fingerprint covers the path and the body's meaning, not its spelling.

    Raises ``Refused("idempotency-key-needed" | "bad-idempotency-key")``.
    """
    text = request.headers.get(KEY_HEADER)
    if text is None:
        if key_needed:
            raise Refused("idempotency-key-needed")
        return Act(actor, None, b"")
    if not _KEY.fullmatch(text):
        raise Refused("bad-idempotency-key")
    path = cast("str", request.scope["path"]).encode()
    subjects = site(request).hub.subjects
    fingerprint = subjects.fingerprint(path + b"\n" + msgspec.json.encode(body))
    return Act(actor, command_id(subjects, actor, text), fingerprint)


def command_id(subjects: Subjects, scope: str, key: str) -> bytes:
    """A key counts within the account, token or kiosk that sent it. Keyed: the id leaves the hall as the entry's cause,
    and a plain hash of a key that holds a phone could be guessed."""
    return subjects.fingerprint(f"http\n{scope}\n{key}".encode())


async def submit(request: Request, command: Command, done: Act) -> Outcome:
    """Commit the command; the outcome of a repeat is the stored one."""
    hub = site(request).hub
    return await hub.submit(command, actor=done.actor, key=done.key, fingerprint=done.fingerprint)


def answer(outcome: Outcome, status: int = 200) -> Response:
    """The reply as it is, or a problem document; ``Hub-Position`` is the log's head that the outcome is part of."""
    position = str(outcome.position)
    if outcome.ok:
        return Response(outcome.reply, status, {"Hub-Position": position}, "application/json")
    refusal = _refusal.decode(outcome.reply)
    refused = problem(refusal.code, refusal.facts)
    refused.headers["Hub-Position"] = position
    return refused


def shown(value: object, status: int = 200) -> Response:
    """A value as JSON."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")
