"""The envelopes of the wire contract, version 1, and their codecs.

Decoders raise `Malformed` naming the field and nothing else; encoders return bytes of JSON. The data of an event, a
reply and a command stays raw until `decode_data`, `decode_reply_data` and `decode_args` of `devices.wire.vocabulary`
read it by kind and name, so that an unknown name is refused with its seq known.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from devices.wire.codec import (
    MAX_PAYLOAD,
    Count,
    Decoder,
    Id,
    Long,
    Malformed,
    Seq,
    Short,
    Time,
    UnknownType,
    encode,
    utc,
)
from devices.wire.vocabulary import (
    COMMANDS,
    DESIRED,
    EVENTS,
    decode_args,
    decode_data,
    decode_desired,
    decode_reply_data,
    event_rule,
)

__all__ = [
    "COMMANDS",
    "CONTRACT_VERSION",
    "DESIRED",
    "EVENTS",
    "MAX_PAYLOAD",
    "Ack",
    "Command",
    "Description",
    "Event",
    "HubState",
    "HubTime",
    "Malformed",
    "Place",
    "Rebirth",
    "Refusal",
    "Reply",
    "Reported",
    "Result",
    "ResultState",
    "Sentence",
    "State",
    "UnknownType",
    "decode_ack",
    "decode_args",
    "decode_command",
    "decode_data",
    "decode_description",
    "decode_desired",
    "decode_event",
    "decode_hub_state",
    "decode_hub_time",
    "decode_rebirth",
    "decode_reply",
    "decode_reply_data",
    "decode_reported",
    "decode_result",
    "decode_state",
    "decode_telemetry",
    "encode",
    "encode_ack",
    "encode_command",
    "encode_description",
    "encode_event",
    "encode_gap",
    "encode_hub_state",
    "encode_hub_time",
    "encode_rebirth",
    "encode_refusal",
    "encode_reply",
    "encode_reported",
    "encode_result",
    "encode_state",
    "event_rule",
]

CONTRACT_VERSION: Final = 1

DeviceState: TypeAlias = Literal["online", "lost", "sleeping"]
ResultState: TypeAlias = Literal["accepted", "running", "done", "failed", "rejected", "expired", "unknown"]
FINAL_STATES: Final[frozenset[ResultState]] = frozenset({"done", "failed", "rejected", "expired", "unknown"})


@dataclass(frozen=True, slots=True)
class State:
    """Presence. `boot` is new at every CONNECT; a will carries no `at`, and one from an older boot is ignored."""

    state: DeviceState
    boot: Id
    at: Time | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a device was set up: the window it stands at, the kiosk it prints for, its floor, its board's scope.

    A wish; the hub's registry decides.
    """

    window: Short | None = None
    kiosk: Id | None = None
    floor: Short | None = None
    scope: Short | None = None


@dataclass(frozen=True, slots=True)
class Description:
    """What a device is. `contract` is the version of this contract that it speaks."""

    model: Annotated[str, msgspec.Meta(max_length=200)]
    firmware: Annotated[str, msgspec.Meta(max_length=200)]
    contract: int = CONTRACT_VERSION
    capabilities: Annotated[tuple[Short, ...], msgspec.Meta(max_length=50)] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """The revision of `desired` that is applied. `problem` says in English why a newer one could not be."""

    revision: Count
    problem: Long | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, kept by the device until acknowledged. `age` is milliseconds since the person acted."""

    epoch: Id
    seq: Seq
    at: Time
    type: Short
    data: msgspec.Raw
    age: Count = 0


@dataclass(frozen=True, slots=True)
class Ack:
    """Everything of `epoch` up to `seq` is committed; on a gap `missing` are the first and last seq asked for."""

    epoch: Id
    seq: Count
    missing: tuple[Seq, Seq] | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence for people, in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an event was refused: a stable code, the facts behind it, and a sentence for the person."""

    code: Short
    facts: dict[str, object]
    message: Sentence


@dataclass(frozen=True, slots=True)
class Reply:
    """The outcome of an event: `data` when `ok`, else `refused`. It acknowledges its own seq, except `no-room`."""

    epoch: Id
    seq: Seq
    ok: bool
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET  # of the ways to leave out a Raw, msgspec reads this one
    refused: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """An order. `fence` is the hub's term; past `deadline`, in the hub's time, it is not begun any more."""

    id: Id
    fence: Count
    deadline: Time
    op: Short
    args: msgspec.Raw


@dataclass(frozen=True, slots=True)
class Result:
    """How far a command is. `unknown`: nobody can say whether it happened, and it is never run again by itself."""

    id: Id
    state: ResultState
    at: Time
    facts: dict[str, object]


@dataclass(frozen=True, slots=True)
class HubState:
    """The hub's own presence; its will carries no `at`. A raised `fence` means a restore or a takeover."""

    state: Literal["online", "lost"]
    boot: Id
    at: Time | None = None
    fence: Count = 0


@dataclass(frozen=True, slots=True)
class HubTime:
    """The hub's clock now."""

    at: Time


@dataclass(frozen=True, slots=True)
class Rebirth:
    """Say again who you are: for one device when `kind` and `device` are there, else for all.

    Devices spread their answers at random over `spread_ms`.
    """

    kind: Short | None = None
    device: Id | None = None
    spread_ms: Annotated[int, msgspec.Meta(ge=0, le=60_000)] = 0


decode_state: Final = Decoder(State)
decode_description: Final = Decoder(Description)
decode_reported: Final = Decoder(Reported)
decode_ack: Final = Decoder(Ack)
decode_result: Final = Decoder(Result)
decode_hub_state: Final = Decoder(HubState)
decode_hub_time: Final = Decoder(HubTime)
decode_rebirth: Final = Decoder(Rebirth)
decode_telemetry: Final = Decoder(dict[str, float | int | str | bool | None])
_decode_event: Final = Decoder(Event)
_decode_reply: Final = Decoder(Reply)
_decode_command: Final = Decoder(Command)


def decode_event(payload: bytes) -> Event:
    """An event with `data` unread. Raises `Malformed`: the payload is unreadable and is counted and dropped."""
    return _decode_event(payload)


def decode_reply(payload: bytes) -> Reply:
    """A reply with `data` unread. Raises `Malformed`, also when it is neither an answer nor a refusal."""
    reply = _decode_reply(payload)
    if reply.ok and reply.data is msgspec.UNSET:
        raise Malformed("data", "missing")
    if not reply.ok and reply.refused is None:
        raise Malformed("refused", "missing")
    return reply


def decode_command(payload: bytes) -> Command:
    """A command with `args` unread. Raises `Malformed`."""
    return _decode_command(payload)


def encode_event(event: Event) -> bytes:
    """Raises `Malformed` when the payload would be larger than the contract allows."""
    payload = encode(event)
    if len(payload) > MAX_PAYLOAD:
        raise Malformed("data", f"more than {MAX_PAYLOAD} bytes")
    return payload


def encode_state(state: State) -> bytes:
    if state.at is None:
        return encode({"state": state.state, "boot": state.boot})
    return encode(state)


def encode_description(description: Description) -> bytes:
    return encode(description)


def encode_reported(reported: Reported) -> bytes:
    return encode(reported) if reported.problem is not None else encode({"revision": reported.revision})


def encode_ack(epoch: str, seq: int) -> bytes:
    """`seq` is the last committed one, 0 for none. Ids need no escaping, so the bytes are put together directly."""
    return b'{"epoch":"%b","seq":%d}' % (epoch.encode(), seq)


def encode_gap(epoch: str, seq: int, missing: tuple[int, int]) -> bytes:
    """`seq` is the last committed one, `missing` the first and last seq that the device is asked for."""
    return b'{"epoch":"%b","seq":%d,"missing":[%d,%d]}' % (epoch.encode(), seq, *missing)


def encode_reply(epoch: str, seq: int, data: object) -> bytes:
    """`data` is a dataclass of `EVENTS`, a mapping, or `msgspec.Raw` bytes of a stored outcome."""
    return b'{"epoch":"%b","seq":%d,"ok":true,"data":%b}' % (epoch.encode(), seq, encode(data))


def encode_refusal(epoch: str, seq: int, refusal: Refusal) -> bytes:
    return b'{"epoch":"%b","seq":%d,"ok":false,"refused":%b}' % (epoch.encode(), seq, encode(refusal))


def encode_command(id_: str, fence: int, deadline: datetime, op: str, args: object) -> bytes:
    """`args` is a dataclass of `COMMANDS` or `msgspec.Raw`. Raises `Malformed` when it is too large to send."""
    payload = encode({"id": id_, "fence": fence, "deadline": utc(deadline), "op": op, "args": args})
    if len(payload) > MAX_PAYLOAD:
        raise Malformed("args", f"more than {MAX_PAYLOAD} bytes")
    return payload


def encode_result(result: Result) -> bytes:
    """Facts that would make the result larger than the contract allows are left out, and it says so."""
    payload = encode(result)
    if len(payload) <= MAX_PAYLOAD:
        return payload
    return encode(Result(result.id, result.state, result.at, {"left_out": f"{len(payload)} bytes"}))


def encode_hub_state(state: HubState) -> bytes:
    if state.at is None:
        return encode({"state": state.state, "boot": state.boot, "fence": state.fence})
    return encode(state)


def encode_hub_time(at: datetime) -> bytes:
    return encode({"at": utc(at)})


def encode_rebirth(rebirth: Rebirth) -> bytes:
    if rebirth.kind is None or rebirth.device is None:
        return encode({"spread_ms": rebirth.spread_ms})
    return encode(rebirth)
