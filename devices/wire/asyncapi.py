"""Writes `asyncapi.json`, the contract as AsyncAPI 3.0, from its tables: `python -m devices.wire.asyncapi [FILE]`.

Channels are what `topics` has, with their parameters; each kind's events, replies, commands and desired states are
messages of their own, because their data differs. What `msgspec` cannot say in a schema (how `age` is measured, what a
gap means) stands in `mqtt_topics.md`. Every operation is there twice: as the hub does it and as a device does.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

import msgspec

from devices.wire import messages, topics, vocabulary
from devices.wire.codec import MAX_PAYLOAD

PATH: Final = Path(__file__).parents[2] / "asyncapi.json"

Json = dict[str, object]

_ENVELOPES: Final[dict[str, type[Any]]] = {
    "state": messages.State,
    "description": messages.Description,
    "reported": messages.Reported,
    "event": messages.Event,
    "ack": messages.Ack,
    "reply": messages.Reply,
    "command": messages.Command,
    "result": messages.Result,
}
_HUB_ENVELOPES: Final[dict[str, type[Any]]] = {
    "state": messages.HubState,
    "time": messages.HubTime,
    "rebirth": messages.Rebirth,
}
_FREE: Final[Json] = {"type": "object"}
_NUMBERS: Final[Json] = {
    "type": "object",
    "additionalProperties": {"type": ["number", "string", "boolean", "null"]},
}
_REF: Final = "#/components/schemas/{name}"
_PARAMETERS: Final[Json] = {
    "hall": {"description": "大厅 the hall's id"},
    "kind": {"description": "设备种类 the kind of device, lower snake case"},
    "device": {"description": "设备编号 the device's id within its kind"},
    "id": {"description": "作业或登记编号 a job or an enrolment"},
}
_INFO: Final = """\
设备与大厅中枢之间的约定。The contract between devices and the hub of a hall, over MQTT 3.1.1. Payloads are UTF-8 \
JSON of at most {limit} bytes, where unknown fields are ignored. Rules of order, gaps, age, presence and commands: \
mqtt_topics.md."""


class _Document:
    """Collects the parts; `whole` puts them together."""

    def __init__(self) -> None:
        self.channels: Json = {}
        self.operations: Json = {}
        self.messages: Json = {}
        self.schemas: Json = {}

    def schema(self, shape: Any, name: str) -> Json:
        """A reference to the schema of a type, which is named `name` unless msgspec has a name for it."""
        (schema,), named = msgspec.json.schema_components([shape], schema_hook=_anything, ref_template=_REF)
        for each, what in named.items():
            self.schemas.setdefault(each, _plain(what))
        if "$ref" in schema:
            return _plain(schema)
        self.schemas.setdefault(name, _plain(schema))
        return {"$ref": _REF.format(name=name)}

    def message(self, name: str, title: str, payload: object) -> str:
        self.messages[name] = {"name": name, "title": title, "contentType": "application/json", "payload": payload}
        return name

    def channel(self, id_: str, address: str, rule: topics.ChannelRule, title: str, names: list[str]) -> None:
        """A channel with its messages, and what each side does with it."""
        self.channels[id_] = {
            "address": address,
            "title": title,
            "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
            "parameters": {name: _PARAMETERS[name] for name in re.findall(r"\{(\w+)\}", address)},
        }
        for side in ("hub", "device"):
            sends = side == rule.sender
            self.operations[f"{side}-{'sends' if sends else 'receives'}-{id_}"] = {
                "action": "send" if sends else "receive",
                "channel": {"$ref": f"#/channels/{id_}"},
                "title": f"{side} {'sends' if sends else 'receives'} {title}",
                "tags": [{"name": side}],
                "messages": [{"$ref": f"#/channels/{id_}/messages/{name}"} for name in names],
                # `retain` belongs to who publishes
                "bindings": {"mqtt": {"qos": rule.qos, **({"retain": rule.retain} if sends else {})}},
            }

    def whole(self) -> Json:
        return {
            "asyncapi": "3.0.0",
            "info": {
                "title": "hallhub devices",
                "version": f"{messages.CONTRACT_VERSION}.0.0",
                "description": _INFO.format(limit=MAX_PAYLOAD),
                "license": {"name": "Apache-2.0"},
            },
            "defaultContentType": "application/json",
            "servers": {
                "hall": {
                    "host": "{host}:1883",
                    "protocol": "mqtt",
                    "protocolVersion": "3.1.1",
                    "description": "client id {hall}:{kind}:{device}, clean session, a will on `state`",
                    "variables": {"host": {"default": "localhost", "description": "the hall's broker"}},
                }
            },
            "channels": self.channels,
            "operations": self.operations,
            "components": {"messages": self.messages, "schemas": dict(sorted(self.schemas.items()))},
        }


def document() -> Json:
    """The whole document as JSON values."""
    made = _Document()
    for name, rule in topics.CHANNELS.items():
        names = list(_messages_of(made, name))
        made.channel(name, f"{topics.PREFIX}/{{hall}}/{{kind}}/{{device}}/{name}", rule, name, names)
    job = f"{topics.PREFIX}/{{hall}}/{{kind}}/{{device}}/job/{{id}}"
    made.channel("job", job, topics.JOB_RULE, "job", [made.message("job", "long, idempotent work", _FREE)])
    made.channel(
        "job-state", f"{job}/state", topics.JOB_STATE_RULE, "job state", [made.message("job-state", "how far", _FREE)]
    )
    for hub_name, rule in topics.HUB_CHANNELS.items():
        shape = _HUB_ENVELOPES[hub_name]
        message = made.message(f"hub-{hub_name}", f"the hub's {hub_name}", made.schema(shape, shape.__name__))
        made.channel(f"hub-{hub_name}", f"{topics.PREFIX}/{{hall}}/hub/{hub_name}", rule, f"hub {hub_name}", [message])
    for enrol_name, rule in topics.ENROL_CHANNELS.items():
        message = made.message(f"enrol-{enrol_name}", f"enrolment {enrol_name}", _FREE)
        address = f"{topics.PREFIX}/{{hall}}/enrol/{{id}}/{enrol_name}"
        made.channel(f"enrol-{enrol_name}", address, rule, f"enrol {enrol_name}", [message])
    return made.whole()


def _messages_of(made: _Document, channel: topics.Channel) -> Iterator[str]:
    """The messages of one channel of a device, by name."""
    match channel:
        case "event":
            for (kind, name), rule in vocabulary.EVENTS.items():
                data = made.schema(rule.data, rule.data.__name__)
                payload = _with(made, messages.Event, {"type": {"const": name}, "data": data})
                yield made.message(_name("event", kind, name), f"{_who(kind)}: {name}", payload)
        case "reply":
            for (kind, name), rule in vocabulary.EVENTS.items():
                if rule.reply is not None:
                    data = made.schema(rule.reply, rule.reply.__name__)
                    payload = _with(made, messages.Reply, {"ok": {"const": True}, "data": data}, "data")
                    yield made.message(_name("reply", kind, name), f"{kind}: answer to {name}", payload)
            refused = made.schema(messages.Refusal, "Refusal")
            payload = _with(made, messages.Reply, {"ok": {"const": False}, "refused": refused}, "refused")
            yield made.message("reply-refused", "the refusal of any event", payload)
        case "command":
            for (kind, op), rule in vocabulary.COMMANDS.items():
                args = made.schema(rule.args, rule.args.__name__)
                payload = _with(made, messages.Command, {"op": {"const": op}, "args": args})
                yield made.message(_name("command", kind, op), f"{kind}: {op}; done: {rule.done}", payload)
        case "desired":
            for kind, shape in vocabulary.DESIRED.items():
                yield made.message(f"desired-{kind}", f"what a {kind} shows", made.schema(shape, shape.__name__))
        case "telemetry":
            yield made.message("telemetry", "numbers of any names", _NUMBERS)
        case _:
            shape = _ENVELOPES[channel]
            yield made.message(channel, shape.__name__, made.schema(shape, shape.__name__))


def _with(made: _Document, envelope: type[Any], fields: dict[str, Json], *required: str) -> Json:
    """The envelope, and what these fields hold in this message."""
    more: Json = {"type": "object", "properties": fields}
    if required:
        more["required"] = list(required)
    return {"allOf": [made.schema(envelope, envelope.__name__), more]}


def _name(what: str, kind: str, name: str) -> str:
    return f"{what}-{'any' if kind == vocabulary.ANY_KIND else kind}-{name}"


def _who(kind: str) -> str:
    return "any kind" if kind == vocabulary.ANY_KIND else kind


def _anything(type_: type[Any]) -> Json:
    """The schema of `object`, which allows everything. Raises `NotImplementedError` for any other."""
    if type_ is not object:
        raise NotImplementedError(type_)
    return {"description": "any JSON"}


def _plain(value: Any) -> Any:
    """As JSON, with Python's end-of-text `\\Z` written as ECMA's `$`: there `$` never matches before a newline."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in cast("Json", value).items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in cast("list[object]", value)]
    return value.replace("\\Z", "$") if isinstance(value, str) else value


def text() -> str:
    """The file's content."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    (Path(sys.argv[1]) if len(sys.argv) > 1 else PATH).write_text(text(), encoding="utf-8")
