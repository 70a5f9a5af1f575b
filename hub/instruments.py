"""What of a running hub is measured, and whether it is ready: read from its parts, which know nothing of it."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from hub.core.hub import Hub
from hub.core.readers import Readers
from hub.mqtt.broker import Broker
from hub.mqtt.edge import MqttEdge
from hub.ops.metrics import Counts, Measures, by_one
from hub.sync.connector import Connector
from hub.views.cases.clock_trouble import ClockTrouble
from hub.views.rating_book import RatingBook
from hub.web.live import Live

LEAST_FREE_BYTES = 8 << 20
"""Less room than that beside the log, and the hub says so before a commit fails."""


def waiting_for(hub: Hub, edge: MqttEdge, state: Path) -> list[str]:
    """What keeps the hub from being ready: ``broker``, ``business-day``, ``disk``."""
    missing: list[str] = []
    if not edge.ready:
        missing.append("broker")
    if not hub.today:
        missing.append("business-day")
    if hub.writer.full or shutil.disk_usage(state).free < LEAST_FREE_BYTES:
        missing.append("disk")
    return missing


def troubled(cases: ClockTrouble) -> list[str]:
    """What somebody has to look at though the hub goes on: ``case-clock``, ``case-deadlines``."""
    return [name for name, wrong in (("case-clock", cases.problem), ("case-deadlines", cases.stuck)) if wrong]


def measured(
    hub: Hub,
    edge: MqttEdge,
    broker: Broker | None,
    live: Live,
    readers: Readers,
    book: RatingBook,
    cases: Callable[[], ClockTrouble],
    state: Path,
    line: Connector | None = None,
) -> Measures:
    """All figures of ``/metrics``; the writer's commits are timed from here on."""
    measures = Measures()
    writer, intake, orders = hub.writer, edge.intake, edge.orders
    writer.observe_commit = measures.commits
    count, gauge = measures.count, measures.gauge

    count("hallhub_entries", "Entries appended since the start.", lambda: writer.entries)
    count("hallhub_batches", "Transactions of the log since the start.", lambda: writer.batches)
    count("hallhub_rule_faults", "Rules, listeners or replies that failed.", lambda: writer.faults)
    count("hallhub_refusals", "Refused commands by code.", by_one(lambda: writer.refusals), "code")
    gauge("hallhub_log_position", "Position of the last entry.", hub.head)
    gauge("hallhub_log_full", "1 while the log finds no room.", lambda: int(writer.full))
    gauge("hallhub_reader_lag", "Entries that the slowest reader has not seen.", readers.lag)
    gauge("hallhub_reader_parked", "Entries that readers could not take.", lambda: len(readers.parked()))
    gauge("hallhub_clock_frozen", "1 while a stepped clock waits to be confirmed.", lambda: _frozen(hub))
    gauge("hallhub_ready", "1 while subscribed and accepting.", lambda: int(not waiting_for(hub, edge, state)))

    count("hallhub_device_events", "Device events by what became of them.", by_one(lambda: intake.counts), "outcome")
    count("hallhub_device_refusals", "Refused device events by code.", by_one(lambda: intake.refusals), "code")
    count("hallhub_device_messages", "Other device messages that were odd.", by_one(lambda: edge.counts), "what")
    gauge("hallhub_device_gap", "Devices whose missing events were asked for.", _gaps(edge), "device")
    gauge("hallhub_devices", "Devices heard, by kind and state.", _presence(edge), "kind", "state")
    count(
        "hallhub_ignored_wills",
        "Wills of older boots.",
        lambda: sum(each.lost_wills for each in edge.presence.devices.values()),
    )
    gauge("hallhub_orders_waiting", "Orders without a final result.", lambda: orders.waiting)
    count("hallhub_order_results", "Results by state.", by_one(lambda: orders.results), "state")

    gauge("hallhub_tickets", "Tickets of today by state.", by_one(lambda: _tickets(hub)), "state")
    gauge("hallhub_case_clock_stopped", "1 while the clock of cases waits.", lambda: int(bool(cases().problem)))
    gauge("hallhub_case_deadlines_stuck", "Deadlines that changed nothing.", lambda: len(cases().stuck))
    rectifications = by_one(lambda: book.counts(hub.now()))
    gauge("hallhub_rectifications", "Open rectifications, in time or overdue.", rectifications, "state")
    gauge("hallhub_live_streams", "Pages that follow live updates.", lambda: len(live.subscribers))
    count("hallhub_live_failed_renders", "Live snapshots that could not be drawn.", lambda: live.failed_renders)
    if broker is not None:
        _embedded(measures, broker)
    if line is not None:
        _online(measures, line, hub)
    measures.process(state)
    return measures


def _online(measures: Measures, line: Connector, hub: Hub) -> None:
    gauge = measures.gauge

    def dark(way: str) -> float:
        standing = line.standing()
        since = standing.feed.since if way == "up" else standing.inbox.since
        return max(0, hub.now() - since) / 1000 if since else 0

    def phases() -> Mapping[tuple[str, ...], float]:
        standing = line.standing()
        return {("up", standing.feed.phase): 1.0, ("down", standing.inbox.phase): 1.0}

    gauge("hallhub_sync_waiting", "Entries that the online hall has not.", line.waiting)
    gauge("hallhub_sync_rate", "Entries a second that go up of late.", lambda: line.standing().feed.rate)
    gauge("hallhub_sync_phase", "How each way of the line is.", phases, "way", "phase")
    gauge("hallhub_sync_trouble_seconds", "How long a way has stood still.", lambda: _both(dark), "way")
    gauge("hallhub_sync_inbox_taken", "The last message taken.", lambda: line.standing().inbox.taken)
    gauge("hallhub_sync_inbox_last", "The last message there is.", lambda: line.standing().inbox.last)
    measures.count("hallhub_sync_starts", "Starts of the process that sends.", lambda: line.feed.starts)


def _both(of: Callable[[str], float]) -> Mapping[tuple[str, ...], float]:
    return {(way,): of(way) for way in ("up", "down")}


def _embedded(measures: Measures, broker: Broker) -> None:
    counters = broker.counters
    count, gauge = measures.count, measures.gauge
    gauge("hallhub_broker_connections", "Open connections of the embedded broker.", lambda: counters.connections)
    gauge("hallhub_broker_sessions", "Sessions kept, connected or not.", lambda: broker.sessions)
    gauge("hallhub_broker_retained", "Topics with a retained message.", lambda: broker.retained)
    count("hallhub_broker_accepted", "Connections accepted.", lambda: counters.accepted)
    count("hallhub_broker_messages_in", "Messages received.", lambda: counters.messages_in)
    count("hallhub_broker_messages_out", "Messages sent.", lambda: counters.messages_out)
    count("hallhub_broker_dropped", "Messages dropped by reason.", by_one(lambda: counters.dropped), "reason")
    count("hallhub_broker_refused", "Clients refused by reason.", by_one(lambda: counters.refused), "reason")
    count("hallhub_broker_closed", "Connections ended by reason.", by_one(lambda: counters.closed), "reason")


def _frozen(hub: Hub) -> int:
    return int(hub.clock_state().frozen)


def _gaps(edge: MqttEdge) -> Counts:
    return lambda: {(device,): 1.0 for device in edge.intake.gaps}


def _presence(edge: MqttEdge) -> Counts:
    def read() -> Mapping[tuple[str, ...], float]:
        return Counter((each.address.kind, each.state) for each in edge.presence.devices.values())

    return read


def _tickets(hub: Hub) -> Mapping[str, float]:
    return Counter(ticket.state for ticket in hub.day().tickets.values())
