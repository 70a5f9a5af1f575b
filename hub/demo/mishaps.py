"""What goes wrong on an ordinary day: paper runs low and out and is changed, a device is unplugged for a while."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Literal

from hub.demo.agenda import Act
from hub.demo.api_client import ApiRefused, ApiUnreachable
from hub.demo.hall_day import HallDay
from hub.demo.visits import MINUTE

_UNPLUGGED = ("window_display", "rating_pad", "call_button", "hall_board")


class Mishaps:
    """A few, drawn from the day's seed. ``told`` keeps each in Chinese and English until it was said.

    ``unprinted`` tells the numbers whose paper did not come out of a printer: staff print them again.
    """

    def __init__(self, day: HallDay, unprinted: Callable[[str], list[str]]) -> None:
        self._day = day
        self._unprinted = unprinted
        self.told: list[str] = []

    def expect(self) -> None:
        """Those whose time is not past."""
        day = self._day
        assert day.plan.opens is not None
        assert day.plan.closes is not None
        draw = day.draw("mishaps")
        span = day.plan.closes - day.plan.opens
        printers = sorted(day.equipment.printers)
        for n, printer in enumerate(draw.sample(printers, min(2, len(printers)))):
            low = day.plan.opens + int(span * draw.uniform(0.1 + 0.4 * n, 0.3 + 0.4 * n))
            self._at(low, partial(self._paper, printer, "low"))
            self._at(low + 20 * MINUTE, partial(self._paper, printer, "out"))
            self._at(low + 26 * MINUTE, partial(self._paper, printer, "ok"))
        some = sorted(known.id for known in day.equipment.registered.values() if known.kind in _UNPLUGGED)
        for device in draw.sample(some, min(4, len(some))):
            out = day.plan.opens + int(span * draw.uniform(0.05, 0.9))
            self._at(out, partial(self._unplug, device))
            self._at(out + int(draw.uniform(5, 15) * MINUTE), partial(self._plug_in, device))

    def _at(self, due: int, act: Act) -> None:
        if due >= self._day.now():
            self._day.agenda.at(due, act)

    async def _paper(self, printer: str, level: Literal["ok", "low", "out"]) -> None:
        self._day.equipment.printers[printer].faults.paper = level
        words = {"low": "纸将尽 paper low", "out": "缺纸 out of paper", "ok": "已换纸 paper changed"}
        self.told.append(f"{printer} {words[level]}")
        for number in self._unprinted(printer) if level == "ok" else ():
            with suppress(ApiRefused, ApiUnreachable):
                await self._day.api.post(f"/api/v1/tickets/{number}/reprint", {}, dict, key=f"demo-reprint-{number}")
                self.told.append(f"{number} 补打 printed again")

    async def _unplug(self, device: str) -> None:
        await self._day.equipment.unplug(device)
        self.told.append(f"{device} 断线 unplugged")

    async def _plug_in(self, device: str) -> None:
        self._day.equipment.plug_in(device)
        self.told.append(f"{device} 恢复 back")
