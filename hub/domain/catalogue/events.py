"""What happened to the catalogue, the entries of stream ``catalogue``. Times are milliseconds since 1970 in UTC."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.catalogue.item import Item, Overlay


@dataclass(frozen=True, slots=True)
class CataloguePublished:
    """A version, whole when read with those before it.

    ``items`` and ``overlays`` are those that the version before has not or has otherwise, ``removed`` and ``bare`` the
    codes of items and overlays that it has no more. ``valid_from`` and ``valid_to`` as in ``Catalogue``.
    """

    version: int
    valid_from: str
    valid_to: str | None
    source: str
    items: tuple[Item, ...]
    removed: tuple[str, ...]
    overlays: tuple[Overlay, ...]
    bare: tuple[str, ...]
    at: int


CatalogueEvent = CataloguePublished
