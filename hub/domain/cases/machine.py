"""A case 办件 as a table: from a state, which acts may follow and where each leads. Everything else here reads it.

``MOVES`` change the state, ``WITHIN`` do not, ``IMPORTED`` are what another system of record tells of its own cases.
docs/cases.md draws its diagram from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

UNOPENED = "unopened"
DRAFT = "draft"
RECEIVED, CORRECTION = "received", "correction"
NOT_ACCEPTED, ACCEPTED = "not-accepted", "accepted"
REVIEW, SPECIAL = "review", "special"
DECIDED, DELIVERED, ARCHIVED = "decided", "delivered", "archived"
WITHDRAWN, TERMINATED, REVOKED = "withdrawn", "terminated", "revoked"

OPEN_STATES = (DRAFT, RECEIVED, CORRECTION, ACCEPTED, REVIEW, SPECIAL)
"""Still without an outcome."""

GRANTED, REFUSED, RETURNED = "granted", "refused", "returned"
OUTCOMES = (GRANTED, REFUSED, NOT_ACCEPTED, RETURNED, WITHDRAWN, TERMINATED, REVOKED)
"""What a case came to; it stays when the case is delivered and archived."""

OPEN, REGISTER, RECEIVE = "open", "register", "receive"
ACCEPT, DEEM, REFUSE = "accept", "deem-accepted", "refuse-acceptance"
CORRECT, SUPPLEMENT, RESUBMIT = "tell-correction", "supplement", "resubmit"
START_REVIEW, START_SPECIAL, END_SPECIAL = "start-review", "start-special", "end-special"
DECIDE, DELIVER, ARCHIVE = "decide", "deliver", "archive"
WITHDRAW, TERMINATE, RETURN, REVOKE = "withdraw", "terminate", "return", "revoke"

_LEAVE: Mapping[str, str] = {WITHDRAW: WITHDRAWN, TERMINATE: TERMINATED}

MOVES: Mapping[str, Mapping[str, str]] = {
    UNOPENED: {OPEN: DRAFT, REGISTER: RECEIVED},
    DRAFT: {RECEIVE: RECEIVED, **_LEAVE},
    RECEIVED: {ACCEPT: ACCEPTED, DEEM: ACCEPTED, REFUSE: NOT_ACCEPTED, CORRECT: CORRECTION, **_LEAVE},
    CORRECTION: {SUPPLEMENT: RECEIVED, RESUBMIT: REVIEW, REFUSE: NOT_ACCEPTED, RETURN: NOT_ACCEPTED, **_LEAVE},
    NOT_ACCEPTED: {ARCHIVE: ARCHIVED},
    ACCEPTED: {
        START_REVIEW: REVIEW,
        START_SPECIAL: SPECIAL,
        DECIDE: DECIDED,
        RETURN: NOT_ACCEPTED,
        **_LEAVE,
    },
    REVIEW: {CORRECT: CORRECTION, START_SPECIAL: SPECIAL, DECIDE: DECIDED, RETURN: NOT_ACCEPTED, **_LEAVE},
    SPECIAL: {END_SPECIAL: REVIEW, RETURN: NOT_ACCEPTED, **_LEAVE},
    DECIDED: {DELIVER: DELIVERED, REVOKE: REVOKED},
    DELIVERED: {ARCHIVE: ARCHIVED, REVOKE: REVOKED},
    ARCHIVED: {REVOKE: REVOKED},
    WITHDRAWN: {ARCHIVE: ARCHIVED},
    TERMINATED: {ARCHIVE: ARCHIVED},
    REVOKED: {},
}
"""From a state and an act to the next state; an act that is not there is refused. Rules may refuse more."""

CHANGE, SUPPLY, REMOVE, EXCUSE, CHECK_ORIGINAL = "change", "supply", "remove", "excuse", "check-original"
CLAIM, RELEASE, ASSIGN, OPINE, ESCALATE_STEP, TIME_OUT = (
    "claim",
    "release",
    "assign",
    "give-opinion",
    "escalate",
    "time-out",
)
EXTEND, CHASE, CHECK_PROMISE, EXPIRE = "extend", "chase", "check-promise", "expire"
TAKE_FILING, LEAVE_FILING, OBJECT = "take-filing", "leave-filing", "object"

_FILING = (DRAFT, RECEIVED, CORRECTION)
_UNDER_WAY = (ACCEPTED, REVIEW, SPECIAL)
_STEPPING = (REVIEW, SPECIAL)
_AT_THE_COUNTER = (RECEIVED, CORRECTION, *_UNDER_WAY)

WITHIN: Mapping[str, tuple[str, ...]] = {
    CHANGE: _FILING,
    SUPPLY: OPEN_STATES,
    REMOVE: (DRAFT, RECEIVED),
    EXCUSE: _FILING,
    CHECK_ORIGINAL: OPEN_STATES,
    CLAIM: _STEPPING,
    RELEASE: _STEPPING,
    ASSIGN: _STEPPING,
    OPINE: _STEPPING,
    ESCALATE_STEP: _STEPPING,
    TIME_OUT: _STEPPING,
    EXTEND: _UNDER_WAY,
    CHASE: (CORRECTION, *_UNDER_WAY),
    CHECK_PROMISE: (*_UNDER_WAY, CORRECTION, DECIDED, DELIVERED, ARCHIVED),
    EXPIRE: (RECEIVED, CORRECTION, *_UNDER_WAY, DECIDED, DELIVERED, ARCHIVED),
    TAKE_FILING: _AT_THE_COUNTER,
    LEAVE_FILING: _AT_THE_COUNTER,
    OBJECT: (NOT_ACCEPTED, DECIDED, DELIVERED, ARCHIVED, TERMINATED, REVOKED),
}
"""Acts that leave the state as it is, and where they may be done."""

_RUNNING = (RECEIVED, CORRECTION, ACCEPTED, REVIEW, SPECIAL)
MILESTONES = (CORRECTION, ACCEPTED, REVIEW, SPECIAL, DECIDED, DELIVERED, NOT_ACCEPTED, WITHDRAWN, TERMINATED, REVOKED)
"""What may be imported; ``note`` besides, which changes nothing."""
NOTE = "note"

IMPORTED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(_RUNNING, MILESTONES[:-1]),
    DECIDED: (DELIVERED, REVOKED),
    DELIVERED: (REVOKED,),
    ARCHIVED: (REVOKED,),
}
"""From a state, the states another system of record may say its case is in now: it tells no steps in between."""


@dataclass(frozen=True, slots=True)
class Named:
    zh: str
    en: str


STATES: Mapping[str, Named] = {
    UNOPENED: Named("未建", "not opened"),
    DRAFT: Named("草稿", "draft"),
    RECEIVED: Named("已收件", "received"),
    CORRECTION: Named("补正", "to be corrected"),
    NOT_ACCEPTED: Named("不予受理", "not accepted"),
    ACCEPTED: Named("已受理", "accepted"),
    REVIEW: Named("审查", "in review"),
    SPECIAL: Named("特别程序", "in a special procedure"),
    DECIDED: Named("已决定", "decided"),
    DELIVERED: Named("已送达", "delivered"),
    ARCHIVED: Named("已归档", "archived"),
    WITHDRAWN: Named("已撤回", "withdrawn"),
    TERMINATED: Named("已终止", "terminated"),
    REVOKED: Named("已撤销", "revoked"),
}

ACTS: Mapping[str, Named] = {
    OPEN: Named("建件", "opened"),
    REGISTER: Named("登记外部办件", "registered from another system"),
    RECEIVE: Named("收件", "received"),
    ACCEPT: Named("受理", "accepted"),
    DEEM: Named("视为受理", "deemed accepted"),
    REFUSE: Named("不予受理", "acceptance refused"),
    CORRECT: Named("补正告知", "correction told"),
    SUPPLEMENT: Named("补正收件", "supplemented"),
    RESUBMIT: Named("修改后再审", "resubmitted to review"),
    START_REVIEW: Named("转审查", "review started"),
    START_SPECIAL: Named("进入特别程序", "special procedure started"),
    END_SPECIAL: Named("特别程序结束", "special procedure ended"),
    DECIDE: Named("决定", "decided"),
    DELIVER: Named("送达", "delivered"),
    ARCHIVE: Named("归档", "archived"),
    WITHDRAW: Named("撤回", "withdrawn"),
    TERMINATE: Named("终止", "terminated"),
    RETURN: Named("容缺逾期退件", "returned: owed materials overdue"),
    REVOKE: Named("撤销", "revoked"),
    CHANGE: Named("修改申请人", "applicant changed"),
    SUPPLY: Named("提交材料", "materials supplied"),
    REMOVE: Named("移除材料", "material removed"),
    EXCUSE: Named("材料不涉及", "material not needed"),
    CHECK_ORIGINAL: Named("核对原件", "original checked"),
    CLAIM: Named("认领", "step claimed"),
    RELEASE: Named("退回认领", "step released"),
    ASSIGN: Named("改派", "step assigned"),
    OPINE: Named("审查意见", "opinion given"),
    ESCALATE_STEP: Named("上报", "step escalated"),
    TIME_OUT: Named("环节超时", "step timed out"),
    EXTEND: Named("延长期限", "limit extended"),
    CHASE: Named("催补材料", "owed materials chased"),
    CHECK_PROMISE: Named("承诺核查", "promise checked"),
    EXPIRE: Named("期限届满", "deadline passed"),
    TAKE_FILING: Named("领取网上件", "online filing taken to a window"),
    LEAVE_FILING: Named("放回网上件", "online filing put back"),
    OBJECT: Named("对决定提出异议", "objection to the decision"),
}


def may(state: str, act: str) -> bool:
    """Whether the tables allow the act in that state."""
    return act in MOVES[state] or state in WITHIN.get(act, ())


def after(state: str, act: str) -> str:
    """The next state; an act that moves nothing there leaves the state as it is."""
    return MOVES[state].get(act, state)
