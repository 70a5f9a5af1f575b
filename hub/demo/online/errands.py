"""What citizens want of the online hall on one day, drawn before it begins: the same day and seed give the same wishes.

Ids are drawn with the wish, so that whoever asks again after a restart asks for the same thing.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from hub.demo.casework.applicants import applicant_of
from hub.demo.visits import MINUTE

GRANTED, REFUSED, WITHDRAWN = "granted", "refused", "withdrawn"


@dataclass(frozen=True, slots=True)
class Kind:
    """What is applied for online: ``department`` reviews it in ``steps``, the last one by its head."""

    item: str
    department: str
    steps: tuple[str, ...]
    papers: tuple[tuple[str, str], ...]
    firm: bool = False


KINDS: Final = (
    Kind("G23", "D203", ("S1", "S2"), (("M1", "护士执业注册申请审核表"), ("M2", "健康体检证明"), ("M3", "学历证书"))),
    Kind("J26", "D212", ("S1", "S2"), (("M1", "代理记账资格申请表"), ("M2", "专职人员名单")), firm=True),
    Kind(
        "C03", "D103", ("S1", "S2", "S3"), (("M1", "食品经营许可申请书"), ("M2", "布局图"), ("M3", "制度")), firm=True
    ),
)
PEOPLE: Final = ("李悦", "王思远", "赵晴", "孙一鸣", "周可", "吴岚", "郑嘉", "冯小雨", "陈默", "何静")
FIRMS: Final = (
    "示例食品（北京）有限公司",
    "示例财务（北京）有限公司",
    "示例餐饮（北京）有限公司",
    "示例科技（北京）有限公司",
)
QUESTIONS: Final = (
    "租赁合同没有备案可以吗？",
    "材料可以用手机拍照上传吗？",
    "办理要多长时间？可以加急吗？",
    "委托别人来拿结果需要什么手续？",
    "原件丢了怎么办？",
    "周六上午窗口开吗？",
)
ANSWER: Final = "可以。请带身份证原件，按办事指南准备材料；有疑问可到窗口当面核对。"


@dataclass(frozen=True, slots=True)
class Application:
    """``at`` in ms. ``ends``: what the demo's people make of it."""

    id: str
    at: int
    kind: Kind
    applicant: Mapping[str, object]
    who: str
    ends: str


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    at: int
    channel: str
    item: str | None
    text: str
    phone: str


@dataclass(frozen=True, slots=True)
class Wishes:
    applications: tuple[Application, ...] = ()
    questions: tuple[Question, ...] = field(default=())


def wishes_of(
    day: str, seed: int, opens: int, closes: int, items: Sequence[str], applications: int, questions: int
) -> Wishes:
    """``opens`` and ``closes`` in ms. A third is filed before opening; ``items``: codes that the hall has."""
    draw = random.Random(f"online:{day}:{seed}")  # noqa: S311 - a simulation
    kinds = [kind for kind in KINDS if kind.item in items]
    filed: list[Application] = []
    for n in range(applications if kinds else 0):
        kind = kinds[n % len(kinds)]
        about = f"{day}:{seed}:application:{n}"
        who = draw.choice(FIRMS if kind.firm else PEOPLE)
        ends = REFUSED if n % 6 == 5 else WITHDRAWN if n % 6 == 3 else GRANTED
        at = opens - draw.randint(1, 4) * MINUTE if n % 3 == 0 else _within(draw, opens, closes)
        filed.append(Application(id_of(about), at, kind, applicant_of(who, firm=kind.firm, about=about), who, ends))
    asked: list[Question] = []
    for n in range(questions):
        about = f"{day}:{seed}:question:{n}"
        item = draw.choice(kinds).item if kinds and n % 3 else None
        channel = "wechat" if n % 2 else "web"
        text, phone = draw.choice(QUESTIONS), f"1380001{draw.randint(0, 9999):04}"
        asked.append(Question(id_of(about), _within(draw, opens, closes), channel, item, text, phone))
    return Wishes(tuple(filed), tuple(asked))


def id_of(about: str) -> str:
    """A message's id, 32 hex."""
    return sha256(about.encode()).hexdigest()[:32]


def _within(draw: random.Random, opens: int, closes: int) -> int:
    """Early enough that the hall can still do something about it."""
    return opens + int((closes - opens) * draw.uniform(0.02, 0.6))
