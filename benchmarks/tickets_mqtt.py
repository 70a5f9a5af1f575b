"""Tickets asked over MQTT: asked, committed, replied, through a real broker, by one kiosk and by a hundred."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.processes import HubProcess, Mosquitto, cpu_seconds, embedded, ended, hub, load, mosquitto, started

CALLERS = 100


def one_caller(folder: Path, quick: bool) -> list[Figure]:
    """The ratio of a ticket to its floor, both interleaved in one run."""
    rounds = 100 if quick else 3000
    figures: list[Figure] = []
    with mosquitto(folder) as broker, hub(folder / "hub", broker.url):
        for phones in (False, True):
            figures.append(_ratio("mosquitto", broker.port, folder, rounds, phones))
    with hub(folder / "embedded") as running, embedded(folder) as (bare, _):
        figures.append(_ratio("embedded broker", running.mqtt_port, folder, rounds, False, bare))
    return figures


def _ratio(broker: str, port: int, folder: Path, rounds: int, phones: bool, echo_port: int = 0) -> Figure:
    """``echo_port``: of a broker that echoes in the place of the hub's own, which gives a client no such topic."""
    more = (*(("--phones",) if phones else ()), "--echo-port", echo_port)
    found = load("callers", "single", port, rounds, folder, *more, folder=folder)
    floor = found["echo"] + found["sync"]
    return Figure(
        1,
        f"ticket over MQTT, {broker}, 1 caller{', new phone each' if phones else ''}, p50 over floor",
        found["ticket"] / floor,
        "× floor",
        ("≤", 2.7) if broker == "mosquitto" and not phones else None,
        f"{floor:.3f} ms (echo {found['echo']:.3f} + fdatasync {found['sync']:.3f})",
        f"ticket p50 {found['ticket']:.3f} ms, p99 {found['p99']:.3f} ms; goal 2.0",
        "the hub's CPU a ticket: one ticket a commit shares nothing",
    )


def many_callers(folder: Path, quick: bool) -> list[Figure]:
    """Rate and hub CPU of a hundred kiosks, without and with a phone on every ticket."""
    tickets = 1_000 if quick else 25_000
    figures: list[Figure] = []
    with mosquitto(folder) as broker:
        floor = _answered(broker, folder, tickets)
        with hub(folder / "hub", broker.url) as running:
            load("callers", "crowd", broker.port, CALLERS, max(500, tickets // 8), "--phones", folder=folder)
            for phones in (False, True):
                figures += _crowd(broker, running, folder, tickets, phones, floor)
    return figures


def _answered(broker: Mosquitto, folder: Path, tickets: int) -> float:
    """Tickets a second when a raw socket answers in the hub's place: what broker and load allow on this machine."""
    process = started([sys.executable, "-m", "benchmarks.callers", "answer", str(broker.port)], folder / "answer.out")
    try:
        time.sleep(1.0)
        return float(load("callers", "crowd", broker.port, CALLERS, tickets, folder=folder)["rate"])
    finally:
        ended(process)


def _crowd(
    broker: Mosquitto, running: HubProcess, folder: Path, tickets: int, phones: bool, floor: float
) -> list[Figure]:
    wall, hub_cpu, broker_cpu = time.monotonic(), cpu_seconds(running.pid), cpu_seconds(broker.pid)
    found = load("callers", "crowd", broker.port, CALLERS, tickets, *(("--phones",) if phones else ()), folder=folder)
    hub_cpu, broker_cpu = cpu_seconds(running.pid) - hub_cpu, cpu_seconds(broker.pid) - broker_cpu
    wall = tickets / found["rate"]
    assert not found["twice"], "a number came twice"
    shares = f"hub {hub_cpu / wall:.0%}, mosquitto {broker_cpu / wall:.0%}, load {found['cpu'] / wall:.0%} of a core"
    what = f"{CALLERS} callers over MQTT, mosquitto{', a new phone on every ticket' if phones else ', no phone'}"
    bound = f"{'the hub' if hub_cpu / wall > 0.85 else 'waiting for the disk and for what else runs here'} ({shares})"
    return [
        Figure(
            2,
            what,
            found["rate"],
            "tickets/s",
            ("≥", 6000),
            f"{floor:,.0f}/s answered by a raw socket in the hub's place",
            f"p50 {found['p50_ms']:.1f} ms, p99 {found['p99_ms']:.1f} ms; {shares}; goal 12,000",
            bound,
        ),
        Figure(
            2,
            f"hub CPU a ticket, {what.partition(', mosquitto, ')[2]}",
            hub_cpu / tickets * 1e6,
            "µs",
            ("≤", 150),
            bound=bound,
        ),
    ]
