"""Which filters a topic matches, and which retained topics a filter matches: two trees of topic levels.

Wildcards in the first level never match topics that begin with '$' [MQTT-4.7.2-1].
"""

from __future__ import annotations

from typing import Generic, TypeVar

from hub.mqtt.packets import Message

Subscriber = TypeVar("Subscriber")

_REMEMBERED_TOPICS = 20_000


class _Branch(Generic[Subscriber]):
    __slots__ = ("branches", "grants")

    def __init__(self) -> None:
        self.branches: dict[str, _Branch[Subscriber]] = {}
        self.grants: dict[Subscriber, int] = {}


class Subscriptions(Generic[Subscriber]):
    """Filters with the QoS granted to each subscriber."""

    def __init__(self) -> None:
        self._root: _Branch[Subscriber] = _Branch()
        self._matches: dict[str, tuple[tuple[Subscriber, int], ...]] = {}

    def add(self, topic_filter: str, subscriber: Subscriber, qos: int) -> None:
        branch = self._root
        for level in topic_filter.split("/"):
            following = branch.branches.get(level)
            if following is None:
                following = branch.branches[level] = _Branch()
            branch = following
        branch.grants[subscriber] = qos
        self._matches.clear()

    def remove(self, topic_filter: str, subscriber: Subscriber) -> None:
        """No effect where there is no such subscription."""
        path: list[tuple[_Branch[Subscriber], str]] = []
        branch = self._root
        for level in topic_filter.split("/"):
            path.append((branch, level))
            following = branch.branches.get(level)
            if following is None:
                return
            branch = following
        branch.grants.pop(subscriber, None)
        for parent, level in reversed(path):
            child = parent.branches[level]
            if child.grants or child.branches:
                break
            del parent.branches[level]
        self._matches.clear()

    def match(self, topic: str) -> tuple[tuple[Subscriber, int], ...]:
        """Each subscriber once, with the highest QoS of its filters that match."""
        found = self._matches.get(topic)
        if found is None:
            found = tuple(self._walk(topic).items())
            if len(self._matches) >= _REMEMBERED_TOPICS:
                self._matches.clear()
            if len(topic) <= 256:
                self._matches[topic] = found
        return found

    def _walk(self, topic: str) -> dict[Subscriber, int]:
        found: dict[Subscriber, int] = {}
        branches = [self._root]
        wild = not topic.startswith("$")
        for level in topic.split("/"):
            following: list[_Branch[Subscriber]] = []
            for branch in branches:
                if wild:
                    if rest := branch.branches.get("#"):
                        _collect(found, rest)
                    if single := branch.branches.get("+"):
                        following.append(single)
                if exact := branch.branches.get(level):
                    following.append(exact)
            branches = following
            wild = True
        for branch in branches:
            _collect(found, branch)
            if rest := branch.branches.get("#"):
                _collect(found, rest)
        return found


def _collect(found: dict[Subscriber, int], branch: _Branch[Subscriber]) -> None:
    for subscriber, qos in branch.grants.items():
        if found.get(subscriber, -1) < qos:
            found[subscriber] = qos


class _Level:
    __slots__ = ("kept", "levels")

    def __init__(self) -> None:
        self.levels: dict[str, _Level] = {}
        self.kept: tuple[Message, int] | None = None


class RetainedTopics:
    """The last retained message of each topic with the QoS it was published at, bounded in number and bytes."""

    def __init__(self, messages: int, size: int) -> None:
        self._room = messages
        self._byte_room = size
        self._count = 0
        self._bytes = 0
        self._root = _Level()

    def __len__(self) -> int:
        return self._count

    def keep(self, message: Message, qos: int) -> bool:
        """Replaces what the topic had. False when there is no room: the topic then keeps nothing, since an old
        state that nobody replaces any more would be a lie."""
        self.clear(message.topic)
        if self._count >= self._room or self._bytes + message.size > self._byte_room:
            return False
        level = self._root
        for name in message.topic.split("/"):
            following = level.levels.get(name)
            if following is None:
                following = level.levels[name] = _Level()
            level = following
        level.kept = (message, qos)
        self._count += 1
        self._bytes += message.size
        return True

    def clear(self, topic: str) -> None:
        path: list[tuple[_Level, str]] = []
        level = self._root
        for name in topic.split("/"):
            path.append((level, name))
            following = level.levels.get(name)
            if following is None:
                return
            level = following
        if level.kept is None:
            return
        self._count -= 1
        self._bytes -= level.kept[0].size
        level.kept = None
        for parent, name in reversed(path):
            child = parent.levels[name]
            if child.kept or child.levels:
                break
            del parent.levels[name]

    def match(self, topic_filter: str) -> list[tuple[Message, int]]:
        """In no promised order."""
        *names, last = topic_filter.split("/")
        everything_below = last == "#"
        if not everything_below:
            names.append(last)
        levels = [self._root]
        for depth, name in enumerate(names):
            if name == "+":
                levels = [
                    child for level in levels for key, child in level.levels.items() if depth or not key.startswith("$")
                ]
            else:
                levels = [child for level in levels if (child := level.levels.get(name))]
        if not everything_below:
            return [level.kept for level in levels if level.kept]
        found: list[tuple[Message, int]] = []
        at_root = not names
        while levels:
            level = levels.pop()
            if level.kept:
                found.append(level.kept)
            levels += [child for key, child in level.levels.items() if not (at_root and key.startswith("$"))]
            at_root = False
        return found
