"""The live channels behind the pages: what each shows, and which events change it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from hub.core.submission import Committed
from hub.domain.hall.profile import Floor, HallProfile
from hub.domain.hall.registry import Registry, Scope
from hub.domain.queue import events as e
from hub.domain.queue.advice import Counsel, counsel
from hub.domain.queue.state import WAITING, QueueDay
from hub.views.appointments import CHANNELS, STATES, booking_rows, slot_rows
from hub.views.aside import Aside
from hub.views.attendant import Attendant, attendant
from hub.views.board import board, scope_named
from hub.views.console import console
from hub.views.curve import Curve, CurveFold, beside
from hub.views.history import week_before
from hub.views.kiosk import kiosk
from hub.views.overview import device_rows, overview
from hub.views.remedies import PAUSES
from hub.views.ticket import floor_of, ticket_page
from hub.views.words import PRINT, of
from hub.web.live import Render
from hub.web.pages.case_changes import STREAM, CaseChanges
from hub.web.pages.render import Renderer, frame, snapshot
from hub.web.site import Site

QUIET_SECONDS = 15.0
"""Snapshots drawn again without a change, since waits grow by themselves."""

_PRINTS = (e.TicketPrinted, e.PrintFailed, e.PrintUnknown, e.ReprintOrdered, e.VisitRated)
_DAYS = (e.DayOpened, e.PlanAdopted, e.DayClosed, e.HallFrozen, e.HallReleased)


_CASE = re.compile(r"case/[0-9a-f]{32}")

COUNSEL_MS = 5_000
"""Advice stands so long, unless a window, a clerk or the hall's state changes."""

WEEK_MS = 7 * 86_400_000

Earlier = Callable[[str], Curve | None]
"""The whole curve of an earlier business day (``YYYY-MM-DD``), None when it is unknown."""


@dataclass(slots=True)
class DayFolds:
    """What pages keep of the day besides the day itself; rebuilt from it at the start and at a rollover."""

    here: Site
    day: str = ""
    aside: Aside = field(default_factory=Aside)
    curve: CurveFold = field(default_factory=CurveFold)
    earlier: Earlier = lambda _: None
    _week_ago: Curve | None = None

    def follow(self, batch: Sequence[Committed]) -> None:
        if self.day != self.here.hub.today:
            self.settle()
            return
        stream = f"queue/{self.day}"
        events = [committed.event for committed in batch if committed.entry.stream == stream]
        self.aside.follow(events)
        self.curve.follow(events)

    def settle(self) -> None:
        """Catch up with the business day, when it is not the one that was followed."""
        hub = self.here.hub
        if self.day != hub.today:
            self.day = hub.today
            self.aside.rebuild(hub.day())
            self.curve.rebuild(hub.day())
            self._week_ago = None

    def week_ago(self) -> Curve | None:
        """The curve a week earlier; asked again as long as it is unknown, since history is read in quiet moments."""
        if self._week_ago is None:
            self._week_ago = self.earlier(week_before(self.day))
        return self._week_ago


def floors_of(profile: HallProfile) -> tuple[Floor, ...]:
    """The floors that have windows: where attendants stand."""
    staffed = {window.floor for window in profile.windows}
    return tuple(floor for floor in profile.floors if floor.number in staffed)


class Channels:
    """Renders of every channel; pages fill their first view from the same ones."""

    def __init__(
        self, here: Site, renderer: Renderer, folds: DayFolds, changes: CaseChanges, *, papers: bool = False
    ) -> None:
        self._here = here
        self._changes = changes
        self._renderer = renderer
        self._folds = folds
        self._papers = papers
        self._counselled_at = 0
        self._counselled: tuple[object, Counsel] | None = None

    def declare(self) -> None:
        """Tell ``live`` the channels and what changes them."""
        live = self._here.live
        live.factory("board/", self._board, refresh=QUIET_SECONDS)
        live.factory("window/", self._window, refresh=QUIET_SECONDS)
        live.factory("kiosk/", self._kiosk, refresh=QUIET_SECONDS)
        live.factory("ticket/", self._ticket, refresh=QUIET_SECONDS)
        live.factory("attend/", self._attend, refresh=5.0)
        live.factory("appointments/", self._appointments, refresh=QUIET_SECONDS)
        live.factory(STREAM, self._case)
        live.channel("overview", self.overview, refresh=5.0)
        live.channel("devices", self.devices, refresh=5.0)
        live.channel("outage", self.outage, refresh=2.0)
        live.channel("review", self.review)
        live.route(self._route)

    # What each shows

    def board_parts(self, scope: Scope) -> dict[str, str]:
        hub = self._here.hub
        shown = board(scope, hub.day(), hub.now())
        # Names of that many queues fit the row; in the whole hall people know the letter on their ticket.
        values = {**frame(self._here), "board": shown, "names": len(shown.waiting) <= NAMED_QUEUES}
        return {
            "calls": self._renderer.part("board_calls.html", **values),
            "waiting": self._renderer.part("board_waiting.html", **values),
        }

    def window_parts(self, number: str) -> dict[str, str]:
        """Empty when today has no such window."""
        hub = self._here.hub
        self._folds.settle()
        shown = console(hub.day(), number, self._folds.aside, hub.now())
        if shown is None:
            return {}
        values = {**frame(self._here), "console": shown, "pauses": PAUSES}
        return {
            name: self._renderer.part(f"console_{name}.html", **values)
            for name in ("head", "visit", "pause", "queue", "aside", "keys")
        }

    def kiosk_parts(self, floor: int) -> dict[str, str]:
        hub = self._here.hub
        listed = self._here.bindings.items().letters
        values = {**frame(self._here), "kiosk": kiosk(hub.day(), floor, hub.now()), "listed": listed}
        return {name: self._renderer.part(f"kiosk_{name}.html", **values) for name in ("choices",)}

    def ticket_parts(self, ticket: str) -> dict[str, str]:
        """Empty when its day has no such ticket."""
        hub = self._here.hub
        shown = ticket_page(self._here.hub.day(), ticket, hub.now())
        if shown is None:
            return {}
        return {"ticket": self._renderer.part("ticket_state.html", **frame(self._here), ticket=shown)}

    def attend(self, floor: int | None) -> Attendant:
        """What concerns an attendant there now; None: in the whole hall."""
        hub = self._here.hub
        self._folds.settle()
        missed = self._folds.aside.missed(hub.day())
        return attendant(hub.day(), hub.profile(), self._here.devices(), missed, floor, hub.now())

    def attend_parts(self, floor: int | None) -> dict[str, str]:
        hub = self._here.hub
        choices = kiosk(hub.day(), 1 if floor is None else floor, hub.now())
        values = {**frame(self._here), "attend": self.attend(floor), "kiosk": choices}
        names = ("hand", "missed", "alerts", "lists", "choices")
        return {name: self._renderer.part(f"attend_{name}.html", **values) for name in names}

    def appointment_parts(self, name: str, group: str) -> dict[str, str]:
        """The slots and bookings of one group on a business day that is known."""
        hub = self._here.hub
        held = hub.appointments.day(name)
        mine = [row for row in slot_rows(held, hub.now()) if row.group == group]
        slots = {row.slot for row in mine}
        queue = hub.day() if name == hub.today else None
        values = {
            **frame(self._here),
            "rows": mine,
            "bookings": [row for row in booking_rows(held, queue) if row.slot in slots],
            "states": STATES,
            "channels": CHANNELS,
            "day": name,
        }
        return {part: self._renderer.part(f"appointments_{part}.html", **values) for part in ("slots", "bookings")}

    def overview_parts(self) -> dict[str, str]:
        hub = self._here.hub
        shown = overview(hub.day(), hub.profile(), self._here.devices(), hub.now(), self._counsel())
        values = {**frame(self._here), "overview": shown, "trouble": self._here.case_trouble()}
        names = ("frozen", "totals", "queues", "loads", "advice", "windows", "faults")
        return {name: self._renderer.part(f"overview_{name}.html", **values) for name in names}

    def _counsel(self) -> Counsel:
        """Trying acts out costs more than drawing, and a rush draws twenty times a second."""
        day, now = self._here.hub.day(), self._here.hub.now()
        windows = [(window.number, window.state, window.clerk, window.categories) for window in day.windows.values()]
        standing = (self._here.hub.today, id(day.plan), day.frozen, day.closed, windows)
        known = self._counselled
        if known is None or known[0] != standing or not 0 <= now - self._counselled_at < COUNSEL_MS:
            known = self._counselled = (standing, counsel(day, now))
            self._counselled_at = now
        return known[1]

    def curve(self) -> object:
        """The day's curve with its steps' labels, for the chart."""
        hub = self._here.hub
        self._folds.settle()
        plan = hub.day().plan
        now = hub.now()
        begins = now if plan is None else plan.issuing_from or plan.opens or now
        ends = now if plan is None else plan.closes or now
        return beside(self._folds.curve.curve(min(begins, now), ends, now), self._folds.week_ago(), WEEK_MS)

    def device_parts(self) -> dict[str, str]:
        rows = device_rows(self._here.hub.profile(), self._here.devices())
        floors = [None, *sorted({row.floor for row in rows if row.floor is not None})]
        return {
            "devices": self._renderer.part(
                "devices_list.html", **frame(self._here), devices=rows, papers=self._papers, floors=floors
            )
        }

    def overview(self) -> bytes:
        return snapshot(self._here.hub.now(), self.overview_parts(), self.curve())

    def devices(self) -> bytes:
        return snapshot(self._here.hub.now(), self.device_parts())

    def outage_parts(self) -> dict[str, str]:
        here = self._here
        parts = {"outage": self._renderer.part("outage_now.html", **frame(here), outage=here.outage())}
        if here.switch is not None:
            parts["switch"] = self._renderer.part("outage_switch.html", **frame(here), switch=here.switch)
        return parts

    def outage(self) -> bytes:
        return snapshot(self._here.hub.now(), self.outage_parts())

    def review(self) -> bytes:
        """Only that cases changed: what of them may be seen is asked for by each page's own reader."""
        hub = self._here.hub
        return snapshot(hub.now(), {}, {"position": hub.head()})

    def _board(self, name: str) -> Render | None:
        scope = scope_named(self._here.hub.profile(), name.removeprefix("board/"))
        return None if scope is None else self._drawn(lambda: self.board_parts(scope))

    def _window(self, name: str) -> Render | None:
        number = name.removeprefix("window/")
        if number not in self._here.hub.day().windows:
            return None
        return self._drawn(lambda: self.window_parts(number))

    def _kiosk(self, name: str) -> Render | None:
        floor = Registry(self._here.hub.profile()).standing_floor(name.removeprefix("kiosk/"))
        return self._drawn(lambda: self.kiosk_parts(floor))

    def _appointments(self, name: str) -> Render | None:
        day, _, group = name.removeprefix("appointments/").partition("/")
        if day not in self._here.hub.appointments.days():
            return None
        return self._drawn(lambda: self.appointment_parts(day, group))

    def _attend(self, name: str) -> Render | None:
        wanted = name.removeprefix("attend/")
        if wanted == "all":
            return self._drawn(lambda: self.attend_parts(None))
        floor = next((each for each in floors_of(self._here.hub.profile()) if str(each.number) == wanted), None)
        return None if floor is None else self._drawn(lambda: self.attend_parts(floor.number))

    def _case(self, name: str) -> Render | None:
        """Only where it changed last; the channel is called as the case's stream."""
        if _CASE.fullmatch(name) is None:
            return None
        return lambda: snapshot(self._here.hub.now(), {}, {"position": self._changes.last(name)})

    def _ticket(self, name: str) -> Render | None:
        ticket = name.removeprefix("ticket/")
        if ticket not in self._here.hub.day().tickets:
            return None
        return lambda: snapshot(self._here.hub.now(), self.ticket_parts(ticket), self._printed(ticket))

    def _printed(self, ticket: str) -> object:
        """``{"state", "zh", "en"}`` of the paper, for the kiosk that waits for it."""
        found = self._here.hub.day().tickets.get(ticket)
        if found is None:
            return None
        said = of(PRINT, found.print_state)
        return {"state": found.print_state, "zh": said.zh, "en": said.en}

    def _drawn(self, parts: Callable[[], dict[str, str]]) -> Render:
        return lambda: snapshot(self._here.hub.now(), parts())

    # What changes them

    def _route(self, committed: Committed) -> Iterable[str]:
        event = committed.event
        if committed.entry.stream.startswith((STREAM, "review/")):
            return ("review", committed.entry.stream)
        if committed.entry.stream.startswith("slots/"):
            day = committed.entry.stream.removeprefix("slots/")
            return (f"appointments/{day}/",)
        if not committed.entry.stream.startswith("queue/"):
            return ("overview", "devices", "attend/")
        day = self._here.hub.day()
        if isinstance(event, _DAYS):
            return ("board/", "window/", "kiosk/", "ticket/", "overview", "attend/")
        if isinstance(event, _PRINTS):
            return (f"ticket/{event.ticket}", "overview")
        changed = ["overview"]
        ticket = None
        window = getattr(event, "window", None)
        number = getattr(event, "ticket", None)
        if isinstance(number, str):
            ticket = day.tickets.get(number)
        if isinstance(window, str):
            changed.append(f"window/{window}")
            changed.extend(self._attending(day, window))
            changed.extend(self._boards(day, window))
        if ticket is not None:
            # Everybody's place changed where it stands or stood; kiosks and other tickets follow at their own pace.
            changed.append(f"ticket/{ticket.id}")
            changed.extend(("attend/all", f"attend/{floor_of(day, ticket.line)}"))
            changed.extend(f"window/{server}" for server in day.servers.get(ticket.line, ()))
            if not isinstance(window, str) or ticket.state == WAITING:
                floor = floor_of(day, ticket.line)
                changed.extend(("board/hall", f"board/floor/{floor}"))
                changed.extend(
                    f"board/zone/{z}" for z in {day.windows[s].zone for s in day.servers.get(ticket.line, ())}
                )
        return changed

    def _attending(self, day: QueueDay, number: str) -> Iterable[str]:
        window = day.windows.get(number)
        return ("attend/",) if window is None else ("attend/all", f"attend/{window.floor}")

    def _boards(self, day: QueueDay, number: str) -> Iterable[str]:
        window = day.windows.get(number)
        if window is None:
            return ("board/",)
        return ("board/hall", f"board/floor/{window.floor}", f"board/zone/{window.zone}")


NAMED_QUEUES = 9
