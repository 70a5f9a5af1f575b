"""How far each case of the demo came, kept beside the log: a start with the same state goes on from there."""

from __future__ import annotations

from pathlib import Path

import msgspec


class Progress(msgspec.Struct):
    """``by``: the account of the desk. ``done`` turns; ``last``: when the last of them was due, ms.

    ``trouble``: why it does not go on, as the hub said it.
    """

    case: str
    number: str
    by: str
    last: int
    done: int = 0
    trouble: str = ""


class Ledger(msgspec.Struct):
    """``shown``: the day that the demo shows. ``cases`` by kind."""

    shown: str
    cases: dict[str, Progress] = {}


def kept(state: Path) -> Ledger | None:
    """None when nothing was kept, or nothing that can be read."""
    try:
        return msgspec.json.decode((state / "cases.json").read_bytes(), type=Ledger)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def keep(state: Path, ledger: Ledger) -> None:
    fresh = state / "cases.new"
    fresh.write_bytes(msgspec.json.encode(ledger))
    fresh.replace(state / "cases.json")
