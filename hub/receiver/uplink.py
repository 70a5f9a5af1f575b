"""``/sync/v1``: what the hubs of halls ask, as ``hub.sync.protocol`` tells it."""

from __future__ import annotations

import re
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from hub.log.chain import GENESIS
from hub.receiver.answers import problem, shown
from hub.receiver.desk import Desk, desk
from hub.receiver.inbox_line import common
from hub.receiver.store import Forked, HallStanding, OtherBase
from hub.receiver.trust import Untrusted, check_digest, sender
from hub.sync.envelope import BadEnvelope
from hub.sync.lines import VERSIONS, decode_any
from hub.sync.protocol import (
    LONG_POLL_SECONDS,
    ROOT,
    UNREADABLE,
    Appended,
    Credit,
    InboxPage,
    Message,
    Opening,
    Problem,
    Standing,
)
from hub.sync.standing_rows import StandingSnapshot

router = APIRouter(prefix=ROOT, tags=["sync"])

_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_UNPACKED_BYTES: Final = 32 * 1024 * 1024
_PAGE_MESSAGES: Final = 100
_PAGE_BYTES: Final = 1024 * 1024
HEAD: Final = "x-hall-head"


@router.put("/halls/{hall}/epochs/{epoch}")
async def open_epoch(request: Request, hall: str, epoch: str) -> Response:
    """A hub opens its epoch: where the receiver stands in it."""
    at_desk = desk(request)
    await signed(at_desk, request)
    _named(hall)
    _named(epoch)
    body = await request.body()
    check_digest(request, body)
    try:
        opening = msgspec.json.decode(body, type=Opening)
        found = await at_desk.calls(at_desk.store.open_epoch, hall, epoch, opening, at_desk.now())
    except Forked:
        at_desk.forked.setdefault(hall, at_desk.now())
        raise
    except (*UNREADABLE, ValueError) as error:
        raise BadEnvelope(str(error)) from error
    at_desk.hear(hall, str(opening.after))
    at_desk.appended.set()
    return shown(_standing(at_desk, found))


@router.get("/halls/{hall}")
async def stand(request: Request, hall: str) -> Response:
    """Where the receiver stands with the hall; with an empty ``epoch`` when it never heard of it."""
    at_desk = desk(request)
    await signed(at_desk, request)
    found = await at_desk.calls(at_desk.store.standing, hall)
    if found is None:
        return shown(Standing("", 0, GENESIS.hex(), credit=at_desk.admission.credit(hall), snapshot=at_desk.snapshots))
    return shown(_standing(at_desk, found))


@router.post("/halls/{hall}/{epoch}/entries")
async def append(request: Request, hall: str, epoch: str, base: Annotated[int, Query(ge=0)]) -> Response:
    """A batch of entries from ``base`` on; it is on the disk when it is answered."""
    at_desk = desk(request)
    await signed(at_desk, request)
    body = await request.body()
    async with at_desk.admission.turn():
        told = at_desk.hear(hall, request.headers.get(HEAD))
        committed = await at_desk.calls(_store, at_desk, request, hall, epoch, base, body, told)
    at_desk.appended.set()
    return shown(Appended(committed, at_desk.admission.credit(hall)))


def _store(at_desk: Desk, request: Request, hall: str, epoch: str, base: int, body: bytes, told: int) -> int:
    check_digest(request, body)
    kind, encoding = request.headers.get("content-type", ""), request.headers.get("content-encoding", "")
    events = decode_any(body, kind, encoding, _UNPACKED_BYTES)
    try:
        committed = at_desk.store.append(hall, epoch, base, events, at_desk.now(), told)
    except OtherBase as error:
        if isinstance(error, Forked):
            at_desk.forked.setdefault(hall, at_desk.now())
        at_desk.count("forked" if isinstance(error, Forked) else "expected")
        raise
    if events:
        at_desk.forked.pop(hall, None)
    at_desk.count("entries", len(events))
    at_desk.count("batches")
    at_desk.count("bytes", len(body))
    return committed


@router.get("/halls/{hall}/inbox")
async def inbox(
    request: Request,
    hall: str,
    after: Annotated[int, Query(ge=0)] = 0,
    hash: str = "",
    wait: Annotated[float, Query(ge=0)] = 0,
) -> Response:
    """Messages after ``after``, at once or as soon as one comes within ``wait`` seconds (25 at most)."""
    at_desk = desk(request)
    await signed(at_desk, request)
    at_desk.hear(hall, request.headers.get(HEAD))
    sleeper = at_desk.bells.hang(hall)
    found = await at_desk.calls(at_desk.store.standing, hall)
    last, end = (0, bytes(32)) if found is None else (found.inbox, found.inbox_hash)
    if after > last:
        return _behind(last, end)
    if hash and await at_desk.calls(at_desk.store.inbox_hash, hall, after) != _unhex(hash):
        return _behind(*await at_desk.calls(common, at_desk.store, hall, after))
    messages = await at_desk.calls(at_desk.store.inbox, hall, after, _PAGE_MESSAGES)
    if not messages and wait:
        await at_desk.bells.sleep(hall, sleeper, min(wait, LONG_POLL_SECONDS))
        messages = await at_desk.calls(at_desk.store.inbox, hall, after, _PAGE_MESSAGES)
    page = _page(messages)
    return shown(InboxPage(page, max(last, messages[-1].n if messages else 0)))


@router.put("/halls/{hall}/{epoch}/snapshot")
async def snapshot(request: Request, hall: str, epoch: str) -> Response:
    """Rows at a position, instead of the entries before it."""
    at_desk = desk(request)
    await signed(at_desk, request)
    body = await request.body()
    try:
        async with at_desk.admission.turn():
            await at_desk.calls(check_digest, request, body)
            taken = await at_desk.calls(msgspec.json.decode, body, type=StandingSnapshot)
            if taken.position < 1 or len(bytes.fromhex(taken.hash)) != len(GENESIS):
                raise BadEnvelope("a snapshot needs its position and hash")
            found = await at_desk.calls(at_desk.store.adopt, hall, epoch, taken, at_desk.now())
    except (*UNREADABLE, ValueError) as error:
        raise BadEnvelope(str(error)) from error
    at_desk.hear(hall, request.headers.get(HEAD))
    return shown(_standing(at_desk, found))


async def signed(at_desk: Desk, request: Request) -> str:
    try:
        return await sender(at_desk.trust, request)
    except Untrusted as error:
        at_desk.count(error.code)
        raise


def _standing(at_desk: Desk, found: HallStanding) -> Standing:
    credit: Credit = at_desk.admission.credit(found.hall)
    return Standing(
        found.epoch,
        found.committed,
        found.hash.hex(),
        found.inbox,
        found.inbox_hash.hex(),
        credit,
        snapshot=at_desk.snapshots and found.committed == 0,
        versions=VERSIONS,
    )


def _behind(n: int, hash: bytes) -> Response:
    return problem(Problem("inbox-behind", inbox=n, inbox_hash=hash.hex()))


def _page(messages: list[Message]) -> list[Message]:
    """As many as fit a page, at least one."""
    size = 0
    for index, message in enumerate(messages):
        size += len(bytes(message.data))
        if index and size > _PAGE_BYTES:
            return messages[:index]
    return messages


def _named(name: str) -> None:
    if _NAME.fullmatch(name) is None:
        raise BadEnvelope(f"{name[:80]!r} is no name")


def _unhex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise BadEnvelope("hash is not hexadecimal") from None
