"""``/metrics``: what the hub counted, read from its parts at each scrape, never kept twice.

Who may read it: whoever asks from the server itself (a loopback address), and anybody with a bearer token of any role.
It holds counts and device ids, no person.
"""

from __future__ import annotations

import ipaddress
import os
import resource
import shutil
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_PAGE = resource.getpagesize()


class CommitTimes:
    """A histogram of seconds a commit took; its call fits ``Writer.observe_commit``."""

    __slots__ = ("commands", "counts", "seconds")

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)
        self.seconds = 0.0
        self.commands = 0

    def __call__(self, seconds: float, commands: int) -> None:
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds
        self.commands += commands

    def buckets(self) -> Iterator[tuple[str, float]]:
        """Cumulative, as the exposition format wants them."""
        total = 0
        for bound, count in zip((*(str(each) for each in BUCKETS), "+Inf"), self.counts, strict=True):
            total += count
            yield bound, float(total)


Count = Callable[[], float]
Counts = Callable[[], Mapping[tuple[str, ...], float]]


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: ``read`` gives its value, or values by the labels named in ``labels``."""

    name: str
    help: str
    read: Count | Counts
    labels: tuple[str, ...] = ()
    counter: bool = True


@dataclass(slots=True)
class Measures:
    """What is measured; the parts of the hub are added by whoever composes it."""

    commits: CommitTimes = field(default_factory=CommitTimes)
    listed: list[Measure] = field(default_factory=list[Measure])

    def count(self, name: str, help: str, read: Count | Counts, *labels: str) -> None:
        """A figure that only rises since the start of the process."""
        self.listed.append(Measure(name, help, read, labels))

    def gauge(self, name: str, help: str, read: Count | Counts, *labels: str) -> None:
        """A figure that goes up and down."""
        self.listed.append(Measure(name, help, read, labels, counter=False))

    def process(self, state: Path) -> None:
        """Memory, processor time and start of this process, and the room on the disk of ``state``."""
        started = time.time()
        self.gauge("process_resident_memory_bytes", "Resident memory.", _resident)
        self.count("process_cpu_seconds", "Processor time of the process.", time.process_time)
        self.gauge("process_start_time_seconds", "Start, in seconds since 1970.", lambda: started)
        self.gauge("hallhub_disk_free_bytes", "Room on the disk of the log.", lambda: shutil.disk_usage(state).free)


class _Reading(Collector):
    def __init__(self, measures: Measures) -> None:
        self._measures = measures

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        times = self._measures.commits
        commands = CounterMetricFamily("hallhub_commands", "Commands that went through the writer.")
        commands.add_metric((), times.commands)
        yield commands
        commits = HistogramMetricFamily("hallhub_commit_seconds", "How long a commit took, of one batch of commands.")
        commits.add_metric((), list(times.buckets()), times.seconds)
        yield commits
        for measure in self._measures.listed:
            yield _family(measure)


def _family(measure: Measure) -> Metric:
    made = CounterMetricFamily if measure.counter else GaugeMetricFamily
    family = made(measure.name, measure.help, labels=measure.labels)
    value = measure.read()
    if isinstance(value, Mapping):
        for labels, each in sorted(value.items()):
            family.add_metric(labels, each)
    else:
        family.add_metric((), value)
    return family


def by_one(counts: Callable[[], Mapping[str, float]]) -> Counts:
    """Counts by one label, as ``Measures`` takes them."""
    return lambda: {(name,): value for name, value in counts().items()}


def routes(measures: Measures, permitted: Callable[[Request], bool]) -> list[BaseRoute]:
    """``GET /metrics`` in the text format; ``permitted`` tells whether a request carries a good token."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Reading(measures))

    async def metrics(request: Request) -> Response:
        if not (on_this_machine(request) or permitted(request)):
            return Response("需要访问令牌 a bearer token is needed\n", 401, {"WWW-Authenticate": "Bearer"})
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    return [Route("/metrics", metrics, methods=["GET"], include_in_schema=False)]


def on_this_machine(request: Request) -> bool:
    """From a loopback address and not handed on by a proxy, which would make everybody look local."""
    forwarded = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "via"))
    if forwarded or request.client is None:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _resident() -> float:
    return int(Path(f"/proc/{os.getpid()}/statm").read_text(encoding="ascii").split()[1]) * _PAGE
