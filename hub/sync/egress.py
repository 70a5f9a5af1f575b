"""What may leave the hall of an entry: fields by name for each event type, nothing of any other.

An entry goes up whole when its type allows every field its data holds, and none is sealed; else its header and digest
go, with a projection of the allowed fields. So a field that is added to an event stays in the hall until somebody
allows it here, and the chain verifies on the other side all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, cast

import msgspec

from hub.log.codec import personal_fields
from hub.log.entry import Entry
from hub.sync.envelope import CloudEvent, denied, whole

Unseal = Callable[[Entry], Mapping[str, str | None]]
"""The clear personal values of one entry by field; None for who was forgotten."""
Mask = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Allowance:
    """``fields`` of an event that may leave; ``"item.code"`` allows one field of a part, ``"materials.material"`` of
    each part. ``masked``: personal names of which the masked form may leave, as ``{field}_masked``.
    """

    fields: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()


NOTHING = Allowance()
MASKED = "_masked"


@dataclass(frozen=True, slots=True)
class _Gate:
    strict: msgspec.json.Decoder[msgspec.Struct] | None
    """Reads what may go whole, and refuses any other field; None where nothing may."""
    lax: msgspec.json.Decoder[msgspec.Struct] | None
    masked: tuple[str, ...]


class Egress:
    """One hall's gate. ``classes`` are the present event classes by type, ``allowed`` what may leave of each type.

    Raises ``ValueError`` when an allowance names a field that the class has not, or a sealed one.
    """

    def __init__(
        self, classes: Mapping[str, type], allowed: Mapping[str, Allowance], unseal: Unseal, mask: Mask
    ) -> None:
        self._unseal = unseal
        self._mask = mask
        self._gates: dict[str, _Gate] = {}
        for name, allowance in allowed.items():
            if name not in classes:
                raise ValueError(f"{name} is no event type")
            self._gates[name] = _gate(name, classes[name], allowance)

    def event(self, entry: Entry, source: str) -> CloudEvent:
        """What goes up of the entry. Never raises for an entry as stored: what cannot be read is denied."""
        gate = self._gates.get(entry.type)
        if gate is None:
            return denied(entry, source, None)
        if gate.strict is not None and _fits(gate.strict, entry.data):
            return whole(entry, source)
        return denied(entry, source, self._projection(gate, entry))

    def _projection(self, gate: _Gate, entry: Entry) -> bytes | None:
        if gate.lax is None:
            return None
        try:
            allowed = gate.lax.decode(entry.data)
        except msgspec.MsgspecError:
            return None
        if not gate.masked:
            return msgspec.json.encode(allowed)
        clear = self._unseal(entry)
        for field in gate.masked:
            text = clear.get(field)
            setattr(allowed, field + MASKED, self._mask(text) if text else msgspec.UNSET)
        return msgspec.json.encode(allowed)


def _fits(strict: msgspec.json.Decoder[msgspec.Struct], data: bytes) -> bool:
    try:
        strict.decode(data)
    except msgspec.MsgspecError:
        return False
    return True


def _gate(name: str, event: type, allowance: Allowance) -> _Gate:
    sealed = set(personal_fields(event))
    tree = _tree(allowance.fields)
    known = {field.name for field in fields(cast(Any, event))}
    for field in (*tree, *allowance.masked):
        if field not in known:
            raise ValueError(f"{name} has no field {field}")
    if sealed & set(tree):
        raise ValueError(f"{name}: {sorted(sealed & set(tree))} are sealed and never leave")
    if not sealed.issuperset(allowance.masked):
        raise ValueError(f"{name}: only personal fields are masked")
    all_of_it = set(tree) == known and not any(tree.values())
    strict = msgspec.json.Decoder(_shape(tree, strict=True)) if all_of_it else None
    masked = tuple(field + MASKED for field in allowance.masked)
    lax = msgspec.json.Decoder(_shape(tree, strict=False, also=masked)) if tree or masked else None
    return _Gate(strict, lax, allowance.masked)


def _tree(paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for path in paths:
        field, dot, rest = path.partition(".")
        found[field] = (*found.get(field, ()), rest) if dot else found.get(field, ())
    return found


def _shape(tree: Mapping[str, tuple[str, ...]], *, strict: bool, also: tuple[str, ...] = ()) -> type[msgspec.Struct]:
    """A struct of the allowed fields alone: reading with it is the projection."""
    kept: list[tuple[str, object, object]] = [(name, msgspec.Raw | msgspec.UnsetType, msgspec.UNSET) for name in also]
    for field, parts in tree.items():
        if not parts:
            kept.append((field, msgspec.Raw | msgspec.UnsetType, msgspec.UNSET))
            continue
        part = _shape(_tree(parts), strict=False)
        kept.append((field, part | list[part] | None | msgspec.UnsetType, msgspec.UNSET))
    return msgspec.defstruct("Allowed", kept, forbid_unknown_fields=strict, omit_defaults=True)  # pyright: ignore[reportArgumentType]
