"""``/api/v1/cases``: open a case, register one of another system, find cases and see one."""

from __future__ import annotations

import asyncio
import logging
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hub.core.applicants import ApplicantBody, Identity, applicant, subject_of
from hub.core.case_log import CaseRecord
from hub.domain.cases import commands as c
from hub.domain.cases.almanac import almanac_of
from hub.domain.cases.machine import STATES
from hub.domain.cases.replies import CaseReply
from hub.domain.queue.finding import ticket_of
from hub.domain.refusals import Refused
from hub.log.entry import Outcome
from hub.views.cases.look import CaseLook, Reader, look
from hub.views.cases.rows import CaseRow, Page, Search
from hub.web.access.dependencies import Caller, allow, permission
from hub.web.api.acts import Act, act, answer, shown, submit
from hub.web.api.body import plain, read_json
from hub.web.api.case_bodies import ExternalBody, OpenBody
from hub.web.api.case_materials import supplies
from hub.web.api.case_shapes import (
    CaseShape,
    CasesShape,
    NamesShape,
    ObjectionShape,
    PersonShape,
    case_shape,
    case_summary,
)
from hub.web.api.documented import documented
from hub.web.api.shapes import utc
from hub.web.api.tickets import moment
from hub.web.cases import item_in_force, may_see_name, may_see_person, read_case, standing
from hub.web.site import Site, site

log = logging.getLogger(__name__)

router = APIRouter(prefix="/api/v1/cases", tags=["cases"])

See = Annotated[Caller, Depends(permission("case.see"))]


class SearchBody(msgspec.Struct, frozen=True):
    """Empty fields ask nothing. ``number``: whole, or its beginning. ``identity``: an identity number or credit code,
    in the body since an address is written down in many places; only its keyed hash is compared."""

    number: Annotated[str, Meta(max_length=40)] = ""
    item: Annotated[str, Meta(max_length=64)] = ""
    identity: Identity | None = None
    state: Annotated[str, Meta(max_length=20)] = ""
    department: Annotated[str, Meta(max_length=64)] = ""
    after: Annotated[str, Meta(max_length=200)] = ""


_open = msgspec.json.Decoder(OpenBody)
_external = msgspec.json.Decoder(ExternalBody)
_search = msgspec.json.Decoder(SearchBody)
_reply = msgspec.json.Decoder(CaseReply)
_form = msgspec.json.Decoder(dict[str, str])


@router.post("", status_code=201, openapi_extra=documented(CaseReply, body=OpenBody, status=201, key=True))
async def open_case(request: Request) -> Response:
    """建件. Received at once with these materials, or a draft. 201 also for a repeat, then ``Idempotency-Replayed``."""
    caller = await allow(request, "case.open")
    asked = await read_json(request, _open)
    done = act(request, caller.actor, asked, key_needed=True)
    here, who = site(request), standing(caller)
    listed, person = item_in_force(here.hub, asked.item), applicant(here.hub, asked.applicant)
    visit = _visit(here, asked.ticket)
    command = c.OpenCase(
        case=here.hub.ids.make().hex(),
        day=here.hub.today,
        at=here.hub.now(),
        by=who.name,
        item=listed.item,
        catalogue=listed.version,
        category=listed.category,
        channel=asked.channel,
        applicant=person.kind,
        person=person.person,
        name=person.name,
        identity=person.identity,
        phone=person.phone,
        contact_name=person.contact_name,
        contact_identity=person.contact_identity,
        contact_phone=person.contact_phone,
        ticket=visit[0],
        ticket_number=visit[1],
        ticket_day=visit[2],
        window=asked.window,
        clerk=caller.name if caller.kind == "account" else None,
        materials=await supplies(here, caller, who.name, listed.item, person.person, asked.materials),
        receive=asked.receive,
        received_at=None if asked.received_at is None else moment("received_at", asked.received_at),
    )
    return await _opened(request, command, done)


@router.post("/external", status_code=201, openapi_extra=documented(CaseReply, body=ExternalBody, status=201, key=True))
async def register_external(request: Request) -> Response:
    """登记外部办件: item, name, identity, phone, and the number in the other system."""
    caller = await allow(request, "case.open")
    asked = await read_json(request, _external)
    done = act(request, caller.actor, asked, key_needed=True)
    here = site(request)
    listed = item_in_force(here.hub, asked.item)
    person = applicant(here.hub, ApplicantBody(asked.name, asked.identity, asked.kind, asked.document, asked.phone))
    visit = _visit(here, asked.ticket)
    command = c.RegisterExternalCase(
        case=here.hub.ids.make().hex(),
        day=here.hub.today,
        at=here.hub.now(),
        by=standing(caller).name,
        item=listed.item,
        catalogue=listed.version,
        category=listed.category,
        person=person.person,
        name=person.name,
        identity=person.identity,
        phone=person.phone,
        external=plain(asked.external),
        ticket=visit[0],
        ticket_number=visit[1],
        ticket_day=visit[2],
        window=asked.window,
        clerk=caller.name if caller.kind == "account" else None,
    )
    return await _opened(request, command, done)


@router.post("/search", openapi_extra=documented(CasesShape, body=SearchBody))
async def search_cases(request: Request, _caller: See) -> Response:
    """Cases, the newest first; with ``number`` by number. Fifty a page."""
    asked = await read_json(request, _search)
    complete, page = await find_cases(site(request), asked)
    return shown(CasesShape(tuple(case_summary(row) for row in page.rows), page.after, complete))


@router.get("/{case}", openapi_extra=documented(CaseShape))
async def see_case(request: Request, case: str, caller: See) -> Response:
    """One case: where it is, whose turn, until when, by which rule, and what happened. Personal values are masked."""
    here = site(request)
    return shown(case_shape(look_of(here, caller, await read_case(here, case))))


@router.get("/{case}/person", openapi_extra=documented(PersonShape))
async def see_person(request: Request, case: str, caller: See) -> Response:
    """Personal values in clear, for the clerk of the case and who supervises. Who looked is written down."""
    record = await read_case(site(request), case)
    if not may_see_person(caller, record):
        raise Refused("not-allowed", permission="case.person", role=caller.role)
    log.info("personal values shown", extra={"facts": {"case": case, "to": caller.actor}})
    known = record.applicant
    seen = PersonShape(
        known.kind,
        known.name,
        known.identity,
        known.phone,
        known.contact_name,
        known.contact_identity,
        known.contact_phone,
        {} if known.form is None else _form.decode(known.form),
        tuple(ObjectionShape(utc(at), words) for at, words in known.objections),
    )
    answered = shown(seen)
    answered.headers["Cache-Control"] = "no-store"
    return answered


@router.get("/{case}/names", openapi_extra=documented(NamesShape))
async def see_names(request: Request, case: str, caller: See) -> Response:
    """Names in clear, for who may see the person and for who hands the result out at the outlet. Who looked is written
    down."""
    here = site(request)
    record = await read_case(here, case)
    if not may_see_name(here, caller, record):
        raise Refused("not-allowed", permission="case.person", role=caller.role)
    log.info("names shown", extra={"facts": {"case": case, "to": caller.actor}})
    answered = shown(NamesShape(record.applicant.kind, record.applicant.name, record.applicant.contact_name))
    answered.headers["Cache-Control"] = "no-store"
    return answered


def look_of(here: Site, caller: Caller, record: CaseRecord) -> CaseLook:
    """The case as the caller may see it."""
    who, hub = standing(caller), here.hub
    almanac = almanac_of(hub.hall(), hub.today)
    return look(record, Reader(who.role, who.department), almanac, hub.profile(), hub.now(), hub.today)


async def find_cases(here: Site, asked: SearchBody) -> tuple[bool, Page[CaseRow]]:
    """Whether the index is up to the log's end, and the page. Raises ``Refused``: bad-identity, bad-value."""
    if asked.state and asked.state not in STATES:
        raise Refused("bad-value", field="state", problem=" | ".join(STATES))
    person = "" if asked.identity is None else subject_of(here.hub, asked.identity)
    search = Search(plain(asked.number).upper(), asked.item, person, asked.state, asked.department, asked.after)

    def find() -> tuple[bool, Page[CaseRow]]:
        complete = here.case_finder.bring_up()
        return complete, here.case_finder.find(search)

    try:
        return await asyncio.to_thread(find)
    except ValueError:
        raise Refused("bad-value", field="after", problem="after") from None


def _visit(here: Site, ticket: str | None) -> tuple[str | None, str | None, str | None]:
    """Id, number and day of today's ticket. Raises ``Refused("unknown-ticket")``."""
    if ticket is None:
        return None, None, None
    found = ticket_of(here.hub.day(), ticket)
    return found.id, found.number, here.hub.today


async def _opened(request: Request, command: c.OpenCase | c.RegisterExternalCase, done: Act) -> Response:
    outcome = await submit(request, command, done)
    reply = answer(outcome, 201)
    if _is_replay(outcome, command.case):
        reply.headers["Idempotency-Replayed"] = "true"
    return reply


def _is_replay(outcome: Outcome, made: str) -> bool:
    return outcome.ok and _reply.decode(outcome.reply).case != made
