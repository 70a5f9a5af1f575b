"""The Chinese and English names of an item's fields and of their coded values, for every place people read them."""

from __future__ import annotations

from collections.abc import Mapping

Label = tuple[str, str]

ITEM: Mapping[str, Label] = {
    "code": ("事项编码", "code"),
    "zh": ("事项名称", "name"),
    "en": ("英文名称", "English name"),
    "type": ("事项类型", "type"),
    "department": ("实施部门", "department"),
    "basic": ("基本编码", "basic code"),
    "implementation": ("实施编码", "implementation code"),
    "basis": ("设定依据", "legal basis"),
    "kind": ("办件类型", "kind"),
    "handling": ("办理方式", "handling"),
    "legal_days": ("法定办结时限", "legal limit"),
    "promised_days": ("承诺办结时限", "promised limit"),
    "intake_days": ("受理告知时限", "intake limit"),
    "deemed": ("逾期视为受理", "deemed accepted"),
    "special_steps": ("特别程序", "special procedure"),
    "materials": ("申请材料", "materials"),
    "conditions": ("受理条件", "conditions"),
    "fees": ("收费", "fees"),
    "channels": ("办理渠道", "channels"),
    "visits": ("到场次数", "visits"),
    "once": ("最多跑一次", "at most one trip"),
    "appointment": ("可预约", "appointment"),
    "self_service": ("可自助办理", "self-service"),
    "tolerance": ("容缺受理", "tolerance"),
    "tolerance_days": ("容缺补齐时限", "days to supply what is owed"),
    "tolerance_overdue": ("容缺逾期处理", "when it stays owed"),
    "promise": ("告知承诺", "notify and promise"),
    "result": ("结果", "result"),
    "route": ("审批环节", "route"),
    "place": ("办理地点", "place"),
    "external": ("外部系统", "other system of record"),
    "complete": ("要素齐全", "complete"),
    "keywords": ("关键词", "keywords"),
}

OVERLAY: Mapping[str, Label] = {
    "category": ("业务类别", "category"),
    "window_group": ("窗口组", "window group"),
    "minutes": ("预计分钟", "minutes"),
    "locker": ("可存自助柜", "locker"),
}

PART: Mapping[str, Label] = {
    "zh": ("名称", "name"),
    "en": ("英文名称", "English name"),
    "main": ("主审", "main"),
    "before": ("原先收取", "asked for before"),
    "now": ("现在收取", "asked for now"),
    "waivable": ("可承诺代替", "waivable"),
    "grade": ("最低可信等级", "least grade"),
    "reuse": ("复用名", "reuse"),
    "valid_days": ("有效天数", "days valid"),
    "excluded": ("不计时限", "stops the clock"),
    "department": ("部门", "department"),
    "role": ("岗位", "role"),
    "after": ("前置环节", "after"),
    "join": ("汇合", "join"),
    "days": ("时限", "days"),
    "opinion": ("须填意见", "opinion"),
    "on_timeout": ("超时处理", "on timeout"),
    "lead": ("牵头", "lead"),
    "amount": ("金额（分）", "amount in fen"),
    "basis": ("依据", "basis"),
    "kind": ("种类", "kind"),
}
"""Fields of materials, steps, fees and results."""

VALUES: Mapping[str, Label] = {
    "licence": ("行政许可", "licence"),
    "payment": ("行政给付", "payment"),
    "confirmation": ("行政确认", "confirmation"),
    "reward": ("行政奖励", "reward"),
    "adjudication": ("行政裁决", "adjudication"),
    "other-power": ("其他行政权力", "other power"),
    "public-service": ("公共服务", "public service"),
    "immediate": ("即办件", "done at once"),
    "promised": ("承诺件", "promised"),
    "single": ("单独办理", "single"),
    "joint": ("联合办理", "joint"),
    "centre": ("政务服务中心", "service centre"),
    "specialised-hall": ("专业大厅", "specialised hall"),
    "street": ("街道", "street office"),
    "hall": ("窗口", "window"),
    "online": ("网上", "online"),
    "kiosk": ("自助机", "kiosk"),
    "courier": ("快递", "courier"),
    "return": ("退回", "returned"),
    "terminate": ("终止", "terminated"),
    "all": ("全部完成", "all"),
    "any": ("任一完成", "any"),
    "escalate": ("提请督办", "escalate"),
    "pass": ("视为同意", "pass"),
    "wait": ("继续等待", "wait"),
    "certificate": ("证照", "certificate"),
    "approval": ("批复", "approval"),
    "record": ("回执", "record"),
    "none": ("无", "none"),
    "reviewer": ("审查人", "reviewer"),
    "approver": ("决定人", "approver"),
}

CODED = frozenset({"type", "kind", "handling", "place", "tolerance_overdue", "channels", "join", "on_timeout", "role"})
"""Fields whose text is one of ``VALUES`` and not free."""


def value(code: str) -> Label:
    """A coded value in words; the code itself where none are known."""
    return VALUES.get(code, (code, code))
