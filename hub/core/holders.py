"""Who books an appointment, from what they wrote: values tied to the person's subject, so that one key erases them."""

from __future__ import annotations

from hub.core.applicants import subject_of
from hub.core.appointments import Holder
from hub.core.hub import Hub
from hub.core.outside import plain
from hub.domain.personal import Personal
from hub.domain.refusals import Refused


def holder(hub: Hub, name: str | None, phone: str | None, identity: str | None) -> Holder:
    """Who books. Raises ``Refused``: bad-phone, bad-identity, bad-value for a name alone."""
    called = hub.phone(phone) if phone and phone.strip() else None
    known: Personal | None = None
    if identity and identity.strip():
        known = Personal(subject_of(hub, identity), "".join(identity.split()).upper())
    said = plain(name or "")
    whose = known or called
    if said and whose is None:
        raise Refused(
            "bad-value", field="phone", problem="姓名要和手机号或证件号一起写 / a name needs a phone or an ID"
        )
    return Holder(None if not said or whose is None else Personal(whose.subject, said), called, known)
