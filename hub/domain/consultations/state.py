"""One consultation in memory, stream ``consultation/<id>``. Only the writer changes it, through ``evolve``.

unopened ─▶ waiting ⇄ answered ─▶ closed
               └────────────────────▲
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

UNOPENED, WAITING, ANSWERED, CLOSED = "unopened", "waiting", "answered", "closed"
CHANNELS = ("web", "wechat", "counter", "phone")
ENTERED = ("counter", "phone")
"""Channels whose questions staff write down."""
OUTCOMES = ("answered", "unanswered", "done")


@dataclass(frozen=True, slots=True)
class Named:
    zh: str
    en: str


STATES: Mapping[str, Named] = {
    WAITING: Named("待答复", "to be answered"),
    ANSWERED: Named("已答复", "answered"),
    CLOSED: Named("已办结", "closed"),
}
CHANNEL_NAMES: Mapping[str, Named] = {
    "web": Named("网上大厅", "online hall"),
    "wechat": Named("政务微信", "WeChat"),
    "counter": Named("窗口", "counter"),
    "phone": Named("电话", "phone"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    text: str
    department: str
    at: int


@dataclass(slots=True)
class Consultation:
    """``subject``: whose key seals the questions. ``answers`` in order; ``record``: the marked one from 1, 0 none.

    ``department`` empty: the hall's own advice answers. ``due`` to ``missed``: of the limit that runs or ran last.
    """

    state: str = UNOPENED
    channel: str = ""
    item: str = ""
    department: str = ""
    subject: str = ""
    within: int = 0
    questions: int = 0
    answers: list[Answer] = field(default_factory=list[Answer])
    record: int = 0
    asked_at: int = 0
    due: str = ""
    due_at: int = 0
    calendar: int = 0
    provisional: bool = False
    missed: bool = False
    outcome: str = ""
    closed_at: int | None = None
