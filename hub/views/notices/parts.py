"""What several notices say in the same form: clocks with their rule, materials, how limits are told."""

from __future__ import annotations

from collections.abc import Iterable

from hub.domain.cases.clocks import rule_of
from hub.domain.cases.records import CHECK, INTAKE, LEGAL, STEP, ClockStart
from hub.domain.cases.state import Case
from hub.domain.catalogue.item import JOINT, Item
from hub.views.cases.words import clock_words, material_words
from hub.views.notices.dates import chinese
from hub.views.notices.notice import ClockLine, Listing

_ORIGINS = {
    "scan": "窗口扫描",
    "upload": "上传",
    "netdisk": "网盘",
    "usb": "U 盘",
    "online": "网上提交",
    "original": "查验原件",
    "reuse": "本厅已有，重复使用",
}
PROVISIONAL = "暂定"
_LAW = "行政许可法"
_PARAGRAPHS = {INTAKE: "第一款第四项"}


def clock_lines(clocks: Iterable[ClockStart], item: Item) -> tuple[ClockLine, ...]:
    """Those that the applicant is told of: a step's budget is the hall's own affair."""
    return tuple(
        ClockLine(
            name=clock_words(clock.clock, item).zh,
            until=chinese(clock.due),
            limit="" if clock.limit is None else f"{clock.limit} 个工作日",
            rule=rule_named(clock.clock, item),
            provisional=clock.provisional,
        )
        for clock in clocks
        if not clock.clock.startswith(STEP)
    )


def rule_named(clock: str, item: Item) -> str:
    """By which rule it runs, to the paragraph where the law gives the limit."""
    if clock.startswith(CHECK):
        return "告知承诺书"
    named = rule_of(clock, item).zh
    if not named.startswith(_LAW):
        return named
    if clock == LEGAL:
        return named + ("第二款" if item.handling == JOINT else "第一款")
    return named + _PARAGRAPHS.get(clock, "")


def clock_facts(clocks: Iterable[ClockStart]) -> tuple[str, ...]:
    return tuple(
        f"{clock.clock}:{clock.day}:{clock.limit}:{clock.due}:{clock.provisional:d}"
        for clock in clocks
        if not clock.clock.startswith(STEP)
    )


def until(clocks: Iterable[ClockStart], name: str) -> str:
    """The Chinese date on which that clock ends, marked where it is provisional; empty without one."""
    found = next((clock for clock in clocks if clock.clock == name), None)
    if found is None:
        return ""
    return chinese(found.due) + (f"（{PROVISIONAL}）" if found.provisional else "")


def materials(case: Case, title: str, codes: Iterable[str] | None = None) -> Listing:
    """Of what was supplied, by default all of it, in the item's order."""
    order = [rule.code for rule in case.item.materials]
    held = sorted(case.materials, key=lambda code: (order.index(code) if code in order else len(order), code))
    wanted = held if codes is None else [code for code in held if code in set(codes)]
    rows = tuple(
        (
            str(n),
            material_words(code, case.item).zh,
            _ORIGINS.get(case.materials[code].origin, case.materials[code].origin),
            "已核对原件" if case.materials[code].original else "",
        )
        for n, code in enumerate(wanted, 1)
    )
    return Listing(title, ("序号", "材料", "来源", "核对"), rows)


def material_facts(case: Case) -> tuple[str, ...]:
    return tuple(f"{code}:{case.materials[code].sha256}" for code in sorted(case.materials))


def named(codes: Iterable[str], item: Item) -> str:
    return "、".join(f"《{material_words(code, item).zh}》" for code in codes)
