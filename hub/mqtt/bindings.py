"""Who is bound to whom under the profile in force, and who is admitted at all."""

from __future__ import annotations

from hub.domain.hall.profile import HallProfile
from hub.domain.hall.registry import Registry


class Bindings:
    """The registry in force; ``adopt`` takes a newer profile without a restart."""

    def __init__(self, hall: str, profile: HallProfile, admission: str) -> None:
        self.hall = hall
        self.open = admission == "open"
        self.adopt(profile)

    def adopt(self, profile: HallProfile) -> None:
        self.profile = profile
        self.registry = Registry(profile)
        self.floors = {window.number: window.floor for window in profile.windows}

    def admits(self, kind: str, device: str) -> bool:
        """Open admission believes strangers, but nobody poses as a registered device of another kind."""
        known = self.registry.device(device)
        return known.kind == kind if known is not None else self.open

    def kiosk_floor(self, kiosk: str) -> int:
        """The kiosk's floor; floor 1 for an unbound one."""
        floor = self.registry.floor_of(kiosk)
        return 1 if floor is None else floor
