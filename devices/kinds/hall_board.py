"""大厅屏: the latest calls of the hall, a floor or a zone, numbers and windows only."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from devices.kinds import Kind, Show, no_show
from devices.wire.session import DeviceSession
from devices.wire.vocabulary import CallsShown


@dataclass(frozen=True, slots=True)
class HallBoardOptions:
    """`rows` is how many calls fit on the glass."""

    rows: int = 12


class HallBoard:
    """`shown` is on the glass; `changed` hears every change of it and of `stale`."""

    def __init__(self, session: DeviceSession, options: HallBoardOptions | None = None, show: Show = no_show) -> None:
        self.session = session
        self.shown: CallsShown | None = None
        self.changed: Callable[[], None] = self._print
        self._rows = (options or HallBoardOptions()).rows
        self._show = show
        session.on_desired(CallsShown, self._apply)
        session.on_presence(lambda _: self.changed())

    @property
    def stale(self) -> bool:
        """Whether calls may be missing: shown as such to people."""
        return not self.session.present

    async def _apply(self, desired: CallsShown) -> None:
        self.shown = desired
        self.changed()

    def _print(self) -> None:
        if self.shown is None:
            return
        calls = "  ".join(f"{call.number}→{call.window}" for call in self.shown.calls[: self._rows]) or "-"
        self._show(f"[{self.shown.scope}] {calls}{'  (离线 offline)' if self.stale else ''}")

    async def run(self) -> None:
        await self.session.run()

    async def type_line(self, line: str) -> None:
        del line
        self._print()

    def close(self) -> None:
        self.session.close()


KIND: Final = Kind(
    name="hall_board",
    model="simulated hall board",
    options=HallBoardOptions,
    make=HallBoard,
    usage="(any line)    show it again",
)
