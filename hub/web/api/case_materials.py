"""Materials as clients name them, and as commands carry them: what the hub knows of a file it says itself."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from hub.domain.cases.records import Supply
from hub.domain.cases.state import Case
from hub.domain.catalogue.item import Item
from hub.domain.refusals import Refused
from hub.materials.sniff import kind_of
from hub.web.access.dependencies import Caller
from hub.web.materials import Materials
from hub.web.site import Site

Code = Annotated[str, Meta(min_length=1, max_length=64)]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
Day = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
_SHA256 = re.compile(r"[0-9a-f]{64}")
VOUCHED = ("A", "B")


class MaterialBody(msgspec.Struct, frozen=True):
    """One material. ``sha256``: of an upload (``/api/v1/uploads``); without one ``original``: it was seen here.

    ``reused_from``: the case that holds it already, whose file, grade and validity then count; ``consent``: the
    applicant agreed, which grades C and D need.
    """

    material: Code
    sha256: Sha256 | None = None
    origin: Literal["scan", "upload", "netdisk", "usb", "online", "original"] = "scan"
    grade: Literal["A", "B", "C", "D"] = "C"
    original: bool = False
    valid_until: Day | None = None
    reused_from: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")] | None = None
    consent: bool = False


Bodies = Annotated[tuple[MaterialBody, ...], Meta(max_length=100)]


async def supplies(
    here: Site, caller: Caller, by: str, item: Item, person: str, asked: Sequence[MaterialBody]
) -> tuple[Supply, ...]:
    """The supplies behind them; ``person`` is the applicant's subject.

    Raises ``Refused``: file-not-here, not-reusable.
    """
    if not asked:
        return ()
    return await asyncio.to_thread(lambda: tuple(_supply(here, caller, by, item, person, each) for each in asked))


async def signed_paper(here: Site, caller: Caller, sha256: str) -> str:
    """The SHA-256 of a signed paper that is stored here; empty stays empty, for the rule to refuse.

    Raises ``Refused("file-not-here")``.
    """
    if sha256:
        if _SHA256.fullmatch(sha256) is None:
            raise Refused("file-not-here", material="承诺书")
        await asyncio.to_thread(_stored, here.materials, caller, sha256, "承诺书")
    return sha256


def _supply(here: Site, caller: Caller, by: str, item: Item, person: str, asked: MaterialBody) -> Supply:
    if asked.reused_from is not None:
        return _reused(here, asked.reused_from, item, person, asked)
    size, media = 0, ""
    if asked.sha256 is not None:
        size, media = _stored(here.materials, caller, asked.sha256, asked.material)
    # what was compared with its original at the window is vouched for there
    grade = min(asked.grade, "B") if asked.original else asked.grade
    return Supply(
        asked.material,
        asked.sha256 or "",
        size,
        media,
        "original" if asked.sha256 is None else asked.origin,
        grade,
        by if grade in VOUCHED else "",
        asked.valid_until,
        asked.original,
    )


def _stored(materials: Materials, caller: Caller, sha256: str, material: str) -> tuple[int, str]:
    """Size and media type, from the file itself."""
    if not materials.store.has(sha256) or not materials.may_see(caller, sha256):
        raise Refused("file-not-here", material=material)
    with materials.store.read(sha256) as file:
        media = kind_of(file).media
    return materials.store.place(sha256).stat().st_size, media


def _reused(here: Site, source: str, item: Item, person: str, asked: MaterialBody) -> Supply:
    rule = next((each for each in item.materials if each.code == asked.material), None)
    earlier = here.case_log.state(source)
    held = None if rule is None or earlier is None else reusable(earlier, rule.reuse, person)
    if held is None:
        raise Refused("not-reusable", case=source[:8], material=asked.material)
    return replace(held, material=asked.material, origin="reuse", reused_from=source, consent=asked.consent)


def reusable(earlier: Case, reuse: str, person: str) -> Supply | None:
    """What that case holds under the name ``reuse``, of the same person; None when there is nothing."""
    if not reuse or earlier.person != person:
        return None
    for rule in earlier.item.materials:
        held = earlier.materials.get(rule.code)
        if rule.reuse == reuse and held is not None:
            return held
    return None
