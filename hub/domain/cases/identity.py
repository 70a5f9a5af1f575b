"""Whether a number can be an identity number (GB 11643) or a unified social credit code (GB 32100).

For edges: what people type is checked before it becomes a command, since rules read no personal value.
"""

from __future__ import annotations

import re
from datetime import date

_ID = re.compile(r"\d{17}[\dX]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE = re.compile(f"[{_CODE_SIGNS}]{{18}}")


def is_identity_number(number: str) -> bool:
    """17 digits and a check sign, with a birthday that exists."""
    number = number.upper()
    if not _ID.fullmatch(number):
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    weighed = sum(int(sign) * weight for sign, weight in zip(number, _ID_WEIGHTS, strict=False))
    return _ID_CHECKS[weighed % 11] == number[17]


def is_credit_code(code: str) -> bool:
    """18 signs of its alphabet (no I, O, S, V, Z), the last one a check sign."""
    code = code.upper()
    if not _CODE.fullmatch(code):
        return False
    weighed = sum(_CODE_SIGNS.index(sign) * pow(3, n, 31) for n, sign in enumerate(code[:17]))
    return _CODE_SIGNS[(31 - weighed % 31) % 31] == code[17]
