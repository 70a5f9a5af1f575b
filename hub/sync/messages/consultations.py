"""Questions from the web and from WeChat."""

from __future__ import annotations

from typing import Literal

import msgspec

from hub.core.applicants import Identity, Name, Phone, subject_of
from hub.core.outside import plain
from hub.core.submission import Command
from hub.domain.consultations import commands as c
from hub.domain.personal import Personal
from hub.domain.refusals import Refused
from hub.sync.messages.applications import Code, Id, Words
from hub.sync.messages.context import ONLINE, Context


class ConsultationAsked(msgspec.Struct, frozen=True):
    """``item`` left out: a general question. Who asks may stay unnamed; ``identity`` makes it one person's."""

    channel: Literal["web", "wechat"]
    question: Words
    item: Code | None = None
    name: Name | None = None
    identity: Identity | None = None
    phone: Phone | None = None


class ConsultationAdded(msgspec.Struct, frozen=True):
    consultation: Id
    text: Words


class ConsultationClosed(msgspec.Struct, frozen=True):
    consultation: Id


def asked(context: Context, data: ConsultationAsked) -> Command:
    """A consultation of the message's own id; an item's question goes to its department."""
    listed = None if data.item is None else context.item(data.item)
    phone = None if data.phone is None or not data.phone.strip() else context.phone(data.phone)
    person = "" if data.identity is None else subject_of(context.hub, data.identity)
    # one key erases all that one asker said; who is not known has the consultation's own
    subject = person or (phone.subject if phone is not None else context.id)
    name = plain(data.name or "")
    return c.AskConsultation(
        consultation=context.id,
        day=context.day,
        at=context.now,
        by=ONLINE,
        channel=data.channel,
        item="" if data.item is None else data.item,
        department="" if listed is None else listed.item.department,
        person=person,
        name=Personal(subject, name) if name else None,
        phone=None if phone is None else Personal(subject, phone.value),
        question=Personal(subject, _text(data.question, "question")),
        asked_at=context.at,
    )


def added(context: Context, data: ConsultationAdded) -> Command:
    text = Personal(context.asker_of(data.consultation), _text(data.text, "text"))
    return c.AddQuestion(data.consultation, context.day, context.now, ONLINE, text, context.at)


def closed(context: Context, data: ConsultationClosed) -> Command:
    return c.CloseConsultation(data.consultation, context.now, ONLINE, "", "", "")


def _text(text: str, field: str) -> str:
    found = plain(text)
    if not found:
        raise Refused("bad-value", field=field, problem="∅")
    return found
