"""What every route needs: the hub, who may do what, live channels, and how the hall is reached."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, cast

from starlette.requests import HTTPConnection

from hub.core.case_log import CaseLog
from hub.core.day_log import DayLog
from hub.domain.hall.items import Items
from hub.domain.hall.profile import HallProfile
from hub.domain.hall.registry import Registry
from hub.views.cases.clock_trouble import ClockTrouble
from hub.views.consultation_book import ConsultationBook
from hub.views.outage import Outage
from hub.views.rating_book import RatingBook
from hub.views.report.desk import Reports
from hub.web.access.passwords import PasswordDesk
from hub.web.access.store import AccessStore
from hub.web.access.throttle import Throttle
from hub.web.case_finder import CaseFinder
from hub.web.catalogue import Catalogue
from hub.web.catalogue_imports import Imports
from hub.web.live import Live
from hub.web.notice_desk import NoticeDesk
from hub.web.pace import Pace

if TYPE_CHECKING:
    from hub.core.hub import Hub
    from hub.web.materials import Materials


@dataclass(frozen=True, slots=True)
class DevicePresence:
    """One device as staff see it; ``since`` in ms since 1970 UTC, ``trouble`` a code or None."""

    id: str
    kind: str
    state: str
    since: int
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class WebOptions:
    """``public_url`` (``https://hall.example:8443``, no path) is how browsers reach the hub.

    ``secure``: pages travel over TLS, so cookies are ``__Host-`` ones. ``admission``: ``[devices] admission``.
    ``kiosk_pace``: tickets a second that one take-a-number page may ask for, after a burst of ten times that.
    """

    public_url: str
    secure: bool
    admission: Literal["open", "approved"] = "open"
    kiosk_pace: float = 2.0


class LineSwitch(Protocol):
    """What cuts and mends the line to the online hall of a demo."""

    @property
    def is_cut(self) -> bool: ...

    def cut(self) -> None: ...

    def mend(self) -> None: ...


class Bindings:
    """The device registry and the items of the profile in force, indexed once a profile."""

    def __init__(self, profile: Callable[[], HallProfile]) -> None:
        self._profile = profile
        self._built: tuple[HallProfile, Registry, Items] | None = None

    def registry(self) -> Registry:
        return self._of_today()[1]

    def items(self) -> Items:
        return self._of_today()[2]

    def _of_today(self) -> tuple[HallProfile, Registry, Items]:
        profile = self._profile()
        if self._built is None or self._built[0] is not profile:
            self._built = (profile, Registry(profile), Items(profile))
        return self._built


@dataclass(frozen=True, slots=True)
class Site:
    """One running web floor. ``switch``: of a demo only."""

    hub: Hub
    access: AccessStore
    live: Live
    options: WebOptions
    devices: Callable[[], Sequence[DevicePresence]]
    outage: Callable[[], Outage]
    passwords: PasswordDesk
    throttle: Throttle
    bindings: Bindings
    catalogue: Catalogue
    imports: Imports
    day_log: DayLog
    case_log: CaseLog
    case_finder: CaseFinder
    case_trouble: Callable[[], ClockTrouble]
    reports: Reports
    kiosk_key: bytes
    kiosk_pace: Pace
    ratings: RatingBook
    consultations: ConsultationBook
    materials: Materials
    notices: NoticeDesk
    switch: LineSwitch | None = None


def site(connection: HTTPConnection) -> Site:
    """The site a request came to; works as a FastAPI dependency too."""
    return cast("Site", connection.app.state.site)
