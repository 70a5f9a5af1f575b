"""Who applies: identity numbers checked by their check digits, and every value tied to its person's subject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from hub.core.hub import Hub
from hub.core.outside import plain
from hub.domain.cases.records import ORGANISATION, PERSON
from hub.domain.personal import Personal
from hub.domain.refusals import Refused

LONG = 18
"""Characters of an identity number and of a credit code: a number of that length has a check digit."""

Name = Annotated[str, Meta(min_length=1, max_length=120)]
Identity = Annotated[str, Meta(min_length=1, max_length=40)]
Phone = Annotated[str, Meta(max_length=40)]


class ContactBody(msgspec.Struct, frozen=True):
    """Who acts for the applicant 经办人."""

    name: Name
    identity: Identity
    phone: Phone | None = None


class ApplicantBody(msgspec.Struct, frozen=True):
    """``identity``: a person's identity number (GB 11643), an organisation's unified social credit code (GB 32100), or
    with ``document`` other the number of a passport or permit, which has no check digit of one rule."""

    name: Name
    identity: Identity
    kind: Literal["person", "organisation"] = "person"
    document: Literal["id-card", "other"] = "id-card"
    phone: Phone | None = None
    contact: ContactBody | None = None


@dataclass(frozen=True, slots=True)
class Applicant:
    """As commands carry it. All values of one person have that person's subject, so that one key erases them."""

    kind: str
    person: str
    name: Personal
    identity: Personal
    phone: Personal | None
    contact_name: Personal | None
    contact_identity: Personal | None
    contact_phone: Personal | None


def applicant(hub: Hub, asked: ApplicantBody) -> Applicant:
    """Raises ``Refused``: bad-identity, bad-credit-code, bad-phone, bad-value (a name without a letter)."""
    organisation = asked.kind == ORGANISATION
    number = _credit_code(asked.identity) if organisation else _identity(asked.identity, asked.document)
    person = hub.subjects.of_id(number)
    contact = asked.contact
    acting = None if contact is None else _identity(contact.identity, asked.document)
    agent = person if acting is None else hub.subjects.of_id(acting)
    return Applicant(
        kind=ORGANISATION if organisation else PERSON,
        person=person,
        name=Personal(person, _name(asked.name)),
        identity=Personal(person, number),
        phone=_phone(hub, person, asked.phone),
        contact_name=None if contact is None else Personal(agent, _name(contact.name)),
        contact_identity=None if acting is None else Personal(agent, acting),
        contact_phone=None if contact is None else _phone(hub, agent, contact.phone),
    )


def subject_of(hub: Hub, number: str) -> str:
    """The subject that a typed identity number or credit code would have. Raises ``Refused("bad-identity")``."""
    compact = _compact(number)
    checked = ric.is_valid(compact) or uscc.is_valid(compact)
    if not checked and (len(compact) == LONG or not _is_other(compact)):
        raise Refused("bad-identity")
    return hub.subjects.of_id(compact)


def _identity(text: str, document: str) -> str:
    compact = _compact(text)
    if document == "other":
        if not _is_other(compact):
            raise Refused("bad-identity")
        return compact
    try:
        return ric.validate(compact)
    except ValidationError:
        raise Refused("bad-identity") from None


def _credit_code(text: str) -> str:
    try:
        return uscc.validate(_compact(text))
    except ValidationError:
        raise Refused("bad-credit-code") from None


def _is_other(number: str) -> bool:
    return 5 <= len(number) <= 20 and number.isascii() and number.isalnum()


def _compact(text: str) -> str:
    return "".join(c for c in text if not c.isspace() and c not in "-()（）").upper()


def _name(text: str) -> str:
    name = plain(text)
    if not name:
        raise Refused("bad-value", field="name", problem="∅")
    return name


def _phone(hub: Hub, subject: str, text: str | None) -> Personal | None:
    if text is None or not text.strip():
        return None
    return Personal(subject, hub.phone(text).value)
