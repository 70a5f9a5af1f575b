"""A thousand devices back after the broker forgot everything."""

from __future__ import annotations

import pytest

from tests.scenarios.processes import needs_mosquitto
from tests.scenarios.test_brokers import back_after_loss, crowd_comes_back


@pytest.mark.soak
@pytest.mark.mosquitto
@needs_mosquitto
async def test_1000_devices_are_back_within_5_seconds_of_an_empty_broker(tmp_path):
    seconds = await back_after_loss(tmp_path, 1000)
    print(f"\n1,000 devices back after the broker restarted with an empty store: {seconds:.2f} s")
    assert seconds <= 5


@pytest.mark.soak
async def test_1000_persistent_devices_come_back_to_the_embedded_broker(tmp_path):
    seconds = await crowd_comes_back(tmp_path, 1000)
    print(f"\n1,000 persistent devices back at the embedded broker: {seconds:.2f} s")
    assert seconds <= 10
