import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.wire.topics import (
    CHANNELS,
    ENROL_CHANNELS,
    HUB_CHANNELS,
    Address,
    DeviceTopic,
    EnrolTopic,
    HubTopic,
    JobTopic,
    address_of,
    device_filters,
    hub_filters,
    parse,
    rule_of,
)

ids = st.from_regex(r"[A-Za-z0-9._-]{1,64}", fullmatch=True)
kinds = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True).filter(lambda kind: kind not in ("hub", "enrol"))
addresses = st.builds(Address, ids, kinds, ids)
topics = st.one_of(
    st.builds(DeviceTopic, addresses, st.sampled_from(list(CHANNELS))),
    st.builds(JobTopic, addresses, ids, st.booleans()),
    st.builds(HubTopic, ids, st.sampled_from(list(HUB_CHANNELS))),
    st.builds(EnrolTopic, ids, ids, st.sampled_from(list(ENROL_CHANNELS))),
)
pieces = st.sampled_from(
    ["hh", "1", "2", "hall", "kiosk", "hub", "enrol", "job", "state", "event", "", "+", "#", "A 1"]
)


def matches(filter_: str, topic: str) -> bool:
    """MQTT's own rule, for filters without '#'."""
    wanted, levels = filter_.split("/"), topic.split("/")
    return len(wanted) == len(levels) and all(w in ("+", level) for w, level in zip(wanted, levels, strict=True))


@given(topics)
def test_a_topic_reads_back_as_itself(topic):
    assert parse(str(topic)) == topic


@given(st.lists(pieces, max_size=9).map("/".join) | st.text(max_size=40))
def test_what_reads_as_a_topic_is_written_the_same(text):
    topic = parse(text)
    assert topic is None or str(topic) == text


@given(topics)
def test_each_side_hears_exactly_what_the_other_sends(topic):
    text = str(topic)
    if rule_of(topic).sender == "device":
        assert any(matches(f, text) for f, _ in hub_filters(topic_hall(topic)))
    elif isinstance(topic, DeviceTopic | JobTopic):
        assert any(matches(f, text) for f, _ in device_filters(topic.address))
        assert not any(matches(f, text) for f, _ in hub_filters(topic_hall(topic)))


def topic_hall(topic):
    return topic.hall if isinstance(topic, HubTopic | EnrolTopic) else topic.address.hall


@given(addresses)
def test_a_client_id_reads_back_as_the_device(address):
    assert address_of(address.client_id) == address


@pytest.mark.parametrize(
    "text",
    [
        "hh/2/hall/kiosk/K1/event",
        "hh/1/hall/kiosk/K1/events",
        "hh/1/hall/kiosk/K1/event/",
        "hh/1/hall/Kiosk/K1/event",
        "hh/1/hall/kiosk/K 1/event",
        "hh/1/hall/kiosk/K1\n/event",
        "hh/1/hall/kiosk/" + "K" * 65 + "/event",
        "hh/1/hall/hub/K1/event",
        "hh/1/hall/hub/desired",
        "hh/1//kiosk/K1/event",
        "$SYS/broker/uptime",
        "",
    ],
)
def test_a_strangers_topic_is_none_of_ours(text):
    assert parse(text) is None


@pytest.mark.parametrize(
    ("hall", "kind", "device", "part"),
    [("a/b", "kiosk", "K1", "hall"), ("a", "hub", "K1", "kind"), ("a", "kiosk", "", "device")],
)
def test_an_address_that_the_grammar_does_not_allow_names_the_part(hall, kind, device, part):
    with pytest.raises(ValueError, match=part):
        Address(hall, kind, device)


def test_a_stranger_client_is_no_device():
    assert address_of("hub") is None
    assert address_of("a:hub:b") is None
