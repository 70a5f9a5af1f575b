"""``/metrics`` for Prometheus, ``/health/live`` and ``/health/ready`` for whoever watches the process."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from hub.log.entry import LogBroken, NoRoom
from hub.receiver.callers import let_look
from hub.receiver.desk import Desk
from hub.receiver.overview import Overview, Overviews
from hub.receiver.store import Unavailable

_PAGE = resource.getpagesize()
_HALLS = (
    ("position", "The last entry here."),
    ("viewed", "The last entry that the views count in."),
    ("backlog", "Entries that the hub says it has and has not sent."),
    ("waiting", "Messages that the hall has not answered."),
    ("parked", "Entries that the views left out."),
    ("forked", "Whether its hub holds another history."),
    ("restores", "Epochs after the first."),
    ("left", "Entries of left epochs."),
)
_TIMES = (
    ("age", "Since the last entry was recorded in the hall."),
    ("silent", "Since anything was heard of the hall."),
)


class _Reading(Collector):
    """One scrape; ``told`` None: the storage does not answer."""

    def __init__(self, at_desk: Desk, told: Overview | None) -> None:
        self._desk = at_desk
        self._told = told

    def collect(self) -> Iterable[Metric]:
        admission = self._desk.admission
        happened = CounterMetricFamily("receiver_happened", "What happened since the start.", labels=["what"])
        for what, count in sorted(self._desk.counts.items()):
            happened.add_metric((what,), count)
        yield happened
        yield GaugeMetricFamily("receiver_bodies_bytes", "Bytes of bodies under way.", value=admission.used)
        yield GaugeMetricFamily("receiver_bodies_peak_bytes", "The most they were.", value=admission.peak)
        yield GaugeMetricFamily("receiver_waiting_batches", "Batches that wait unread.", value=admission.waiting)
        yield GaugeMetricFamily("receiver_storage_up", "Whether it answers.", value=int(self._told is not None))
        yield GaugeMetricFamily("process_resident_memory_bytes", "Resident memory.", value=_resident())
        yield CounterMetricFamily("process_cpu_seconds", "Processor time.", value=time.process_time())
        for name, help in _HALLS:
            yield self._of_halls(f"receiver_hall_{name}", help, name, 1)
        for name, help in _TIMES:
            yield self._of_halls(f"receiver_hall_{name}_seconds", help, f"{name}_ms", 1000)

    def _of_halls(self, name: str, help: str, field: str, unit: int) -> Metric:
        family = GaugeMetricFamily(name, help, labels=["hall"])
        for line in self._told.halls if self._told is not None else ():
            value: int = getattr(line, field)
            if value >= 0:
                family.add_metric((line.hall,), value / unit)
        return family


def routes(at_desk: Desk, overviews: Overviews) -> list[BaseRoute]:
    async def metrics(request: Request) -> Response:
        await let_look(request)
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Reading(at_desk, await _told(overviews)))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    async def live(request: Request) -> Response:
        del request
        return JSONResponse({"live": True})

    async def ready(request: Request) -> Response:
        del request
        missing = [] if await _answers(at_desk) else ["storage"]
        return JSONResponse({"ready": not missing, "waiting_for": missing}, 503 if missing else 200)

    return [
        Route("/metrics", metrics, methods=["GET"]),
        Route("/health", ready, methods=["GET"]),
        Route("/health/live", live, methods=["GET"]),
        Route("/health/ready", ready, methods=["GET"]),
    ]


async def _told(overviews: Overviews) -> Overview | None:
    try:
        return await overviews.now()
    except (Unavailable, NoRoom, LogBroken):
        return None


async def _answers(at_desk: Desk) -> bool:
    try:
        await at_desk.calls(at_desk.store.standing, "")
    except (Unavailable, NoRoom, LogBroken):
        return False
    return True


def _resident() -> float:
    return int(Path(f"/proc/{os.getpid()}/statm").read_text(encoding="ascii").split()[1]) * _PAGE
