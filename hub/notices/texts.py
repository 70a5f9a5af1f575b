"""What a message says, in Chinese and English, with the name masked (张*)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.notices.port import Kind, Message


@dataclass(frozen=True, slots=True)
class Words:
    """``{name}`` masked, ``{case}`` its number, ``{item}``, ``{list}`` of materials, ``{due}`` a date, ``{place}``."""

    zh: str
    en: str


TEXTS: Mapping[Kind, Words] = {
    "accepted": Words(
        "{name}您好：您申请的“{item}”已受理，办件编号 {case}，承诺 {due} 前办结。凭编号可查询进度。",
        "{name}: your application “{item}” was accepted as case {case} and will be decided by {due}. The number shows "
        "its progress.",
    ),
    "correction": Words(
        "{name}您好：您申请的“{item}”（{case}）需补正：{list}。请于 {due} 前一次补齐，网上或{place}均可提交。",
        "{name}: your application “{item}” ({case}) lacks: {list}. Please supply all of it by {due}, online or at "
        "{place}.",
    ),
    "ready": Words(
        "{name}您好：您申请的“{item}”（{case}）已办结，请持有效证件到{place}领取。",
        "{name}: the result of “{item}” ({case}) is ready. Collect it at {place} with your ID.",
    ),
    "overdue": Words(
        "{name}您好：您申请的“{item}”（{case}）承诺补交的 {list} 已过 {due} 的期限，办件已按承诺书处理。"
        "请到{place}咨询。",
        "{name}: {list}, promised for “{item}” ({case}) by {due}, did not come in time; the case was dealt with as the "
        "pledge says. Please ask at {place}.",
    ),
}

ACCEPTED_WITHOUT_LIMIT = Words(
    "{name}您好：您申请的“{item}”已受理，办件编号 {case}。凭编号可查询进度。",
    "{name}: your application “{item}” was accepted as case {case}. The number shows its progress.",
)
OWED_SOON = Words(
    "{name}您好：您申请的“{item}”（{case}）承诺补交的 {list} 将于 {due} 到期。请按时到{place}补交，"
    "逾期将退回或终止办理。",
    "{name}: {list}, promised for “{item}” ({case}), is due by {due}. Bring it to {place} in time, or the case will be "
    "returned or ended.",
)
CORRECTION_LATE = Words(
    "{name}您好：您申请的“{item}”（{case}）补正期限 {due} 已过。请尽快到{place}补齐，或说明情况。",
    "{name}: the time to correct “{item}” ({case}) ended on {due}. Please supply what is missing at {place} soon, or "
    "say why you cannot.",
)
"""Other words for a kind, where the case is another one than the kind's own."""


def masked(name: str) -> str:
    """The first character and a star: 张三丰 is 张*. An empty name is 申请人."""
    first = name.strip()[:1]
    return first + "*" if first else "申请人"


def message(
    kind: Kind,
    *,
    id: str,
    case: str,
    to: str,
    at: int,
    name: str,
    item: str,
    due: str = "",
    place: str = "",
    missing: Sequence[str] = (),
    missing_en: Sequence[str] | None = None,
    item_en: str = "",
    place_en: str = "",
    words: Words | None = None,
) -> Message:
    """The message of a kind, or in other ``words`` for it. ``name`` is the clear one and goes no further.

    ``due`` is YYYY-MM-DD. What has no English name keeps its Chinese one.
    """
    words = words or TEXTS[kind]
    facts = {"name": masked(name), "case": case, "item": item, "due": due, "place": place}
    zh = words.zh.format_map({**facts, "list": "、".join(missing)})
    facts |= {"item": item_en or item, "place": place_en or place}
    en = words.en.format_map({**facts, "list": ", ".join(missing if missing_en is None else missing_en)})
    return Message(id, kind, case, to, zh, en, at)
