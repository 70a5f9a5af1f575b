"""Items, applicants and a block of numbers for tests of cases."""

from __future__ import annotations

from itertools import count

import httpx

from hub.core.hub import Hub
from hub.domain.cases.numbers import TEMPLATE, ReserveBlock
from hub.domain.catalogue.commands import PublishCatalogue
from hub.domain.catalogue.item import IMMEDIATE, Item, MaterialRule, Overlay, Result, RouteStep, SpecialStep

ID_CARD = MaterialRule("id", "身份证", "identity card", grade="B", reuse="id-card")
FORM = MaterialRule("form", "申请表", "application form", grade="D")
LEASE = MaterialRule("lease", "场地使用证明", "proof of premises", main=False)
PROOF = MaterialRule("proof", "无违法记录证明", "certificate of no record", main=False, waivable=True)

LAW = ("行政许可法第十二条",)

AT_ONCE = Item(
    "A01", "个体工商户设立登记", "sole trader registration", "licence", "D101", kind=IMMEDIATE, basis=LAW,
    materials=(ID_CARD, FORM), intake_days=1, result=Result("certificate", "营业执照", "business licence"),
    complete=True,
)  # fmt: skip
TOLERANT = Item(
    "A02", "食品经营许可", "food business permit", "licence", "D101", promised_days=8, deemed=True, tolerance=True,
    promise=True, basis=LAW, materials=(ID_CARD, FORM, LEASE, PROOF),
    special_steps=(
        SpecialStep("expert", "专家评审", "expert review", excluded=True),
        SpecialStep("site", "现场核查", "on-site check", excluded=False),
    ),
    route=(RouteStep("examine", "审查", "examination", "D101", days=3),), complete=True,
)  # fmt: skip
PLAIN = Item(
    "A03", "企业变更登记", "company change", "licence", "D101", promised_days=5, basis=LAW,
    materials=(ID_CARD, FORM),
)  # fmt: skip
ELSEWHERE = Item("A04", "车辆购置税申报", "vehicle purchase tax", "other-power", "D102", external="金税系统")

LI = {"name": "李悦", "identity": "11010519491231002X", "phone": "13800138000"}
WANG = {"name": "王小明", "identity": "110101199003074514", "phone": "13900139000"}
FIRM = {
    "kind": "organisation",
    "name": "北京某某食品有限公司",
    "identity": "91110000600037341L",
    "contact": LI,
}
_keys = count(1)


async def open_for_cases(hub: Hub) -> None:
    """A catalogue of four items of the default hall and a block of 9,999 numbers."""
    items = (AT_ONCE, TOLERANT, PLAIN, ELSEWHERE)
    overlays = tuple(Overlay(item.code, "A") for item in items)
    for command in (
        PublishCatalogue(items, overlays, hub.now(), source="test"),
        ReserveBlock(hub.today[:4], hub.now(), "test", "DC", TEMPLATE, 1, 9999),
    ):
        outcome = await hub.submit(command, actor="test")
        assert outcome.ok, outcome.reply


async def post(client: httpx.AsyncClient, path: str, key: str | None = None, **body: object) -> httpx.Response:
    """An act under a new idempotency key."""
    headers = {"Idempotency-Key": key or f"t-{next(_keys)}"}
    return await client.post(f"/api/v1/cases{path}", json=body, headers=headers)


async def upload(client: httpx.AsyncClient, content: bytes) -> str:
    """Store a file as this client; its SHA-256."""
    tus = {"Tus-Resumable": "1.0.0"}
    made = await client.post("/api/v1/uploads", headers={**tus, "Upload-Length": str(len(content))})
    assert made.status_code == 201, made.text
    sent = await client.patch(
        made.headers["location"],
        content=content,
        headers={**tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"},
    )
    assert sent.status_code == 204, sent.text
    return sent.headers["material-sha256"]


async def pledge(client: httpx.AsyncClient, *materials: str, due: str) -> dict[str, object]:
    """A signed pledge, stored."""
    return {"materials": materials, "due": due, "sha256": await upload(client, "容缺承诺书\n".encode())}


def original(*codes: str) -> list[dict[str, object]]:
    return [{"material": code, "original": True, "grade": "B"} for code in codes]


async def opened(client: httpx.AsyncClient, item: str = "A03", *codes: str, **more: object) -> str:
    """A received case of 李悦 with these originals; its id."""
    answer = await post(client, "", item=item, applicant=LI, materials=original(*codes), **more)
    assert answer.status_code == 201, answer.text
    return answer.json()["case"]
