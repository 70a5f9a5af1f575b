from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.mqtt.packets import message_of
from hub.mqtt.subscriptions import RetainedTopics, Subscriptions

LEVEL = st.sampled_from(["a", "b", "", "$s"])
TOPIC = st.lists(LEVEL, min_size=1, max_size=4).map("/".join).filter(bool)
FILTER = st.builds(
    lambda levels, rest: "/".join([*levels, *rest]),
    st.lists(st.one_of(LEVEL, st.just("+")), min_size=0, max_size=4),
    st.sampled_from([[], ["#"]]),
).filter(bool)


def matches(topic_filter: str, topic: str) -> bool:
    """Section 4.7 of the standard, level by level."""
    if topic.startswith("$") and topic_filter[0] in "+#":
        return False
    wanted, levels = topic_filter.split("/"), topic.split("/")
    for depth, level in enumerate(wanted):
        if level == "#":
            return True
        if depth >= len(levels) or level not in ("+", levels[depth]):
            return False
    return len(wanted) == len(levels)


@given(st.lists(st.tuples(FILTER, st.integers(0, 3), st.integers(0, 1))), st.lists(TOPIC, min_size=1))
def test_the_tree_of_filters_finds_what_the_standard_says(
    granted: list[tuple[str, int, int]], topics: list[str]
) -> None:
    tree: Subscriptions[int] = Subscriptions()
    held: dict[tuple[str, int], int] = {}

    def agrees() -> None:
        for topic in topics:
            expected: dict[int, int] = {}
            for (topic_filter, subscriber), qos in held.items():
                if matches(topic_filter, topic):
                    expected[subscriber] = max(qos, expected.get(subscriber, 0))
            assert dict(tree.match(topic)) == expected

    for topic_filter, subscriber, qos in granted:
        tree.add(topic_filter, subscriber, qos)
        held[topic_filter, subscriber] = qos
        agrees()
    for topic_filter, subscriber in list(held):
        tree.remove(topic_filter, subscriber)
        del held[topic_filter, subscriber]
        agrees()
    assert not tree._root.branches, "no branch is left without a subscription"


@given(st.lists(st.tuples(TOPIC, st.booleans())), FILTER)
def test_the_tree_of_retained_topics_finds_what_the_standard_says(
    changes: list[tuple[str, bool]], topic_filter: str
) -> None:
    retained = RetainedTopics(1_000, 1_000_000)
    kept: dict[str, int] = {}
    for n, (topic, keep) in enumerate(changes):
        if keep:
            assert retained.keep(message_of(topic, b"%d" % n), 1)
            kept[topic] = n
        else:
            retained.clear(topic)
            kept.pop(topic, None)
    found = {message.topic: int(message.payload) for message, _ in retained.match(topic_filter)}
    assert found == {topic: n for topic, n in kept.items() if matches(topic_filter, topic)}
    assert len(retained) == len(kept)
    for topic in kept:
        retained.clear(topic)
    assert (len(retained), retained._bytes, retained._root.levels) == (0, 0, {})


def test_a_topic_without_room_keeps_nothing_rather_than_its_old_state() -> None:
    retained = RetainedTopics(messages=2, size=40)
    assert retained.keep(message_of("a", b"old"), 0)
    assert retained.keep(message_of("b", b"b"), 0)
    assert not retained.keep(message_of("c", b"c"), 0)
    assert not retained.keep(message_of("a", b"x" * 40), 0)
    assert retained.match("a") == []
    assert retained.keep(message_of("c", b"c"), 0)
