"""``/api/v1/policy``: what is in force, and publishing another."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from hub.domain.hall.profile import Policy
from tests.web.running import Hall


def body(hall: Hall, **changes: Any) -> dict[str, Any]:
    latest = hall.hub.hall().latest
    assert latest is not None
    policy = cast("dict[str, Any]", msgspec.to_builtins(latest.profile.policy))
    return {"policy": {**policy, **changes}, "seen": latest.version}


async def test_the_policy_in_force_comes_with_its_promises(hall: Hall) -> None:
    async with hall.staff("supervisor") as staff:
        (shown,) = (await staff.get("/api/v1/policy")).json()
    assert shown["version"] == 1
    assert shown["policy"]["long_wait_minutes"] == 30
    assert any("30" in each["zh"] for each in shown["promises"])
    async with hall.staff("clerk") as clerk:
        assert (await clerk.get("/api/v1/policy")).status_code == 403


async def test_a_policy_is_published_for_the_next_day_unless_now_is_said(hall: Hall) -> None:
    async with hall.staff("supervisor") as staff:
        done = await staff.post("/api/v1/policy", json=body(hall, rush_share=5), headers={"Idempotency-Key": "a"})
        assert done.status_code == 200, done.text
        assert hall.hub.profile().policy.rush_share == 3
        again = await staff.post("/api/v1/policy", json=body(hall, rush_share=5), headers={"Idempotency-Key": "b"})
        assert again.json()["changed"] is False
        now = {**body(hall, rush_share=6), "effective": "now"}
        assert (await staff.post("/api/v1/policy", json=now, headers={"Idempotency-Key": "c"})).status_code == 200
    assert hall.hub.profile().policy.rush_share == 6
    assert isinstance(hall.hub.profile().policy, Policy)


async def test_what_contradicts_itself_or_comes_too_late_is_refused(hall: Hall) -> None:
    async with hall.staff("supervisor") as staff:
        bad = await staff.post("/api/v1/policy", json=body(hall, long_wait_minutes=5), headers={"Idempotency-Key": "a"})
        assert (bad.status_code, bad.json()["code"]) == (422, "policy-invalid")
        assert "long_wait_minutes" in bad.json()["facts"]["fields"].split(",")
        old = {**body(hall, rush_share=7), "seen": 0}
        late = await staff.post("/api/v1/policy", json=old, headers={"Idempotency-Key": "b"})
        assert (late.status_code, late.json()["code"]) == (409, "policy-changed")
    async with hall.staff("clerk") as clerk:
        asked = await clerk.post("/api/v1/policy", json=body(hall), headers={"Idempotency-Key": "c"})
        assert asked.status_code == 403
