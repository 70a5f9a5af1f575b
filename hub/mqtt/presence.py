"""Which devices are there, what they are, and which revision of their desired state they applied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from devices.wire.messages import Description, State
from devices.wire.topics import Address

Reading = float | int | str | bool | None


@dataclass(slots=True)
class Device:
    """One device as last heard. ``since`` (ms) is when ``state`` began; ``confirmed`` False from the end of a broker
    link until the device is heard again. ``lost_wills`` counts ignored wills of older boots."""

    address: Address
    state: str = "lost"
    boot: str = ""
    since: int = 0
    confirmed: bool = False
    lost_wills: int = 0
    model: str = ""
    firmware: str = ""
    contract: int = 0
    capabilities: tuple[str, ...] = ()
    reported: int | None = None
    problem: str | None = None
    telemetry: Mapping[str, Reading] = field(default_factory=dict[str, Reading])


class Presence:
    """``on_online`` runs whenever a device says it is online; ``ask_again`` when an old will hid a live device."""

    def __init__(
        self,
        now: Callable[[], int],
        on_online: Callable[[Address], None],
        on_change: Callable[[Address], None],
        ask_again: Callable[[Address], None],
    ) -> None:
        self._now = now
        self._on_online = on_online
        self._on_change = on_change
        self._ask_again = ask_again
        self.devices: dict[Address, Device] = {}

    def of(self, address: Address) -> Device:
        """The record of a device, made at its first word."""
        device = self.devices.get(address)
        if device is None:
            device = self.devices[address] = Device(address, since=self._now())
        return device

    def online(self, address: Address) -> bool:
        device = self.devices.get(address)
        return device is not None and device.state == "online"

    def heard(self, address: Address, state: State) -> None:
        """A ``state`` message. One without ``at`` is a will; a will of another boot is a half-open predecessor's."""
        device = self.of(address)
        if state.at is None and state.state == "lost" and device.boot and state.boot != device.boot:
            device.lost_wills += 1
            self._ask_again(address)
            return
        device.confirmed = True
        changed = device.state != state.state
        if changed:
            device.since = self._now()
        device.state, device.boot = state.state, state.boot
        if state.state == "online":
            self._on_online(address)
        if changed:
            self._on_change(address)

    def described(self, address: Address, description: Description) -> None:
        device = self.of(address)
        device.model, device.firmware = description.model, description.firmware
        device.contract, device.capabilities = description.contract, description.capabilities

    def forget(self, address: Address) -> None:
        """The device was taken out of the registry."""
        if self.devices.pop(address, None) is not None:
            self._on_change(address)

    def doubt_all(self) -> None:
        """The link is down: the broker may lose its store, so nobody is sure to be there until heard again."""
        for device in self.devices.values():
            device.confirmed = False

    def drop_unconfirmed(self) -> None:
        """Who was not heard since the link came up is lost."""
        for device in self.devices.values():
            if not device.confirmed and device.state == "online":
                device.state, device.since = "lost", self._now()
                self._on_change(device.address)
