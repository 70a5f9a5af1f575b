"""Applicants of the demo: invented names, and numbers with right check digits that the demo's day and seed give."""

from __future__ import annotations

import random

from stdnum.cn import ric, uscc

_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
AGENT = "郑言"


def applicant_of(name: str, *, firm: bool, about: str) -> dict[str, object]:
    """As the API takes it. The same ``about`` gives the same numbers."""
    draw = random.Random(f"applicant:{about}")  # noqa: S311 - a simulation
    if not firm:
        return {"kind": "person", "name": name, "identity": _identity(draw), "phone": _phone(draw)}
    code = "91110101MA" + "".join(draw.choice(_SIGNS) for _ in range(7))
    agent = {"name": AGENT, "identity": _identity(draw), "phone": _phone(draw)}
    return {
        "kind": "organisation",
        "name": name,
        "identity": code + uscc.calc_check_digit(code),
        "phone": _phone(draw),
        "contact": agent,
    }


def _identity(draw: random.Random) -> str:
    number = (
        f"110101{draw.randint(1955, 2003)}{draw.randint(1, 12):02}{draw.randint(1, 28):02}{draw.randint(1, 999):03}"
    )
    return number + ric.calc_check_digit(number + "0")


def _phone(draw: random.Random) -> str:
    return f"1380000{draw.randint(0, 9999):04}"
