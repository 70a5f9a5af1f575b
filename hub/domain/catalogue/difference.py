"""What one version of a catalogue has otherwise than another: items added, removed and changed, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import cast

from hub.domain.catalogue.item import Catalogue, Fee, Item, MaterialRule, Overlay, Result, RouteStep, SpecialStep
from hub.domain.catalogue.labels import CODED, ITEM, OVERLAY, PART, VALUES, Label

Part = MaterialRule | SpecialStep | RouteStep | Fee
NOTHING: Label = ("无", "none")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """``path`` as in problems, parts by their code: ``materials[M2].main``. Words before and after, by language."""

    path: str
    zh: str
    en: str
    before: Label
    after: Label


@dataclass(frozen=True, slots=True)
class ItemChange:
    """``zh`` and ``en`` are the item's names in the newer version."""

    code: str
    zh: str
    en: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """In the order of codes."""

    added: tuple[Item, ...]
    removed: tuple[Item, ...]
    changed: tuple[ItemChange, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def difference(before: Catalogue | None, after: Catalogue) -> Difference:
    """From ``before`` (None: nothing) to ``after``."""
    old = {item.code: item for item in before.items} if before else {}
    new = {item.code: item for item in after.items}
    overlays_before = {each.item: each for each in before.overlays} if before else {}
    overlays_after = {each.item: each for each in after.overlays}
    changed: list[ItemChange] = []
    for code in sorted(old.keys() & new.keys()):
        found = tuple(changes(old[code], new[code], overlays_before.get(code), overlays_after.get(code)))
        if found:
            changed.append(ItemChange(code, new[code].zh, new[code].en, found))
    return Difference(
        tuple(new[code] for code in sorted(new.keys() - old.keys())),
        tuple(old[code] for code in sorted(old.keys() - new.keys())),
        tuple(changed),
    )


def changes(
    before: Item, after: Item, overlay_before: Overlay | None = None, overlay_after: Overlay | None = None
) -> Iterator[FieldChange]:
    """Every field that two versions of one item, and of the hall's overlay of it, have otherwise."""
    if before is not after and before != after:
        for name, label in ITEM.items():
            old, new = _field(before, name), _field(after, name)
            if old != new:
                yield from _changed(name, label, old, new)
    if overlay_before != overlay_after:
        for name, label in OVERLAY.items():
            old, new = _field(overlay_before, name), _field(overlay_after, name)
            if old != new:
                yield FieldChange(f"overlay.{name}", *label, _words(name, old), _words(name, new))


def _changed(name: str, label: Label, old: object, new: object) -> Iterator[FieldChange]:
    if name in ("materials", "special_steps", "route", "fees"):
        yield from _parts(name, label, cast("tuple[Part, ...]", old), cast("tuple[Part, ...]", new))
    elif isinstance(old, Result) and isinstance(new, Result):
        for field in fields(Result):
            was, now = _field(old, field.name), _field(new, field.name)
            if was != now:
                zh, en = PART.get(field.name, (field.name, field.name))
                before, after = _words(field.name, was), _words(field.name, now)
                yield FieldChange(f"{name}.{field.name}", f"{label[0]}：{zh}", f"{label[1]}: {en}", before, after)
    else:
        yield FieldChange(name, *label, _words(name, old), _words(name, new))


def _parts(name: str, label: Label, old: tuple[Part, ...], new: tuple[Part, ...]) -> Iterator[FieldChange]:
    before, after = {_key(part): part for part in old}, {_key(part): part for part in new}
    if before == after:
        was, now = "、".join(before), "、".join(after)
        yield FieldChange(name, f"{label[0]}的顺序", f"order of {label[1]}", (was, was), (now, now))
        return
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key), after.get(key)
        if was == now:
            continue
        path, zh, en = f"{name}[{key}]", f"{label[0]} {key}", f"{label[1]} {key}"
        if was is None or now is None:
            yield FieldChange(path, zh, en, _named(was), _named(now))
            continue
        for field in fields(now):
            one, other = _field(was, field.name), _field(now, field.name)
            if one != other:
                told = PART.get(field.name, (field.name, field.name))
                yield FieldChange(
                    f"{path}.{field.name}",
                    f"{zh}：{told[0]}",
                    f"{en}: {told[1]}",
                    _words(field.name, one),
                    _words(field.name, other),
                )


def _key(part: Part) -> str:
    if isinstance(part, MaterialRule | SpecialStep):
        return part.code
    return part.id if isinstance(part, RouteStep) else part.zh


def _named(part: Part | None) -> Label:
    return NOTHING if part is None else (part.zh, part.en)


def _field(of: object, name: str) -> object:
    return None if of is None else cast("object", getattr(of, name))


def _words(name: str, value: object) -> Label:
    if value is None or value == "" or value == ():
        return NOTHING
    if isinstance(value, bool):
        return ("是", "yes") if value else ("否", "no")
    if isinstance(value, tuple):
        each = [_words(name, one) for one in cast("tuple[object, ...]", value)]
        return "；".join(zh for zh, _ in each), "; ".join(en for _, en in each)
    text = str(value)
    return VALUES.get(text, (text, text)) if name in CODED else (text, text)


def summary(found: Difference) -> Mapping[str, int]:
    """How many of each kind."""
    return {"added": len(found.added), "removed": len(found.removed), "changed": len(found.changed)}
