"""The refusals of the wire itself. The hall's rules add their own codes; a device shows the sentence it is given."""

from typing import Final

from devices.wire.messages import Sentence

REFUSALS: Final[dict[str, Sentence]] = {
    "bad-value": Sentence("数据有误", "The data is not what the contract says; `facts.field` names the field"),
    "unknown-type": Sentence("未知的事件类型", "This kind has no such event"),
    "stale": Sentence(
        "操作已过时，请重试", "Too long ago: the person has not been answered in time and must act again"
    ),
    "no-room": Sentence(
        "存储空间已满，请稍候", "The hub's disk is full: no seq is used up, nothing is acknowledged, the event is kept"
    ),
    "unknown-device": Sentence("该设备尚未登记", "The hall admits registered devices only, and this one is not"),
    "not-in-service": Sentence("该功能尚未开通", "This hall does not offer what was asked"),
    "wrong-window": Sentence("该设备不属于此窗口", "The device is bound to another window"),
}
