"""New versions of the catalogue from the authority above the hall; the hall's own overlay stays the hall's."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from hub.core.submission import Command
from hub.domain.catalogue.commands import PublishCatalogue
from hub.domain.catalogue.item import Item
from hub.sync.messages.applications import Code
from hub.sync.messages.bookings import Day
from hub.sync.messages.context import Context


class CatalogueIssued(msgspec.Struct, frozen=True):
    """``items``: those that are new or changed, whole, as the API shows them; ``removed``: codes that are no more.

    ``source``: where it comes from, for people. ``valid_from``: its first day, None: at once; one that passed while
    the hall heard nothing is today's.
    """

    source: Annotated[str, Meta(min_length=1, max_length=200)]
    items: Annotated[tuple[Item, ...], Meta(max_length=5000)] = ()
    removed: Annotated[tuple[Code, ...], Meta(max_length=5000)] = ()
    valid_from: Day | None = None
    valid_to: Day | None = None


def issued(context: Context, data: CatalogueIssued) -> Command:
    """The next version: the last one with what changed. Cases keep the version they were accepted under."""
    latest = context.hub.catalogue().latest
    items = {} if latest is None else dict(latest.items)
    overlays = {} if latest is None else dict(latest.overlays)
    for code in data.removed:
        items.pop(code, None)
        overlays.pop(code, None)
    items.update((item.code, item) for item in data.items)
    begins = None if data.valid_from is None else max(data.valid_from, context.day)
    return PublishCatalogue(
        tuple(items.values()), tuple(overlays.values()), context.now, begins, data.valid_to, data.source
    )
