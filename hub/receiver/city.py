"""``/city/v1``: what the programs of the online hall ask and tell, with tokens of their own.

Every answer about a hall says as of when it is (截至): the last entry that is counted, its time in the hall and its
arrival, and for how long nothing was heard of the hall.
"""

from __future__ import annotations

import re
import secrets
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.refusals import SENTENCES, Refused, sentence
from hub.receiver.admission import TooLarge
from hub.receiver.answers import problem, shown
from hub.receiver.callers import Authorised
from hub.receiver.city_shapes import (
    AsOf,
    CaseState,
    CaseStates,
    CertificateState,
    ConsultationState,
    DayState,
    FreeUnit,
    FreeUnits,
    MessageState,
    NewMessage,
    SentMessage,
)
from hub.receiver.desk import Desk, desk
from hub.receiver.files_line import part
from hub.receiver.store import HallStanding, Store, UnknownHall
from hub.sync.envelope import BadEnvelope
from hub.sync.protocol import UNREADABLE, Problem, StoredFile
from hub.sync.standing_rows import (
    ANSWER,
    CASE,
    CERTIFICATE,
    CONSULTATION,
    DAY,
    LEASED,
    NUMBER,
    UNIT,
    AnswerRow,
    CaseRow,
    CertificateRow,
    ConsultationRow,
    DayRow,
    NumberRow,
    UnitRow,
)

router = APIRouter(prefix="/city/v1", tags=["city"])

MESSAGE_BYTES: Final = 256 * 1024
_ID: Final = re.compile(r"[0-9a-f]{32}")
_TYPE: Final = re.compile(r"[a-z][a-z0-9-]{0,63}")
_UNITS: Final = 500
_Q64: Final = Query(max_length=200)


@router.get("/halls")
async def halls(request: Request, token: Authorised) -> Response:
    """Every hall, and as of when it is known."""
    del token
    at_desk = desk(request)
    known = await at_desk.calls(at_desk.store.halls)
    return shown({"halls": [{"hall": each.hall, "as_of": as_of(at_desk, each)} for each in known]})


@router.post("/halls/{hall}/messages")
async def say(request: Request, hall: str, token: Authorised) -> Response:
    """Put a message into the hall's inbox, once for each id; with ``unit``, sell that unit in the same step."""
    del token
    at_desk = desk(request)
    try:
        asked = msgspec.json.decode(await _small(request, MESSAGE_BYTES), type=NewMessage)
    except UNREADABLE as error:
        raise BadEnvelope(str(error)) from error
    if not _readable(bytes(asked.data)):
        raise BadEnvelope("data is a JSON object in UTF-8")
    if _ID.fullmatch(asked.id) is None or _TYPE.fullmatch(asked.type) is None or len(asked.unit) > 200:
        raise BadEnvelope("id is 32 hex, type a word of the protocol")
    said = await at_desk.calls(
        at_desk.store.say, hall, asked.id, asked.type, bytes(asked.data), at_desk.now(), asked.unit
    )
    at_desk.bells.ring(hall)
    at_desk.count("messages", 0 if said.again else 1)
    standing = await _standing(at_desk, hall)
    return shown(SentMessage(said.n, said.again, as_of(at_desk, standing)), 200 if said.again else 201)


@router.get("/halls/{hall}/messages/{id}")
async def message(request: Request, hall: str, id: str, token: Authorised) -> Response:
    """What became of a message."""
    del token
    at_desk = desk(request)
    standing = await _standing(at_desk, hall)
    found = await at_desk.calls(at_desk.store.message, hall, id)
    if found is None:
        return problem(Problem("unknown-message"))
    now = as_of(at_desk, standing)
    row = (await at_desk.calls(at_desk.store.rows, hall, ANSWER, [id])).get(id)
    if row is None:
        return shown(MessageState(found.n, id, found.type, found.at, "waiting", now))
    answer = msgspec.json.decode(row.data, type=AnswerRow)
    return shown(
        MessageState(
            found.n,
            id,
            found.type,
            found.at,
            "answered",
            now,
            answer.ok,
            answer.code,
            _raw(answer.facts),
            answer.at,
            *_sentences(answer),
        )
    )


@router.get("/halls/{hall}/cases/{number}")
async def case(request: Request, hall: str, number: str, token: Authorised) -> Response:
    """A case by its number, or by its id, which is that of the message that filed it."""
    del token
    at_desk = desk(request)
    standing = await _standing(at_desk, hall)
    found = (await at_desk.calls(at_desk.store.rows, hall, NUMBER, [number])).get(number)
    key = number if found is None else msgspec.json.decode(found.data, type=NumberRow).case
    row = (await at_desk.calls(at_desk.store.rows, hall, CASE, [key])).get(key)
    if row is None:
        return problem(Problem("unknown-case"))
    return shown(CaseState(msgspec.json.decode(row.data, type=CaseRow), as_of(at_desk, standing)))


@router.get("/halls/{hall}/cases")
async def cases(
    request: Request,
    hall: str,
    token: Authorised,
    person: Annotated[str, Query(min_length=16, max_length=64)],
    after: Annotated[str, _Q64] = "",
) -> Response:
    """A person's cases, by the keyed hash that the hall knows them by; 100 at most, from ``after`` (a case) on."""
    del token
    at_desk = desk(request)
    standing = await _standing(at_desk, hall)
    rows = await at_desk.calls(at_desk.store.find, hall, CASE, person, after)
    return shown(CaseStates([msgspec.json.decode(row.data, type=CaseRow) for row in rows], as_of(at_desk, standing)))


@router.get("/halls/{hall}/certificates/{number}")
async def certificate(request: Request, hall: str, number: str, token: Authorised) -> Response:
    """A certificate by its number."""
    del token
    at_desk = desk(request)
    standing = await _standing(at_desk, hall)
    row = (await at_desk.calls(at_desk.store.rows, hall, CERTIFICATE, [number])).get(number)
    if row is None:
        return problem(Problem("unknown-case"))
    found = msgspec.json.decode(row.data, type=CertificateRow)
    return shown(CertificateState(found, as_of(at_desk, standing)))


@router.get("/halls/{hall}/consultations/{id}")
async def consultation(request: Request, hall: str, id: str, token: Authorised) -> Response:
    """A consultation with its answer of record."""
    del token
    at_desk = desk(request)
    standing = await _standing(at_desk, hall)
    row = (await at_desk.calls(at_desk.store.rows, hall, CONSULTATION, [id])).get(id)
    if row is None:
        return problem(Problem("unknown-message"))
    found = msgspec.json.decode(row.data, type=ConsultationRow)
    return shown(ConsultationState(found, as_of(at_desk, standing)))


@router.get("/halls/{hall}/days/{day}")
async def day(request: Request, hall: str, day: str, token: Authorised) -> Response:
    """Tickets and ratings of a business day, counted."""
    del token
    at_desk = desk(request)
    standing = await _standing(at_desk, hall)
    row = (await at_desk.calls(at_desk.store.rows, hall, DAY, [day])).get(day)
    counted = DayRow() if row is None else msgspec.json.decode(row.data, type=DayRow)
    return shown(DayState(day, counted, as_of(at_desk, standing)))


@router.get("/halls/{hall}/slots")
async def slots(
    request: Request,
    hall: str,
    token: Authorised,
    day: Annotated[str, Query(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")],
    after: Annotated[str, _Q64] = "",
) -> Response:
    """Leased units of a day that are for sale now; ``next``: where to go on, when there may be more."""
    del token
    at_desk = desk(request)
    standing = await _standing(at_desk, hall)
    units, last = await at_desk.calls(free_units, at_desk.store, hall, day, after, at_desk.now())
    return shown(FreeUnits(units, as_of(at_desk, standing), last))


@router.put("/halls/{hall}/files/{sha256}")
async def put_file(request: Request, hall: str, sha256: str, token: Authorised) -> Response:
    """A file whole, by its content; kept only when the content is the one that the name says."""
    del token
    at_desk = desk(request)
    await _standing(at_desk, hall)
    most = at_desk.uploads.limits.file
    size = announced(request)
    if size > most:
        raise TooLarge(most)
    upload = await at_desk.slow(at_desk.uploads.create, f"city/{hall}/{secrets.token_hex(8)}", size, sha256, sha256)
    try:
        result = await _received(at_desk, request, upload.id, upload.owner)
    except BaseException:
        at_desk.uploads.drop(upload)
        raise
    return shown(StoredFile(result, size), 201)


@router.get("/halls/{hall}/files/{sha256}")
async def get_file(request: Request, hall: str, sha256: str, token: Authorised) -> Response:
    """A file, or a range of it, as halls have it."""
    del token, hall
    return await part(desk(request), request, sha256)


def free_units(store: Store, hall: str, day: str, after: str, now: int) -> tuple[list[FreeUnit], str]:
    """At most 500 rows are looked at; where to go on, empty at the end."""
    rows = store.find(hall, UNIT, day, after, _UNITS)
    leased = [(row.key, msgspec.json.decode(row.data, type=UnitRow)) for row in rows]
    sold = store.sold(hall, [key for key, _ in leased])
    free = [
        FreeUnit(key, unit.slot, unit.day, unit.lease, unit.expires)
        for key, unit in leased
        if unit.state == LEASED and unit.expires > now and key not in sold
    ]
    return free, rows[-1].key if len(rows) == _UNITS else ""


def as_of(at_desk: Desk, hall: HallStanding) -> AsOf:
    silent = max(0, at_desk.now() - at_desk.last_heard(hall))
    return AsOf(
        hall.viewed,
        hall.recorded_at,
        hall.arrived_at,
        silent,
        silent > at_desk.stale_minutes * 60_000,
        at_desk.backlog(hall),
    )


def announced(request: Request) -> int:
    """``Content-Length``. Raises ``Refused("no-length")``."""
    text = request.headers.get("content-length", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise Refused("no-length")
    return int(text)


def _readable(data: bytes) -> bool:
    """Whether a hall can read it: what it cannot would only come back as a refusal, days later."""
    try:
        return isinstance(msgspec.json.decode(data), dict)
    except UNREADABLE:
        return False


async def _small(request: Request, most: int) -> bytes:
    if announced(request) > most:
        raise TooLarge(most)
    return await request.body()


async def _received(at_desk: Desk, request: Request, id: str, owner: str) -> str:
    """The body as an upload, a piece of 1 MiB in memory at a time; its SHA-256."""
    uploads = at_desk.uploads
    upload = uploads.find(id, owner)
    with uploads.busy(upload):
        chunk = await at_desk.slow(uploads.chunk, upload, 0)
        try:
            waiting = bytearray()
            async for piece in request.stream():
                waiting += piece
                if len(waiting) >= 1024 * 1024:
                    await at_desk.slow(chunk.write, bytes(waiting))
                    waiting.clear()
            await at_desk.slow(chunk.write, bytes(waiting))
            await at_desk.slow(chunk.settle)
        finally:
            await at_desk.slow(chunk.leave)
        return (await at_desk.slow(uploads.finish, upload)).sha256


async def _standing(at_desk: Desk, hall: str) -> HallStanding:
    found = await at_desk.calls(at_desk.store.standing, hall)
    if found is None:
        raise UnknownHall(hall)
    return found


def _sentences(answer: AnswerRow) -> tuple[str, str]:
    """Of a refusal, in Chinese and English: the hall's own, else this version's, else none."""
    if answer.zh:
        return answer.zh, answer.en
    try:
        facts = msgspec.json.decode(answer.facts or "{}", type=dict[str, str | int])
        said = sentence(answer.code, facts) if answer.code in SENTENCES else None
    except (msgspec.MsgspecError, KeyError, ValueError):
        said = None
    return ("", "") if said is None else (said.zh, said.en)


def _raw(text: str) -> msgspec.Raw:
    """Text of the hall's log as JSON, where it is JSON."""
    try:
        msgspec.json.decode(text)
    except UNREADABLE:
        return msgspec.Raw(b"{}")
    return msgspec.Raw(text.encode())
