import re

from devices.wire import documentation
from devices.wire.messages import (
    decode_ack,
    decode_args,
    decode_command,
    decode_data,
    decode_desired,
    decode_event,
    decode_reply,
    decode_reply_data,
    decode_result,
)
from devices.wire.topics import DeviceTopic, parse
from devices.wire.vocabulary import COMMANDS, DESIRED, EVENTS


def test_the_document_is_what_the_tables_say():
    written = documentation.PATH.read_text(encoding="utf-8")
    assert written == documentation.text(), "run: python -m devices.wire.documentation"


def test_every_word_of_the_contract_stands_in_the_document():
    text = documentation.text()
    for _, name in [*EVENTS, *COMMANDS]:
        assert f"`{name}`" in text
    for kind in DESIRED:
        assert f"| `{kind}` | {{`revision`" in text


def test_every_example_is_read_by_the_codecs():
    examples = re.findall(r"```\n(hh/\S+)\n(.+)\n```", documentation.text())
    assert len(examples) >= 8
    asked = ""
    for text, line in examples:
        topic = parse(text)
        assert isinstance(topic, DeviceTopic)
        payload, kind = line.encode(), topic.address.kind
        match topic.channel:
            case "event":
                event = decode_event(payload)
                asked = event.type
                decode_data(kind, event.type, event.data)
            case "reply":
                reply = decode_reply(payload)
                if reply.ok:
                    decode_reply_data(kind, asked, bytes(reply.data))
            case "ack":
                decode_ack(payload)
            case "command":
                command = decode_command(payload)
                decode_args(kind, command.op, command.args)
            case "result":
                decode_result(payload)
            case "desired":
                decode_desired(kind, payload)
            case other:
                raise AssertionError(other)
