"""No field of any event leaves the hall before somebody has looked at it here, and nothing personal ever does."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
import pytest

from hub.domain.personal import Personal
from hub.log.codec import Codec
from hub.log.entry import Batch, Draft, Entry
from hub.log.keys import Keys
from hub.log.memory import MemoryLog
from hub.log.names import EVENTS, hub_codec
from hub.sync.allowed import ALLOWED
from hub.sync.egress import Egress
from hub.views.masks import masked_name

PERSON = "9" * 32
NAME = "欧阳植入甲"
LOOKED_AT = frozenset(
    # ids, codes and letters that the hall or an authority gives; states and kinds out of fixed lists; days
    [
        "action",
        "also",
        "applicant",
        "case",
        "categories",
        "category",
        "channel",
        "clock",
        "code",
        "codes",
        "consultation",
        "day",
        "department",
        "done",
        "due",
        "external",
        "fresh",
        "from_code",
        "from_day",
        "grade",
        "hash",
        "how",
        "id",
        "item",
        "items",
        "kind",
        "lease",
        "line",
        "material",
        "materials",
        "number",
        "outcome",
        "owed",
        "person",
        "priority",
        "result",
        "rule",
        "slot",
        "step",
        "steps",
        "stopped",
        "superseded",
        "system",
        "ticket",
        "to_day",
        "to_slot",
        "told",
        "until",
        "valid_until",
        "window",
    ]
)
PUBLISHED = frozenset({"catalogue-published", "calendar-published", "slots-planned"})
"""What an authority or the hall has published word by word."""
WRITTEN_FOR_ALL = frozenset({("answer-marked", "text"), ("message-answered", "zh"), ("message-answered", "en")})
"""The answer of record, and the hall's own sentences of a refusal."""
FACTS = frozenset({("message-answered", "facts"), ("message-answered", "kind"), ("message-answered", "code")})
"""Held to be empty of people in ``tests.sync.test_captured``."""


class _Maker:
    """Instances whose every text says from which field it is."""

    def __init__(self) -> None:
        self.depth = 0

    def make(self, hint: Any, path: str) -> Any:
        if hint is Personal:
            return Personal(PERSON, f"{NAME}«{path}»")
        if hint is str:
            return f"«{path}»"
        if hint is bool:
            return True
        if hint in (int, float):
            return 5
        origin, args = get_origin(hint), get_args(hint)
        if origin in (typing.Union, types.UnionType):
            return self.make(next(each for each in args if each is not type(None)), path)
        if origin is tuple:
            kinds = args[:1] if args[-1:] == (Ellipsis,) else args
            return tuple(self.make(each, path) for each in kinds)
        if origin in (list, frozenset, set):
            return origin([self.make(args[0], path)])
        if origin is typing.Literal:
            return args[0]
        if hasattr(origin, "items") or origin is dict:
            return {self.make(args[0], path): self.make(args[1], path)}
        if origin is not None and args:
            return {self.make(args[0], path): self.make(args[1], path)} if len(args) == 2 else args[0]
        if dataclasses.is_dataclass(hint):
            hints = get_type_hints(hint)
            assert isinstance(hint, type)
            return hint(**{f.name: self.make(hints[f.name], f"{path}.{f.name}") for f in dataclasses.fields(hint)})
        raise AssertionError(f"{path}: {hint}")


@cache
def hall() -> tuple[Codec, Egress]:
    keys = Keys(None)
    keys.ensure({PERSON})
    codec = hub_codec(keys)
    return codec, Egress(EVENTS, ALLOWED, codec.unseal, masked_name)


def entry_of(type: str) -> tuple[Entry, Egress]:
    codec, gate = hall()
    event = EVENTS[type]
    name, data = codec.encode(_Maker().make(event, type), "stream/1")
    log = MemoryLog()
    (entry,) = log.append(Batch([Draft("stream/1", 1, name, 5, "hub", bytes(16), data)], (), (), 6))
    return entry, gate


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from texts(key)
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


def left(type: str) -> set[str]:
    """The paths of the texts that leave of an event of the type."""
    entry, gate = entry_of(type)
    sent = gate.event(entry, "/halls/h/e")
    data = sent.data_base64 or (b"{}" if isinstance(sent.data, msgspec.UnsetType) else bytes(sent.data))
    assert NAME.encode() not in data
    assert NAME[:2].encode() not in data
    return {each.strip("«»") for each in texts(msgspec.json.decode(data)) if each.startswith("«")}


@pytest.mark.parametrize("type", sorted(EVENTS))
def test_only_what_was_looked_at_leaves(type: str) -> None:
    for path in left(type):
        field, named = path.split(".")[1], path.rsplit(".", 1)[-1]
        if type in PUBLISHED or (type, field) in WRITTEN_FOR_ALL | FACTS:
            continue
        assert named in LOOKED_AT, f"{path} leaves the hall; is it never in somebody's own words?"
