"""Correction 补正 is told once, completely: the rule on what a notice may cite."""

from __future__ import annotations

from collections.abc import Iterable

from hub.domain.cases.guards import named, words
from hub.domain.cases.materials import asked_for
from hub.domain.cases.records import Defect
from hub.domain.cases.state import Case
from hub.domain.refusals import Refused


def check_defects(case: Case, defects: Iterable[Defect]) -> None:
    """Each names a material and says what is wrong; after a first notice only what was supplied since may be cited.

    The rule holds for a notice in review too, when one was told at intake. Raises ``Refused``: bad-value (none),
    unknown-material, reason-needed, correction-told.
    """
    cited = tuple(defects)
    if not cited:
        raise Refused("bad-value", field="defects", problem="∅")
    for defect in cited:
        asked_for(case.item, defect.material)
        words(defect.what)
    told = [defect.material for defect in cited if case.notices and defect.material not in case.supplied_since]
    if told:
        raise Refused("correction-told", number=case.number, materials=named(dict.fromkeys(told)))
