"""Personal values as they may be shown to everyone who works here: enough to compare, too little to use."""

from __future__ import annotations

GONE = "已删除"
"""Instead of a value whose person was forgotten."""
MOST_STARS = 3
"""Of a name, so that it does not tell a long one by its length."""


def masked_name(name: str | None, *, organisation: bool = False) -> str:
    """张三 as 张*; an organisation's name is public and stays."""
    if name is None:
        return GONE
    return name if organisation else name[:1] + "*" * min(max(len(name) - 1, 1), MOST_STARS)


def masked_identity(number: str | None) -> str:
    """The first three and the last two characters: ``110*************02``."""
    return GONE if number is None else _middle(number, 3, 2)


def masked_phone(number: str | None) -> str:
    """The first three and the last four digits; empty without one."""
    return "" if number is None else _middle(number, 3, 4)


def _middle(text: str, first: int, last: int) -> str:
    if len(text) <= first + last:
        return text[:1] + "*" * max(len(text) - 1, 1)
    return text[:first] + "*" * (len(text) - first - last) + text[-last:]
