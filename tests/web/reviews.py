"""A hall in which cases are reviewed: joint and plain items over real departments, their reviewers, cases in review."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx

from hub.core.hub import Hub
from hub.domain.cases import commands as c
from hub.domain.cases.numbers import TEMPLATE, ReserveBlock
from hub.domain.cases.records import Supply
from hub.domain.catalogue.commands import PublishCatalogue
from hub.domain.catalogue.item import JOINT as TOGETHER
from hub.domain.catalogue.item import Item, MaterialRule, Overlay, Result, RouteStep, SpecialStep
from hub.domain.personal import Personal
from hub.web.access.store import AccessStore
from tests.web.running import HASHED, Hall

PLANNING, CIVIL, GREEN, FIRE, HEALTH = "D304", "D308", "D307", "D311", "D103"
DRAWING = MaterialRule("drawing", "建筑施工图", "drawings", grade="C")
FORM = MaterialRule("form", "申请表", "application form", grade="D")
SUN = MaterialRule("sun", "日照分析报告", "sunlight study", main=False)

JOINT = Item(
    "L01", "建设工程规划许可", "permit for construction works", "licence", PLANNING, basis=("城乡规划法第四十条",), handling=TOGETHER, promised_days=20,
    materials=(DRAWING, FORM, SUN),
    special_steps=(SpecialStep("expert", "专家评审", "expert review", excluded=True),),
    route=(
        RouteStep("draw", "规划审图", "drawing review: planning", PLANNING, days=10, lead=True),
        RouteStep("air", "人防审图", "drawing review: civil defence", CIVIL, days=8),
        RouteStep("green", "园林审图", "drawing review: greening", GREEN, days=8),
        RouteStep("sum", "决定", "decision", PLANNING, role="approver", after=("draw", "air", "green"), days=3),
    ),
    result=Result("approval", "规划许可证", "planning permit"), complete=True,
)  # fmt: skip
FOOD = Item(
    "C01", "食品经营许可", "food business permit", "licence", HEALTH, basis=("食品安全法第三十五条",), promised_days=8, materials=(FORM,),
    special_steps=(SpecialStep("test", "检验检测", "testing", excluded=True),),
    route=(
        RouteStep("examine", "书面审查", "examination", HEALTH, days=3),
        RouteStep("visit", "现场核查", "on-site check", HEALTH, role="inspector", after=("examine",), days=3),
    ),
    complete=True,
)  # fmt: skip
ALONE = Item(
    "M01", "消防设计审查", "fire design review", "licence", FIRE, basis=("消防法第十条",), promised_days=5, materials=(FORM,),
    route=(RouteStep("fire", "消防审查", "fire review", FIRE, days=2),), complete=True,
)  # fmt: skip
ITEMS = {each.code: each for each in (JOINT, FOOD, ALONE)}

REVIEWERS = {
    "wang": (PLANNING, False),
    "zhao": (PLANNING, False),
    "sun": (PLANNING, True),
    "ren": (CIVIL, False),
    "lin": (GREEN, False),
    "shi": (HEALTH, False),
    "zhou": (HEALTH, True),
}
"""Account to department and whether it is its head. Nobody is in ``FIRE``."""


def hire(access: AccessStore) -> None:
    for name, (department, head) in REVIEWERS.items():
        access.create_account(name, "reviewer", HASHED, must_change=False, department=department, head=head)


async def publish(hub: Hub) -> None:
    for command in (
        PublishCatalogue(tuple(ITEMS.values()), tuple(Overlay(code, "C" if code == "C01" else "L") for code in ITEMS), hub.now(), source="test"),
        ReserveBlock(hub.today[:4], hub.now(), "test", "DC", TEMPLATE, 1, 9999),
    ):
        outcome = await hub.submit(command, actor="test")
        assert outcome.ok, outcome.reply


async def in_review(hub: Hub, item: str = "L01", name: str = "李悦") -> str:
    """A case of that item that was accepted now; its id."""
    known = ITEMS[item]
    case, person = hub.ids.make().hex(), hub.subjects.of_id("11010519491231002X")
    supplies = tuple(Supply(each.code, sha256="a" * 64, grade="A") for each in known.materials)
    opened = c.OpenCase(
        case, hub.today, hub.now(), "clerk", known, 1, "L", "hall", "person", person, Personal(person, name),
        Personal(person, "11010519491231002X"), clerk="clerk", materials=supplies,
    )  # fmt: skip
    for command in (opened, c.AcceptCase(case, hub.today, hub.now(), "clerk")):
        outcome = await hub.submit(command, actor="account/clerk")
        assert outcome.ok, outcome.reply
    return case


@dataclass
class Office:
    """A running hall and a signed-in browser for everybody in it."""

    hall: Hall
    people: dict[str, httpx.AsyncClient]
    acts: int = 0

    async def post(self, who: str, path: str, key: str | None = None, **body: object) -> httpx.Response:
        self.acts += 1
        headers = {"Idempotency-Key": key or f"o-{self.acts}"}
        return await self.people[who].post(f"/api/v1{path}", json=body, headers=headers)

    async def do(self, who: str, path: str, **body: object) -> dict[str, Any]:
        answer = await self.post(who, path, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def refused(self, who: str, path: str, **body: object) -> str:
        answer = await self.post(who, path, **body)
        assert answer.status_code >= 400, answer.text
        return answer.json()["code"]

    async def get(self, who: str, path: str) -> Any:
        answer = await self.people[who].get(f"/api/v1{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def opine(self, who: str, case: str, step: str, verdict: str = "agree", text: str = "可以", **more: object):
        return await self.do(who, f"/cases/{case}/steps/{step}/opinion", verdict=verdict, text=text, **more)


async def open_office(hall: Hall, stack: AsyncExitStack) -> Office:
    hire(hall.access)
    await publish(hall.hub)
    names = ("clerk", "attendant", "supervisor", "administrator", *REVIEWERS)
    return Office(hall, {name: await stack.enter_async_context(hall.signed_in(name)) for name in names})
