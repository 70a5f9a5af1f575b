"""The web floor of one hub: its application, what operations mount beside it, and how it is taken down."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

from starlette.requests import Request
from starlette.routing import BaseRoute

from hub.core.case_log import CaseLog
from hub.core.day_log import DayLog
from hub.core.hall_past import HallPast
from hub.core.hub import Hub
from hub.domain.devices.state import DeviceState
from hub.domain.refusals import Refused
from hub.instruments import measured, troubled, waiting_for
from hub.line_desk import LineDesk
from hub.log.open import open_reader
from hub.materials.uploads import Limits
from hub.mqtt.broker import Broker
from hub.mqtt.edge import MqttEdge
from hub.ops import health, metrics
from hub.settings import Settings
from hub.sync.connector import Connector
from hub.viewing import Views
from hub.views.cases.clock_trouble import ClockTrouble
from hub.views.history import curve_of
from hub.web import assets
from hub.web.access.dependencies import caller_of
from hub.web.access.store import AccessStore
from hub.web.app import build_app, close_app
from hub.web.live import Live
from hub.web.materials import open_materials
from hub.web.pages import Papers, register
from hub.web.server import Listen, WebServer
from hub.web.site import DevicePresence, LineSwitch, WebOptions

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Parts:
    """What pages and API of one hub show and ask. ``served``: the online hall's resources; ``switch``: a demo's."""

    hub: Hub
    access: AccessStore
    edge: MqttEdge
    broker: Broker | None
    papers: Papers | None
    views: Views
    case_log: CaseLog
    case_trouble: Callable[[], ClockTrouble]
    line_desk: LineDesk
    line: Connector | None
    served: Sequence[BaseRoute]
    switch: LineSwitch | None = None


async def start_web(settings: Settings, parts: Parts) -> tuple[str, Callable[[], Awaitable[None]]]:
    """Its address, and how to stop it. Raises ``ListenRefused``."""
    web = settings.web
    listen = Listen(web.host, web.port, web.certificate, web.key)
    files = assets.load()
    live = Live(parts.hub.boot, files.version)
    options = WebOptions(web.public_url or f"http://{web.listen}", listen.secure, settings.devices.admission)
    state = parts.hub.paths.log.parent
    limits = Limits(settings.materials.file_mb * MEBIBYTE, settings.materials.reserve_mb * MEBIBYTE)
    views, trouble = parts.views, parts.case_trouble
    measures = measured(
        parts.hub, parts.edge, parts.broker, live, views.readers, views.ratings, trouble, state, parts.line
    )
    measures.gauge("hallhub_room_days", "Days until the disk is full, as it grew of late.", parts.line_desk.room_days)
    app = build_app(
        parts.hub,
        parts.access,
        live,
        options,
        devices=lambda: present(parts.hub, parts.edge),
        outage=lambda: parts.line_desk.outage,
        day_log=DayLog(lambda: contextlib.closing(open_reader(settings.log.url)), parts.hub.codec),
        case_log=parts.case_log,
        hall_past=HallPast(lambda: contextlib.closing(open_reader(settings.log.url)), parts.hub.codec),
        reports=views.reports,
        case_finder=views.cases,
        case_trouble=trouble,
        extra_routes=[
            *health.routes(
                lambda: ["stopping"] if live.stopping else waiting_for(parts.hub, parts.edge, state),
                None if parts.line is None else parts.line.word,
                lambda: troubled(trouble()),
            ),
            *metrics.routes(measures, _carries_token),
            *parts.served,
        ],
        book=views.ratings,
        consultation_book=views.consultations,
        materials=open_materials(parts.hub.paths, parts.hub.now, limits),
        switch=parts.switch,
    )
    register(app, files, papers=parts.papers, earlier=partial(curve_of, views.cursors))
    parts.hub.listen(live.on_committed)
    server = WebServer(app, live, listen)
    await server.start()

    async def stop() -> None:
        await server.stop()
        await close_app(app)

    return server.url, stop


def present(hub: Hub, edge: MqttEdge) -> list[DevicePresence]:
    """The devices that were heard, with what their paper says; a lost one says nothing of it."""
    found: list[DevicePresence] = []
    for known in edge.presence.devices.values():
        device = known.address.device
        paper = cast(DeviceState, hub.writer.state(f"device/{device}")).paper
        trouble = f"paper-{paper}" if paper in ("low", "out") and known.state == "online" else None
        found.append(DevicePresence(device, known.address.kind, known.state, known.since, trouble))
    return found


def _carries_token(request: Request) -> bool:
    """A bearer token of any role, or a signed-in browser."""
    try:
        return caller_of(request) is not None
    except Refused:
        return False
