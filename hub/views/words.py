"""What states, flags and troubles are called on pages, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.domain.hall.plan import DayPlan
from hub.domain.queue.state import Ticket


@dataclass(frozen=True, slots=True)
class Words:
    zh: str
    en: str


TICKET: Mapping[str, Words] = {
    "waiting": Words("等候中", "waiting"),
    "called": Words("已叫号", "called"),
    "serving": Words("办理中", "being served"),
    "finished": Words("已办结", "finished"),
    "missed": Words("已过号", "missed"),
    "parked": Words("已挂起", "parked"),
    "abandoned": Words("已弃号", "given up"),
    "void": Words("已作废", "void"),
    "expired": Words("已清号", "expired"),
}

WINDOW: Mapping[str, Words] = {
    "open": Words("开放", "open"),
    "paused": Words("暂停", "paused"),
    "closed": Words("关闭", "closed"),
}

PRINT: Mapping[str, Words] = {
    "none": Words("未打印", "not printed"),
    "pending": Words("正在打印", "printing"),
    "printed": Words("已打印", "printed"),
    "failed": Words("打印失败", "not printed: printer fault"),
    "unknown": Words("打印情况不明", "printing uncertain"),
}

KIND: Mapping[str, Words] = {
    "kiosk": Words("取号机", "kiosk"),
    "ticket_printer": Words("号票打印机", "ticket printer"),
    "call_button": Words("叫号器", "call button"),
    "window_display": Words("窗口屏", "window display"),
    "hall_board": Words("大厅屏", "hall board"),
    "rating_pad": Words("评价器", "rating pad"),
    "document_camera": Words("高拍仪", "document camera"),
    "scanner": Words("扫描仪", "scanner"),
    "locker_bank": Words("取件柜", "lockers"),
    "sms_modem": Words("短信猫", "SMS modem"),
    "sms_http": Words("短信网关", "SMS gateway"),
    "sms_smpp": Words("短信专线", "SMS line"),
}

DEVICE: Mapping[str, Words] = {
    "online": Words("正常", "online"),
    "lost": Words("失联", "lost"),
    "sleeping": Words("休眠", "sleeping"),
    "unseen": Words("未接入", "never seen"),
}

TROUBLE: Mapping[str, Words] = {
    "paper-low": Words("纸快用完，请备纸", "paper low: have a roll ready"),
    "paper-out": Words("缺纸，请换纸", "out of paper: change the roll"),
    "cover-open": Words("盖子未关，请合上", "cover open: close it"),
    "cutter": Words("切刀卡住，请清理", "cutter jammed: clear it"),
    "unreachable": Words("网络不通，请查电源和网线", "unreachable: check power and cable"),
    "low": Words("纸快用完，请备纸", "paper low: have a roll ready"),
    "out": Words("缺纸，请换纸", "out of paper: change the roll"),
    "lost": Words("失联，请查电源和网线", "lost: check power and cable"),
}


def of(table: Mapping[str, Words], code: str) -> Words:
    """The words for a code; an unknown code is shown as it is."""
    return table.get(code) or Words(code, code)


def flags(ticket: Ticket, plan: DayPlan | None) -> tuple[Words, ...]:
    """What a clerk should know about a visitor before the first word."""
    found: list[Words] = []
    if ticket.priority is not None:
        classes = () if plan is None else plan.policy.classes
        named = next((known for known in classes if known.name == ticket.priority), None)
        found.append(Words(named.zh, named.en) if named else Words(ticket.priority, ticket.priority))
    if ticket.escort:
        found.append(Words("需陪同", "escort"))
    if ticket.slot is not None:
        found.append(Words("预约", "appointment"))
    if ticket.reinstated:
        found.append(Words("补号", "reinstated"))
    if ticket.transfers:
        found.append(Words("转来", "transferred"))
    if not ticket.has_phone:
        found.append(Words("无手机", "no phone"))
    if ticket.hand:
        found.append(Words("手写号", "hand ticket"))
    return tuple(found)


def minutes(since: int, now: int) -> int:
    """Whole minutes gone; never negative."""
    return max(0, now - since) // 60_000
