"""A device of a kind on a link in memory, and its scripted hub."""

from devices.kinds import Device, kind_named
from devices.wire.messages import Place
from devices.wire.session import Backoff, DeviceSession
from devices.wire.topics import Address
from tests.devices.fakes import FakeClock, MemoryHub

PLACE = Place(window="112", kiosk="K1", floor="1", scope="hall")


class KindDesk:
    """`shown` are the lines that people see."""

    def __init__(self, name: str, place: Place | None = PLACE) -> None:
        kind = kind_named(name)
        self.shown: list[str] = []
        self.clock = FakeClock()
        self.hub = MemoryHub(Address("hall", name, "D1"))
        session = DeviceSession(
            self.hub.address,
            self.hub.connect,
            description=kind.description(place),
            clock=self.clock,
            backoff=Backoff(first=0.001, most=0.002),
        )
        self.device: Device = kind.make(session, kind.options(), self.shown.append)
