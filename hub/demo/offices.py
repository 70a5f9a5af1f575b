"""What the demo's case work needs before the first case: numbers to give, and reviewers in every department."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import msgspec

from hub.compose import Running
from hub.demo.casework.staff import PASSWORD
from hub.demo.simulation import signed_in
from hub.domain.refusals import Refused
from hub.web.access.passwords import hash_password

NUMBERS_A_YEAR = 999_999


class _Numbers(msgspec.Struct):
    hall: str


async def open_offices(hall: Running, say: Callable[[str], None]) -> None:
    """A block of case numbers for this year, and in each department a head and a reviewer who may sign in."""
    await reserve_numbers(hall)
    # on this thread: a worker's memory for a hash is never used for anything else again
    hashed = hash_password(PASSWORD)
    await asyncio.to_thread(_staff, hall, hashed)
    first = next((department.code for department in hall.hub.profile().departments), None)
    if first is not None:
        say(f"  审查       review          {hall.web_url}/inbox （账号 account: {first}-1，密码 password: {PASSWORD}）")


async def reserve_numbers(hall: Running) -> None:
    """A block of case numbers for the hub's present year, when it has none."""
    year = hall.hub.today[:4]
    async with signed_in(hall, "administrator") as api:
        reserved = await api.get(f"/api/v1/case-numbers?year={year}", _Numbers)
        if not reserved.hall:
            body = {"hall": "DC", "last": NUMBERS_A_YEAR, "year": year}
            await api.post("/api/v1/case-numbers", body, dict, key=f"demo-numbers-{year}")


def _staff(hall: Running, hashed: str) -> None:
    for department in hall.hub.profile().departments:
        for n, head in ((1, True), (2, False)):
            with contextlib.suppress(Refused):  # there since an earlier start with the same state
                hall.access.create_account(
                    f"{department.code}-{n}",
                    "reviewer",
                    hashed,
                    must_change=False,
                    department=department.code,
                    head=head,
                )
