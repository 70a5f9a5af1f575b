"""The table of docs/messages.md, drawn from the table of message types.

``python -m hub.sync.messages.guide`` writes it between the document's marks; a test holds both equal.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from hub.sync.messages.table import TYPES, MessageType

PATH = Path(__file__).parents[3] / "docs" / "messages.md"
BEGINS, ENDS = "<!-- messages -->", "<!-- end of messages -->"


def drawn(text: str) -> str:
    """The document with its table as the code has it. Raises ``ValueError`` without the marks."""
    before, begins, rest = text.partition(BEGINS)
    _, ends, after = rest.partition(ENDS)
    if not begins or not ends:
        raise ValueError("the document has no marks")
    return f"{before}{BEGINS}\n\n{messages()}\n\n{ENDS}{after}"


def messages() -> str:
    return "\n\n".join(_message(each) for each in TYPES.values())


def _message(each: MessageType[msgspec.Struct]) -> str:
    fields = msgspec.structs.fields(each.data)
    needed = "、".join(f"`{field.name}`" for field in fields if field.required)
    others = "、".join(f"`{field.name}`" for field in fields if not field.required)
    example = msgspec.json.format(msgspec.json.encode(each.example), indent=2).decode()
    told = f"必填 required: {needed}" + (f"；可选 optional: {others}" if others else "")
    return f"### `{each.name}`\n\n{each.zh}。\n{each.en[:1].upper()}{each.en[1:]}.\n\n{told}\n\n```json\n{example}\n```"


if __name__ == "__main__":
    PATH.write_text(drawn(PATH.read_text(encoding="utf-8")), encoding="utf-8")
