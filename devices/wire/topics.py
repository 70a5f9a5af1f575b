"""The topic grammar of the wire contract, version 1, and its exact inverse.

`str(topic)` writes a topic, `parse` reads it: `parse(str(t)) == t` for every value, and `str(parse(s)) == s` for
every string that `parse` accepts. Everything else is `None`, so a stranger's topic is ignored, never an exception.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, TypeAlias, get_args

PREFIX: Final = "hh/1"

Sender: TypeAlias = Literal["hub", "device"]
Channel: TypeAlias = Literal[
    "state",
    "description",
    "desired",
    "reported",
    "event",
    "ack",
    "reply",
    "command",
    "result",
    "telemetry",
]
HubChannel: TypeAlias = Literal["state", "time", "rebirth"]
EnrolChannel: TypeAlias = Literal["request", "answer"]

_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_KIND: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_RESERVED_KINDS: Final = frozenset({"hub", "enrol"})


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """Who sends on a channel, with which quality of service (0 or 1), and whether the broker retains the last."""

    sender: Sender
    qos: Literal[0, 1]
    retain: bool


CHANNELS: Final[dict[Channel, ChannelRule]] = {
    "state": ChannelRule("device", 1, retain=True),
    "description": ChannelRule("device", 1, retain=True),
    "desired": ChannelRule("hub", 1, retain=True),
    "reported": ChannelRule("device", 1, retain=True),
    "event": ChannelRule("device", 1, retain=False),
    "ack": ChannelRule("hub", 1, retain=False),
    "reply": ChannelRule("hub", 1, retain=False),
    # Never retained: "open door" would fire again at each connection.
    "command": ChannelRule("hub", 1, retain=False),
    "result": ChannelRule("device", 1, retain=False),
    "telemetry": ChannelRule("device", 0, retain=False),
}
HUB_CHANNELS: Final[dict[HubChannel, ChannelRule]] = {
    "state": ChannelRule("hub", 1, retain=True),
    "time": ChannelRule("hub", 0, retain=False),
    "rebirth": ChannelRule("hub", 1, retain=False),
}
ENROL_CHANNELS: Final[dict[EnrolChannel, ChannelRule]] = {
    "request": ChannelRule("device", 1, retain=False),
    "answer": ChannelRule("hub", 1, retain=False),
}
JOB_RULE: Final = ChannelRule("hub", 1, retain=True)
JOB_STATE_RULE: Final = ChannelRule("device", 1, retain=True)

assert set(CHANNELS) == set(get_args(Channel))


def is_id(text: str) -> bool:
    """Whether `text` may stand as a hall, device, job, epoch, boot or command id."""
    return _ID.fullmatch(text) is not None


def is_kind(text: str) -> bool:
    """Whether `text` may stand as a kind: lower snake case, none of the reserved words."""
    return _KIND.fullmatch(text) is not None and text not in _RESERVED_KINDS


def _require_id(what: str, text: str) -> None:
    if not is_id(text):
        raise ValueError(f"{what}: {text!r} is not 1 to 64 characters of A-Z, a-z, 0-9, '.', '_' and '-'")


@dataclass(frozen=True, slots=True)
class Address:
    """Which device of which hall. Raises `ValueError` naming the part that the grammar does not allow."""

    hall: str
    kind: str
    device: str

    def __post_init__(self) -> None:
        _require_id("hall", self.hall)
        _require_id("device", self.device)
        if not is_kind(self.kind):
            raise ValueError(f"kind: {self.kind!r} is not a lower-case name, or it is reserved")

    def topic(self, channel: Channel) -> str:
        """The topic of one channel of this device."""
        return f"{PREFIX}/{self.hall}/{self.kind}/{self.device}/{channel}"

    @property
    def client_id(self) -> str:
        """The MQTT client id of this device, `hall:kind:device`; ':' occurs in no part, so it reads back."""
        return f"{self.hall}:{self.kind}:{self.device}"


def address_of(client_id: str) -> Address | None:
    """The inverse of `Address.client_id`; `None` for any other client."""
    parts = client_id.split(":")
    if len(parts) != 3 or not (is_id(parts[0]) and is_kind(parts[1]) and is_id(parts[2])):
        return None
    return Address(*parts)


@dataclass(frozen=True, slots=True)
class DeviceTopic:
    """`hh/1/{hall}/{kind}/{device}/{channel}`"""

    address: Address
    channel: Channel

    def __str__(self) -> str:
        return self.address.topic(self.channel)


@dataclass(frozen=True, slots=True)
class JobTopic:
    """`hh/1/{hall}/{kind}/{device}/job/{id}`, and with `/state` the device's account of it."""

    address: Address
    job: str
    is_state: bool

    def __post_init__(self) -> None:
        _require_id("job", self.job)

    def __str__(self) -> str:
        where = self.address
        tail = "/state" if self.is_state else ""
        return f"{PREFIX}/{where.hall}/{where.kind}/{where.device}/job/{self.job}{tail}"


@dataclass(frozen=True, slots=True)
class HubTopic:
    """`hh/1/{hall}/hub/{state,time,rebirth}`"""

    hall: str
    channel: HubChannel

    def __post_init__(self) -> None:
        _require_id("hall", self.hall)

    def __str__(self) -> str:
        return f"{PREFIX}/{self.hall}/hub/{self.channel}"


@dataclass(frozen=True, slots=True)
class EnrolTopic:
    """`hh/1/{hall}/enrol/{id}/{request,answer}`"""

    hall: str
    id: str
    channel: EnrolChannel

    def __post_init__(self) -> None:
        _require_id("hall", self.hall)
        _require_id("id", self.id)

    def __str__(self) -> str:
        return f"{PREFIX}/{self.hall}/enrol/{self.id}/{self.channel}"


Topic: TypeAlias = DeviceTopic | JobTopic | HubTopic | EnrolTopic


@lru_cache(maxsize=16384)
def parse(topic: str) -> Topic | None:
    """The value of a topic, `None` when it is none of this contract. Cached: a hall has a few thousand topics."""
    parts = topic.split("/")
    if len(parts) < 5 or parts[0] != "hh" or parts[1] != "1" or not is_id(parts[2]):
        return None
    hall, rest = parts[2], parts[3:]
    match rest:
        case ["hub", channel] if channel in HUB_CHANNELS:
            return HubTopic(hall, channel)
        case ["enrol", who, channel] if channel in ENROL_CHANNELS and is_id(who):
            return EnrolTopic(hall, who, channel)
        case [kind, device, *tail] if is_kind(kind) and is_id(device):
            return _of_device(Address(hall, kind, device), tail)
        case _:
            return None


def _of_device(address: Address, tail: list[str]) -> Topic | None:
    match tail:
        case [channel] if channel in CHANNELS:
            return DeviceTopic(address, channel)
        case ["job", job] if is_id(job):
            return JobTopic(address, job, is_state=False)
        case ["job", job, "state"] if is_id(job):
            return JobTopic(address, job, is_state=True)
        case _:
            return None


def rule_of(topic: Topic) -> ChannelRule:
    """Who may publish on `topic`, and how."""
    match topic:
        case DeviceTopic():
            return CHANNELS[topic.channel]
        case JobTopic():
            return JOB_STATE_RULE if topic.is_state else JOB_RULE
        case HubTopic():
            return HUB_CHANNELS[topic.channel]
        case EnrolTopic():
            return ENROL_CHANNELS[topic.channel]


def hub_filters(hall: str) -> tuple[tuple[str, int], ...]:
    """The (filter, QoS) pairs the hub subscribes to: every channel that devices send on."""
    _require_id("hall", hall)
    channels = [(f"{PREFIX}/{hall}/+/+/{name}", rule.qos) for name, rule in CHANNELS.items() if rule.sender == "device"]
    return (
        *channels,
        (f"{PREFIX}/{hall}/+/+/job/+/state", JOB_STATE_RULE.qos),
        (f"{PREFIX}/{hall}/enrol/+/request", ENROL_CHANNELS["request"].qos),
    )


def device_filters(address: Address) -> tuple[tuple[str, int], ...]:
    """The (filter, QoS) pairs a device subscribes to: its own orders and answers, and what the hub tells everybody."""
    own = [(address.topic(name), rule.qos) for name, rule in CHANNELS.items() if rule.sender == "hub"]
    hub = [(str(HubTopic(address.hall, name)), rule.qos) for name, rule in HUB_CHANNELS.items()]
    jobs = f"{PREFIX}/{address.hall}/{address.kind}/{address.device}/job/+"
    return (*own, *hub, (jobs, JOB_RULE.qos))
