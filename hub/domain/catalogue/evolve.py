"""How the catalogue's events change its state. Total: every event of the stream is taken."""

from __future__ import annotations

from hub.domain.catalogue.events import CatalogueEvent
from hub.domain.catalogue.item import Catalogue
from hub.domain.catalogue.state import CatalogueState, CatalogueVersion


def evolve(state: CatalogueState, event: CatalogueEvent) -> None:
    """Changes ``state`` in place. A version lists its items and overlays in the order of their codes."""
    before = state.latest
    items = dict(before.items) if before else {}
    overlays = dict(before.overlays) if before else {}
    for code in event.removed:
        items.pop(code, None)
    for code in event.bare:
        overlays.pop(code, None)
    items.update((item.code, item) for item in event.items)
    overlays.update((overlay.item, overlay) for overlay in event.overlays)
    catalogue = Catalogue(
        version=event.version,
        items=tuple(items[code] for code in sorted(items)),
        overlays=tuple(overlays[code] for code in sorted(overlays)),
        valid_from=event.valid_from,
        valid_to=event.valid_to,
        source=event.source,
    )
    state.versions.append(CatalogueVersion(catalogue, items, overlays, event.at))
