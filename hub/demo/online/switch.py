"""The demo's switch: cuts and mends the line, by the outage page's buttons or at set times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hub.demo.agenda import Act, Agenda
from hub.demo.fault_proxy import FaultProxy
from hub.demo.visits import MINUTE


@dataclass(frozen=True, slots=True)
class Dark:
    """A time without a line: minutes after opening."""

    begins: int
    ends: int


class Switch:
    """``say`` hears of every cut and mend. ``again`` makes the hub try at once; of itself it waits up to 30 s."""

    def __init__(self, proxy: FaultProxy, say: Callable[[str], None]) -> None:
        self._proxy = proxy
        self._say = say
        self.again: Callable[[], object] | None = None

    @property
    def is_cut(self) -> bool:
        return self._proxy.is_cut

    def cut(self) -> None:
        if not self.is_cut:
            self._proxy.cut()
            self._say("      · 线路已切断，大厅照常办公 the line is cut, the hall works on")

    def mend(self) -> None:
        if self.is_cut:
            self._proxy.mend()
            if self.again is not None:
                self.again()
            self._say("      · 线路已接通 the line is mended")

    def expect(self, agenda: Agenda, opens: int, dark: Dark | None) -> None:
        """Cut and mend by the clock. A time that is over already is left out."""
        if dark is not None and opens + dark.ends * MINUTE >= agenda.now():
            agenda.at(opens + dark.begins * MINUTE, _act(self.cut))
            agenda.at(opens + dark.ends * MINUTE, _act(self.mend))


def _act(switch: Callable[[], None]) -> Act:
    async def act() -> None:
        switch()

    return act
