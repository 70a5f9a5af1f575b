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
        "{name}您好：您申请的“{item}”（{case}）承诺补交的 {list} 已过 {due} 的期限。请尽快到{place}补交，"
        "否则将退回或终止办理。",
        "{name}: {list}, promised for “{item}” ({case}) by {due}, is overdue. Bring it to {place} soon, or the case "
        "will be returned or ended.",
    ),
}


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
) -> Message:
    """The message of a kind. ``name`` is the clear one and goes no further; ``due`` is YYYY-MM-DD."""
    words = TEXTS[kind]
    facts = {"name": masked(name), "case": case, "item": item, "due": due, "place": place}
    zh = words.zh.format_map({**facts, "list": "、".join(missing)})
    en = words.en.format_map({**facts, "list": ", ".join(missing)})
    return Message(id, kind, case, to, zh, en, at)
