"""Who is bound to whom under the profile in force, and who is admitted at all."""

from __future__ import annotations

from hub.domain.hall.items import Items
from hub.domain.hall.profile import HallProfile
from hub.domain.hall.registry import Registry

STRANGERS_MOST = 20_000
"""Unregistered devices believed in one run under open admission: whoever makes up ids must not fill memory and log."""


class Bindings:
    """The registry in force; ``adopt`` takes a newer profile without a restart."""

    def __init__(self, hall: str, profile: HallProfile, admission: str) -> None:
        self.hall = hall
        self.open = admission == "open"
        self._strangers: set[tuple[str, str]] = set()
        self.adopt(profile)

    def adopt(self, profile: HallProfile) -> None:
        self.profile = profile
        self.registry = Registry(profile)
        self.items = Items(profile)
        self.floors = {window.number: window.floor for window in profile.windows}

    def admits(self, kind: str, device: str) -> bool:
        """Open admission believes strangers, but nobody poses as a registered device of another kind."""
        known = self.registry.device(device)
        if known is not None:
            return known.kind == kind
        return self.open and (len(self._strangers) < STRANGERS_MOST or (kind, device) in self._strangers)

    def meet(self, kind: str, device: str) -> None:
        """A device that is admitted was heard for the first time."""
        if self.registry.device(device) is None:
            self._strangers.add((kind, device))

    def kiosk_floor(self, kiosk: str) -> int:
        """The kiosk's floor; floor 1 for an unbound one."""
        floor = self.registry.floor_of(kiosk)
        return 1 if floor is None else floor
