"""The items that a case may be pinned to."""

from __future__ import annotations

from dataclasses import dataclass

from hub.core.hub import Hub
from hub.domain.catalogue.item import Item
from hub.domain.catalogue.state import CatalogueVersion
from hub.domain.refusals import Refused


@dataclass(frozen=True, slots=True)
class Listed:
    """An item of one version of the catalogue: what a case is pinned to."""

    item: Item
    version: int
    category: str


def item_in_force(hub: Hub, code: str) -> Listed:
    """Raises ``Refused("unknown-item")``."""
    return _listed(code, hub.catalogue_in_force())


def item_on(hub: Hub, code: str, day: str) -> Listed:
    """The item as the version that ruled that business day has it; else as the one in force has it.

    What was filed in the dark was filed under the catalogue of its day. Raises ``Refused("unknown-item")``.
    """
    then = hub.catalogue().in_force(day)
    return _listed(code, then if then is not None and code in then.items else hub.catalogue_in_force())


def _listed(code: str, version: CatalogueVersion | None) -> Listed:
    item = None if version is None else version.items.get(code)
    if version is None or item is None:
        raise Refused("unknown-item", item=code[:64])
    overlay = version.overlays.get(code)
    return Listed(item, version.catalogue.version, "" if overlay is None else overlay.category)
