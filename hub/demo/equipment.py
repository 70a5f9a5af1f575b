"""The hall's devices, simulated and hosted in this process: each a client of the broker like one beside its metal."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from devices.config import DeviceConfig
from devices.kinds import KINDS, Device
from devices.kinds.call_button import CallButton
from devices.kinds.kiosk import Kiosk
from devices.kinds.rating_pad import RatingPad
from devices.kinds.ticket_printer import TicketPrinterOptions
from devices.runner import Host, make_device
from devices.simulated.ticket_printer import SimulatedPrinter
from devices.wire.link import BrokerUrl
from devices.wire.messages import Place
from devices.wire.topics import Address
from devices.wire.vocabulary import AskRating
from hub.domain.hall.profile import Device as Registered
from hub.domain.hall.profile import HallProfile

log = logging.getLogger(__name__)

D = TypeVar("D")

PAPERS_KEPT: Final = 12
_AT_ONCE: Final = 20
_LOOK_SECONDS: Final = 0.05
_COMMANDED: Final = frozenset({"ticket_printer", "rating_pad"})
_REMEMBERING: Final = frozenset({"kiosk", "ticket_printer"})


class Equipment:
    """Every device of a hall's registry that this version simulates. ``asked`` hears what stands on a rating pad.

    ``state`` keeps the outboxes and ledgers of kiosks and printers over a restart (what the others forget harms
    nobody); None: in memory. Simulated printers listen before ``start``, so that their pictures can be served by the
    hub which ``start`` needs.
    """

    def __init__(self, profile: HallProfile, hall: str, state: Path | None = None) -> None:
        self.registered = {d.id: d for d in profile.devices if d.kind in KINDS}
        self.printers = {
            known.id: SimulatedPrinter(keep=PAPERS_KEPT) for known in profile.devices if known.kind == "ticket_printer"
        }
        self.asked: Callable[[str, AskRating], None] = _nobody_answers
        self._hall = hall
        self._timezone = profile.hall.timezone
        self._state = state
        self._broker: BrokerUrl | None = None
        self._hosts: dict[str, tuple[Host, asyncio.Task[None]]] = {}

    async def __aenter__(self) -> Equipment:
        for printer in self.printers.values():
            await printer.power_on()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        for printer in self.printers.values():
            await printer.power_off()

    async def start(self, broker: BrokerUrl, *, patience: float = 20.0) -> int:
        """Plug everything in; returns how many devices are ready within ``patience`` seconds."""
        self._broker = broker
        for n, name in enumerate(self.registered):
            self.plug_in(name)
            if n % _AT_ONCE == _AT_ONCE - 1:
                await asyncio.sleep(_LOOK_SECONDS)  # not all in one instant
        for _ in range(int(patience / _LOOK_SECONDS)):
            if self.ready == len(self.registered):
                break
            await asyncio.sleep(_LOOK_SECONDS)
        return self.ready

    async def stop(self) -> None:
        """Every device says goodbye."""
        await asyncio.gather(*(self.unplug(name) for name in tuple(self._hosts)))

    @property
    def ready(self) -> int:
        """Devices that are connected and, where commands come to them, know the hub's time: no command runs before."""
        found = 0
        for name, (host, _) in self._hosts.items():
            device = host.device("device")
            told = self.registered[name].kind not in _COMMANDED
            if device is not None and device.session.present:
                found += told or device.session.hub_clock.is_set
        return found

    def plug_in(self, name: str) -> None:
        if name not in self._hosts:
            host = Host({"device": partial(self._make, self.registered[name])})
            self._hosts[name] = host, asyncio.create_task(host.run(), name=f"device {name}")

    async def unplug(self, name: str) -> None:
        """The device says goodbye and is gone until it is plugged in again."""
        hosted = self._hosts.pop(name, None)
        if hosted is not None:
            hosted[1].cancel()
            await asyncio.gather(hosted[1], return_exceptions=True)

    def button(self, window: str) -> CallButton | None:
        """The call button of a window, when there is one and it is connected."""
        return self._one("call_button", CallButton, lambda d: d.window == window)

    def pad(self, device: str) -> RatingPad | None:
        return self._one("rating_pad", RatingPad, lambda d: d.id == device)

    def kiosks(self) -> list[tuple[Registered, Kiosk]]:
        """The connected kiosks."""
        found: list[tuple[Registered, Kiosk]] = []
        for known in self.registered.values():
            device = self._connected(known.id) if known.kind == "kiosk" else None
            if isinstance(device, Kiosk):
                found.append((known, device))
        return found

    def papers(self, device: str) -> Sequence[bytes] | None:
        """The newest papers of a printer as PNG, newest first; None for a device without."""
        printer = self.printers.get(device)
        return None if printer is None else [paper.image_png for paper in reversed(printer.papers)]

    def _one(self, kind: str, shape: type[D], fits: Callable[[Registered], bool]) -> D | None:
        for known in self._of_kind(kind):
            if fits(known):
                device = self._connected(known.id)
                if isinstance(device, shape):
                    return device
        return None

    def _of_kind(self, kind: str) -> list[Registered]:
        return [known for known in self.registered.values() if known.kind == kind]

    def _connected(self, name: str) -> Device | None:
        hosted = self._hosts.get(name)
        device = None if hosted is None else hosted[0].device("device")
        return device if device is not None and device.session.present else None

    def _make(self, known: Registered) -> Device:
        assert self._broker is not None
        options: object = None
        if known.kind == "ticket_printer":
            port = self.printers[known.id].port
            options = TicketPrinterOptions(port=port, time_zone=self._timezone, poll_seconds=2.0)
        place = Place(window=known.window, kiosk=known.kiosk, scope=known.scope)
        if known.floor is not None:
            place = Place(floor=str(known.floor))
        device = make_device(
            DeviceConfig(
                address=Address(self._hall, known.kind, known.id),
                broker=self._broker,
                state=self._state if known.kind in _REMEMBERING else None,
                place=place,
                options=options,
            )
        )
        if isinstance(device, RatingPad):
            device.asked = partial(self._asked, known.id)
        return device

    def _asked(self, device: str, question: AskRating) -> None:
        self.asked(device, question)


def _nobody_answers(device: str, question: AskRating) -> None:
    del device, question
