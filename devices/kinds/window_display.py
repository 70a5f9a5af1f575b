"""窗口屏: what stands over one window, and since when nobody vouches for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from devices.kinds import Kind, Show, no_show
from devices.wire.session import DeviceSession
from devices.wire.vocabulary import WindowShown

_STATES: Final = {
    "open": "空闲 Open",
    "called": "请到窗口 Please come",
    "serving": "办理中 Serving",
    "paused": "暂停服务 Paused",
    "closed": "未开放 Closed",
}


@dataclass(frozen=True, slots=True)
class WindowDisplayOptions:
    """Nothing to choose: content comes from the hub."""


class WindowDisplay:
    """`shown` is on the glass; `changed` hears every change of it and of `stale`."""

    def __init__(
        self, session: DeviceSession, options: WindowDisplayOptions | None = None, show: Show = no_show
    ) -> None:
        del options
        self.session = session
        self.shown: WindowShown | None = None
        self.changed: Callable[[], None] = self._print
        self._show = show
        session.on_desired(WindowShown, self._apply)
        session.on_presence(lambda _: self.changed())

    @property
    def stale(self) -> bool:
        """Whether the hub may have changed it without us: shown as such to people."""
        return not self.session.present

    async def _apply(self, desired: WindowShown) -> None:
        self.shown = desired
        self.changed()

    def _print(self) -> None:
        if self.shown is None:
            return
        number = self.shown.number or "-"
        state = _STATES.get(self.shown.state, self.shown.state)
        self._show(f"窗口 Window {self.shown.window}  {number}  {state}{'  (离线 offline)' if self.stale else ''}")

    async def run(self) -> None:
        await self.session.run()

    async def type_line(self, line: str) -> None:
        del line
        self._print()

    def close(self) -> None:
        self.session.close()


KIND: Final = Kind(
    name="window_display",
    model="simulated window display",
    options=WindowDisplayOptions,
    make=WindowDisplay,
    usage="(any line)    show it again",
)
