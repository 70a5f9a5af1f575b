"""Check codes 校验码: sixteen digits that only this hall can make for a notice, printed and in its QR code."""

from __future__ import annotations

import re

DIGITS = 16

_NOISE = re.compile(r"[\s\-]")


def code_of(proof: bytes) -> str:
    """From the 16 bytes of a keyed digest; its bias is below one in 10**22."""
    return str(int.from_bytes(proof) % 10**DIGITS).zfill(DIGITS)


def in_groups(code: str) -> str:
    """As people read it: ``1234 5678 9012 3456``."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def typed(text: str) -> str:
    """What somebody typed, without blanks and dashes and with ASCII digits; empty when it can be no code."""
    digits = _NOISE.sub("", text)
    return "".join(str(int(sign)) for sign in digits) if digits.isdecimal() and len(digits) == DIGITS else ""
