"""Catalogue files between upload and publishing: read apart, kept in memory for an hour, published once."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.core.catalogue_child import read_apart
from hub.core.catalogue_file import BadRow, Reading
from hub.domain.catalogue.difference import Difference, difference
from hub.domain.catalogue.item import Catalogue
from hub.domain.refusals import Refused

if TYPE_CHECKING:
    from hub.core.hub import Hub

MOST_KEPT = 4
KEPT_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Import:
    """``items`` and ``overlays`` of ``catalogue`` are what would be published, ``bad`` rows aside; ``against`` is the
    version that ``difference`` compares it with, 0 for none."""

    id: str
    actor: str
    name: str
    at: int
    catalogue: Catalogue
    bad: tuple[BadRow, ...]
    rows: int
    kept: int
    against: int
    difference: Difference


class Imports:
    """The newest few imports, by who uploaded them."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._held: OrderedDict[str, Import] = OrderedDict()
        self._reading = asyncio.Lock()

    async def take(self, content: bytes, name: str, mapping: str | None, actor: str) -> Import:
        """Read and keep a file; one at a time, since each may take a gigabyte. Raises ``FileInvalid``."""
        async with self._reading:
            reading = await asyncio.to_thread(read_apart, content, self._hub.profile(), mapping)
        held = self._compared(reading, name, actor)
        self._held[held.id] = held
        while len(self._held) > MOST_KEPT:
            self._held.popitem(last=False)
        return held

    def find(self, id: str, actor: str) -> Import:
        """Raises ``Refused("nothing-to-publish")`` for one that is not kept or is somebody else's."""
        held = self._held.get(id)
        if held is None or held.actor != actor or self._hub.now() - held.at > KEPT_MS:
            raise Refused("nothing-to-publish")
        return held

    def _compared(self, reading: Reading, name: str, actor: str) -> Import:
        force = self._hub.catalogue_in_force()
        before = None if force is None else force.catalogue
        whole = reading.keeping(before)
        catalogue = Catalogue(0, whole.items, whole.overlays, source=name)
        return Import(
            id=secrets.token_hex(16),
            actor=actor,
            name=name,
            at=self._hub.now(),
            catalogue=catalogue,
            bad=reading.bad,
            rows=reading.rows,
            kept=len(whole.items) - len(reading.items),
            against=0 if before is None else before.version,
            difference=difference(before, catalogue),
        )
