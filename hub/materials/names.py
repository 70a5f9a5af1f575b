"""The name a file came with, as people may see it. It never names anything on a disk."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120
UNNAMED = "未命名"
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_TAIL = re.compile(r"\.[A-Za-z0-9]{1,8}$")


def shown_name(text: str) -> str:
    """The last part of a path, without what hides, turns round or controls text, in at most 120 characters.

    A name that is too long keeps its ending. What is left of nothing is 未命名.
    """
    last = re.split(r"[/\\]", text)[-1]
    seen = "".join(" " if c.isspace() else c for c in last if c.isspace() or unicodedata.category(c) not in _HIDDEN)
    name = " ".join(unicodedata.normalize("NFC", seen).split()).strip(". ")
    if len(name) > LONGEST:
        ending = _TAIL.search(name)
        tail = ending[0] if ending is not None else ""
        name = name[: LONGEST - len(tail) - 1].rstrip() + "…" + tail
    return name or UNNAMED
