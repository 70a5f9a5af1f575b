"""A real office's real day."""

from __future__ import annotations

from hub.demo.options import DemoOptions
from hub.settings import Settings


async def run(options: DemoOptions, settings: Settings) -> int:
    del options, settings
    return 1
