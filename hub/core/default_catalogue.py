"""The catalogue that an empty log starts with: names from the default profile's list, the rest from
``default_catalogue.toml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import cast

from hub.core.catalogue_row import read_row
from hub.core.toml_file import parse
from hub.domain.catalogue.item import Catalogue, Item, Overlay
from hub.domain.hall.profile import HallProfile
from hub.domain.hall.profile import Item as ListedItem

_Cells = dict[str, str]


def default_catalogue(profile: HallProfile) -> Catalogue:
    """The shipped catalogue; ``profile`` is the default one, whose list names the items of the centre.

    Raises ``ValueError`` for a mistake in the file.
    """
    text = files("hub.core").joinpath("default_catalogue.toml").read_text(encoding="utf-8")
    held = parse(text)
    known = cast("dict[str, _Cells]", held["items"])
    common = cast("dict[str, str]", held["common"])
    routes = cast("dict[str, str]", held["routes"])
    defaults = cast("list[dict[str, object]]", held["defaults"])
    items: list[Item] = []
    overlays: list[Overlay] = []
    for listed in profile.items:
        told = known.get(listed.code)
        cells = _whole(told, common, routes) if told is not None else _guessed(listed.zh, defaults)
        item, overlay = _item({**_named(listed), **cells})
        items.append(item)
        if overlay is not None:
            overlays.append(overlay)
    for line in cast("dict[str, str]", held["elsewhere"])["items"].strip().splitlines():
        code, zh, en, department, place, kind = (part.strip() for part in line.split("|"))
        items.append(
            _item({"code": code, "zh": zh, "en": en, "department": department, "place": place, "type": kind})[0]
        )
    return Catalogue(0, tuple(items), tuple(overlays), source=cast("str", held["source"]))


def _named(listed: ListedItem) -> _Cells:
    return {
        "code": listed.code,
        "zh": listed.zh,
        "en": listed.en,
        "department": listed.department,
        "keywords": "、".join(listed.keywords),
        "category": listed.category,
    }


def _item(cells: Mapping[str, str]) -> tuple[Item, Overlay | None]:
    item, overlay, problems = read_row(cells)
    if item is None:
        raise ValueError(f"{cells.get('code')}: {problems}")
    return item, overlay


def _guessed(name: str, defaults: Sequence[Mapping[str, object]]) -> _Cells:
    """What the name alone tells."""
    for each in defaults:
        if any(word in name for word in cast("list[str]", each["words"])):
            return cast("_Cells", each["set"])
    raise ValueError(f"nothing is said of {name}")


def _whole(told: _Cells, common: Mapping[str, str], routes: Mapping[str, str]) -> _Cells:
    cells = {**told, "complete": "是"}
    cells["materials"] = "\n".join(_spelt(line, common) for line in told["materials"].strip().splitlines())
    route = told.get("route", "")
    if route.startswith("@"):
        name, *values = route[1:].split()
        cells["route"] = routes[name].format(*values)
    return cells


def _spelt(line: str, common: Mapping[str, str]) -> str:
    code, at, name = line.partition("@")
    return f"{code}{common[name.strip()]}" if at else line
