from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.wire.messages import (
    COMMANDS,
    DESIRED,
    EVENTS,
    MAX_PAYLOAD,
    Ack,
    Description,
    Event,
    HubState,
    Malformed,
    Place,
    Rebirth,
    Refusal,
    Reported,
    Result,
    Sentence,
    State,
    UnknownType,
    decode_ack,
    decode_args,
    decode_command,
    decode_data,
    decode_description,
    decode_desired,
    decode_event,
    decode_hub_state,
    decode_hub_time,
    decode_rebirth,
    decode_reply,
    decode_reply_data,
    decode_reported,
    decode_result,
    decode_state,
    decode_telemetry,
    encode_ack,
    encode_command,
    encode_description,
    encode_event,
    encode_gap,
    encode_hub_state,
    encode_hub_time,
    encode_rebirth,
    encode_refusal,
    encode_reply,
    encode_reported,
    encode_result,
    encode_state,
)
from devices.wire.vocabulary import NumberReply, OutboxLost, Rated, TicketReply, TicketRequested, WaitMinutes

AT = datetime(2026, 1, 5, 1, 2, 3, 400000, tzinfo=UTC)
DECODERS = [
    decode_state,
    decode_description,
    decode_reported,
    decode_event,
    decode_ack,
    decode_reply,
    decode_command,
    decode_result,
    decode_hub_state,
    decode_hub_time,
    decode_rebirth,
    decode_telemetry,
    *(lambda raw, name=name: decode_data(*name, raw) for name in EVENTS),
    *(lambda raw, name=name: decode_args(*name, raw) for name in COMMANDS),
    *(lambda raw, kind=kind: decode_desired(kind, raw) for kind in DESIRED),
]
HOSTILE = [
    b"",
    b"\xff",
    b'{"a":"\xff"}',
    b"[" * 15_000,
    b'{"data":' * 2_000,
    b'{"epoch":"e","seq":1,"at":"2026-01-05T01:02:03Z","type":"x","data":' + b"[" * 12_000,
    b" " * (MAX_PAYLOAD + 1),
    b"null",
    b"[]",
    b'"\\ud800"',
    b"1e999",
    b"NaN",
    b'{"seq":' + b"9" * 400 + b"}",
    b"{}}",
]


def event_bytes(**changes: object) -> bytes:
    fields = {"epoch": "e1", "seq": 1, "at": "2026-01-05T01:02:03Z", "type": "rated", "data": {}} | changes
    return msgspec.json.encode({name: value for name, value in fields.items() if value is not None})


@pytest.mark.parametrize("payload", HOSTILE)
def test_a_hostile_payload_is_malformed_for_every_decoder(payload):
    for decode in DECODERS:
        try:
            decode(payload)
        except Malformed:
            continue
        # What is left must be JSON that this shape allows.
        msgspec.json.decode(payload)


@given(st.binary(max_size=200))
def test_random_bytes_are_malformed_or_read(payload):
    for decode in DECODERS:
        with suppress(Malformed):
            decode(payload)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
field_names = st.sampled_from(["epoch", "seq", "at", "type", "data", "age", "state", "boot", "id", "fence", "category"])


@given(st.dictionaries(field_names, json_values))
def test_json_of_the_wrong_shape_is_malformed_or_read(fields):
    payload = msgspec.json.encode(fields)
    for decode in DECODERS:
        with suppress(Malformed):
            decode(payload)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"seq": 0}, "seq"),
        ({"seq": -1}, "seq"),
        ({"seq": "1"}, "seq"),
        ({"seq": 2**53}, "seq"),
        ({"seq": None}, "seq"),
        ({"epoch": ""}, "epoch"),
        ({"epoch": "e 1"}, "epoch"),
        ({"epoch": "e\n"}, "epoch"),
        ({"epoch": "x" * 65}, "epoch"),
        ({"at": "2026-01-05T01:02:03"}, "at"),
        ({"at": 5}, "at"),
        ({"age": -1}, "age"),
        ({"data": None}, "data"),
        ({"type": ""}, "type"),
    ],
)
def test_a_bad_field_of_an_event_is_named(changes, field):
    with pytest.raises(Malformed) as caught:
        decode_event(event_bytes(**changes))
    assert caught.value.field == field


def test_a_bad_field_deep_in_the_data_is_named_by_its_path():
    page = {"sha256": "0" * 64, "bytes": 1}
    raw = msgspec.json.encode({"scan": "s", "pages": [page, page | {"bytes": -1}]})
    with pytest.raises(Malformed) as caught:
        decode_data("scanner", "pages-scanned", raw)
    assert caught.value.field == "data.pages[1].bytes"


def test_unknown_fields_are_ignored():
    event = decode_event(event_bytes(colour="red", data={"ticket": "t", "score": 5, "mood": "fine"}))
    assert decode_data("rating_pad", event.type, event.data) == Rated(ticket="t", score=5)


def test_an_unknown_event_of_a_kind_is_told_from_a_bad_one():
    with pytest.raises(UnknownType):
        decode_data("kiosk", "rated", b"{}")
    with pytest.raises(UnknownType):
        decode_args("kiosk", "print-ticket", b"{}")
    with pytest.raises(UnknownType):
        decode_reply_data("rating_pad", "rated", b"{}")
    with pytest.raises(UnknownType):
        decode_desired("kiosk", b"{}")


def test_outbox_lost_is_an_event_of_every_kind_and_says_from():
    lost = OutboxLost(epoch="e", from_=3, to=7)
    raw = msgspec.json.encode(lost)
    assert msgspec.json.decode(raw) == {"epoch": "e", "from": 3, "to": 7}
    assert decode_data("kiosk", "outbox-lost", raw) == lost


def test_data_that_is_not_utf8_makes_the_whole_event_unreadable():
    with pytest.raises(Malformed, match="UTF-8"):
        decode_event(b'{"epoch":"e","seq":1,"at":"2026-01-05T01:02:03Z","type":"x","data":{"a":"\xff"}}')


def test_an_event_survives_the_wire():
    event = Event("e1", 7, AT, "rated", msgspec.Raw(b'{"ticket":"t","score":5}'), 120)
    again = decode_event(encode_event(event))
    assert (again.epoch, again.seq, again.at, again.type, again.age) == ("e1", 7, AT, "rated", 120)
    assert bytes(again.data) == bytes(event.data)


def test_an_event_too_large_for_the_wire_is_not_written():
    with pytest.raises(Malformed, match="bytes"):
        encode_event(Event("e1", 1, AT, "x", msgspec.Raw(b'"' + b"a" * MAX_PAYLOAD + b'"')))


def test_answers_survive_the_wire():
    assert decode_ack(encode_ack("e1", 0)) == Ack("e1", 0)
    assert decode_ack(encode_gap("e1", 4, (5, 9))) == Ack("e1", 4, (5, 9))
    ticket = TicketReply(ticket="t", number="A012", ahead=7, wait_minutes=WaitMinutes(p50=12, p90=21), printer=None)
    reply = decode_reply(encode_reply("e1", 3, ticket))
    assert reply.ok
    assert isinstance(reply.data, msgspec.Raw)
    assert decode_reply_data("kiosk", "ticket-requested", reply.data) == ticket
    refusal = Refusal("stale", {"age": 31_000}, Sentence("太晚", "Too late"))
    assert decode_reply(encode_refusal("e1", 3, refusal)).refused == refusal


def test_a_stored_outcome_is_sent_as_its_bytes():
    stored = msgspec.Raw(b'{"number":"A001"}')
    reply = decode_reply(encode_reply("e1", 1, stored))
    assert decode_reply_data("call_button", "call-next", msgspec.Raw(reply.data)) == NumberReply(number="A001")


@pytest.mark.parametrize(
    ("payload", "field"),
    [(b'{"epoch":"e","seq":1,"ok":true}', "data"), (b'{"epoch":"e","seq":1,"ok":false}', "refused")],
)
def test_a_reply_without_its_outcome_is_malformed(payload, field):
    with pytest.raises(Malformed) as caught:
        decode_reply(payload)
    assert caught.value.field == field


def test_the_rest_survives_the_wire():
    assert decode_state(encode_state(State("online", "b1", AT))) == State("online", "b1", AT)
    described = Description("m", "1", 1, ("a", "b"), Place(window="112"))
    assert decode_description(encode_description(described)) == described
    assert decode_reported(encode_reported(Reported(5))) == Reported(5)
    assert decode_reported(encode_reported(Reported(5, "no"))) == Reported(5, "no")
    result = Result("c1", "done", AT, {"door": 3})
    assert decode_result(encode_result(result)) == result
    assert decode_hub_state(encode_hub_state(HubState("online", "b", AT, 2))) == HubState("online", "b", AT, 2)
    assert decode_rebirth(encode_rebirth(Rebirth("kiosk", "K1"))) == Rebirth("kiosk", "K1")
    assert decode_rebirth(b"{}") == Rebirth()
    command = decode_command(encode_command("c1", 3, AT, "ask-rating", {"ticket": "t", "seconds": 20}))
    assert (command.id, command.fence, command.deadline, command.op) == ("c1", 3, AT, "ask-rating")
    assert decode_args("rating_pad", command.op, command.args).seconds == 20


def test_a_will_carries_no_time():
    assert msgspec.json.decode(encode_state(State("lost", "b1"))) == {"state": "lost", "boot": "b1"}
    assert "at" not in msgspec.json.decode(encode_hub_state(HubState("lost", "b1")))


def test_times_are_written_in_utc_wherever_they_came_from():
    beijing = AT.astimezone(timezone(timedelta(hours=8)))
    assert msgspec.json.decode(encode_hub_time(beijing)) == {"at": "2026-01-05T01:02:03.400000Z"}
    assert decode_hub_time(b'{"at":"2026-01-05T09:02:03.4+08:00"}').at == AT


def test_facts_too_large_for_a_result_are_left_out_and_it_says_so():
    result = decode_result(encode_result(Result("c1", "failed", AT, {"dump": "x" * MAX_PAYLOAD})))
    assert result.state == "failed"
    assert set(result.facts) == {"left_out"}


def test_a_ticket_is_asked_for_with_a_category_alone():
    assert decode_data("kiosk", "ticket-requested", b'{"category":"A"}') == TicketRequested(category="A")
