from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.refusals import Refused
from hub.web.access.throttle import FORGET_SECONDS, PER_ACCOUNT, PER_ADDRESS, Throttle


class Seconds:
    now = 1000.0


def throttle() -> tuple[Throttle, Seconds]:
    seconds = Seconds()
    return Throttle(lambda: seconds.now), seconds


def test_an_account_must_wait_after_five_wrong_passwords_from_anywhere() -> None:
    limit, seconds = throttle()
    for attempt in range(PER_ACCOUNT):
        limit.begin("lin", f"10.0.0.{attempt}")
    with pytest.raises(Refused, match="too-many-attempts"):
        limit.begin("lin", "10.0.0.9")
    limit.begin("wang", "10.0.0.9")
    seconds.now += 2
    limit.begin("lin", "10.0.0.9")


def test_an_address_must_wait_after_twenty_whatever_the_account() -> None:
    limit, _ = throttle()
    for attempt in range(PER_ADDRESS):
        limit.begin(f"account {attempt}", "10.0.0.1")
    with pytest.raises(Refused, match="too-many-attempts") as refused:
        limit.begin("another", "10.0.0.1")
    assert refused.value.facts["seconds"] == 2
    limit.begin("another", "10.0.0.2")


def test_a_success_forgives_the_account_and_an_hour_forgives_all() -> None:
    limit, seconds = throttle()
    for _ in range(PER_ACCOUNT - 1):
        limit.begin("lin", "10.0.0.1")
    limit.begin("lin", "10.0.0.1")
    limit.succeeded("lin", "10.0.0.1")
    limit.begin("lin", "10.0.0.1")
    for attempt in range(PER_ADDRESS):
        limit.begin(f"account {attempt}", "10.0.0.3")
    seconds.now += FORGET_SECONDS + 1
    limit.begin("lin", "10.0.0.3")


@given(st.integers(min_value=1, max_value=400))
def test_whoever_tries_every_second_gets_few_attempts(tries: int) -> None:
    limit, seconds = throttle()
    allowed = 0
    for _ in range(tries):
        seconds.now += 1
        try:
            limit.begin("lin", "10.0.0.1")
            allowed += 1
        except Refused:
            pass
    assert allowed <= PER_ACCOUNT + 10
