"""``/api/v1/consultations``: questions from every channel, their answers, and the one of record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hub.core.applicants import Name, Phone
from hub.core.hub import Hub
from hub.core.listed_items import item_in_force
from hub.core.outside import plain
from hub.domain.consultations import commands as c
from hub.domain.consultations.replies import Consulted
from hub.domain.personal import Personal
from hub.domain.refusals import Refused
from hub.views.consultation_book import Talk
from hub.views.consultation_record import ConsultationRow
from hub.web.access.dependencies import Caller, allow, permission
from hub.web.access.roles import Permission
from hub.web.api.acts import act, answer, shown, submit
from hub.web.api.body import read_json
from hub.web.api.documented import documented
from hub.web.api.shapes import utc
from hub.web.cases import Standing, standing
from hub.web.consultations import asked_of, covered, talk_of
from hub.web.site import site

router = APIRouter(prefix="/api/v1/consultations", tags=["consultations"])

See = Annotated[Caller, Depends(permission("consultation.see"))]
Text = Annotated[str, Meta(max_length=2000)]


class EnterQuestionBody(msgspec.Struct, frozen=True):
    """A question put at a window or on the phone. ``item`` left out: a general one."""

    question: Text
    channel: Literal["counter", "phone"] = "counter"
    item: Annotated[str, Meta(max_length=64)] = ""
    name: Name | None = None
    phone: Phone | None = None


class AnswerQuestionBody(msgspec.Struct, frozen=True):
    """``of_record``: it is what the hall says and leaves the hall; no names or numbers of people in it."""

    text: Text
    of_record: bool = True


class MarkAnswerBody(msgspec.Struct, frozen=True):
    n: int


class HandQuestionOverBody(msgspec.Struct, frozen=True):
    """``to``: a department's code, empty for the hall's own advice."""

    to: Annotated[str, Meta(max_length=64)]
    why: Text = ""


class FurtherQuestionBody(msgspec.Struct, frozen=True):
    text: Text


class CloseQuestionBody(msgspec.Struct, frozen=True):
    """``why``: needed when it was not answered."""

    why: Text = ""


@dataclass(frozen=True, slots=True)
class ConsultationShape:
    """``due``: the last working day to answer; ``overdue``: it passed unanswered. ``record``: the answer of record."""

    consultation: str
    channel: str
    item: str
    department: str
    state: str
    asked_at: datetime
    due: str
    provisional: bool
    overdue: bool
    questions: int
    answers: int
    record: int | None


@dataclass(frozen=True, slots=True)
class ConsultationsShape:
    """``items_open`` of ``items`` of the catalogue in force can be asked about; ``closed_items`` cannot."""

    complete: bool
    items: int
    items_open: int
    closed_items: tuple[str, ...]
    consultations: tuple[ConsultationShape, ...]


@dataclass(frozen=True, slots=True)
class SaidShape:
    at: datetime
    zh: str
    en: str
    who: str
    text: str | None


@dataclass(frozen=True, slots=True)
class TalkShape:
    consultation: str
    state: str
    channel: str
    item: str
    department: str
    due: str
    name: str | None
    phone: str | None
    record: int | None
    said: tuple[SaidShape, ...]


_enter = msgspec.json.Decoder(EnterQuestionBody)


@router.get("", openapi_extra=documented(ConsultationsShape))
async def see_consultations(request: Request, caller: See) -> Response:
    """Those that wait by due day, then the answered ones: a reviewer's department, a supervisor's all, else the
    general ones."""
    here = site(request)
    found, cover = await asked_of(here, caller), covered(here)
    rows = tuple(_shape(row) for row in found.open)
    return shown(ConsultationsShape(found.complete, cover.items, cover.open, cover.closed[:100], rows))


@router.post("", status_code=201, openapi_extra=documented(Consulted, body=EnterQuestionBody, status=201, key=True))
async def enter_consultation(request: Request) -> Response:
    """A question of the counter or the phone is written down."""
    caller = await allow(request, "consultation.enter")
    asked = await read_json(request, _enter)
    done = act(request, caller.actor, asked, key_needed=True)
    here = site(request)
    command = asking(here.hub, standing(caller).name, asked)
    return answer(await submit(request, command, done), 201)


@router.get("/{consultation}", openapi_extra=documented(TalkShape))
async def see_consultation(request: Request, consultation: str, caller: See) -> Response:
    """What was asked and answered, in clear for who answers it."""
    found = await talk_of(site(request), caller, consultation)
    reply = shown(_talk(found))
    reply.headers["Cache-Control"] = "no-store"
    return reply


def asking(hub: Hub, by: str, asked: EnterQuestionBody) -> c.AskConsultation:
    """Raises ``Refused``: unknown-item, bad-phone, bad-value."""
    question = _words(asked.question, "question")
    listed = item_in_force(hub, asked.item) if asked.item else None
    phone = hub.phone(asked.phone) if asked.phone and asked.phone.strip() else None
    id, name = hub.ids.make().hex(), plain(asked.name or "")
    subject = id if phone is None else phone.subject
    return c.AskConsultation(
        consultation=id,
        day=hub.today,
        at=hub.now(),
        by=by,
        channel=asked.channel,
        item=asked.item,
        department="" if listed is None else listed.item.department,
        person="",
        name=Personal(subject, name) if name else None,
        phone=phone,
        question=Personal(subject, question),
        asked_at=hub.now(),
    )


@dataclass(frozen=True, slots=True)
class _Doing:
    hub: Hub
    id: str
    who: Standing
    subject: str


@dataclass(frozen=True, slots=True)
class _ActRule:
    path: str
    body: type[msgspec.Struct]
    needs: Permission
    title: str
    build: Callable[[_Doing, Any], c.ConsultationCommand]


def _answer(d: _Doing, asked: AnswerQuestionBody) -> c.ConsultationCommand:
    text = plain(asked.text)
    return c.GiveAnswer(d.id, d.hub.now(), d.who.name, d.who.role, d.who.department, text, asked.of_record)


def _mark(d: _Doing, asked: MarkAnswerBody) -> c.ConsultationCommand:
    return c.MarkAnswer(d.id, d.hub.now(), d.who.name, d.who.role, d.who.department, asked.n)


def _hand_over(d: _Doing, asked: HandQuestionOverBody) -> c.ConsultationCommand:
    why = plain(asked.why)
    return c.HandConsultationOver(
        d.id, d.hub.today, d.hub.now(), d.who.name, d.who.role, d.who.department, asked.to, why
    )


def _question(d: _Doing, asked: FurtherQuestionBody) -> c.ConsultationCommand:
    text = Personal(d.subject, _words(asked.text, "text"))
    return c.AddQuestion(d.id, d.hub.today, d.hub.now(), d.who.name, text, d.hub.now())


def _close(d: _Doing, asked: CloseQuestionBody) -> c.ConsultationCommand:
    return c.CloseConsultation(d.id, d.hub.now(), d.who.name, d.who.role, d.who.department, plain(asked.why))


ACTS: Mapping[str, _ActRule] = {
    rule.path: rule
    for rule in (
        _ActRule("answer", AnswerQuestionBody, "consultation.answer", "Answer it", _answer),
        _ActRule("mark", MarkAnswerBody, "consultation.answer", "Which answer is the one of record", _mark),
        _ActRule("hand-over", HandQuestionOverBody, "consultation.answer", "Another department answers", _hand_over),
        _ActRule("question", FurtherQuestionBody, "consultation.enter", "The asker asks further", _question),
        _ActRule("close", CloseQuestionBody, "consultation.answer", "Nothing more is to be done", _close),
    )
}


def _route(rule: _ActRule) -> Callable[..., Any]:
    decoder = msgspec.json.Decoder(rule.body)

    async def carry_out(request: Request, consultation: str) -> Response:
        caller = await allow(request, rule.needs)
        asked = await read_json(request, decoder)
        done = act(request, caller.actor, asked, key_needed=True)
        here = site(request)
        talk = await talk_of(here, caller, consultation)
        doing = _Doing(here.hub, consultation, standing(caller), talk.asked.subject)
        return answer(await submit(request, rule.build(doing, asked), done))

    carry_out.__doc__ = rule.title + "."
    return carry_out


for _rule in ACTS.values():
    router.add_api_route(
        "/{consultation}/" + _rule.path,
        _route(_rule),
        methods=["POST"],
        name="consultation-" + _rule.path,
        openapi_extra=documented(Consulted, body=_rule.body, key=True),
    )


def _words(text: str, field: str) -> str:
    found = plain(text)
    if not found:
        raise Refused("bad-value", field=field, problem="∅")
    return found


def _shape(row: ConsultationRow) -> ConsultationShape:
    return ConsultationShape(
        consultation=row.id,
        channel=row.channel,
        item=row.item,
        department=row.department,
        state=row.state,
        asked_at=utc(row.asked_at),
        due=row.due,
        provisional=row.provisional,
        overdue=row.missed,
        questions=row.questions,
        answers=row.answers,
        record=row.record or None,
    )


def _talk(found: Talk) -> TalkShape:
    asked = found.asked
    return TalkShape(
        consultation=found.id,
        state=asked.state,
        channel=asked.channel,
        item=asked.item,
        department=asked.department,
        due=asked.due,
        name=found.name,
        phone=found.phone,
        record=asked.record or None,
        said=tuple(SaidShape(utc(each.at), each.what.zh, each.what.en, each.who, each.text) for each in found.said),
    )
