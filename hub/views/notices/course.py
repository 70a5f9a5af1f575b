"""What notices of a case's course and end say (行政许可法 §§34-45, §69)."""

from __future__ import annotations

from collections.abc import Mapping

from hub.domain.cases import events as e
from hub.domain.cases import tolerance_events as t
from hub.domain.cases.clocks import LICENCE
from hub.domain.cases.machine import REFUSED, RETURNED
from hub.domain.cases.records import GOVERNMENT_HEAD, SERVICE, Due
from hub.domain.cases.state import Case
from hub.domain.hall.profile import Remedies
from hub.views.cases.words import HANDED, clock_words
from hub.views.notices import kinds as k
from hub.views.notices import law
from hub.views.notices.dates import chinese
from hub.views.notices.notice import ClockLine, Content
from hub.views.notices.parts import clock_facts, clock_lines, named, rule_named, until
from hub.views.words import Words, of

_APPROVERS: Mapping[str, str] = {GOVERNMENT_HEAD: "本级人民政府负责人"}


def special(case: Case, event: e.SpecialStarted) -> Content:
    """§45: the time it takes is told in writing; it says which clocks stand still, or that none does."""
    step = next((each for each in case.item.special_steps if each.code == event.step), None)
    what = event.step if step is None else step.zh
    told = [name for name in event.stopped if not name.startswith("step:")]
    if event.excluded:
        counted = "依法，所需时间不计算在办理期限内。" + (
            "下列期限自次日起停止计算，程序结束后恢复，恢复后的期限另行告知。" if told else ""
        )
    else:
        counted = "本程序所需时间计算在办理期限内，办理期限不停止。"
    lines = tuple(
        ClockLine(clock_words(name, case.item).zh, "", "", rule_named(name, case.item), False) for name in told
    )
    return Content(
        title=k.KINDS[k.SPECIAL].title,
        says=(
            f"你（单位）申请的“{case.item.zh}”，需要进行{what}。{counted}",
            *((f"所需时间：自{chinese(event.day)}次日起约 {event.days} 个工作日。",) if event.days else ()),
            f"{'书面告知' if event.days else '所需时间和安排'}：{event.notice}",
        ),
        basis=law.cited(case.item, law.EXCLUDED if event.excluded else law.VERIFIED_ON_SITE),
        # without a number of days as before: the codes of what was printed must go on proving it
        facts=(event.step, f"{event.excluded:d}", event.notice, *told, *((str(event.days),) if event.days else ())),
        clocks=lines,
        signs=("签收人",),
    )  # fmt: skip


def extension(case: Case, event: e.LimitExtended) -> Content:
    """§42: approved by who may, its reasons told to the applicant."""
    by = _APPROVERS.get(event.approver_role, "本行政机关负责人")
    due = next((each for each in event.dues), None)
    ends = f"延长后的期限至{_day(due)}。" if due else "期限现处于停止计算中，恢复计算时另行告知届满日期。"
    lines = tuple(
        ClockLine(
            clock_words(each.clock, case.item).zh,
            chinese(each.due),
            f"延长 {event.days} 个工作日",
            rule_named(each.clock, case.item),
            each.provisional,
        )
        for each in event.dues
    )
    return Content(
        title=k.KINDS[k.EXTENSION].title,
        says=(
            f"你（单位）申请的“{case.item.zh}”，不能在法定期限内作出决定。经{by}（{event.approver}）批准，"
            f"法定办理期限延长 {event.days} 个工作日。{ends}",
            f"书面通知：{event.notice}",
        ),
        basis=law.cited(case.item, law.extended(case.item), _plain_basis(event.basis, case.item.type)),
        facts=(
            str(event.days),
            event.approver,
            event.approver_role,
            event.reason,
            event.notice,
            event.basis,
            *(f"{each.clock}:{each.due}:{each.provisional:d}" for each in event.dues),
        ),
        reasons=event.reason,
        clocks=lines,
        signs=("签收人",),
    )


def _plain_basis(basis: str, type: str) -> str:
    """The rule's default names §42 without its paragraph, which is cited already."""
    return "" if type == LICENCE and basis == "行政许可法第四十二条" else basis


def _day(due: Due) -> str:
    return chinese(due.due) + ("（暂定）" if due.provisional else "")


def decision(case: Case, event: e.CaseDecided, to: Remedies) -> Content:
    """§38: in writing; a refusal with its reasons and remedies."""
    licence = case.item.type == LICENCE
    what = "行政许可" if licence else "办理"
    if event.granted:
        title = Words(f"准予{what}决定书", "Decision: granted")
        result = f"{case.item.result.zh}编号：{event.result}。" if event.result else ""
        valid = f"有效期至{chinese(event.valid_until)}。" if event.valid_until else ""
        served = until(event.clocks, SERVICE)
        says = (
            f"你（单位）提出的“{case.item.zh}”申请，经审查，符合法定条件、标准，决定准予{what}。",
            result + valid + (f"本机关于{served}前颁发、送达。" if served else ""),
        )
    else:
        title = Words(f"不予{what}决定书", "Decision: refused")
        says = (f"你（单位）提出的“{case.item.zh}”申请，经审查，决定不予{what}。",)
    return Content(
        title=title,
        says=tuple(text for text in says if text),
        basis=law.cited(case.item, law.GRANTED if event.granted else law.REFUSED, event.basis),
        facts=(
            f"{event.granted:d}",
            event.reasons,
            event.basis,
            event.result,
            event.valid_until or "",
            *clock_facts(event.clocks),
        ),
        reasons=event.reasons,
        clocks=clock_lines(event.clocks, case.item),
        remedies="" if event.granted else law.remedies("决定书", to),
        signs=("签收人",),
    )


def withdrawal(case: Case, event: e.CaseWithdrawn) -> Content:
    return Content(
        title=k.KINDS[k.WITHDRAWAL].title,
        says=(
            f"你（单位）自愿撤回“{case.item.zh}”申请，本机关予以确认，办件自今日起结束办理。",
            "提交的原件凭本确认书退还；撤回不影响今后再次申请。",
        ),
        basis=law.cited(case.item, ""),
        facts=(event.reason,),
        reasons=event.reason,
        signs=("申请人", "经办人"),
    )


def termination(case: Case, event: e.CaseTerminated, to: Remedies) -> Content:
    return Content(
        title=k.KINDS[k.TERMINATION].title,
        says=(f"你（单位）提出的“{case.item.zh}”申请，现决定终止办理。",),
        basis=law.cited(case.item, "", event.basis),
        facts=(event.reason, event.basis),
        reasons=event.reason,
        remedies=law.remedies("决定书", to),
        signs=("签收人",),
    )


def overdue(case: Case, event: t.ToleranceExpired, to: Remedies) -> Content:
    """The case ended because what was owed did not come by its day."""
    returned = event.outcome == RETURNED
    title = Words("退件决定书", "Decision to return the application") if returned else k.KINDS[k.TERMINATION].title
    then = "退回申请" if returned else "终止办理"
    return Content(
        title=title,
        says=(f"你（单位）提出的“{case.item.zh}”申请以容缺方式受理，现决定{then}。",),
        basis=law.cited(case.item, "", law.TOLERANCE_RULE),
        facts=(event.outcome, *event.owed),
        reasons=f"承诺补交的{named(event.owed, case.item)}逾期未补交。",
        remedies=law.remedies("决定书", to),
        signs=("签收人",),
    )


def revocation(case: Case, event: e.CaseRevoked, to: Remedies) -> Content:
    """§69: takes back what was granted, with reasons and remedies."""
    result = f"（{case.item.result.zh}编号 {case.result}）" if case.result else ""
    return Content(
        title=k.KINDS[k.REVOCATION].title,
        says=(f"本机关就“{case.item.zh}”作出的准予决定{result}，经查应予撤销，现决定撤销。",),
        basis=law.cited(case.item, law.REVOKED, event.basis),
        facts=(event.reason, event.basis, case.result),
        reasons=event.reason,
        remedies=law.remedies("决定书", to),
        signs=("签收人",),
    )


def delivery(case: Case, event: e.ResultDelivered, document: str) -> Content:
    """§44: that it was handed over, how, to whom and when. ``document``: the decision's number."""
    outcome = "不予" if case.outcome == REFUSED else "准予"
    result = f"，{case.item.result.zh}编号 {case.result}" if case.result else ""
    where = f"（{event.window} 号窗口）" if event.window else ""
    return Content(
        title=k.KINDS[k.DELIVERY].title,
        says=(
            f"送达文书：{outcome}决定书 {document}{result}。",
            f"送达方式：{of(HANDED, event.how).zh}{where}。",
        ),
        basis=law.cited(case.item, law.SERVED),
        facts=(event.how, event.window or "", event.by, document, case.result),
        signs=("受送达人或代收人", "送达人"),
    )
