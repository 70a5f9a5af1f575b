"""What may be asked of stream ``catalogue``. Times are milliseconds since 1970 in UTC."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.catalogue.item import Item, Overlay


@dataclass(frozen=True, slots=True)
class PublishCatalogue:
    """The whole next version. ``valid_from`` is a date from today on, None: today; ``valid_to`` None: open.

    ``source`` says for people where it came from.
    """

    items: tuple[Item, ...]
    overlays: tuple[Overlay, ...]
    at: int
    valid_from: str | None = None
    valid_to: str | None = None
    source: str = ""


CatalogueCommand = PublishCatalogue
