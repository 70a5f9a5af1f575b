"""What parts of a case are called on pages: clocks, verdicts, channels, grades, how a material stands."""

from __future__ import annotations

from collections.abc import Mapping

from hub.domain.cases import machine as m
from hub.domain.cases import records as r
from hub.domain.cases.state import Case
from hub.domain.catalogue.item import Item
from hub.views.words import Words, of

CLOCKS: Mapping[str, Words] = {
    r.INTAKE: Words("收件审核", "intake"),
    r.LEGAL: Words("法定时限", "legal limit"),
    r.PROMISED: Words("承诺时限", "promised limit"),
    r.SERVICE: Words("送达时限", "handing out"),
    r.CORRECTING: Words("补正期限", "correction"),
    r.TOLERANCE: Words("容缺补交", "owed materials"),
}
VERDICTS: Mapping[str, Words] = {
    r.AGREE: Words("同意", "agrees"),
    r.OBJECT: Words("不同意", "objects"),
    r.SEND_BACK: Words("退回", "sent back"),
    r.PASSED: Words("超时视为同意", "passed by time"),
}
CHANNELS: Mapping[str, Words] = {
    "hall": Words("窗口", "at the window"),
    "online": Words("网上", "online"),
    "kiosk": Words("自助机", "kiosk"),
    "external": Words("外部系统", "another system"),
}
OUTCOMES: Mapping[str, Words] = {
    m.GRANTED: Words("准予", "granted"),
    m.REFUSED: Words("不予", "refused"),
    m.NOT_ACCEPTED: Words("不予受理", "not accepted"),
    m.RETURNED: Words("容缺逾期退件", "returned"),
    m.WITHDRAWN: Words("撤回", "withdrawn"),
    m.TERMINATED: Words("终止", "terminated"),
    m.REVOKED: Words("撤销", "revoked"),
}
GRADES: Mapping[str, Words] = {
    "A": Words("A 机关签发", "issued by an agency"),
    "B": Words("B 窗口核验", "verified at a window"),
    "C": Words("C 上传件", "uploaded copy"),
    "D": Words("D 自备承诺", "self-made"),
}
STANDINGS: Mapping[str, Words] = {
    "there": Words("已有", "here"),
    "excused": Words("不涉及", "not needed"),
    "missing": Words("缺", "missing"),
    "weak": Words("等级不够", "grade too low"),
    "expired": Words("已过期", "expired"),
}
STEPS: Mapping[str, Words] = {
    "open": Words("办理中", "open"),
    "done": Words("已完成", "done"),
    "returned": Words("已退回补正", "waits for a correction"),
    "superseded": Words("不再需要", "not needed any more"),
}
HANDED: Mapping[str, Words] = {
    "window": Words("窗口", "at the window"),
    "courier": Words("快递", "by courier"),
    "locker": Words("取件柜", "by locker"),
    "online": Words("网上", "online"),
}


def state_words(state: str) -> Words:
    named = m.STATES[state]
    return Words(named.zh, named.en)


def act_words(act: str) -> Words:
    named = m.ACTS[act]
    return Words(named.zh, named.en)


def clock_words(name: str, item: Item) -> Words:
    """A clock's name; of a step its own, of a check its material's."""
    if name.startswith(r.STEP):
        return step_words(name.removeprefix(r.STEP), item)
    if name.startswith(r.CHECK):
        material = material_words(name.removeprefix(r.CHECK), item)
        return Words(f"承诺核查：{material.zh}", f"check: {material.en}")
    return of(CLOCKS, name)


def step_words(id: str, item: Item) -> Words:
    step = next((each for each in item.route if each.id == id), None)
    return Words(id, id) if step is None else Words(step.zh, step.en)


def material_words(code: str, item: Item) -> Words:
    rule = next((each for each in item.materials if each.code == code), None)
    if rule is None:
        return Words("其他材料", "other") if code == "other" else Words(code, code)
    return Words(rule.zh, rule.en)


def materials_named(codes: tuple[str, ...] | list[str], case: Case) -> str:
    """Materials by their Chinese names, for a note."""
    return "、".join(material_words(code, case.item).zh for code in codes)
