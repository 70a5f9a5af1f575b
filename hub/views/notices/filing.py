"""What notices of the filing say, from receipt to acceptance (行政许可法 §§29-32)."""

from __future__ import annotations

from collections.abc import Sequence

from hub.domain.cases import events as e
from hub.domain.cases import tolerance_events as t
from hub.domain.cases.records import CORRECTING, INTAKE, LEGAL, PROMISED, ClockStart
from hub.domain.cases.state import Case
from hub.domain.catalogue.item import TERMINATE, Item
from hub.domain.hall.profile import Remedies
from hub.views.cases.words import material_words
from hub.views.notices import kinds as k
from hub.views.notices import law
from hub.views.notices.dates import chinese
from hub.views.notices.notice import Content, Listing
from hub.views.notices.parts import clock_facts, clock_lines, material_facts, materials, named, until

_HANDED_IN = "本凭证仅证明申请材料已经收到，不是受理决定。"


def receipt(case: Case, event: e.CaseReceived | e.CaseSupplemented) -> Content:
    """What was handed in, when, and until when the applicant will be told whether it will do (§32)."""
    again = isinstance(event, e.CaseSupplemented)
    came = f"已收到你（单位）{chinese(event.day)}{'补正' if again else '提交'}的“{case.item.zh}”申请材料。"
    due = until(event.clocks, INTAKE)
    told = f"本机关将于{due}前作出是否受理的答复；需要补正的，将一次性告知全部内容。"
    late = "逾期不告知的，自收到申请材料之日起即为受理。" if case.item.deemed else ""
    return Content(
        title=k.KINDS[k.RECEIPT].title,
        says=(came, told + late, _HANDED_IN),
        basis=law.cited(case.item, law.RECEIVED),
        facts=(event.day, *clock_facts(event.clocks), *material_facts(case)),
        lists=(materials(case, "已收材料"),),
        clocks=clock_lines(event.clocks, case.item),
        signs=("收件人", "申请人"),
    )


def resubmitted(case: Case) -> Content:
    """What came in review after a merged notice: no clock begins that the applicant knows of."""
    return Content(
        title=k.KINDS[k.RECEIPT].title,
        says=(f"已收到你（单位）按补正告知书修改后提交的“{case.item.zh}”材料，转回审查。", _HANDED_IN),
        basis=law.cited(case.item, law.EXAMINED),
        facts=material_facts(case),
        lists=(materials(case, "已收材料", case.supplied_since),),
        signs=("收件人", "申请人"),
    )


def registered(case: Case, event: e.ExternalCaseRegistered) -> Content:
    """Of a case whose system of record is elsewhere: this hall tells no limit that it cannot see."""
    return Content(
        title=k.KINDS[k.RECEIPT].title,
        says=(
            f"“{case.item.zh}”在“{event.system}”系统办理，外部编号 {event.external}。"
            "本大厅已登记，可凭本凭证查询进度。",
            "办理期限以该系统为准，本大厅不计算期限。",
        ),
        basis=law.cited(case.item, ""),
        facts=(event.system, event.external),
        signs=("收件人", "申请人"),
    )


def acceptance(case: Case, event: e.CaseAccepted | e.CaseDeemedAccepted, act: Sequence[object]) -> Content:
    """§32: a dated certificate. ``act``: what the same act brought about besides, a pledge or a promise."""
    received = chinese(case.received_day)
    if isinstance(event, e.CaseDeemedAccepted):
        opening = (
            f"你（单位）提出的“{case.item.zh}”申请，本机关未在法定期限内告知补正，"
            f"自收到申请材料之日（{received}）起即为受理，办理期限自该日起算。"
        )
        paragraph = law.DEEMED
    else:
        opening = (
            f"你（单位）{received}提出的“{case.item.zh}”申请，属于本机关职权范围，{_complete(case, act)}，现予受理。"
        )
        paragraph = law.ACCEPTED
    return Content(
        title=k.KINDS[k.ACCEPTANCE].title,
        says=(opening, *_limits(event.clocks), *_fees(case.item)),
        basis=law.cited(case.item, paragraph),
        facts=(event.day, *(f"{code}:{sha256}" for code, sha256 in event.frozen), *clock_facts(event.clocks)),
        lists=(materials(case, "据以办理的材料"),),
        clocks=clock_lines(event.clocks, case.item),
        signs=("签收人",),
    )


def _limits(clocks: Sequence[ClockStart]) -> tuple[str, ...]:
    """Until when it will be decided, and what does not count; nothing where the item has no limit."""
    named = ((LEGAL, "法定办理期限"), (PROMISED, "承诺办理期限"))
    dues = [f"{label}至{day}" for name, label in named if (day := until(clocks, name))]
    if not dues:
        return ()
    return (
        f"{'，'.join(dues)}，自起算次日起按工作日计算；"
        "依法需要听证、检验、检测、检疫、鉴定和专家评审的，所需时间不计算在内，另行书面告知。",
    )


def _fees(item: Item) -> tuple[str, ...]:
    """An item whose elements are not all filled in says nothing of fees."""
    if not item.fees:
        return ("本事项办理不收费。",) if item.complete else ()
    told = "；".join(f"{fee.zh} {fee.amount / 100:.2f} 元（{fee.basis}）" for fee in item.fees)
    return (f"收费：{told}。",)


def _complete(case: Case, act: Sequence[object]) -> str:
    owed = next((each.pledge for each in act if isinstance(each, t.ToleranceGranted)), None)
    waived = next((each.promise for each in act if isinstance(each, t.PromiseTaken)), None)
    if owed is None and waived is None:
        return "申请材料齐全、符合法定形式"
    parts = ["主要申请材料齐全、符合法定形式"]
    if owed is not None:
        parts.append(f"{named(owed.materials, case.item)}按容缺承诺书于{chinese(owed.due)}前补交")
    if waived is not None:
        parts.append(f"{named(waived.materials, case.item)}以告知承诺代替")
    return "，".join(parts)


def not_accepted(case: Case, event: e.AcceptanceRefused, to: Remedies) -> Content:
    """§32: dated and sealed, with its reasons and remedies."""
    return Content(
        title=k.KINDS[k.NOT_ACCEPTED].title,
        says=(f"你（单位）{chinese(case.received_day)}提出的“{case.item.zh}”申请，经审查，决定不予受理。",),
        basis=law.cited(case.item, law.NOT_ACCEPTED, event.basis),
        facts=(event.reason, event.basis),
        reasons=event.reason,
        remedies=law.remedies("决定书", to),
        signs=("签收人",),
    )


def correction(case: Case, event: e.CorrectionTold) -> Content:
    """§32: one notice of everything; in review the merged one of all departments."""
    rows = tuple(
        (str(n), material_words(defect.material, case.item).zh, defect.what)
        for n, defect in enumerate(event.defects, 1)
    )
    due = until(event.clocks, CORRECTING)
    where = "经审查，" if event.in_review else "经核对，"
    on = "审查期间的补正不停止办理期限的计算。" if event.in_review else "补正材料收齐之日重新起算答复期限。"
    return Content(
        title=k.KINDS[k.CORRECTION].title,
        says=(
            f"你（单位）提出的“{case.item.zh}”申请，{where}需要补正以下 {len(rows)} 项，现一次性告知全部内容。",
            f"请于{due}前一次补齐。此后除新提交的材料外，本机关不再提出其他补正要求。",
            on,
        ),
        basis=law.cited(case.item, law.EXAMINED if event.in_review else law.CORRECTED),
        facts=(*(f"{each.material}:{each.what}" for each in event.defects), *clock_facts(event.clocks)),
        lists=(Listing("需要补正的全部内容", ("序号", "材料", "存在的问题和补正要求"), rows),),
        clocks=clock_lines(event.clocks, case.item),
        signs=("签收人",),
    )


def tolerance(case: Case, event: t.ToleranceGranted) -> Content:
    """容缺承诺书: what is owed, until when, and what follows when it does not come."""
    pledge = event.pledge
    due = chinese(pledge.due)
    then = "终止办理" if case.item.tolerance_overdue == TERMINATE else "退回申请"
    return Content(
        title=k.KINDS[k.TOLERANCE].title,
        says=(
            f"承诺人申请办理“{case.item.zh}”，主审材料已经齐全，下列次审材料暂缺，申请容缺受理，并承诺：",
            f"一、于{due}前补齐下列材料，所补材料真实、合法、有效；",
            "二、知悉在补齐前不会作出决定；",
            f"三、逾期未补齐的，同意{then}，并知悉将按规定记入信用记录，修复前不再适用容缺受理；",
            "四、已提交的材料真实有效，愿意承担不实承诺的法律责任。",
        ),
        basis=law.cited(case.item, "", law.TOLERANCE_RULE),
        facts=(*pledge.materials, pledge.due, pledge.sha256),
        lists=(_listed(case, "容缺材料（次审材料）", pledge.materials, f"{due}前补交"),),
        clocks=clock_lines(event.clocks, case.item),
        signs=("承诺人（签字或盖章）", "经办人"),
    )


def promise(case: Case, event: t.PromiseTaken) -> Content:
    """告知承诺书: what the agency told, what the applicant promises, and how it is checked later."""
    taken = event.promise
    return Content(
        title=k.KINDS[k.PROMISE].title,
        says=(
            f"行政机关告知：办理“{case.item.zh}”，下列材料可以书面承诺代替；承诺后不再索要，"
            f"行政机关将在受理后 {taken.check_days} 个工作日内核查；承诺不实的，依法不予办理或者撤销已作的决定，"
            "并记入信用记录。",
            "申请人承诺：已知晓上述告知事项；已符合告知的条件、标准和要求；所填写的信息和承诺真实、准确；"
            "愿意配合核查，并承担不实承诺的法律责任。以上承诺是真实意思表示。",
        ),
        basis=law.cited(case.item, "", law.PROMISE_RULE),
        facts=(*taken.materials, str(taken.check_days), taken.sha256),
        lists=(_listed(case, "以承诺代替的材料", taken.materials, "不再提交，事后核查"),),
        clocks=clock_lines(event.clocks, case.item),
        signs=("承诺人（签字或盖章）", "经办人"),
    )


def _listed(case: Case, title: str, codes: Sequence[str], how: str) -> Listing:
    rows = tuple((str(n), material_words(code, case.item).zh, how) for n, code in enumerate(codes, 1))
    return Listing(title, ("序号", "材料", "方式"), rows)
