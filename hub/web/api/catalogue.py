"""``/api/v1/catalogue``: its versions, its items, and how a file becomes the next version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hub.core.catalogue_table import MOST_BYTES
from hub.core.toml_file import FileInvalid
from hub.domain.catalogue.commands import PublishCatalogue
from hub.domain.catalogue.difference import Difference, difference
from hub.domain.catalogue.item import Item, Overlay
from hub.domain.catalogue.replies import CatalogueReply
from hub.domain.catalogue.state import CatalogueVersion
from hub.domain.refusals import Refused
from hub.views.catalogue import PAGE, elsewhere
from hub.views.item_search import LONGEST_QUERY
from hub.web.access.dependencies import Caller, permission
from hub.web.api.acts import act, answer, shown, submit
from hub.web.api.body import plain, read_json
from hub.web.api.documented import documented
from hub.web.catalogue_imports import Import
from hub.web.site import Site, site

router = APIRouter(prefix="/api/v1/catalogue", tags=["catalogue"])

UPLOAD_LIMIT = MOST_BYTES * 4 // 3 + 1024 * 1024
UPLOAD_SECONDS = 120
See = Annotated[Caller, Depends(permission("catalogue.see"))]
Publish = Annotated[Caller, Depends(permission("catalogue.publish"))]


@dataclass(frozen=True, slots=True)
class VersionShape:
    """``ends``: the first day on which a later version rules instead. ``in_force``: it rules today."""

    version: int
    valid_from: str | None
    valid_to: str | None
    ends: str | None
    in_force: bool
    items: int
    complete: int
    source: str


@dataclass(frozen=True, slots=True)
class ItemSummary:
    """``category`` None: done elsewhere."""

    code: str
    zh: str
    en: str
    type: str
    department: str
    place: str
    category: str | None
    complete: bool


@dataclass(frozen=True, slots=True)
class ItemsShape:
    """``total`` counts what fits; ``items`` are those after ``offset``, fifty at most."""

    version: int
    total: int
    offset: int
    items: tuple[ItemSummary, ...]


@dataclass(frozen=True, slots=True)
class CatalogueItemShape:
    """An item with all its elements, and the hall's overlay of it."""

    version: int
    item: Item
    overlay: Overlay | None


@dataclass(frozen=True, slots=True)
class Reason:
    """What is wrong with a field."""

    field: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class BadRowShape:
    """``line`` of the file, for JSON the item's number, from 1; ``code`` as far as it was readable."""

    line: int
    code: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ImportShape:
    """``rows`` were read, ``bad`` ones are left out, ``kept``: of those, items that stay as they are in force.

    ``items`` would be published; ``difference`` is from version ``against`` (0: there is none).
    """

    id: str
    name: str
    rows: int
    items: int
    bad: tuple[BadRowShape, ...]
    kept: int
    against: int
    difference: Difference


class UploadBody(msgspec.Struct, frozen=True):
    """``content`` in base64: CSV, XLSX or JSON of at most 20 MB. ``mapping``: the text of a mapping file."""

    content: bytes
    name: Annotated[str, Meta(max_length=200)] = ""
    mapping: Annotated[str, Meta(max_length=1_000_000)] | None = None


class PublishBody(msgspec.Struct, frozen=True):
    """``import_``, named ``import``: an import of the same caller. ``valid_from``: a date, None: today.

    ``valid_to``: its last day, after which the version before it rules again; None: open.

    ``take_good``: publish though rows were bad.
    """

    import_: Annotated[str, Meta(max_length=64)] = msgspec.field(name="import")
    valid_from: Annotated[str, Meta(max_length=10)] | None = None
    valid_to: Annotated[str, Meta(max_length=10)] | None = None
    take_good: bool = False


_upload = msgspec.json.Decoder(UploadBody)
_publish = msgspec.json.Decoder(PublishBody)


@router.get("", openapi_extra=documented(list[VersionShape]))
async def see_versions(request: Request, _caller: See) -> Response:
    """Every version, newest first."""
    hub = site(request).hub
    state, force = hub.catalogue(), hub.catalogue_in_force()
    return shown(
        [
            VersionShape(
                version=each.catalogue.version,
                valid_from=each.catalogue.valid_from,
                valid_to=each.catalogue.valid_to,
                ends=state.ends(each.catalogue.version),
                in_force=each is force,
                items=len(each.items),
                complete=sum(item.complete for item in each.catalogue.items),
                source=each.catalogue.source,
            )
            for each in reversed(state.versions)
        ]
    )


@router.get("/items", openapi_extra=documented(ItemsShape))
async def see_items(
    request: Request,
    _caller: See,
    q: Annotated[str, Query(max_length=LONGEST_QUERY)] = "",
    department: Annotated[str, Query(max_length=64)] = "",
    place: Annotated[str, Query(max_length=20)] = "",
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    """Items of the version in force, also those done elsewhere; ``q`` as in ``/api/v1/items``."""
    here = site(request)
    force = in_force(here)
    codes = await found(here, force, q)
    fitting = [
        item
        for item in ([force.items[code] for code in codes] if codes is not None else force.catalogue.items)
        if (not department or item.department == department) and (not place or item.place == place)
    ]
    rows = tuple(_summary(force, item) for item in fitting[offset : offset + PAGE])
    return shown(ItemsShape(force.catalogue.version, len(fitting), offset, rows))


@router.get("/items/{code}", openapi_extra=documented(CatalogueItemShape))
async def see_item(
    request: Request, code: str, _caller: See, version: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """One item, of the version in force or of another, as cases keep theirs."""
    of = version_named(site(request), version)
    item = of.items.get(code)
    if item is None:
        raise Refused("unknown-item", item=code[:64])
    return shown(CatalogueItemShape(of.catalogue.version, item, of.overlays.get(code)))


@router.get("/difference", openapi_extra=documented(Difference))
async def see_difference(
    request: Request,
    _caller: See,
    before: Annotated[int, Query(ge=1)],
    after: Annotated[int, Query(ge=1)],
) -> Response:
    """What version ``after`` has otherwise than ``before``."""
    here = site(request)
    return shown(difference(version_named(here, before).catalogue, version_named(here, after).catalogue))


@router.post("/imports", status_code=201, openapi_extra=documented(ImportShape, body=UploadBody, status=201))
async def upload(request: Request, caller: Publish) -> Response:
    """Read a file without publishing it: bad rows by line, and the difference from the version in force. It is kept
    for an hour."""
    return shown(_import_shape(await take(request, caller)), 201)


@router.post(
    "/versions", status_code=201, openapi_extra=documented(CatalogueReply, body=PublishBody, status=201, key=True)
)
async def publish(request: Request, caller: Publish) -> Response:
    """Publish an import as the next version; open cases keep theirs."""
    asked = await read_json(request, _publish)
    doing = act(request, caller.actor, asked, key_needed=True)
    here = site(request)
    held = here.imports.find(asked.import_, caller.actor)
    if held.bad and not asked.take_good:
        first = held.bad[0]
        raise Refused("catalogue-invalid", problem=f"{first.line}: {first.problems[0].zh}", count=len(held.bad))
    catalogue = held.catalogue
    command = PublishCatalogue(
        catalogue.items, catalogue.overlays, here.hub.now(), asked.valid_from, asked.valid_to, catalogue.source
    )
    return answer(await submit(request, command, doing), 201)


async def take(request: Request, caller: Caller) -> Import:
    """The uploaded file, read and kept. Raises ``Refused``, with the first problems of a file that is none."""
    asked = await read_json(request, _upload, UPLOAD_LIMIT, UPLOAD_SECONDS)
    try:
        return await site(request).imports.take(asked.content, plain(asked.name)[:100], asked.mapping, caller.actor)
    except FileInvalid as invalid:
        told = "; ".join(str(problem) for problem in invalid.problems[:3])
        raise Refused("bad-value", field="content", problem=told) from None


def in_force(here: Site) -> CatalogueVersion:
    """Raises ``Refused("no-catalogue")``."""
    force = here.hub.catalogue_in_force()
    if force is None:
        raise Refused("no-catalogue")
    return force


def version_named(here: Site, version: int | None) -> CatalogueVersion:
    """That version, the one in force for None. Raises ``Refused("no-catalogue" | "unknown-version")``."""
    if version is None:
        return in_force(here)
    found = here.hub.catalogue().indexed(version)
    if found is None:
        raise Refused("unknown-version", version=version)
    return found


async def found(here: Site, force: CatalogueVersion, query: str) -> list[str] | None:
    """Codes of the items that answer a query, best first, then those done elsewhere; None without a query."""
    if not query.strip():
        return None
    index = await here.catalogue.index()
    listed = [each.item.code for each in index.search(query) if each.item.code in force.items]
    return [*listed, *elsewhere(force, query)]


def _summary(force: CatalogueVersion, item: Item) -> ItemSummary:
    overlay = force.overlays.get(item.code)
    return ItemSummary(
        code=item.code,
        zh=item.zh,
        en=item.en,
        type=item.type,
        department=item.department,
        place=item.place,
        category=None if overlay is None else overlay.category,
        complete=item.complete,
    )


def _import_shape(held: Import) -> ImportShape:
    return ImportShape(
        id=held.id,
        name=held.name,
        rows=held.rows,
        items=len(held.catalogue.items),
        bad=tuple(
            BadRowShape(row.line, row.code, tuple(Reason(each.path, each.zh, each.en) for each in row.problems))
            for row in held.bad
        ),
        kept=held.kept,
        against=held.against,
        difference=held.difference,
    )
