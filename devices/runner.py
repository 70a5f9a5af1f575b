"""Hosts devices, one task each: a fault in one is told, counted and restarted with a back-off, and harms no other."""

import asyncio
import logging
from collections.abc import Callable, Mapping

from devices.config import DeviceConfig
from devices.kinds import Device, Show, kind_named, no_show
from devices.wire.clock import Clock
from devices.wire.ledger import Ledger
from devices.wire.link import Connector, aiomqtt_connector
from devices.wire.outbox import Outbox
from devices.wire.session import Backoff, DeviceSession

log = logging.getLogger(__name__)


def make_device(
    config: DeviceConfig,
    *,
    connect: Connector | None = None,
    clock: Clock | None = None,
    show: Show = no_show,
    backoff: Backoff | None = None,
) -> Device:
    """A device ready to `run`. `connect` stands in for the broker of the config.

    Raises `ValueError` naming what its place or options lack, and `sqlite3.Error` when its state cannot be opened.
    """
    kind = kind_named(config.address.kind)
    folder = None
    if config.state is not None:
        folder = config.state / f"{config.address.hall}-{config.address.kind}-{config.address.device}"
    session = DeviceSession(
        config.address,
        connect or aiomqtt_connector(config.broker, ca_file=config.ca_file),
        description=kind.description(config.place),
        outbox=Outbox(None if folder is None else folder / "outbox.sqlite3"),
        ledger=Ledger(None if folder is None else folder / "ledger.sqlite3"),
        clock=clock,
        backoff=backoff,
    )
    try:
        options = kind.options() if config.options is None else config.options
        return kind.make(session, options, show)
    except BaseException:
        session.close()
        raise


class Host:
    """Runs devices by name. After a fault a device is made anew, so hold names and ask `device`, not the object."""

    def __init__(self, makes: Mapping[str, Callable[[], Device]], *, backoff: Backoff | None = None) -> None:
        self._makes = dict(makes)
        self._devices: dict[str, Device] = {}
        self._backoff = backoff or Backoff(first=1.0, most=60.0, settled=60.0)
        self.faults = dict.fromkeys(self._makes, 0)

    def device(self, name: str) -> Device | None:
        """The device now running under `name`; None before its start and between a fault and the restart."""
        return self._devices.get(name)

    async def run(self) -> None:
        """Until cancelled; then every device says goodbye and closes its files."""
        async with asyncio.TaskGroup() as tasks:
            for name, make in self._makes.items():
                tasks.create_task(self._keep(name, make), name=f"device {name}")

    async def _keep(self, name: str, make: Callable[[], Device]) -> None:
        loop = asyncio.get_running_loop()
        attempt = 0
        while True:
            began = loop.time()
            try:
                await self._live(name, make)
                log.error("device %s ended by itself", name)
            except Exception:
                log.exception("device %s", name)
            self.faults[name] += 1
            attempt = 0 if loop.time() - began > self._backoff.settled else attempt + 1
            await asyncio.sleep(self._backoff.delay(attempt))

    async def _live(self, name: str, make: Callable[[], Device]) -> None:
        device = make()
        self._devices[name] = device
        try:
            await device.run()
        finally:
            del self._devices[name]
            device.close()
