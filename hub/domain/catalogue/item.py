"""A service item 事项 as the catalogue publishes it, and the hall's overlay that is kept apart from it.

Days are working days. Sources: 行政许可法 §§32-45; the item elements of the national catalogue of government services
(基本目录 and 实施清单).
"""

from __future__ import annotations

from dataclasses import dataclass

TYPES = ("licence", "payment", "confirmation", "reward", "adjudication", "other-power", "public-service")
"""许可, 给付, 确认, 奖励, 裁决, 其他权力, 公共服务 (task types 1, 5, 7, 8, 9, 10, 20); 行政许可法 binds licences."""

IMMEDIATE, PROMISED = "immediate", "promised"
SINGLE, JOINT = "single", "joint"
PLACES = ("centre", "specialised-hall", "street")
CHANNELS = ("hall", "online", "kiosk", "courier")
ALL, ANY = "all", "any"
ESCALATE, PASS, WAIT = "escalate", "pass", "wait"
RETURN, TERMINATE = "return", "terminate"
GRADES = ("A", "B", "C", "D")
"""A issued by an agency, B verified at a window, C uploaded copy, D self-made with a pledge."""


@dataclass(frozen=True, slots=True)
class MaterialRule:
    """One material. ``main`` 主审, otherwise secondary 次审, which alone may be owed (容缺).

    ``before``: asked for before the list was cut; ``now``: still asked for. ``waivable``: 告知承诺 may stand for it.
    ``grade``: the least trust grade that will do. ``reuse``: under which name the hall finds it again for the same
    person (``id-card``); empty: never. ``valid_days``: how long a copy is good for reuse, None without limit.
    """

    code: str
    zh: str
    en: str
    main: bool = True
    before: bool = True
    now: bool = True
    waivable: bool = False
    grade: str = "C"
    reuse: str = ""
    valid_days: int | None = None


@dataclass(frozen=True, slots=True)
class SpecialStep:
    """特别程序. ``excluded``: by §45 its time does not count (hearing 听证, inspection 检验 …); 现场核查 counts."""

    code: str
    zh: str
    en: str
    excluded: bool


@dataclass(frozen=True, slots=True)
class RouteStep:
    """One step of the review. It begins when ``all`` or ``any`` (``join``) of the steps in ``after`` are done.

    ``days``: its time budget. ``opinion``: it needs a written one. ``on_timeout``: ``escalate`` to the supervisor,
    ``pass`` as if agreed, or ``wait``. ``lead``: merges the corrections of parallel steps over one document set.
    """

    id: str
    zh: str
    en: str
    department: str
    role: str = "reviewer"
    after: tuple[str, ...] = ()
    join: str = ALL
    days: int = 1
    opinion: bool = True
    on_timeout: str = ESCALATE
    lead: bool = False


@dataclass(frozen=True, slots=True)
class Fee:
    """``amount`` in fen; ``basis``: by which rule."""

    zh: str
    en: str
    amount: int
    basis: str


@dataclass(frozen=True, slots=True)
class Result:
    """What is handed out: ``kind`` is certificate, approval, record or none; ``valid_days`` None: for good."""

    kind: str
    zh: str
    en: str
    valid_days: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """``code`` is the hall's own, ``basic`` 基本编码 and ``implementation`` 实施编码 those of the national catalogue.

    ``legal_days`` and ``promised_days`` count from acceptance, None: no limit. ``handling``: joint handling has 45 days
    and its extension 15 (§42). ``intake_days``: to tell what is missing (§32: 5); ``deemed``: past it the application
    is deemed accepted from receipt. ``visits``: trips of the applicant; ``once`` 最多跑一次. ``tolerance``: secondary
    materials may be owed, by ``tolerance_days`` at most, and ``tolerance_overdue`` says what happens then.
    ``promise``: 告知承诺. ``place`` other than the centre: only registered and asked about here. ``external``: the
    system of record when it is not this hub, which then runs no clock. ``complete``: all elements are filled in.
    """

    code: str
    zh: str
    en: str
    type: str
    department: str
    basic: str = ""
    implementation: str = ""
    basis: tuple[str, ...] = ()
    kind: str = PROMISED
    handling: str = SINGLE
    legal_days: int | None = None
    promised_days: int | None = None
    intake_days: int = 5
    deemed: bool = False
    special_steps: tuple[SpecialStep, ...] = ()
    materials: tuple[MaterialRule, ...] = ()
    conditions: tuple[str, ...] = ()
    fees: tuple[Fee, ...] = ()
    channels: tuple[str, ...] = ("hall",)
    visits: int = 1
    once: bool = False
    appointment: bool = False
    self_service: bool = False
    tolerance: bool = False
    tolerance_days: int = 10
    tolerance_overdue: str = RETURN
    promise: bool = False
    result: Result = Result("none", "无", "none")
    route: tuple[RouteStep, ...] = ()
    place: str = "centre"
    external: str = ""
    complete: bool = False
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Overlay:
    """What this hall says of an item: the category its visitors take a number for, who serves it, how long it takes.

    ``window_group``: free name of windows by which staff find it; ``minutes``: one visit; ``locker``: the result may
    lie in a locker.
    """

    item: str
    category: str
    window_group: str = ""
    minutes: float | None = None
    locker: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One version, immutable. ``valid_from`` and ``valid_to`` are dates, inclusive; None: open."""

    version: int
    items: tuple[Item, ...]
    overlays: tuple[Overlay, ...] = ()
    valid_from: str | None = None
    valid_to: str | None = None
    source: str = ""
