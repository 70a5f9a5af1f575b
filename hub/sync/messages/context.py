"""What a message's translation may ask of the hub: the day, people as subjects, items. Nothing of it waits or writes."""

from __future__ import annotations

from dataclasses import dataclass

from hub.core.applicants import Applicant, ApplicantBody, applicant
from hub.core.hub import Hub
from hub.core.listed_items import Listed, item_on
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

    def phone(self, text: str) -> Personal:
        """Raises ``Refused("bad-phone")``."""
        return self.hub.phone(text)
