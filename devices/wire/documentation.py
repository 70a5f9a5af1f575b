"""Writes `mqtt_topics.md` from the tables of the contract: `python -m devices.wire.documentation [FILE]`."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import inspect

from devices.wire import messages, topics, vocabulary
from devices.wire.codec import MAX_PAYLOAD, encode
from devices.wire.refusals import REFUSALS

PATH: Final = Path(__file__).parents[2] / "mqtt_topics.md"

_AT: Final = datetime(2026, 1, 5, 1, 12, 3, 400000, tzinfo=UTC)

_INTRO: Final = """\
# MQTT topics

*Written by `python -m devices.wire.documentation` from `devices/wire`; a test holds it equal. Do not edit.*

设备与大厅中枢之间的约定，第 {version} 版。任何能说 MQTT 3.1.1 的设备都可以接入：按下表发布和订阅主题，载荷是不超过
{limit} 字节的 UTF-8 JSON，未知字段一律忽略。时间用 UTC 的 RFC 3339 写法；设备自己起的编号为 1 至 64 个字符，只用
A-Z、a-z、0-9、“.”、“_”、“-”。设备的事件在中枢确认（ack）以前必须自己保存；命令从不保留（retain），同一编号的命令只执行一次。

The contract between devices and the hub of a hall, version {version}. Any device that speaks MQTT 3.1.1 can take part:
publish and subscribe as below, with payloads of at most {limit} bytes of UTF-8 JSON, where unknown fields are ignored.
Times are RFC 3339 in UTC; a will carries no `at`. Ids made by devices are 1 to 64 characters of A-Z, a-z, 0-9, '.', '_'
and '-'. A device keeps an event until it is acknowledged; a command is never retained, and each id is run once.

The client id of a device is `{{hall}}:{{kind}}:{{device}}`. Devices use clean sessions.
"""

_CHANNEL_NOTES: Final[dict[str, str]] = {
    "state": "presence, also as the will; `boot` is new at every CONNECT",
    "description": "model, firmware, contract version, capabilities, and where it was set up",
    "desired": "level-triggered content with a `revision`",
    "reported": "the revision applied, and why a newer one could not be",
    "event": "what happened; kept by the device until acknowledged",
    "ack": "everything up to `seq` is committed; `missing` asks for what was lost",
    "reply": "the outcome of an event that asks, or the refusal of any",
    "command": "an order; never retained",
    "result": "how far an order is; a repeated id gets the stored result",
    "telemetry": "numbers for dashboards, any names",
}
_HUB_NOTES: Final[dict[str, str]] = {
    "state": "the hub's presence, also as its will; a raised `fence` means a restore or a takeover",
    "time": "the hub's clock, at least every 10 s; no command runs before it is heard",
    "rebirth": "say again who you are; for one device when named, else for all, spread over `spread_ms`",
}

_RULES: Final = """\
## Order, gaps and repeats

- A device numbers its events: an `epoch` starts at `seq` 1 and has no holes. A device that lost its memory starts a new
  epoch. A new epoch begins only with its seq 1; another seq of an unknown epoch is a gap and changes nothing.
- The hub takes `last + 1`. A seq up to `last` is a repeat: it gets the stored outcome and is not done again. A later
  one is dropped, and an `ack` with `missing` `[first, last]` asks for what lies between; its `seq` still acknowledges.
- A device that no longer has what is missing starts a new epoch with `outbox-lost`, and sends what it still has behind
  it under new seqs.
- A `reply` acknowledges its own seq too, except `no-room`; an `ack` follows every event within 200 ms. PUBACK says only
  that the broker has the event: what stays unacknowledged for 5 s is sent again, and all of it after every connection.
- A refused event has used up its seq. `no-room` has not: the device keeps the event and sends it again later.
- A payload that is too large, unreadable, or whose seq is below 1 is counted and dropped. It cannot be answered.

## Age

`age` is the milliseconds since the person acted, by the device's monotonic clock, set at each sending; absent means 0.
An event that asks and is not a repeat is refused `stale` past the age in the table. The wall clock of a device decides
nothing. After a restart no monotonic clock tells the age: a device then sends at least 60000 for what it had kept, and
so it does for what its asker has given up, since nobody waits for the answer.

## Presence

- Connect with a will on `state`, retained, `{"state": "lost", "boot": …}` without `at`; subscribe; publish `state`
  `online` with the same `boot`, retained. A will of an older boot is ignored. `sleeping` announces a silence.
- The hub sends its unresolved commands again, same ids, after `online`.
- On `rebirth` publish `state`, `description` and `reported` again, and the events not yet acknowledged.
- When the hub's `fence` is raised, its revisions may begin lower: forget the revision applied.

## Commands

- In this order: a known `id` gets its stored result, even past its deadline; a `fence` below the highest seen is
  `rejected`; past `deadline`, in the hub's time, it is `expired`; then it is `accepted`, `running`, and ends.
- `running` is stored before the metal moves. An id that was running when the power went is `unknown` at the next start
  and is never run again.
- One command runs at a time. `failed`: it did not happen. `unknown`: nobody can say.
"""

_EXAMPLES: Final[list[tuple[str, str, bytes]]] = [
    (
        "A number is asked for",
        "hh/1/dongcheng/kiosk/K1/event",
        messages.encode_event(
            messages.Event(
                "7f3a", 12, _AT, "ticket-requested", msgspec.Raw(b'{"category":"A","priority":"elderly"}'), 3
            )
        ),
    ),
    (
        "and given",
        "hh/1/dongcheng/kiosk/K1/reply",
        messages.encode_reply(
            "7f3a",
            12,
            vocabulary.TicketReply(
                ticket="20260105-A012",
                number="A012",
                ahead=7,
                wait_minutes=vocabulary.WaitMinutes(p50=12, p90=21),
                printer="P1",
                floor=1,
            ),
        ),
    ),
    ("The hub has it", "hh/1/dongcheng/kiosk/K1/ack", messages.encode_ack("7f3a", 12)),
    ("The hub misses some", "hh/1/dongcheng/kiosk/K1/ack", messages.encode_gap("7f3a", 12, (13, 14))),
    (
        "A press is refused",
        "hh/1/dongcheng/call_button/B112/reply",
        messages.encode_refusal("c01d", 4, messages.Refusal("wrong-window", {}, REFUSALS["wrong-window"])),
    ),
    (
        "A window display is told what to show",
        "hh/1/dongcheng/window_display/W112/desired",
        encode(vocabulary.WindowShown(revision=881, window="112", number="A012", state="called")),
    ),
    (
        "A pad is to ask",
        "hh/1/dongcheng/rating_pad/R112/command",
        messages.encode_command("0193", 1, _AT, "ask-rating", vocabulary.AskRating(ticket="20260105-A012", seconds=60)),
    ),
    (
        "and does",
        "hh/1/dongcheng/rating_pad/R112/result",
        messages.encode_result(messages.Result("0193", "done", _AT, {})),
    ),
]


def text() -> str:
    """The whole document."""
    parts = [
        _INTRO.format(version=messages.CONTRACT_VERSION, limit=MAX_PAYLOAD),
        *_channels(),
        _RULES,
        *_events(),
        *_commands(),
        *_desired(),
        *_refusals(),
        *_examples(),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _channels() -> list[str]:
    shapes: dict[str, type[Any]] = {
        "state": messages.State,
        "description": messages.Description,
        "reported": messages.Reported,
        "event": messages.Event,
        "ack": messages.Ack,
        "reply": messages.Reply,
        "command": messages.Command,
        "result": messages.Result,
    }
    hub_shapes = {"state": messages.HubState, "time": messages.HubTime, "rebirth": messages.Rebirth}
    lines = [f"## Channels\n\n`{topics.PREFIX}/{{hall}}/{{kind}}/{{device}}/{{channel}}`\n", *_channel_head()]
    for name, rule in topics.CHANNELS.items():
        lines.append(_channel_row(f"`{name}`", rule, _CHANNEL_NOTES[name], shapes.get(name)))
    lines.append(_channel_row("`job/{id}`", topics.JOB_RULE, "long, idempotent work: firmware, log upload", None))
    lines.append(_channel_row("`job/{id}/state`", topics.JOB_STATE_RULE, "how far it is", None))
    lines += [f"\n`{topics.PREFIX}/{{hall}}/hub/{{channel}}`\n", *_channel_head()]
    for hub_name, rule in topics.HUB_CHANNELS.items():
        lines.append(_channel_row(f"`{hub_name}`", rule, _HUB_NOTES[hub_name], hub_shapes[hub_name]))
    lines += [f"\n`{topics.PREFIX}/{{hall}}/enrol/{{id}}/{{channel}}`\n", *_channel_head()]
    for enrol_name, rule in topics.ENROL_CHANNELS.items():
        lines.append(_channel_row(f"`{enrol_name}`", rule, "a device that is not known yet", None))
    return [*lines, ""]


def _channel_head() -> list[str]:
    return ["| channel | from | QoS | retained | carries | fields |", "|---|---|---|---|---|---|"]


def _channel_row(name: str, rule: topics.ChannelRule, note: str, shape: type[Any] | None) -> str:
    retained = "yes" if rule.retain else "no"
    return f"| {name} | {rule.sender} | {rule.qos} | {retained} | {note} | {_fields(shape)} |"


def _events() -> list[str]:
    lines = ["## Events\n", "| kind | event | data | reply data | refused `stale` past |", "|---|---|---|---|---|"]
    for (kind, name), rule in vocabulary.EVENTS.items():
        who = "any" if kind == vocabulary.ANY_KIND else f"`{kind}`"
        stale = "" if rule.stale_ms is None else f"{rule.stale_ms} ms"
        reply = "does not ask" if rule.reply is None else _fields(rule.reply)
        lines.append(f"| {who} | `{name}` | {_fields(rule.data)} | {reply} | {stale} |")
    return [*lines, ""]


def _commands() -> list[str]:
    lines = ["## Commands by kind\n", "| kind | op | args | `done` means |", "|---|---|---|---|"]
    for (kind, name), rule in vocabulary.COMMANDS.items():
        lines.append(f"| `{kind}` | `{name}` | {_fields(rule.args)} | {rule.done} |")
    return [*lines, ""]


def _desired() -> list[str]:
    lines = ["## Desired states\n", "| kind | desired |", "|---|---|"]
    lines += [f"| `{kind}` | {_fields(shape)} |" for kind, shape in vocabulary.DESIRED.items()]
    return [*lines, ""]


def _refusals() -> list[str]:
    lines = [
        "## Refusals\n",
        "`refused` is `{code, facts, message: {zh, en}}`. Show the message; act on the code. These belong to the wire;",
        "the hall's rules (closed, paused, unknown category …) add their own.\n",
        "| code | 中文 | meaning |",
        "|---|---|---|",
    ]
    lines += [f"| `{code}` | {sentence.zh} | {sentence.en} |" for code, sentence in REFUSALS.items()]
    return [*lines, ""]


def _examples() -> list[str]:
    lines = ["## Examples\n"]
    for title, topic, payload in _EXAMPLES:
        lines.append(f"{title}:\n\n```\n{topic}\n{payload.decode()}\n```\n")
    return lines


def _fields(shape: type[Any] | None) -> str:
    if shape is None:
        return ""
    info = inspect.type_info(shape)
    assert isinstance(info, inspect.DataclassType | inspect.StructType)
    return _object(info)


def _object(info: inspect.DataclassType | inspect.StructType) -> str:
    return "{" + ", ".join(f"`{f.encode_name}`{'' if f.required else '?'}: {_type(f.type)}" for f in info.fields) + "}"


def _type(info: inspect.Type) -> str:
    match info:
        case inspect.DataclassType() | inspect.StructType():
            return _object(info)
        case inspect.UnionType():
            return " or ".join(_type(part) for part in info.types)
        case inspect.ListType() | inspect.VarTupleType():
            return f"[{_type(info.item_type)}, …]"
        case inspect.TupleType():
            return "[" + ", ".join(_type(part) for part in info.item_types) + "]"
        case inspect.LiteralType():
            return " \\| ".join(f'"{value}"' for value in info.values)
        case inspect.IntType():
            return _range(info)
        case inspect.StrType():
            return _string(info)
        case inspect.DictType():
            value = "" if isinstance(info.value_type, inspect.AnyType) else f" of {_type(info.value_type)}"
            return f"object{value}"
        case inspect.NoneType():
            return "null"
        case inspect.BoolType():
            return "true or false"
        case inspect.DateTimeType():
            return "time"
        case _:
            return "JSON"


def _range(info: inspect.IntType) -> str:
    if info.ge is None:
        return "integer"
    return f"integer ≥ {info.ge}" if info.le is None or info.le > 10**6 else f"{info.ge} to {info.le}"


def _string(info: inspect.StrType) -> str:
    if info.pattern is not None:
        return "64 hex digits" if "64}" in info.pattern and "a-f" in info.pattern else "id"
    return "text" if info.max_length is None else f"text of at most {info.max_length}"


if __name__ == "__main__":
    (Path(sys.argv[1]) if len(sys.argv) > 1 else PATH).write_text(text(), encoding="utf-8")
