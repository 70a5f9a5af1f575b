"""The acts on a case as buttons and the forms behind them; what a form sends is the body that the API documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from secrets import token_hex

from hub.domain.cases import machine as m
from hub.domain.cases.intake import MOST_CORRECTION_DAYS
from hub.domain.cases.limits import SPECIAL_MOST
from hub.domain.cases.tolerance import MOST_CHECK_DAYS
from hub.domain.catalogue.item import IMMEDIATE, JOINT
from hub.views.cases.look import CaseLook
from hub.views.cases.words import state_words
from hub.views.words import Words
from hub.web.access.dependencies import Caller
from hub.web.api.case_acts import ACTS


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    named: Words


@dataclass(frozen=True, slots=True)
class Field:
    """``name`` as in the API's body, with dots for what is nested. ``kind``: line, words, day, number, choice, many
    (boxes to tick), defects (a line for each material), file (its SHA-256 is sent), paper (a link to the PDF that is to
    be signed, of the form's ``value``: pledge or promise; sends nothing) or fixed (``value``, as JSON).
    ``most``: of a number."""

    name: str
    kind: str
    named: Words
    value: str = ""
    choices: tuple[Choice, ...] = ()
    needed: bool = True
    most: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """One button. ``id`` names it on the page, ``path`` is the API's. Without shown fields it acts at once.

    ``then``: an act without fields that follows when the first one was done. ``key``: the letter that presses it.
    """

    id: str
    path: str
    named: Words
    fields: tuple[Field, ...] = ()
    danger: bool = False
    main: bool = False
    key: str = ""
    then: str = ""

    @property
    def asks(self) -> bool:
        return any(each.kind != "fixed" for each in self.fields)


_REASON = Field("reason", "words", Words("理由", "reason"))
_BASIS = Field("basis", "line", Words("法律依据", "legal basis"))
_GRANTED = Field("granted", "fixed", Words("", ""), "true")
_RESULT = Field("result", "line", Words("证照或批文编号", "number of the result"), needed=False)
_VALID = Field("valid_until", "day", Words("有效期至", "valid until"), needed=False)
_DESPITE = Field("despite", "words", Words("有不同意见仍准予的理由", "why though a step objected"), needed=False)

_SIMPLE: Mapping[str, Offer] = {
    "receive": Offer("receive", "receive", Words("收件", "Receive"), main=True, key="s"),
    "accept": Offer("accept", "accept", Words("受理", "Accept"), main=True, key="a"),
    "supplement": Offer("supplement", "supplement", Words("补正材料收齐", "Corrections are here"), main=True, key="a"),
    "refuse": Offer("refuse", "refuse", Words("不予受理", "Do not accept"), (_REASON, _BASIS), danger=True, key="x"),
    "special/end": Offer(
        "special-end",
        "special/end",
        Words("结束特别程序", "End the special procedure"),
        (Field("finding", "words", Words("结论", "finding")),),
        main=True,
    ),
    "deliver": Offer(
        "deliver",
        "deliver",
        Words("送达", "Hand out"),
        (
            Field(
                "how",
                "choice",
                Words("方式", "how"),
                choices=(
                    Choice("window", Words("窗口", "window")),
                    Choice("courier", Words("快递", "courier")),
                    Choice("locker", Words("取件柜", "locker")),
                    Choice("online", Words("网上", "online")),
                ),
            ),
            Field("to", "line", Words("领取人", "who takes it"), needed=False),
        ),
        main=True,
    ),
    "applicant": Offer(
        "applicant",
        "applicant",
        Words("更正申请人", "Correct the applicant"),
        (
            Field(
                "kind",
                "choice",
                Words("申请人", "applicant"),
                choices=(
                    Choice("person", Words("个人", "person")),
                    Choice("organisation", Words("单位", "organisation")),
                ),
            ),
            Field(
                "document",
                "choice",
                Words("证件", "document"),
                choices=(
                    Choice("id-card", Words("居民身份证", "identity card")),
                    Choice("other", Words("其他证件", "passport, permit")),
                ),
            ),
            Field("name", "line", Words("姓名或单位名称", "name")),
            Field("identity", "line", Words("证件号码或信用代码", "identity number or credit code")),
            Field("phone", "line", Words("手机", "phone"), needed=False),
            Field("contact.name", "line", Words("经办人", "who acts for it"), needed=False),
            Field("contact.identity", "line", Words("经办人证件号码", "their number"), needed=False),
            Field("contact.phone", "line", Words("经办人手机", "their phone"), needed=False),
        ),
    ),
    "archive": Offer(
        "archive",
        "archive",
        Words("归档", "Archive"),
        (Field("place", "line", Words("存放处", "place"), needed=False),),
    ),
    "withdraw": Offer("withdraw", "withdraw", Words("申请人撤回", "Withdrawn"), (_REASON,)),
    "terminate": Offer("terminate", "terminate", Words("终止", "Terminate"), (_REASON, _BASIS), danger=True),
    "revoke": Offer("revoke", "revoke", Words("撤销", "Revoke"), (_REASON, _BASIS), danger=True),
}


def offers(seen: CaseLook, caller: Caller, owe_until: str | None = None) -> tuple[Offer, ...]:
    """What the caller may do next, the usual act first. ``owe_until``: the last day for what may be owed."""
    found: list[Offer] = []
    for path in seen.legal:
        if caller.may(ACTS[path].needs):
            found += _of(path, seen, caller, owe_until)
    return tuple(sorted(found, key=lambda offer: (offer.danger, not offer.main)))


def _of(path: str, seen: CaseLook, caller: Caller, owe_until: str | None) -> Iterable[Offer]:
    item = seen.case.item
    match path:
        case "receive":
            return _receipts(seen, caller)
        case "accept":
            return _acceptances(seen, owe_until)
        case "correction":
            return (_correction(seen),)
        case "decide":
            own = item.kind == IMMEDIATE or caller.may("case.decide")
            return _decisions() if own else ()
        case "check":
            return (_check(seen),)
        case "special/start":
            return (_special(seen),)
        case "extend":
            return (_extension(seen),)
        case "materials":
            return ()
        case "milestones":
            return (_milestone(seen),)
        case _:
            return (_SIMPLE[path],)


def _receipts(seen: CaseLook, caller: Caller) -> Iterable[Offer]:
    """Received, and accepted at the same stroke where nothing is missing."""
    whole = all(line.standing in ("there", "excused") for line in seen.checklist)
    if whole and caller.may(ACTS["accept"].needs):
        yield Offer(
            "receive-accept", "receive", Words("收件并受理", "Receive and accept"), main=True, key="a", then="accept"
        )
        yield replace(_SIMPLE["receive"], main=False)
    else:
        yield _SIMPLE["receive"]


def _acceptances(seen: CaseLook, owe_until: str | None) -> Iterable[Offer]:
    """Plain when nothing is missing; else with a pledge or a promise, where the item allows them."""
    missing = [line for line in seen.checklist if line.standing not in ("there", "excused")]
    if not missing:
        yield _SIMPLE["accept"]
        if seen.case.item.kind == IMMEDIATE:
            yield Offer(
                "accept-decide",
                "accept",
                Words("受理并办结", "Accept and grant"),
                (_within("decision", _GRANTED), _within("decision", _RESULT), _within("decision", _VALID)),
                main=True,
                key="d",
            )
        return
    owe = tuple(Choice(each.rule.code, Words(each.rule.zh, each.rule.en)) for each in missing if each.may_owe)
    waive = tuple(Choice(each.rule.code, Words(each.rule.zh, each.rule.en)) for each in missing if each.may_promise)
    covered = {choice.value for choice in (*owe, *waive)}
    if any(each.rule.code not in covered for each in missing):
        return
    fields: list[Field] = []
    if owe:
        fields += [
            Field("pledge.materials", "many", Words("容缺：以后补交", "owed, to come later"), choices=owe),
            Field("pledge.due", "day", Words("补交期限", "until"), owe_until or ""),
            Field("", "paper", Words("打印待签承诺书", "print it to sign"), "pledge"),
            Field("pledge.sha256", "file", Words("已签容缺承诺书", "the signed pledge")),
        ]
    if waive:
        fields += [
            Field("promise.materials", "many", Words("告知承诺：不再提交", "promised, never handed in"), choices=waive),
            Field(
                "promise.check_days",
                "number",
                Words("几个工作日内核查", "check within, working days"),
                "30",
                most=MOST_CHECK_DAYS,
            ),
            Field("", "paper", Words("打印待签承诺书", "print it to sign"), "promise"),
            Field("promise.sha256", "file", Words("已签告知承诺书", "the signed promise")),
        ]
    named = Words("容缺受理", "Accept, materials owed") if owe else Words("告知承诺受理", "Accept on a promise")
    if owe and waive:
        named = Words("容缺或承诺受理", "Accept, owed or promised")
    yield Offer("accept-owed", "accept", named, tuple(fields), main=True, key="a")


def _correction(seen: CaseLook) -> Offer:
    lines = tuple(Choice(each.rule.code, Words(each.rule.zh, each.rule.en)) for each in seen.checklist if each.rule.now)
    unfit = {each.rule.code for each in seen.checklist if each.standing == "missing"}
    fields = (
        Field(
            "defects", "defects", Words("每份材料缺什么、错什么", "what is wrong, by material"), " ".join(unfit), lines
        ),
        Field(
            "days",
            "number",
            Words("几个工作日内补正", "to be answered within, working days"),
            "15",
            most=MOST_CORRECTION_DAYS,
        ),
    )
    return Offer("correction", "correction", Words("一次告知补正", "Tell the correction"), fields, key="c")


def _decisions() -> Iterable[Offer]:
    yield Offer("grant", "decide", Words("准予", "Grant"), (_GRANTED, _RESULT, _VALID, _DESPITE), main=True, key="d")
    refused = replace(_GRANTED, value="false")
    reasons = Field("reasons", "words", Words("理由", "reasons"))
    yield Offer("deny", "decide", Words("不予", "Refuse"), (refused, reasons, _BASIS), danger=True)


def _check(seen: CaseLook) -> Offer:
    case = seen.case
    named = {rule.code: Words(rule.zh, rule.en) for rule in case.item.materials}
    open_ones = tuple(
        Choice(each.material, named.get(each.material, Words(each.material, each.material)))
        for each in case.promises
        if each.passed is None
    )
    fields = (
        Field("material", "choice", Words("承诺的材料", "what was promised"), choices=open_ones),
        Field(
            "passed",
            "choice",
            Words("核查结果", "found"),
            choices=(Choice("true", Words("属实", "true")), Choice("false", Words("不属实", "not true"))),
        ),
        Field("finding", "words", Words("核查经过", "how it was checked")),
    )
    return Offer("check", "check", Words("承诺核查", "Check the promise"), fields)


def _special(seen: CaseLook) -> Offer:
    steps = tuple(
        Choice(each.code, Words(each.zh + ("（停止计时）" if each.excluded else "（计入时限）"), each.en))
        for each in seen.case.item.special_steps
    )
    fields = (
        Field("step", "choice", Words("程序", "procedure"), choices=steps),
        Field("days", "number", Words("所需工作日（书面告知）", "working days it takes, as told"), most=SPECIAL_MOST),
        Field("notice", "line", Words("书面告知文号", "the written notice")),
    )
    return Offer("special-start", "special/start", Words("进入特别程序", "Start a special procedure"), fields)


def _extension(seen: CaseLook) -> Offer:
    joint = seen.case.item.handling == JOINT
    head = (
        Words("本级人民政府负责人", "head of the government")
        if joint
        else Words("行政机关负责人", "head of the agency")
    )
    fields = (
        Field("approver_role", "fixed", Words("", ""), '"government-head"' if joint else '"agency-head"'),
        Field("approver", "line", Words(f"批准人（{head.zh}）", f"approved by the {head.en}")),
        Field("reason", "words", Words("延期理由", "reason")),
        Field("notice", "line", Words("书面告知文号", "the written notice")),
        Field("basis", "line", Words("法律依据", "legal basis"), needed=seen.case.item.type != "licence"),
    )
    return Offer("extend", "extend", Words("延长期限", "Extend the limit"), fields)


def _milestone(seen: CaseLook) -> Offer:
    """The names of the states that may follow; a note changes nothing. Sent twice it is told once: its id is fixed."""
    case = seen.case
    following = (*m.IMPORTED[case.state], *((case.state,) if case.state in m.MILESTONES else ()))
    kinds = (*dict.fromkeys(following), m.NOTE)
    ends = any(kind in (m.DECIDED, m.DELIVERED) for kind in kinds) and not case.outcome
    granted = Field(
        "granted",
        "choice",
        Words("决定（仅用于已决定、已送达）", "what was decided"),
        choices=(
            Choice("", Words("—", "not decided yet")),
            Choice("true", Words("准予", "granted")),
            Choice("false", Words("不予", "refused")),
        ),
    )
    fields = (
        Field("id", "fixed", Words("", ""), f'"desk-{token_hex(8)}"'),
        Field(
            "kind",
            "choice",
            Words("进度", "milestone"),
            choices=tuple(
                Choice(kind, Words("备注", "note") if kind == m.NOTE else state_words(kind)) for kind in kinds
            ),
        ),
        Field("happened_on", "day", Words("发生日期", "on which day")),
        *((granted, _RESULT) if ends else ()),
        Field("said", "words", Words("该系统的说明", "what it says"), needed=False),
    )
    named = Words("登记外部进度", "Register a milestone")
    return Offer("milestones", "milestones", named, fields, main=not case.outcome, key="m")


def _within(outer: str, field: Field) -> Field:
    return replace(field, name=f"{outer}.{field.name}")
