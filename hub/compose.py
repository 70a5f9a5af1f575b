"""The only place that wires things: settings in, one running hub out, taken down in the right order."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import gc
import logging
import os
import signal
import ssl
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from hub.core.calendar_source import from_package
from hub.core.case_clock import CaseClock
from hub.core.case_log import CaseLog
from hub.core.clock import Clock, SystemClock
from hub.core.consultation_clock import ConsultationClock
from hub.core.default_catalogue import catalogue_for
from hub.core.hub import HUB, Hub
from hub.core.profile_file import default_profile
from hub.core.slot_clock import SlotClock
from hub.core.submission import Submission
from hub.core.term import load_term, term_path
from hub.domain.hall.profile import HallProfile
from hub.exports.daily import DailyExports
from hub.exports.port import FolderDrop
from hub.instruments import waiting_for
from hub.line_desk import LineDesk
from hub.log.cursors import open_cursors
from hub.log.entry import NoRoom
from hub.log.keys import Keys
from hub.log.names import hub_codec
from hub.log.open import open_reader
from hub.log.port import Log
from hub.materials.store import Store
from hub.mqtt.access import EmbeddedAccess
from hub.mqtt.broker import Broker
from hub.mqtt.edge import MqttEdge
from hub.mqtt.session import BrokerAddress
from hub.ops.control import ControlSocket
from hub.ops.faults import BROKEN, CONFIG, FATAL, TAKEN, Fault
from hub.ops.notify import notify, watchdog_seconds
from hub.ops.premises import Premises
from hub.ops.state_files import opened
from hub.reacting import reactions_of
from hub.settings import Settings
from hub.sync.connector import Connector
from hub.sync.serving import serving
from hub.viewing import views_of
from hub.views.cases.clock_trouble import ClockTrouble
from hub.views.wanted_files import WantedFiles
from hub.web.access.accounts import ensure_administrator
from hub.web.access.store import AccessStore
from hub.web.pages import Papers
from hub.web.server import ListenRefused
from hub.web.site import LineSwitch
from hub.web_floor import MEBIBYTE, Parts, present, start_web

log = logging.getLogger(__name__)

MOST_WANTED = 10_000
"""Files asked of the online hall again after a restore, at a start."""
CHECKPOINT_EVERY_SECONDS = 1.0
SETTLE_EVERY_SECONDS = 60.0
PRUNE_EVERY_SECONDS = 3600.0
OUTCOMES_KEPT_MS = 7 * 86_400_000


@dataclass(slots=True)
class Running:
    """One hub at work. ``first_password``: of the administrator made at this very start, else None."""

    settings: Settings
    hub: Hub
    edge: MqttEdge
    broker: Broker | None
    mqtt_port: int
    access: AccessStore
    web_url: str
    line: Connector | None
    first_password: str | None


@contextlib.asynccontextmanager
async def running(
    settings: Settings,
    *,
    clock: Clock | None = None,
    pace: float = 1.0,
    profile: HallProfile | None = None,
    papers: Papers | None = None,
    switch: LineSwitch | None = None,
    on_fatal: Callable[[BaseException], None] | None = None,
) -> AsyncGenerator[Running]:
    """A hub from start to orderly stop.

    ``clock`` and ``pace`` are of a demo, as are ``papers``, pictures of a simulated printer's paper, and ``switch``,
    which cuts its line; ``profile`` is the one an empty log starts with. ``on_fatal`` (else the process ends with code
    70) hears when the log or a part of the hub cannot go on. Raises ``Fault``, ``BadUrl``, ``InUse``, ``LogBroken`` or
    ``NoRoom`` before anything is accepted.
    """
    async with contextlib.AsyncExitStack() as stack:
        fatal = on_fatal or die
        state = stack.enter_context(opened(settings.log.url))
        paths, store, keys = state.paths, state.store, state.keys
        try:
            term = load_term(term_path(paths.log))
        except ValueError as error:
            raise Fault(BROKEN, str(error), "") from None
        hub = Hub(
            store,
            hub_codec(keys),
            state.subjects,
            clock or SystemClock(),
            paths,
            always=settings.queue.hours == "always",
            pace=pace,
            on_fatal=fatal,
        )
        first = profile or default_profile()
        if settings.hall is not None:
            first = dataclasses.replace(first, hall=dataclasses.replace(first.hall, id=settings.hall))
        await hub.start(first, from_package(), lambda: catalogue_for(first))
        hall = _hall_named(settings, hub)
        stack.callback(hub.writer.flush)
        broker, address = None, _address(settings)
        edge = MqttEdge(
            hub,
            hall,
            lambda: address,
            admission=settings.devices.admission,
            fence=term,
            url_of=_ticket_pages(settings.web.public_url),
        )
        if settings.mqtt.embedded:
            gate = EmbeddedAccess(hall, edge.bindings, settings.mqtt)
            broker = Broker(authenticate=gate.authenticate, allow=gate.allow)
            with _listening("[mqtt] url", settings.mqtt.url):
                port = await broker.start(settings.mqtt.host, settings.mqtt.port)
            stack.push_async_callback(broker.stop)
            address = gate.hub_address(port)
        access = AccessStore(paths.access)
        stack.callback(access.close)
        reading = open_reader(settings.log.url)
        stack.callback(reading.close)
        cursors = open_cursors(paths.views, hub.now)
        stack.callback(cursors.close)
        views = views_of(hub, reading, cursors)
        case_log = CaseLog(lambda: contextlib.closing(open_reader(settings.log.url)), hub.codec)
        reactions = reactions_of(hub, case_log, reading, cursors, access, views.ratings, views.cases)
        case_clock = CaseClock(hub, views.cases.timed)
        consultation_clock = ConsultationClock(hub, views.consultations.timed)
        slot_clock = SlotClock(hub)
        with contextlib.suppress(NoRoom):  # asked again as it runs
            await slot_clock.look()
        coming = WantedFiles(cursors, Store(paths.files).has)

        def wanted() -> list[str]:
            return [each.sha256 for each in coming.wanted(MOST_WANTED)]

        try:
            line = None if settings.sync.url is None else Connector(hub, settings.sync, hall, wanted)
            served = [stack.enter_context(serving(hub, settings.sync, hall))] if settings.sync.serve else []
        except ValueError as error:
            raise Fault(BROKEN, str(error), "") from None
        if line is not None:
            stack.callback(line.close)
        looking = open_reader(settings.log.url)
        stack.callback(looking.close)
        reserve = settings.materials.reserve_mb * MEBIBYTE
        line_desk = LineDesk(hub, line, looking, reserve)
        parts = Parts(
            hub,
            access,
            edge,
            broker,
            papers,
            views,
            case_log,
            lambda: _trouble(case_clock),
            line_desk,
            line,
            served,
            switch,
        )
        with _listening("[web] listen", settings.web.listen):
            web_url, stop_web = await start_web(settings, parts)
        tasks = [
            asyncio.create_task(hub.run(), name="business day"),
            asyncio.create_task(edge.run(), name="mqtt"),
            asyncio.create_task(_tend(store, keys, hub), name="tend the log"),
            asyncio.create_task(views.readers.run(), name="readers"),
            asyncio.create_task(reactions.run(), name="reactions"),
            asyncio.create_task(case_clock.run(), name="clock of cases"),
            asyncio.create_task(slot_clock.run(), name="clock of appointments"),
            asyncio.create_task(consultation_clock.run(), name="clock of consultations"),
            asyncio.create_task(line_desk.run(), name="desk of the line"),
        ]
        if line is not None:
            tasks.append(asyncio.create_task(line.run(), name="line to the online hall"))
        if settings.exports.folder is not None:
            exports = DailyExports(hub, reading, cursors, FolderDrop(settings.exports.folder))
            tasks.append(asyncio.create_task(exports.run(), name="daily files"))
        for task in tasks:
            task.add_done_callback(lambda done: _watch(done, fatal))
        stack.push_async_callback(_cancel, tasks)
        stack.push_async_callback(edge.stop)
        stack.push_async_callback(stop_web)
        acts = None if line is None else line.act
        control = ControlSocket(Premises(hub, keys, True, lambda: _status(hub, edge, web_url), acts), paths.socket)
        await control.start()
        stack.push_async_callback(control.stop)
        yield Running(settings, hub, edge, broker, address.port, access, web_url, line, ensure_administrator(access))


def _trouble(clock: CaseClock) -> ClockTrouble:
    return ClockTrouble(clock.problem, clock.stuck)


async def run_hub(settings: Settings, started: Callable[[Running], None]) -> None:
    """Run until SIGTERM or SIGINT."""
    stop = stop_on_signals()
    async with running(settings) as hall:
        started(hall)
        # what is loaded by now stays; walking it again and again would hold up commands
        gc.freeze()
        notify("READY=1", f"STATUS={hall.web_url}")
        watched = asyncio.create_task(_tell_watchdog())
        await stop.wait()
        watched.cancel()
        notify("STOPPING=1")
        log.info("stopping")


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set; the running loop owns the signals from now on."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


def die(error: BaseException) -> None:
    """End the process at once: the log alone is the truth, and the next start reads it."""
    log.critical("fatal", exc_info=error)
    logging.shutdown()
    os._exit(FATAL)


def _status(hub: Hub, edge: MqttEdge, web_url: str) -> dict[str, object]:
    """What ``hallhub status`` and ``hallhub devices`` show of a running hub."""
    devices = [
        {**dataclasses.asdict(each), "since": datetime.fromtimestamp(each.since / 1000, UTC).isoformat("T", "seconds")}
        for each in present(hub, edge)
    ]
    missing = waiting_for(hub, edge, hub.paths.log.parent)
    return {"boot": hub.boot, "web": web_url, "ready": not missing, "waiting_for": missing, "devices": devices}


def _hall_named(settings: Settings, hub: Hub) -> str:
    """The hall's id in every topic: the installer's, else the profile's."""
    published = hub.profile().hall.id
    if settings.hall is not None and settings.hall != published:
        log.warning(
            "settings and profile name different halls; topics carry the settings' one",
            extra={"facts": {"settings": settings.hall, "profile": published}},
        )
    return settings.hall or published


@contextlib.contextmanager
def _listening(key: str, where: str) -> Generator[None]:
    """Name the setting whose address cannot be listened at. Raises ``Fault``."""
    try:
        yield
    except ListenRefused as error:
        raise Fault(CONFIG, str(error), "") from None
    except OSError as error:
        why = error.strerror or error
        raise Fault(
            TAKEN,
            f"{key} = {where} 无法监听（{why}）。请换一个端口，或停止占用它的程序。",
            f"{key} = {where} cannot be listened at ({why}). Choose another port, or stop what uses it.",
        ) from error


def _watch(task: asyncio.Task[None], fatal: Callable[[BaseException], None]) -> None:
    """A part of the hub that ends by itself is fatal: a hall half at work is worse than a restart of a second."""
    error = None if task.cancelled() else task.exception()
    if error is not None:
        fatal(error)


async def _tell_watchdog() -> None:
    interval = watchdog_seconds()
    while interval is not None:
        notify("WATCHDOG=1")
        await asyncio.sleep(interval / 3)


def _address(settings: Settings) -> BrokerAddress:
    mqtt = settings.mqtt
    tls = ssl.create_default_context(cafile=mqtt.ca) if mqtt.tls else None
    return BrokerAddress(mqtt.host, mqtt.port, mqtt.username, mqtt.password, tls)


def _ticket_pages(public_url: str | None) -> Callable[[str], str | None]:
    return lambda ticket: None if public_url is None else f"{public_url}/ticket/{ticket}"


async def _tend(store: Log, keys: Keys, hub: Hub) -> None:
    """Checkpoints away from the loop, pruning and snapshots in quiet moments."""
    loop = asyncio.get_running_loop()
    pruned = settled = loop.time()
    while True:
        await asyncio.sleep(CHECKPOINT_EVERY_SECONDS)
        await asyncio.to_thread(store.checkpoint)
        if hub.writer.full:
            # one row, to learn whether there is room again
            probe = Submission(None, HUB, hub.now(), key=hub.ids.make())
            hub.writer.push(probe, lambda _: None)
            continue
        with contextlib.suppress(NoRoom):  # the writer will say so, and what was left is done later
            if loop.time() - settled > SETTLE_EVERY_SECONDS:
                settled = loop.time()
                keys.settle()
            if loop.time() - pruned > PRUNE_EVERY_SECONDS:
                pruned = loop.time()
                while store.prune(hub.now() - OUTCOMES_KEPT_MS):  # noqa: ASYNC110 (commands have their turn between)
                    await asyncio.sleep(0.05)
                hub.writer.keep_snapshots()


async def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception):
            log.error("a task had failed", exc_info=result)
