"""One case for each kind of notice, in the office of the rules' tests, and a notice as plain text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hub.domain.cases import commands as c
from hub.domain.hall.profile import Department, HallProfile
from hub.domain.personal import Personal
from hub.views.notices.dates import chinese
from hub.views.notices.notice import Notice
from hub.views.notices.told import notices
from tests.domain.cases.office import CASE, EXTERNAL, JOINT, LICENCE, PERSON, Office
from tests.domain.hall.halls import DEFAULT

BASIS = ("《食品经营许可和备案管理办法》第九条",)
FOOD = replace(LICENCE, basis=BASIS)
NAMED = replace(
    DEFAULT,
    departments=(Department("wj", "食药监局", "Food and drug", 1), Department("zj", "住建委", "Construction", 3)),
)


def profile_at(_: int) -> HallProfile:
    return NAMED


def told(office: Office) -> tuple[Notice, ...]:
    return notices(CASE, office.told, profile_at)  # type: ignore[arg-type]


def last(office: Office) -> Notice:
    return told(office)[-1]


def reviewed(office: Office) -> Office:
    office.opine("first")
    office.opine("last")
    return office


def _receipt() -> Office:
    office = Office()
    office.open(FOOD, receive=False)
    office.supply("form", "id")
    office.do(c.ReceiveCase(CASE, office.day, office.now, "li"))
    return office


def _not_accepted() -> Office:
    office = Office()
    office.open(FOOD)
    office.on("2026-03-03 11:00")
    office.do(c.RefuseAcceptance(CASE, office.now, "li", "经营场所不在本区，应向所在地机关申请。", BASIS[0]))
    return office


def _tolerance() -> Office:
    office = Office()
    office.open(FOOD)
    office.supply("form", "id", "photo")
    office.accept(owed=("lease",), due="2026-03-06")
    return office


def _promise() -> Office:
    office = Office()
    office.open(FOOD)
    office.supply("form", "id", "lease")
    office.accept(waived=("photo",))
    return office


def _correction() -> Office:
    office = Office()
    office.open(FOOD)
    office.supply("form")
    office.correct("form", "id", "lease")
    return office


def _special() -> Office:
    office = Office().accepted(FOOD)
    office.on("2026-03-04 15:00")
    office.special()
    return office


def _extension() -> Office:
    office = Office().accepted(FOOD)
    office.on("2026-03-20 15:00")
    office.extend()
    return office


def granted() -> Office:
    office = reviewed(Office().accepted(FOOD)).on("2026-03-09 14:00")
    office.decide(result="JY11101010000001", valid_until="2031-03-08", reasons="")
    return office


def refused() -> Office:
    office = reviewed(Office().accepted(FOOD)).on("2026-03-09 14:00")
    office.decide(False)
    return office


def _withdrawal() -> Office:
    office = Office().accepted(FOOD)
    office.do(c.WithdrawCase(CASE, office.now, "li", "申请人另行选址"))
    return office


def _termination() -> Office:
    office = Office().accepted(FOOD)
    office.do(c.TerminateCase(CASE, office.now, "wang", "申请人死亡", "《中华人民共和国行政许可法》第七十条"))
    return office


def _revocation() -> Office:
    office = granted()
    office.do(c.RevokeCase(CASE, office.now, "wang", "以欺骗手段取得", "《中华人民共和国行政许可法》第六十九条第二款"))
    return office


def _delivery() -> Office:
    office = granted().on("2026-03-10 09:30")
    office.do(c.DeliverResult(CASE, office.now, "li", "window", Personal(PERSON, "李四"), "112"))
    return office


def _deemed() -> Office:
    office = Office()
    office.open(FOOD)
    office.supply("form", "id", "lease", "photo")
    office.on("2026-03-10 09:00").tick()
    return office


def _external() -> Office:
    office = Office()
    office.do(
        c.RegisterExternalCase(
            case=CASE, day=office.day, at=office.now, by="li", item=EXTERNAL, catalogue=3, category="C",
            person=PERSON, name=Personal(PERSON, "张三"), identity=Personal(PERSON, "110101199003078515"), phone=None,
            external="SX-2026-77",
        )
    )  # fmt: skip
    return office


def _returned() -> Office:
    office = _tolerance()
    office.on("2026-03-07 09:00").tick()
    return office


def joint_extension() -> Office:
    office = Office().accepted(JOINT)
    office.extend("区长", "government-head")
    return office


PAPERS: dict[str, Callable[[], Office]] = {
    "receipt": _receipt,
    "receipt-external": _external,
    "acceptance": lambda: Office().accepted(FOOD),
    "acceptance-deemed": _deemed,
    "not-accepted": _not_accepted,
    "tolerance": _tolerance,
    "promise": _promise,
    "correction": _correction,
    "special": _special,
    "extension": _extension,
    "decision": granted,
    "decision-refused": refused,
    "withdrawal": _withdrawal,
    "termination": _termination,
    "termination-returned": _returned,
    "revocation": _revocation,
    "delivery": _delivery,
}


def chosen(name: str) -> Notice:
    """The last notice of that kind in that case."""
    kind = next(kind for kind in (name, name.rpartition("-")[0]) if kind in {n.kind for n in told(PAPERS[name]())})
    return [each for each in told(PAPERS[name]()) if each.kind == kind][-1]


def text_of(notice: Notice) -> str:
    """All that it says, a line a part; personal values are not part of it."""
    said = notice.content
    lines = [notice.hall.zh, notice.agency, said.title.zh, said.title.en, notice.number]
    lines += [f"办件编号 {notice.case_number}", f"事项 {notice.item} {notice.item_code}", *said.says]
    for listing in said.lists:
        lines += [listing.title, *(" | ".join(row) for row in (listing.columns, *listing.rows))]
    lines += [f"理由 {said.reasons}"] if said.reasons else []
    lines += [f"依据 {text}" for text in said.basis]
    lines += [
        f"期限 {each.name} | {each.limit} | {each.until or '停止'}{'（暂定）' * each.provisional} | {each.rule}"
        for each in said.clocks
    ]
    lines += [f"救济 {said.remedies}"] if said.remedies else []
    lines += [f"签字 {'、'.join(said.signs)}", f"印章 {notice.seal}", chinese(notice.date), ""]
    return "\n".join(lines)
