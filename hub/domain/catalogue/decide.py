"""Publishing a catalogue: what is wrong is refused, what stands already is no event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from hub.domain.catalogue.check import check
from hub.domain.catalogue.commands import CatalogueCommand
from hub.domain.catalogue.events import CatalogueEvent, CataloguePublished
from hub.domain.catalogue.item import Catalogue, Item, Overlay
from hub.domain.catalogue.replies import CatalogueReply
from hub.domain.catalogue.state import CatalogueState, CatalogueVersion
from hub.domain.decided import Decided
from hub.domain.hall.planning import business_day
from hub.domain.hall.problems import Problem
from hub.domain.hall.state import HallState
from hub.domain.refusals import Refused

PROBLEMS_SHOWN = 3
LONGEST_SOURCE = 200


def decide(
    state: CatalogueState, hall: HallState, command: CatalogueCommand
) -> Decided[CatalogueEvent, CatalogueReply]:
    """Raises ``Refused`` with catalogue-invalid or bad-value."""
    ruling = hall.latest
    if ruling is None:
        raise Refused("bad-value", field="catalogue", problem="还没有大厅配置 / there is no hall profile yet")
    today = business_day(ruling.profile, command.at)
    valid_from = today if command.valid_from is None else _date("valid_from", command.valid_from)
    valid_to = None if command.valid_to is None else _date("valid_to", command.valid_to)
    if valid_from < today:
        raise Refused("bad-value", field="valid_from", problem=f"不早于今天 {today} / not before today {today}")
    if valid_to is not None and valid_to < valid_from:
        raise Refused("bad-value", field="valid_to", problem=f"不早于 {valid_from} / not before {valid_from}")
    if not command.source.isprintable() or len(command.source) > LONGEST_SOURCE:
        raise Refused("bad-value", field="source", problem=f"一行，最多 {LONGEST_SOURCE} 字 / one line")
    catalogue = Catalogue(0, command.items, command.overlays, valid_from, valid_to, command.source)
    problems = check(catalogue, (hall.ruling(valid_from) or ruling).profile)
    if problems:
        raise Refused("catalogue-invalid", problem=_shown(problems), count=len(problems))
    latest = state.latest
    event = _published(latest, catalogue, len(state.versions) + 1, command.at)
    if latest is not None and _same(latest.catalogue, event):
        return Decided((), CatalogueReply(latest.catalogue.version, False, latest.catalogue.valid_from or valid_from))
    return Decided((event,), CatalogueReply(event.version, True, valid_from))


def _same(latest: Catalogue, event: CataloguePublished) -> bool:
    """Nothing is said that is not said already: no change, valid no earlier than before and as long."""
    changed = event.items or event.removed or event.overlays or event.bare
    return not changed and (latest.valid_from or "") <= event.valid_from and latest.valid_to == event.valid_to


def _published(latest: CatalogueVersion | None, catalogue: Catalogue, version: int, at: int) -> CataloguePublished:
    items: Mapping[str, Item] = latest.items if latest else {}
    overlays: Mapping[str, Overlay] = latest.overlays if latest else {}
    kept = {item.code for item in catalogue.items}
    covered = {overlay.item for overlay in catalogue.overlays}
    return CataloguePublished(
        version=version,
        valid_from=catalogue.valid_from or "",
        valid_to=catalogue.valid_to,
        source=catalogue.source,
        items=tuple(item for item in catalogue.items if items.get(item.code) != item),
        removed=tuple(sorted(code for code in items if code not in kept)),
        overlays=tuple(overlay for overlay in catalogue.overlays if overlays.get(overlay.item) != overlay),
        bare=tuple(sorted(code for code in overlays if code not in covered)),
        at=at,
    )


def _date(field: str, text: str) -> str:
    try:
        written = date.fromisoformat(text).isoformat() == text
    except ValueError:
        written = False
    if not written:
        raise Refused("bad-value", field=field, problem="2027-01-01")
    return text


def _shown(problems: list[Problem]) -> str:
    return "; ".join(f"{problem.path}: {problem.zh} / {problem.en}" for problem in problems[:PROBLEMS_SHOWN])
