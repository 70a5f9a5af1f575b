from __future__ import annotations

import dataclasses
import types
import typing
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.domain.personal import Personal
from hub.log.codec import Codec, UnknownEvent, UnreadableEvent, personal_fields
from hub.log.keys import Keys
from hub.log.names import EVENTS, hub_codec
from hub.log.sealed import SealBroken
from tests.log.makers import NOW, draft


@dataclass(frozen=True, slots=True)
class VisitBooked:
    number: str
    phone: Personal | None
    name: Personal
    at: int


@dataclass(frozen=True, slots=True)
class VisitMoved:
    floor: int
    why: str


PHONE = Personal("a" * 32, "13800001111")
NAME = Personal("a" * 32, "张三")
STREAM = "visits/1"


@pytest.fixture
def keys():
    made = Keys(None)
    yield made
    made.close()


@pytest.fixture
def codec(keys):
    keys.ensure(["a" * 32])
    return Codec({"visit-booked": VisitBooked}, {}, keys)


def stored(type: str, data: bytes, stream: str = STREAM):
    from hub.log.chain import GENESIS, extend
    from hub.log.entry import Head

    given_draft = msgspec.structs.replace(draft(stream, 1, data), type=type)
    return extend(Head(0, GENESIS), [given_draft], NOW, bytes(16))[0]


def test_personal_values_are_stored_sealed_and_read_without_their_clear_text(codec):
    type, data = codec.encode(VisitBooked("A001", PHONE, NAME, NOW), STREAM)
    assert type == "visit-booked"
    assert b"13800001111" not in data
    assert "张三".encode() not in data
    assert codec.decode(stored(type, data)) == VisitBooked(
        "A001", Personal("a" * 32, None), Personal("a" * 32, None), NOW
    )


def test_sealed_values_open_only_when_asked(codec):
    type, data = codec.encode(VisitBooked("A001", PHONE, NAME, NOW), STREAM)
    assert codec.unseal(stored(type, data)) == {"phone": "13800001111", "name": "张三"}


def test_a_forgotten_subjects_values_open_to_none(codec, keys):
    type, data = codec.encode(VisitBooked("A001", None, NAME, NOW), STREAM)
    keys.forget("a" * 32, NOW)
    assert codec.unseal(stored(type, data)) == {"name": None}
    assert codec.decode(stored(type, data)).name == Personal("a" * 32, None)


def test_a_sealed_value_copied_to_another_stream_does_not_open(codec):
    type, data = codec.encode(VisitBooked("A001", None, NAME, NOW), STREAM)
    with pytest.raises(SealBroken):
        codec.unseal(stored(type, data, "visits/2"))


def test_the_subjects_of_an_event_are_those_of_its_clear_values(codec):
    assert codec.subjects(VisitBooked("A001", Personal("b" * 32, "1"), NAME, NOW)) == ("b" * 32, "a" * 32)
    assert codec.subjects(VisitBooked("A001", None, Personal("a" * 32, None), NOW)) == ()


def test_a_value_without_its_clear_text_is_stored_as_it_is(codec):
    event = VisitBooked("A001", None, Personal("c" * 32, None), NOW)
    type, data = codec.encode(event, STREAM)
    assert codec.decode(stored(type, data)) == event
    assert codec.unseal(stored(type, data)) == {}


def test_a_text_that_looks_like_a_sealed_value_is_only_a_text(codec):
    event = VisitBooked('{"sealed":1}', None, Personal("c" * 32, None), NOW)
    type, data = codec.encode(event, STREAM)
    assert codec.unseal(stored(type, data)) == {}


def test_an_unknown_type_and_unreadable_data_have_errors_of_their_own(codec):
    with pytest.raises(UnknownEvent, match="visit-lost"):
        codec.decode(stored("visit-lost", b"{}"))
    with pytest.raises(UnknownEvent, match="VisitMoved"):
        codec.encode(VisitMoved(1, ""), STREAM)
    for data in (b"{", b"{}", b'{"number":1}', b"\xff"):
        with pytest.raises(UnreadableEvent, match="visit-booked"):
            codec.decode(stored("visit-booked", data))


def _with_why(data):
    return {**data, "why": "unknown"}


def _floor_as_number(data):
    return {**data, "floor": int(data["floor"].removesuffix("F"))}


LIFTS = {("visit-moved", 1): _with_why, ("visit-moved", 2): _floor_as_number}


def test_old_schemas_are_lifted_step_by_step(keys):
    codec = Codec({"visit-moved/3": VisitMoved}, LIFTS, keys)
    assert codec.decode(stored("visit-moved", b'{"floor":"2F"}')) == VisitMoved(2, "unknown")
    assert codec.decode(stored("visit-moved/2", b'{"floor":"3F","why":"sign"}')) == VisitMoved(3, "sign")
    assert codec.decode(stored("visit-moved/3", b'{"floor":4,"why":"x"}')) == VisitMoved(4, "x")
    assert codec.encode(VisitMoved(4, "x"), STREAM) == ("visit-moved/3", b'{"floor":4,"why":"x"}')
    with pytest.raises(UnknownEvent):
        codec.decode(stored("visit-moved/4", b"{}"))
    with pytest.raises(UnreadableEvent):
        codec.decode(stored("visit-moved", b"{}"))


def test_a_missing_or_idle_upcast_is_refused_when_the_table_is_made(keys):
    with pytest.raises(ValueError, match="no upcast"):
        Codec({"visit-moved/3": VisitMoved}, {("visit-moved", 1): _with_why}, keys)
    with pytest.raises(ValueError, match="nowhere"):
        Codec({"visit-moved": VisitMoved}, LIFTS, keys)


@dataclass(frozen=True, slots=True)
class Hidden:
    people: tuple[Personal, ...]


@dataclass(frozen=True, slots=True)
class Deeper:
    inner: Hidden


@pytest.mark.parametrize("event", [Hidden, Deeper])
def test_a_personal_value_anywhere_but_in_its_own_field_is_refused(event):
    with pytest.raises(TypeError, match="hides"):
        personal_fields(event)


def values_of(hint):
    """Values of a type as events declare it."""
    simple = {
        int: st.integers(-(2**53), 2**53),
        float: st.floats(allow_nan=False, allow_infinity=False),
        str: st.text(max_size=12),
        bool: st.booleans(),
        types.NoneType: st.none(),
    }
    if hint in simple:
        return simple[hint]
    if hint is Personal:
        return st.builds(Personal, st.just("a" * 32), st.text(max_size=12))
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([values_of(each) for each in arguments])
    if origin is tuple and arguments[-1] is Ellipsis:
        return st.lists(values_of(arguments[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*[values_of(each) for each in arguments])
    if origin is not None and issubclass(origin, typing.Mapping):
        return st.dictionaries(values_of(arguments[0]), values_of(arguments[1]), max_size=2)
    hints = typing.get_type_hints(hint)
    return st.builds(hint, **{field.name: values_of(hints[field.name]) for field in dataclasses.fields(hint)})


def _without_clear_text(event):
    changes = {
        field.name: Personal(value.subject, None)
        for field in dataclasses.fields(event)
        if isinstance(value := getattr(event, field.name), Personal)
    }
    return dataclasses.replace(event, **changes)


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_every_event_of_the_hub_comes_back_as_it_was(name):
    keys = Keys(None)
    keys.ensure(["a" * 32])
    codec = hub_codec(keys)

    @settings(max_examples=8, deadline=None)
    @given(event=values_of(EVENTS[name]))
    def comes_back(event):
        type, data = codec.encode(event, STREAM)
        assert type == name
        assert codec.decode(stored(type, data)) == _without_clear_text(event)

    comes_back()
    keys.close()
