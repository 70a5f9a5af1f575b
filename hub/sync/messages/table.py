"""The types of the online hall's messages, and what each asks of the hub. A new one is one row.

A row reads its data (unknown fields are ignored, a later version only adds some) and translates it into a command; the
rules decide. What cannot be read is refused here, under the message's own id, so that its answer goes up all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from hub.core.hub import Hub
from hub.core.outside import decode
from hub.core.submission import Command
from hub.domain.refusals import Refused
from hub.sync.messages import applications as a
from hub.sync.messages import bookings as b
from hub.sync.messages import catalogues as k
from hub.sync.messages import consultations as q
from hub.sync.messages.context import Context
from hub.sync.protocol import Message

D = TypeVar("D", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class MessageType(Generic[D]):
    """``does`` in a sentence each; ``example``: data as it may come, checked by the tests."""

    name: str
    data: type[D]
    command: Callable[[Context, D], Command]
    zh: str
    en: str
    example: Mapping[str, object]


def _table(*types: MessageType[Any]) -> Mapping[str, MessageType[Any]]:
    return {each.name: each for each in types}


CASE = "0192f3a45b6c7d8e9f00112233445566"
SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
APPLICANT = {"kind": "person", "name": "李悦", "identity": "11010519491231002X", "phone": "13800138000"}
MATERIAL = {"code": "form", "sha256": SHA, "bytes": 48211, "media_type": "application/pdf", "name": "申请表.pdf"}

TYPES: Mapping[str, MessageType[Any]] = _table(
    MessageType(
        "application-filed",
        a.ApplicationFiled,
        a.filed,
        "网上申报交给大厅：一次交接，成为已收件的办件，编号即消息编号",
        "an application is handed over: once, as a received case whose id is the message's",
        {"item": "A02", "applicant": APPLICANT, "materials": [MATERIAL], "form": {"经营场所": "东城区某街 1 号"}},
    ),
    MessageType(
        "application-supplemented",
        a.ApplicationSupplemented,
        a.supplemented,
        "补交材料：有补正告知时即为补正",
        "materials follow; while a correction is asked for they answer it",
        {"case": CASE, "materials": [MATERIAL]},
    ),
    MessageType(
        "application-changed",
        a.ApplicationChanged,
        a.changed,
        "受理前修改申请人",
        "the applicant is written anew, before acceptance",
        {"case": CASE, "applicant": APPLICANT},
    ),
    MessageType(
        "application-withdrawn",
        a.ApplicationWithdrawn,
        a.withdrawn,
        "决定前撤回申请；大厅先决定的，拒绝撤回",
        "the application is taken back; refused when the hall decided first",
        {"case": CASE, "reason": "不办了"},
    ),
    MessageType(
        "decision-objected",
        a.DecisionObjected,
        a.objected,
        "对决定或不予受理提出异议，记录在案并注明是否逾期",
        "an objection to a decision or a refusal to accept; recorded, with whether it is in time",
        {"case": CASE, "words": "不服决定，理由如下"},
    ),
    MessageType(
        "consultation-asked",
        q.ConsultationAsked,
        q.asked,
        "网上或政务微信的咨询",
        "a question from the web or WeChat",
        {"channel": "wechat", "item": "A02", "question": "租赁合同没有备案可以吗？", "phone": "13800138000"},
    ),
    MessageType(
        "consultation-added",
        q.ConsultationAdded,
        q.added,
        "追加提问",
        "a further question",
        {"consultation": CASE, "text": "那么需要房东到场吗？"},
    ),
    MessageType(
        "consultation-closed",
        q.ConsultationClosed,
        q.closed,
        "咨询人不再需要答复",
        "who asked needs nothing more",
        {"consultation": CASE},
    ),
    MessageType(
        "unit-sold",
        b.UnitSold,
        b.sold,
        "租出的一个预约名额已卖出，名额的码就是群众的预约码；断网时卖出的，凭码照样签到",
        "a leased place was sold; its code is the citizen's, and checks in also when this message never came",
        {
            "day": "2026-11-26",
            "lease": "floor-1-0930.1",
            "code": "K7M2QX9B",
            "category": "A",
            "items": ["A02"],
            "name": "李悦",
            "phone": "13800138000",
        },
    ),
    MessageType(
        "booking-moved",
        b.BookingMoved,
        b.moved,
        "改到另一个租出的名额，一步完成",
        "a booking moves to another leased place, in one step",
        {
            "day": "2026-11-26",
            "code": "K7M2QX9B",
            "to_day": "2026-11-27",
            "to_slot": "floor-1-1400",
            "unit": "P3RD8WTZ",
        },
    ),
    MessageType(
        "booking-cancelled",
        b.BookingCancelled,
        b.cancelled,
        "取消预约；名额换一个新码退回租约，可以再卖",
        "a booking is cancelled; its place goes back to the lease under a fresh code",
        {"day": "2026-11-26", "code": "K7M2QX9B", "why": "有事"},
    ),
    MessageType(
        "lease-returned",
        b.LeaseReturned,
        b.returned,
        "退回没有卖出的名额，此后不再卖这份租约",
        "what was not sold of a lease goes back; nothing of it is sold again",
        {"day": "2026-11-26", "lease": "floor-1-0930.1", "codes": ["P3RD8WTZ"]},
    ),
    MessageType(
        "catalogue-issued",
        k.CatalogueIssued,
        k.issued,
        "上级发布的事项目录：只带新增、改动和取消的事项；大厅自己的归类不动，在办的办件仍按受理时的版本",
        "a version of the catalogue from above: what is new, changed or gone; the hall's own overlay stays, as does "
        "the version of every open case",
        {
            "source": "市级事项目录 2026-12",
            "items": [
                {
                    "code": "A02",
                    "zh": "企业设立登记",
                    "en": "Company registration",
                    "type": "licence",
                    "department": "D101",
                }
            ],
            "removed": [],
            "valid_from": "2026-12-01",
        },
    ),
)
"""By type."""

_DECODERS = {name: msgspec.json.Decoder(each.data) for name, each in TYPES.items()}


def context_of(hub: Hub, message: Message) -> Context:
    """A cloud's clock that runs ahead receives nothing in the future."""
    now = hub.now()
    return Context(hub, message.id, min(message.at, now), now)


def translate(context: Context, message: Message) -> Command:
    """The command behind a message.

    Raises ``Refused``: unknown-message, bad-value with the field, and what reading people and items refuses. Never
    waits and changes nothing.
    """
    known = TYPES.get(message.type)
    if known is None:
        raise Refused("unknown-message", kind=message.type[:64])
    data = decode(bytes(message.data), _DECODERS[known.name])
    return known.command(context, data)
