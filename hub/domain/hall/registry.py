"""Who is bound to whom: the profile's devices, indexed for asking; and the scopes that boards show."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.hall.profile import Device, HallProfile


@dataclass(frozen=True, slots=True)
class Scope:
    """What a board shows: ``hall``, ``floor/<number>`` or ``zone/<id>``, and the windows in it, in order."""

    name: str
    zh: str
    en: str
    windows: tuple[str, ...]


def scopes(profile: HallProfile) -> tuple[Scope, ...]:
    """Every scope that has a window: the hall, its floors, its zones."""
    hall = profile.hall
    every = [Scope("hall", hall.zh, hall.en, tuple(w.number for w in profile.windows))]
    every += [
        Scope(f"floor/{f.number}", f.zh, f.en, tuple(w.number for w in profile.windows if w.floor == f.number))
        for f in profile.floors
    ]
    every += [
        Scope(f"zone/{z.id}", z.zh, z.en, tuple(w.number for w in profile.windows if w.zone == z.id))
        for z in profile.zones
    ]
    return tuple(scope for scope in every if scope.windows)


class Registry:
    """The device registry of one profile; built once a profile and asked often."""

    __slots__ = ("_at_window", "_devices", "_printers")

    def __init__(self, profile: HallProfile) -> None:
        self._devices = {device.id: device for device in profile.devices}
        self._printers = {d.kiosk: d.id for d in profile.devices if d.kind == "ticket_printer" and d.kiosk}
        self._at_window: dict[tuple[str, str], tuple[str, ...]] = {}
        for device in profile.devices:
            if device.window is not None:
                place = (device.window, device.kind)
                self._at_window[place] = (*self._at_window.get(place, ()), device.id)

    def device(self, device: str) -> Device | None:
        return self._devices.get(device)

    def knows(self, kind: str, device: str) -> bool:
        """Whether the device is registered, as a device of that kind."""
        found = self._devices.get(device)
        return found is not None and found.kind == kind

    def window_of(self, device: str) -> str | None:
        """The window a device is bound to; None for an unbound or unknown one."""
        found = self._devices.get(device)
        return found.window if found else None

    def floor_of(self, kiosk: str) -> int | None:
        found = self._devices.get(kiosk)
        return found.floor if found else None

    def standing_floor(self, kiosk: str) -> int:
        """Where who asks at the kiosk stands; floor 1 for an unbound or unknown one."""
        floor = self.floor_of(kiosk)
        return 1 if floor is None else floor

    def printer_of(self, kiosk: str) -> str | None:
        """The ticket printer bound to the asking kiosk."""
        return self._printers.get(kiosk)

    def at_window(self, window: str, kind: str) -> tuple[str, ...]:
        """The devices of a kind bound to a window."""
        return self._at_window.get((window, kind), ())

    def of_kind(self, kind: str) -> tuple[Device, ...]:
        return tuple(device for device in self._devices.values() if device.kind == kind)
