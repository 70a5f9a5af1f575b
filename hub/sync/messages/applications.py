"""Applications filed online, and what citizens ask of their cases afterwards."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from hub.core.applicants import ApplicantBody
from hub.core.outside import plain
from hub.core.submission import Command
from hub.domain.cases import commands as c
from hub.domain.cases import online_commands as o
from hub.domain.cases.records import Supply
from hub.domain.personal import Personal
from hub.sync.messages.context import ONLINE, Context

Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
Words = Annotated[str, Meta(min_length=1, max_length=2000)]
Label = Annotated[str, Meta(min_length=1, max_length=120)]

LARGEST = 2_000 * 1024 * 1024


class OnlineMaterial(msgspec.Struct, frozen=True):
    """One material whose file follows over the line's file lane. ``code``: of the item, or ``other`` once.

    ``name`` is the citizen's own for the file and is not kept.
    """

    code: Code
    sha256: Sha256
    bytes: Annotated[int, Meta(ge=1, le=LARGEST)]
    media_type: Annotated[str, Meta(max_length=100)] = ""
    name: Annotated[str, Meta(max_length=200)] = ""


Materials = Annotated[tuple[OnlineMaterial, ...], Meta(max_length=100)]


class ApplicationFiled(msgspec.Struct, frozen=True):
    """``item``: its code. ``form``: what was filled in, text by label; sealed as the applicant's."""

    item: Code
    applicant: ApplicantBody
    materials: Materials = ()
    form: Annotated[dict[Label, Annotated[str, Meta(max_length=2000)]], Meta(max_length=200)] = {}


class ApplicationSupplemented(msgspec.Struct, frozen=True):
    case: Id
    materials: Annotated[tuple[OnlineMaterial, ...], Meta(min_length=1, max_length=100)]


class ApplicationChanged(msgspec.Struct, frozen=True):
    """All fields of the applicant, as they shall stand."""

    case: Id
    applicant: ApplicantBody


class ApplicationWithdrawn(msgspec.Struct, frozen=True):
    case: Id
    reason: Annotated[str, Meta(min_length=1, max_length=500)]


class DecisionObjected(msgspec.Struct, frozen=True):
    """``words`` are sealed as the applicant's and never leave the hall."""

    case: Id
    words: Words


def filed(context: Context, data: ApplicationFiled) -> Command:
    """A received case of the message's own id, in one command; its intake clock runs from the cloud's receipt."""
    listed, who = context.item(data.item), context.applicant(data.applicant)
    form = {plain(label): plain(text) for label, text in data.form.items()}
    return c.OpenCase(
        case=context.id,
        day=context.day,
        at=context.now,
        by=ONLINE,
        item=listed.item,
        catalogue=listed.version,
        category=listed.category,
        channel="online",
        applicant=who.kind,
        person=who.person,
        name=who.name,
        identity=who.identity,
        phone=who.phone,
        contact_name=who.contact_name,
        contact_identity=who.contact_identity,
        contact_phone=who.contact_phone,
        materials=_supplies(data.materials),
        receive=True,
        received_at=context.at,
        form=Personal(who.person, msgspec.json.encode(form).decode()) if form else None,
    )


def supplemented(context: Context, data: ApplicationSupplemented) -> Command:
    return o.SupplyOnline(data.case, context.day, context.now, ONLINE, _supplies(data.materials), context.at)


def changed(context: Context, data: ApplicationChanged) -> Command:
    who = context.applicant(data.applicant)
    return c.ChangeApplicant(
        data.case,
        context.now,
        ONLINE,
        who.kind,
        who.person,
        who.name,
        who.identity,
        who.phone,
        who.contact_name,
        who.contact_identity,
        who.contact_phone,
    )


def withdrawn(context: Context, data: ApplicationWithdrawn) -> Command:
    return c.WithdrawCase(data.case, context.now, ONLINE, plain(data.reason))


def objected(context: Context, data: DecisionObjected) -> Command:
    words = Personal(context.applicant_of(data.case), plain(data.words))
    return o.ObjectToDecision(data.case, context.day, context.now, ONLINE, context.at, words)


def _supplies(materials: tuple[OnlineMaterial, ...]) -> tuple[Supply, ...]:
    """Uploaded copies: grade C until somebody at a window has seen more."""
    return tuple(
        Supply(each.code, each.sha256, each.bytes, each.media_type, origin="online", grade="C") for each in materials
    )
