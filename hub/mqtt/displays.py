"""Level-triggered content of displays, boards and printers: published when it changed, all of it after a new link."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from devices.wire.codec import encode
from devices.wire.topics import Address
from devices.wire.vocabulary import Call, CallsShown, PrintedCategory, TicketLayout, WindowShown
from hub.core.hub import Hub
from hub.core.submission import Committed
from hub.domain.hall.registry import scopes
from hub.domain.queue.state import QueueDay, Window
from hub.mqtt.bindings import Bindings

AFTER_SECONDS = 0.02
CALLS_SHOWN = 12

Content = tuple[object, ...]


class Displays:
    """``publish(topic, payload)`` sends retained and says whether it could."""

    def __init__(self, hub: Hub, bindings: Bindings, publish: Callable[[str, bytes], bool]) -> None:
        self._hub = hub
        self._bindings = bindings
        self._publish = publish
        self._shown: dict[str, Content] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._windows: set[str] = set()

    def committed(self, batch: Sequence[Committed]) -> None:
        """Show what the entries changed, soon and once."""
        for each in batch:
            window = getattr(each.event, "window", None)
            if isinstance(window, str):
                self._windows.add(window)
        if self._windows and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(AFTER_SECONDS, self._flush)

    def show_all(self) -> None:
        """Everything again, whatever was shown: the broker may have lost its store."""
        self._shown.clear()
        self._windows.clear()
        day = self._hub.day()
        registry = self._bindings.registry
        for device in registry.of_kind("window_display"):
            if device.window in day.windows:
                self._show_window(device.id, day, day.windows[device.window])
        self._show_boards(day)
        self._show_layouts()

    def _flush(self) -> None:
        self._timer = None
        windows, self._windows = self._windows, set()
        day = self._hub.day()
        for number in windows:
            window = day.windows.get(number)
            if window is not None:
                for device in self._bindings.registry.at_window(number, "window_display"):
                    self._show_window(device, day, window)
        self._show_boards(day)

    def _show_window(self, device: str, day: QueueDay, window: Window) -> None:
        ticket = day.tickets.get(window.active or "")
        number = ticket.number if ticket is not None else None
        state = ticket.state if ticket is not None else window.state
        topic = self._address("window_display", device).topic("desired")
        if self._changed(topic, (window.number, number, state)):
            self._send(topic, WindowShown(revision=self._hub.head(), window=window.number, number=number, state=state))

    def _show_boards(self, day: QueueDay) -> None:
        boards = self._bindings.registry.of_kind("hall_board")
        if not boards:
            return
        active = [
            (ticket.called_at or 0, ticket.number, window.number)
            for window in day.windows.values()
            if window.active is not None and (ticket := day.tickets[window.active]).called_at is not None
        ]
        active.sort(reverse=True)
        members = {scope.name: frozenset(scope.windows) for scope in scopes(self._bindings.profile)}
        for board in boards:
            scope = board.scope or "hall"
            inside = members.get(scope, frozenset())
            rows = tuple(row for row in active if row[2] in inside)[:CALLS_SHOWN]
            topic = self._address("hall_board", board.id).topic("desired")
            if self._changed(topic, rows):
                calls = [
                    Call(number=number, window=window, at=datetime.fromtimestamp(at / 1000, UTC))
                    for at, number, window in rows
                ]
                self._send(topic, CallsShown(revision=self._hub.head(), scope=scope, calls=calls))

    def _show_layouts(self) -> None:
        profile = self._bindings.profile
        floors = {floor.number: floor for floor in profile.floors}
        for device in self._bindings.registry.of_kind("ticket_printer"):
            layout = TicketLayout(
                # not the profile's version: another hub version may lay out the same profile otherwise
                revision=self._hub.head(),
                hall_zh=profile.hall.zh,
                hall_en=profile.hall.en,
                time_zone=profile.hall.timezone,
                large=bool(device.options.get("large", False)),
                categories={
                    category.letter: PrintedCategory(
                        zh=category.zh,
                        en=category.en,
                        place_zh="、".join(floors[n].zh for n in category.floors)[:64] or None,
                        place_en=", ".join(floors[n].en for n in category.floors)[:64] or None,
                    )
                    for category in profile.categories
                },
            )
            topic = self._address("ticket_printer", device.id).topic("desired")
            if self._changed(topic, (encode(replace(layout, revision=0)),)):
                self._send(topic, layout)

    def _changed(self, topic: str, content: Content) -> bool:
        if self._shown.get(topic) == content:
            return False
        self._shown[topic] = content
        return True

    def _send(self, topic: str, content: object) -> None:
        if not self._publish(topic, encode(content)):
            # the link is down: everything is shown again when it comes up
            self._shown.pop(topic, None)

    def _address(self, kind: str, device: str) -> Address:
        return Address(self._bindings.hall, kind, device)
