"""Events to stored bytes and back: wire names, schema numbers, upcasts, sealed personal fields."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Protocol, cast

import msgspec

from hub.domain.personal import Personal
from hub.log.entry import Entry
from hub.log.sealed import Sealed, sealed_in

Upcast = Callable[[dict[str, Any]], dict[str, Any]]
"""Pure: the fields of one schema to those of the next. Times are ms, sealed fields pass as they are."""


class UnknownEvent(Exception):
    """The entry's type is in no table of this version: readers park it."""

    def __init__(self, type: str) -> None:
        super().__init__(f"unknown event type {type}")
        self.type = type


class UnreadableEvent(Exception):
    """The entry's data does not fit its type: readers park it."""

    def __init__(self, type: str, problem: str) -> None:
        super().__init__(f"{type}: {problem}")
        self.type = type


class Sealer(Protocol):
    """What the codec needs of ``hub.log.keys.Keys``."""

    def ensure(self, subjects: Iterable[str]) -> None: ...

    def seal(self, subject: str, clear: str, stream: str, type: str, field: str) -> Sealed: ...

    def unseal(self, box: Sealed, stream: str, type: str, field: str) -> str | None: ...


class Codec:
    """One table of event classes. Stored bytes are never encoded again: old schemas are lifted while reading."""

    def __init__(self, events: Mapping[str, type], upcasts: Mapping[tuple[str, int], Upcast], keys: Sealer) -> None:
        """``events``: the present type of each class, ``"ticket-issued"`` (schema 1) or ``"ticket-issued/2"``.

        ``upcasts[name, n]`` lifts schema n to n + 1; every schema before the present one needs its own.
        Raises ``ValueError`` when one is missing or too many, ``TypeError`` for a class with a personal value
        anywhere but in a field of its own.
        """
        self.keys = keys
        self._types: dict[type, tuple[str, tuple[str, ...], tuple[str, ...]]] = {}
        self._decoders: dict[str, msgspec.json.Decoder[object]] = {}
        self._lifted: dict[str, tuple[type, list[Upcast]]] = {}
        expected: set[tuple[str, int]] = set()
        for wire, event in events.items():
            name, schema = _split(wire)
            if event in self._types:
                raise ValueError(f"{event.__name__} has two names")
            names = tuple(field.name for field in fields(cast(Any, event)))
            self._types[event] = (wire, personal_fields(event), names)
            self._decoders[wire] = msgspec.json.Decoder(event)
            steps = [(name, number) for number in range(1, schema)]
            expected.update(steps)
            if not all(step in upcasts for step in steps):
                raise ValueError(f"{wire} has no upcast for one of its schemas before {schema}")
            for index, (_, number) in enumerate(steps):
                old = name if number == 1 else f"{name}/{number}"
                self._lifted[old] = (event, [upcasts[step] for step in steps[index:]])
        if extra := set(upcasts) - expected:
            raise ValueError(f"upcasts that lead nowhere: {sorted(extra)}")

    def encode(self, event: object, stream: str) -> tuple[str, bytes]:
        """The entry's type and data. Subjects of its personal values must be ensured. Raises ``UnknownEvent``."""
        known = self._types.get(type(event))
        if known is None:
            raise UnknownEvent(type(event).__name__)
        wire, personal, names = known
        if not personal:
            return wire, _encode(event)
        values: list[tuple[str, Personal | None]] = [(field, getattr(event, field)) for field in personal]
        clear = [
            (field, value, value.value) for field, value in values if value is not None and value.value is not None
        ]
        if not clear:
            return wire, _encode(event)
        stored: dict[str, object] = {name: getattr(event, name) for name in names}
        for field, value, text in clear:
            stored[field] = self.keys.seal(value.subject, text, stream, wire, field)
        return wire, _encode(stored)

    def subjects(self, event: object) -> tuple[str, ...]:
        """Whose values ``encode`` would seal."""
        known = self._types.get(type(event))
        if known is None or not known[1]:
            return ()
        found: tuple[str, ...] = ()
        for field in known[1]:
            value: Personal | None = getattr(event, field)
            if value is not None and value.value is not None:
                found = (*found, value.subject)
        return found

    def decode(self, entry: Entry) -> object:
        """The event; personal values come without their clear text. Raises ``UnknownEvent``, ``UnreadableEvent``."""
        try:
            decoder = self._decoders.get(entry.type)
            if decoder is not None:
                return decoder.decode(entry.data)
            return self._lift(entry)
        except msgspec.MsgspecError as error:
            raise UnreadableEvent(entry.type, str(error)) from error

    def _lift(self, entry: Entry) -> object:
        lifted = self._lifted.get(entry.type)
        if lifted is None:
            raise UnknownEvent(entry.type)
        event, steps = lifted
        data = msgspec.json.decode(entry.data, type=dict[str, Any])
        try:
            for step in steps:
                data = step(data)
        except (KeyError, TypeError, ValueError) as error:
            raise UnreadableEvent(entry.type, f"upcast failed: {error!r}") from error
        return cast(object, msgspec.convert(data, event))

    def unseal(self, entry: Entry) -> dict[str, str | None]:
        """The clear personal values of one entry, by stored field name; None for who was forgotten.

        Raises ``SealBroken``.
        """
        return {
            field: self.keys.unseal(box, entry.stream, entry.type, field)
            for field, box in sealed_in(entry.data).items()
        }


_encode = msgspec.json.encode


def personal_fields(event: type) -> tuple[str, ...]:
    """The fields of a class that hold a ``Personal`` or none; one hidden deeper would be stored in clear: TypeError."""
    found: list[str] = []
    for name, hint in typing.get_type_hints(event).items():
        if hint is Personal or (_is_union(hint) and set(typing.get_args(hint)) == {Personal, types.NoneType}):
            found.append(name)
        elif _holds_personal(hint, set()):
            raise TypeError(f"{event.__name__}.{name} hides a personal value; give it a field of its own")
    return tuple(found)


def _is_union(hint: object) -> bool:
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


def _holds_personal(hint: object, seen: set[object]) -> bool:
    if hint is Personal:
        return True
    if isinstance(hint, type) and is_dataclass(hint) and hint not in seen:
        seen.add(hint)
        return any(_holds_personal(each, seen) for each in typing.get_type_hints(hint).values())
    return any(_holds_personal(each, seen) for each in typing.get_args(hint))


def _split(wire: str) -> tuple[str, int]:
    name, slash, number = wire.partition("/")
    return (name, int(number)) if slash else (name, 1)
