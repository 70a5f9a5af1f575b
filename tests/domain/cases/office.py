"""An office in memory that tests of cases work in: real rules, folds and calendar, no log."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest

from hub.core.calendar_source import from_package
from hub.core.rules import FOLDS, RULES
from hub.core.submission import Command, Event
from hub.domain.cases import commands as c
from hub.domain.cases import events as e
from hub.domain.cases import review_commands as rc
from hub.domain.cases.almanac import Almanac
from hub.domain.cases.numbers import TEMPLATE, ReserveBlock
from hub.domain.cases.records import Defect, Pledge, Promise, Resolution, Supply
from hub.domain.cases.replies import CaseReply
from hub.domain.cases.state import Case
from hub.domain.cases.timers import due
from hub.domain.catalogue.item import (
    Item,
    MaterialRule,
    Result,
    RouteStep,
    SpecialStep,
)
from hub.domain.hall.calendar import CalendarVersion, CalendarYear
from hub.domain.hall.events import CalendarPublished, ProfilePublished
from hub.domain.hall.planning import business_day
from hub.domain.personal import Personal
from hub.domain.refusals import Refused
from tests.domain.hall.halls import DEFAULT, ms

CASE = "c" * 32
PERSON = "a" * 32
SIGNED = "5" * 64
STATE_CALENDAR = CalendarVersion(1, from_package())
NEW_YEAR_2027 = CalendarYear(2027, holidays=(), workdays=())

FORM = MaterialRule("form", "申请表", "application form", grade="D")
ID = MaterialRule("id", "身份证", "identity card", grade="C", reuse="id-card")
LEASE = MaterialRule("lease", "租赁合同", "lease", main=False)
PHOTO = MaterialRule("photo", "照片", "photograph", main=False, waivable=True)
OLD = MaterialRule("old", "旧证明", "old proof", now=False)

HEARING = SpecialStep("hearing", "听证", "hearing", True)
ON_SITE = SpecialStep("on-site", "现场核查", "on-site check", False)

FIRST = RouteStep("first", "初审", "first review", "wj", days=2)
LAST = RouteStep("last", "终审", "last review", "wj", after=("first",), days=2)

LICENCE = Item(
    "F-001",
    "食品经营许可",
    "food licence",
    "licence",
    "wj",
    promised_days=8,
    deemed=True,
    special_steps=(HEARING, ON_SITE),
    materials=(FORM, ID, LEASE, PHOTO, OLD),
    tolerance=True,
    tolerance_days=5,
    promise=True,
    result=Result("certificate", "许可证", "licence"),
    route=(FIRST, LAST),
    channels=("hall", "online"),
)
PLAIN = replace(LICENCE, route=(), promised_days=None, deemed=False)
IMMEDIATE = replace(LICENCE, kind="immediate", tolerance=False)
JOINT = replace(
    LICENCE,
    handling="joint",
    department="zj",
    promised_days=30,
    route=(
        RouteStep("build", "住建", "building", "zj", days=5, lead=True),
        RouteStep("fire", "消防", "fire", "xf", days=5),
        RouteStep("air", "人防", "civil defence", "rf", days=5, on_timeout="pass"),
        RouteStep("end", "汇总", "summing up", "zj", after=("build", "fire", "air"), days=3),
    ),
)
EXTERNAL = replace(LICENCE, external="省一体化平台", route=(), promised_days=None)


class Office:
    """``at`` moves by ``on``; refusals are raised. What ``do`` was given with the time left out is dated now."""

    id = CASE

    def __init__(self, now: str = "2026-03-02 10:00", calendar: CalendarVersion = STATE_CALENDAR) -> None:
        self.states: dict[str, object] = {}
        self.events: dict[str, list[Event]] = defaultdict(list)
        self.now = ms(now, "Asia/Shanghai")
        self._happen("hall", ProfilePublished(1, DEFAULT, "now", "2020-01-01", 0))
        self.publish(calendar)
        for year in ("2025", "2026", "2027"):
            self.do(ReserveBlock(year, self.now, "admin", "110101", TEMPLATE, 1, 999))

    @property
    def day(self) -> str:
        return business_day(DEFAULT, self.now)

    @property
    def case(self) -> Case:
        state = self.state("case/" + self.id)
        assert isinstance(state, Case)
        return state

    @property
    def told(self) -> list[Event]:
        return self.events["case/" + self.id]

    def state(self, stream: str) -> object:
        if stream not in self.states:
            self.states[stream] = FOLDS[stream.partition("/")[0]].fresh()
        return self.states[stream]

    def publish(self, calendar: CalendarVersion) -> None:
        self._happen("hall", CalendarPublished(calendar, 0))
        self.almanac = Almanac(DEFAULT, calendar)

    def on(self, when: str) -> Office:
        self.now = ms(when, "Asia/Shanghai")
        return self

    def do(self, command: Command) -> CaseReply:
        rule = RULES[type(command)]
        names = rule.streams(command)
        assert len(names) <= 3
        events, reply = rule.decide([self.state(name) for name in names], command)
        for index, event in events:
            self._happen(names[index], event)
        return reply  # type: ignore[return-value]

    def tick(self) -> None:
        """What the clock brings about until now."""
        while commands := due(self.case, self.id, self.day, self.now):
            before = len(self.told)
            for _, command in commands:
                self.do(command)
            assert len(self.told) > before, commands

    def _happen(self, stream: str, event: Event) -> None:
        self.events[stream].append(event)
        FOLDS[stream.partition("/")[0]].evolve(self.state(stream), event)

    # what people do

    def open(self, item: Item = LICENCE, *, receive: bool = True, received: str | None = None, **more: object):
        fields: dict[str, object] = {
            "case": self.id,
            "day": self.day,
            "at": self.now,
            "by": "li",
            "item": item,
            "catalogue": 3,
            "category": "C",
            "channel": "hall",
            "applicant": "person",
            "person": PERSON,
            "name": Personal(PERSON, "张三"),
            "identity": Personal(PERSON, "110101199003078515"),
            "phone": Personal(PERSON, "13800001111"),
            "receive": receive,
            "received_at": None if received is None else ms(received, "Asia/Shanghai"),
        }
        return self.do(c.OpenCase(**{**fields, **more}))  # type: ignore[arg-type]

    def supply(self, *codes: str, grade: str = "B"):
        return self.do(c.SupplyMaterials(self.id, self.now, "li", tuple(paper(code, grade) for code in codes)))

    def accept(
        self,
        owed: tuple[str, ...] = (),
        due: str = "",
        waived: tuple[str, ...] = (),
        resolution: Resolution | None = None,
    ):
        pledge = Pledge(owed, due, SIGNED) if owed else None
        promise = Promise(waived, 20, SIGNED) if waived else None
        person = PERSON if owed else None
        return self.do(c.AcceptCase(self.id, self.day, self.now, "li", pledge, promise, person, resolution))

    def accepted(self, item: Item = LICENCE) -> Office:
        self.open(item)
        self.supply("form", "id", "lease", "photo")
        self.accept()
        return self

    def correct(self, *codes: str, days: int = 10, department: str = "", what: str = "缺盖章"):
        defects = tuple(Defect(code, what) for code in codes)
        return self.do(c.TellCorrection(self.id, self.day, self.now, "li", defects, days, department))

    def supplement(self, *codes: str, received: str | None = None):
        at = None if received is None else ms(received, "Asia/Shanghai")
        return self.do(c.SupplementCase(self.id, self.day, self.now, "li", tuple(paper(code) for code in codes), at))

    def opine(self, step: str, verdict: str = "agree", department: str = "wj", by: str = "wang", **more: object):
        return self.do(
            rc.GiveOpinion(self.id, self.day, self.now, by, department, step, verdict, "看过了", **more)  # type: ignore[arg-type]
        )

    def decide(self, granted: bool = True, department: str = "wj", **more: object):
        fields = {"reasons": "" if granted else "不符合条件", "basis": "" if granted else "行政许可法第三十八条"}
        resolution = Resolution(granted, **{**fields, **more})  # type: ignore[arg-type]
        return self.do(c.DecideCase(self.id, self.day, self.now, "wang", resolution, department, "reviewer"))

    def special(self, step: str = "hearing", days: int = 15):
        return self.do(c.StartSpecial(self.id, self.day, self.now, "wang", step, "听证通知书 1 号", days))

    def end_special(self):
        return self.do(c.EndSpecial(self.id, self.day, self.now, "wang", "已听证"))

    def extend(self, approver: str = "局长", role: str = "agency-head", basis: str = ""):
        return self.do(
            c.ExtendLimit(self.id, self.day, self.now, "wang", approver, role, "案情复杂", "延期通知书 1 号", basis)
        )

    def due(self, clock: str) -> str:
        found = self.case.clock(clock)
        assert found is not None, f"{clock} does not run"
        return found.due

    def last(self) -> e.CaseEvent:
        return self.told[-1]  # type: ignore[return-value]


def paper(code: str, grade: str = "B") -> Supply:
    return Supply(code, "0" * 64, 1000, "application/pdf", "scan", grade, "li")


def refused(code: str):
    """The act inside is refused with that code."""
    return pytest.raises(Refused, match=f"^{code}$")
