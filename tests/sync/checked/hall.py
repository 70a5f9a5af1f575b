"""What a hall does all day, in a real hub: numbers, windows, and a case through its whole life, with people in it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from hub.core.hub import Hub, command_id
from hub.core.submission import Command
from hub.domain.cases.almanac import Almanac
from hub.domain.cases.machine import MILESTONES
from hub.domain.cases.machine import NOTE as NOTE_KIND
from hub.domain.cases.numbers import TEMPLATE, ReserveBlock
from hub.domain.cases.state import Case
from hub.domain.cases.timers import due
from hub.domain.catalogue.commands import PublishCatalogue
from hub.domain.catalogue.item import Overlay
from hub.domain.hall.calendar import CalendarVersion
from hub.domain.hall.commands import PublishCalendar
from hub.domain.personal import Personal
from hub.domain.queue import commands as q
from hub.domain.refusals import Refused
from hub.domain.slots import commands as s
from hub.domain.slots.plan import SlotPlan, SlotsPlan
from hub.domain.slots.state import SlotDay
from hub.log.entry import Outcome
from tests.domain.cases.office import CASE, LICENCE, PERSON, Office
from tests.domain.cases.test_case_machine import CALENDARS, CODES, ITEMS, STEPS, act
from tests.domain.hall.halls import DEFAULT

NAME, IDENTITY, PHONE, OTHER_PHONE = "欧阳植入甲", "110101199003079999", "13987650001", "13987650002"
CITIZEN, CITIZENS_ID = "司徒植入乙", "11010519491231002X"
NOTE, FINDING, OPINION = "植入备注坐在窗边", "植入核查所见", "植入审查意见看过了"
PLANTED = (NAME, CITIZEN, CITIZENS_ID, IDENTITY, PHONE, OTHER_PHONE, NOTE, FINDING, OPINION)
CASES_TICKET = "5a7e" * 8
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
SLOTS_DAY = "2026-12-21"
SLOT = SlotPlan("s1", "g", "一层", "Floor 1", ("A",), 1_797_818_400_000, 1_797_820_200_000, 4, 1, 2, 1_797_818_400_000)
CASES = (CASE, "d" * 32)
LISTED = replace(LICENCE, department="D103", route=())
"""As the catalogue of the hall has it; cases at the counter are of the items of the cases' own tests."""
_WINDOWS = ("101", "102", "103", "201", "202", "301")
SMALL = replace(
    DEFAULT,
    windows=tuple(each for each in DEFAULT.windows if each.number in _WINDOWS),
    categories=tuple(each for each in DEFAULT.categories if not each.service),
    devices=tuple(each for each in DEFAULT.devices if each.window is None or each.window in _WINDOWS),
)
"""The default hall with few windows, since a day of a large one takes long to lay out."""
MINUTE, HOUR = 60_000, 3_600_000
PLAN = SlotsPlan("Asia/Shanghai", (SLOT,), 30 * MINUTE, 72 * HOUR)
Submit = Callable[..., Outcome]


class HallOffice(Office):
    """The office of the cases' tests on a hub's own writer; ``at`` is the hub's clock, ``id`` the case at hand."""

    def __init__(self, hub: Callable[[], Hub], submit: Submit, pass_time: Callable[[int], None]) -> None:
        self._hub, self._submit, self._pass = hub, submit, pass_time

    @property
    def now(self) -> int:  # type: ignore[override]
        return self._hub().now()

    @now.setter
    def now(self, at: int) -> None:
        self._pass(at - self._hub().now())

    @property
    def day(self) -> str:
        return self._hub().today

    @property
    def case(self) -> Case:
        state = self._hub().writer.state("case/" + self.id)
        assert isinstance(state, Case)
        return state

    @property
    def almanac(self) -> Almanac:  # type: ignore[override]
        return Almanac(self._hub().profile(), self._hub().hall().calendar)

    def publish(self, calendar: CalendarVersion) -> None:
        self.do(PublishCalendar(calendar.years, self.now))

    def do(self, command: Command) -> Any:
        outcome = self._submit(command)
        if not outcome.ok:
            raise Refused(msgspec.json.decode(outcome.reply)["code"])
        return None

    def tick(self) -> None:
        """As the clock of cases does, in every case: each due command once, under its own name."""
        if self._hub().clock_state().frozen:
            return
        asked: set[str] = set()
        for id in CASES:
            self.id = id
            while commands := [each for each in due(self.case, id, self.day, self.now) if each[0] not in asked]:
                for name, command in commands:
                    self._submit(command, key=command_id(name))
                    asked.add(name)


def numbers(office: HallOffice) -> None:
    for year in ("2026", "2027"):
        office.do(ReserveBlock(year, office.now, "admin", "110101", TEMPLATE, 1, 999))


def work(office: HallOffice, draw: random.Random, cases: Sequence[str] = CASES) -> None:
    """One thing that somebody in the hall does; refused as often as not."""
    hub = office._hub()
    kind = draw.random()
    if kind < 0.45:
        office.id = draw.choice(cases)
        _case(office, draw)
        return
    if kind < 0.6:
        _appointments(office, draw)
        return
    if kind < 0.63:
        licence = replace(LISTED, zh=f"食品经营许可{draw.randint(0, 9)}")
        office.do(PublishCatalogue((licence,), (Overlay("F-001", "C"),), office.now))
        return
    day, at = office.day, office.now
    window = draw.choice(("101", "102", "201"))
    tickets = list(hub.day().tickets)
    known = draw.choice(tickets) if tickets else "0" * 32
    phone = Personal(hub.subjects.of_phone(PHONE), PHONE)
    office.do(
        draw.choice(
            (
                q.TakeTicket(day, at, f"{draw.getrandbits(128):032x}", "A", phone=phone, escort=True, note=NOTE),
                q.TakeTicket(day, at, f"{draw.getrandbits(128):032x}", draw.choice("ABCDE")),
                q.OpenWindow(day, at, window),
                q.CallNext(day, at, window),
                q.StartService(day, at, window),
                q.FinishService(day, at, window),
                q.MissTicket(day, at, window),
                q.ParkTicket(day, at, window, why=NOTE),
                q.PauseWindow(day, at, window, why=NOTE),
                q.FlagTicket(day, at, known, note=NOTE),
                q.AbandonTicket(day, at, known, why=NOTE),
                q.RateVisit(day, at, known, draw.randint(1, 5)),
            )
        )
    )


def _appointments(office: HallOffice, draw: random.Random) -> None:
    """A slot of tomorrow: laid out once, its places leased, returned, booked in the hall."""
    day, at = SLOTS_DAY, office.now
    state = office._hub().writer.state("slots/" + day)
    assert isinstance(state, SlotDay)
    if not state.slots:
        office.do(s.PlanSlots(day, at, PLAN))
    code, other = ("".join(draw.choices(LETTERS, k=8)) for _ in range(2))
    lease = draw.choice(sorted(state.leases) or [""])
    person = Personal(office._hub().subjects.of_phone(PHONE), PHONE)
    office.do(
        draw.choice(
            (
                s.LeaseUnits(day, at, f"s1.{state.slots['s1'].leases}", "s1", (code, other), at + 72 * HOUR),
                s.ExtendLease(day, at, lease, at + 80 * HOUR),
                s.BookSlot(day, at, "s1", code, "A", "counter", name=replace(person, value=NAME), phone=person),
                s.CancelBooking(day, at, draw.choice(sorted(state.bookings) or [""]), code, why=NOTE),
            )
        )
    )


def _case(office: HallOffice, draw: random.Random) -> None:
    if office.case.state == "unopened" and draw.random() < 0.2:
        act(office, ("register",))
        return
    if office.case.external and draw.random() < 0.8:
        act(office, ("milestone", draw.choice((*MILESTONES, NOTE_KIND)), draw.randint(0, 5)))
        return
    if office.case.state == "unopened":
        office.open(
            draw.choice(ITEMS),
            receive=draw.random() < 0.8,
            name=Personal(PERSON, NAME),
            identity=Personal(PERSON, IDENTITY),
            phone=Personal(PERSON, OTHER_PHONE),
            ticket=CASES_TICKET,
            ticket_number="A007",
            ticket_day=office.day,
        )
        return
    some = tuple(draw.sample(CODES, draw.randint(0, 3)))
    act(
        office,
        draw.choice(
            (
                *(("go on",),) * 8,
                ("send back", draw.choice(CODES)),
                ("remove", draw.choice(CODES)),
                ("original", draw.choice(CODES)),
                ("supply", CODES, "B"),
                ("supply", some, draw.choice("ABCD")),
                ("excuse", draw.choice(CODES)),
                ("accept", some, draw.randint(-1, 9), ()),
                ("accept", (), 1, some),
                ("correct", some, "wj"),
                ("supplement", some),
                ("refuse",),
                ("special", draw.choice(("hearing", "on-site"))),
                ("end",),
                ("extend", "agency-head"),
                ("claim", draw.choice(STEPS), "wj", "wang"),
                ("opine", draw.choice(STEPS), draw.choice(("agree", "object"))),
                ("back", draw.choice(STEPS), some, draw.choice(("", *STEPS))),
                ("escalate", draw.choice(STEPS)),
                ("check", draw.choice(CODES), draw.random() < 0.5),
                ("decide", draw.random() < 0.7, "wj"),
                ("deliver",),
                ("archive",),
                ("withdraw",),
                ("terminate",),
                ("revoke",),
                ("calendar", draw.choice(sorted(CALENDARS))),
            )
        ),
    )
