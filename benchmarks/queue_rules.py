"""Cost of one decide and evolve of the queue's rules, with 500 to 50,000 tickets waiting in the hall of 58 windows.

    python -m benchmarks.queue_rules

Prints microseconds a command: the median of short rounds, each of which calls and takes as many, so that the number
of those who wait stays. Priority classes, appointments, visits of several items and (with 50,000) a rush are in it.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from benchmarks.figures import Figure
from hub.domain.queue import commands as c
from hub.domain.queue.decide import decide
from hub.domain.queue.evolve import evolve
from hub.domain.queue.state import QueueDay
from tests.domain.queue.plans import DATE, OPENS, default_plan

GOALS = {"TakeTicket": 20.0, "CallNext": 50.0}
ROUND = 40


def run(day: QueueDay, command: c.QueueCommand) -> None:
    for event in decide(day, command).events:
        evolve(day, event)


def measure(waiting: int, rounds: int = 60) -> dict[str, float]:
    """Median µs a command, by command name."""
    plan = default_plan()
    day, at, ids = QueueDay(), OPENS, iter(range(10**9))
    run(day, c.OpenDay(DATE, at, plan))
    comprehensive = [window for window in plan.windows if len(window.categories) > 1]
    numbers = [window.number for window in comprehensive]
    letters = [window.home for window in comprehensive[:ROUND]]
    for number in numbers:
        run(day, c.OpenWindow(DATE, at, number))

    def ticket(index: int) -> c.TakeTicket:
        at = OPENS + index * 50
        letter = letters[index % ROUND]
        also = (letters[(index + 7) % ROUND],) if index % 12 == 5 else ()
        priority = "elderly" if index % 10 == 0 else "military" if index % 10 == 1 else None
        slot = at if index % 15 == 3 else None
        return c.TakeTicket(DATE, at, f"{index:032x}", letter, priority=priority, also=also, slot=slot)

    for _ in range(waiting):
        run(day, ticket(next(ids)))
    spent: dict[str, list[float]] = {"TakeTicket": [], "CallNext": [], "StartService": [], "FinishService": []}
    for _ in range(rounds):
        takes = [ticket(next(ids)) for _ in range(ROUND)]
        at = takes[-1].at
        calls = [c.CallNext(DATE, at, number) for number in numbers[:ROUND]]
        starts = [c.StartService(DATE, at, number) for number in numbers[:ROUND]]
        ends = [c.FinishService(DATE, at, number) for number in numbers[:ROUND]]
        for name, script in zip(spent, (takes, calls, starts, ends), strict=True):
            began = time.perf_counter_ns()
            for command in script:
                run(day, command)
            spent[name].append((time.perf_counter_ns() - began) / 1000 / len(script))
    return {name: statistics.median(values) for name, values in spent.items()}


def call_next(folder: Path, quick: bool) -> list[Figure]:
    """The order's cost at 5,000 tickets beside that at ten times fewer and more; nothing is written to ``folder``."""
    del folder
    rounds = 5 if quick else 60
    figures = [measure(waiting, rounds) for waiting in (500, 5_000, 5_000 if quick else 50_000)]
    few, usual, many = (values["CallNext"] for values in figures)
    taken = figures[1]["TakeTicket"]
    what = "call-next, decide and evolve, 58 windows, 5,000 tickets"
    return [
        Figure(10, what, usual, "µs", ("≤", 50), floor=f"500 tickets: {few:.1f} µs", note=f"50,000: {many:.1f} µs"),
        Figure(10, "take a ticket, its wait told, 5,000 tickets", taken, "µs"),
    ]


def main() -> None:
    figures = {waiting: measure(waiting) for waiting in (500, 5_000, 50_000)}
    print(f"{'decide + evolve, µs':24}" + "".join(f"{waiting:>10,}" for waiting in figures) + f"{'goal':>8}")
    for name in figures[500]:
        goal = f"{GOALS[name]:>8.0f}" if name in GOALS else ""
        print(f"{name:24}" + "".join(f"{values[name]:>10.1f}" for values in figures.values()) + goal)


if __name__ == "__main__":
    main()
