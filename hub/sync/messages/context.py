"""What a message's translation may ask of the hub: the day, people as subjects, items. None of it waits or writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from hub.core.applicants import Applicant, ApplicantBody, applicant
from hub.core.hub import Hub
from hub.core.listed_items import Listed, item_on
from hub.domain.cases.state import Case
from hub.domain.consultations.state import Consultation
from hub.domain.hall.planning import business_day
from hub.domain.personal import Personal

ONLINE = "online"
"""Who acts, in the log's entries and in ``by``."""


@dataclass(frozen=True, slots=True)
class Context:
    """One message's own: ``id`` as 32 hex, ``at``: its receipt in the cloud, never later than ``now``."""

    hub: Hub
    id: str
    at: int
    now: int

    @property
    def day(self) -> str:
        """The business day now."""
        return self.hub.today

    def item(self, code: str) -> Listed:
        """As the catalogue had it on the day of the cloud's receipt. Raises ``Refused("unknown-item")``."""
        return item_on(self.hub, code, business_day(self.hub.profile(), self.at))

    def applicant(self, asked: ApplicantBody) -> Applicant:
        """Raises ``Refused``: bad-identity, bad-credit-code, bad-phone, bad-value."""
        return applicant(self.hub, asked)

    def applicant_of(self, case: str) -> str:
        """Whose key seals what is said about the case; the case's own where it is not known."""
        return cast(Case, self.hub.writer.state("case/" + case)).person or case

    def asker_of(self, consultation: str) -> str:
        """As ``applicant_of``."""
        return cast(Consultation, self.hub.writer.state("consultation/" + consultation)).subject or consultation

    def phone(self, text: str) -> Personal:
        """Raises ``Refused("bad-phone")``."""
        return self.hub.phone(text)
