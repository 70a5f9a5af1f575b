"""Boards and halls for the tests of the firmware, which need MicroPython."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.mqtt.brokers import BOTH, broker_of

from .boards import Hall, hall_of


@pytest.fixture(params=BOTH)
async def hall(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Hall]:
    """A hub at work with each of the brokers."""
    async with hall_of(request.param, tmp_path) as hall:
        yield hall


@pytest.fixture(params=BOTH)
async def broker(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[int]:
    """The port of a broker without a hub: the test speaks for the hub."""
    async with broker_of(request.param, tmp_path) as port:
        yield port
