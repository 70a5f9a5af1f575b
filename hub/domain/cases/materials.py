"""Materials: what the item asks for, how each stands, what may be supplied when, and what a case is decided on.

Trust grades: A issued by an agency, B verified at a window, C uploaded copy, D self-made with a pledge.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.domain.cases import commands as c
from hub.domain.cases import events as e
from hub.domain.cases import machine as m
from hub.domain.cases import tolerance_events as t
from hub.domain.cases.guards import SHA256, Happened, a_date, named, need, words
from hub.domain.cases.records import ORIGINS, Supply
from hub.domain.cases.state import Case
from hub.domain.catalogue.item import GRADES, Item, MaterialRule
from hub.domain.refusals import Refused

OTHER = "other"
"""The code of what the item does not ask for."""
REUSED_UNASKED = ("A", "B")


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line of the desk's checklist. ``standing``: there, excused, missing, weak (its grade will not do) or expired.

    ``may_owe``: 容缺 may stand for it; ``may_promise``: 告知承诺 may.
    """

    rule: MaterialRule
    standing: str
    supply: Supply | None
    may_owe: bool
    may_promise: bool


def checklist(case: Case, day: str) -> tuple[CheckLine, ...]:
    """Every material the pinned item asks for now, as it stands on that business day."""
    return tuple(_line(case, rule, day) for rule in case.item.materials if rule.now)


def gaps(case: Case, day: str) -> tuple[CheckLine, ...]:
    """What still keeps the case from being accepted as it is."""
    return tuple(line for line in checklist(case, day) if line.standing not in ("there", "excused"))


def good_enough(rule: MaterialRule, supply: Supply) -> bool:
    return GRADES.index(supply.grade) <= GRADES.index(rule.grade)


def asked_for(item: Item, code: str) -> MaterialRule:
    """The item's rule for a material it asks for now. Raises ``Refused`` with unknown-material."""
    for rule in item.materials:
        if rule.code == code and rule.now:
            return rule
    raise Refused("unknown-material", material=code, item=item.zh)


def frozen(case: Case) -> tuple[tuple[str, str], ...]:
    """Code and sha256 of what the case holds now."""
    return tuple((code, supply.sha256) for code, supply in case.materials.items())


def supplied(case: Case, supplies: tuple[Supply, ...], at: int, id: str) -> tuple[e.CaseEvent, ...]:
    """The events of a supply that passed ``check_supplies``: it settles what is owed when it is good enough."""
    if not supplies:
        return ()
    events: list[e.CaseEvent] = [e.MaterialsSupplied(id, supplies, at)]
    owed = {rule.code: rule for rule in case.item.materials if rule.code in case.owed}
    settled = tuple(
        supply.material for supply in supplies if supply.material in owed and good_enough(owed[supply.material], supply)
    )
    if settled:
        events.append(t.OwedSettled(id, settled, at))
    return tuple(events)


def check_supplies(item: Item, supplies: Iterable[Supply]) -> None:
    """Raises ``Refused``: unknown-material, bad-value, consent-needed, nothing-to-see."""
    codes: set[str] = set()
    for supply in supplies:
        if supply.material != OTHER:
            asked_for(item, supply.material)
        if supply.material in codes:
            raise Refused("bad-value", field="material", problem=f"{supply.material} × 2")
        codes.add(supply.material)
        if supply.grade not in GRADES:
            raise Refused("bad-value", field="grade", problem=" | ".join(GRADES))
        if supply.origin not in ORIGINS:
            raise Refused("bad-value", field="origin", problem=" | ".join(ORIGINS))
        if supply.size < 0:
            raise Refused("bad-value", field="size", problem="≥ 0")
        if supply.sha256 and not SHA256.fullmatch(supply.sha256):
            raise Refused("bad-value", field="sha256", problem="64 × 0-9 a-f")
        if not supply.sha256 and not supply.original:
            raise Refused("nothing-to-see", material=supply.material)
        if supply.valid_until is not None:
            a_date("valid_until", supply.valid_until)
        if supply.reused_from and supply.grade not in REUSED_UNASKED and not supply.consent:
            raise Refused("consent-needed", material=supply.material, grade=supply.grade)


def supply(case: Case, command: c.SupplyMaterials) -> Happened:
    """Raises ``Refused``, besides ``check_supplies``: materials-frozen."""
    need(case, m.SUPPLY)
    check_supplies(case.item, command.materials)
    check_frozen(case, command.materials)
    return supplied(case, command.materials, command.at, command.case)


def check_frozen(case: Case, supplies: Iterable[Supply]) -> None:
    """After acceptance only what is owed or asked for may come. Raises ``Refused`` with materials-frozen."""
    if case.accepted_at is None or case.external:
        return
    allowed = {OTHER, *case.owed, *(case.asked if case.state == m.CORRECTION else ())}
    stray = [supply.material for supply in supplies if supply.material not in allowed]
    if stray:
        raise Refused("materials-frozen", number=case.number, materials=named(stray))


def remove(case: Case, command: c.RemoveMaterial) -> Happened:
    need(case, m.REMOVE)
    _held(case, command.material)
    return (e.MaterialRemoved(command.case, command.material, command.at),)


def excuse(case: Case, command: c.ExcuseMaterial) -> Happened:
    need(case, m.EXCUSE)
    asked_for(case.item, command.material)
    why = words(command.why)
    if command.material in case.excused:
        return ()
    return (e.MaterialExcused(command.case, command.material, why, command.at),)


def check_original(case: Case, command: c.CheckOriginal) -> Happened:
    need(case, m.CHECK_ORIGINAL)
    if _held(case, command.material).original:
        return ()
    return (e.OriginalChecked(command.case, command.material, command.by, command.at),)


def _held(case: Case, material: str) -> Supply:
    held = case.materials.get(material)
    if held is None:
        raise Refused("material-not-there", material=material)
    return held


def _line(case: Case, rule: MaterialRule, day: str) -> CheckLine:
    held = case.materials.get(rule.code)
    if rule.code in case.excused:
        standing = "excused"
    elif held is None:
        standing = "missing"
    elif held.valid_until is not None and held.valid_until < day:
        standing = "expired"
    else:
        standing = "there" if good_enough(rule, held) else "weak"
    return CheckLine(
        rule,
        standing,
        held,
        may_owe=case.item.tolerance and not rule.main,
        may_promise=case.item.promise and rule.waivable,
    )
