"""Schedules: lists of steps drawn from a seed, played in a ``World``, and made short when they break a promise.

``python -m tests.sync.checked.schedules FIRST COUNT`` plays that many seeds from ``FIRST`` on, says which broke what.
"""

from __future__ import annotations

import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence

from hub.domain.catalogue.commands import PublishCatalogue
from hub.domain.catalogue.item import Overlay
from hub.domain.queue import commands as q
from hub.domain.slots import commands as s
from tests.sync.checked.hall import HOUR, LISTED, PLAN, SLOTS_DAY
from tests.sync.checked.promises import always, at_rest
from tests.sync.checked.world import DAY_MS, FATES, World

Step = tuple[str, tuple[object, ...]]
_Arguments = Callable[[random.Random], tuple[object, ...]]


def _fate(draw: random.Random) -> tuple[object, ...]:
    return (draw.choice(FATES),)


STEPS: dict[str, tuple[int, _Arguments]] = {
    "work": (8, lambda draw: (draw.randint(1, 12),)),
    "wish": (7, lambda draw: (draw.choice(("new", "new", "again", "other")),)),
    "sell": (3, lambda _: ()),
    "up": (12, _fate),
    "down": (8, _fate),
    "deliver_late": (3, lambda _: ()),
    "cut_way": (2, lambda draw: (draw.choice(("up", "down")),)),
    "kill_hub": (1, lambda _: ()),
    "kill_city": (2, lambda _: ()),
    "cut_hub_power": (3, lambda draw: (draw.choice(("before", "after")), draw.randint(1, 4))),
    "cut_city_power": (3, lambda draw: (draw.choice(("before", "after")), draw.randint(1, 4))),
    "fill_hub": (1, lambda draw: (draw.random() < 0.6,)),
    "fill_city": (1, lambda draw: (draw.random() < 0.6,)),
    "copy_city": (2, lambda _: ()),
    "city_put_back": (1, lambda _: ()),
    "back_up": (3, lambda _: ()),
    "hub_restored": (2, lambda _: ()),
    "hub_put_back": (2, lambda _: ()),
    "old_files": (1, lambda _: ()),
    "project": (3, lambda _: ()),
    "look_at_clock": (3, lambda _: ()),
    "pass_time": (3, lambda draw: (draw.choice((1, 400, 5000, 60_000, 3_600_000, DAY_MS, 9 * DAY_MS)),)),
    "step_clock": (1, lambda draw: (draw.choice((-2 * DAY_MS, 2 * DAY_MS, 600_000)),)),
    "confirm_clock": (1, lambda _: ()),
    "change_version": (1, lambda draw: (draw.choice(("old", "new", "same")),)),
    "flap": (1, lambda draw: (draw.randint(2, 6),)),
    "nine_days_dark": (1, lambda _: ()),
    "grant": (1, lambda draw: (draw.choice((1, 2, 7, 1000)),)),
}
"""By name: how often, and with what. Names are ``World``'s methods or here."""


def drawn(seed: int, most: int = 45) -> list[Step]:
    """Most begin with a hall at work that its city has heard of, some with nothing."""
    draw = random.Random(seed)
    names = draw.choices(list(STEPS), [weight for weight, _ in STEPS.values()], k=draw.randint(8, most))
    begun: list[Step] = [("morning", ())] if draw.random() < 0.85 else []
    return begun + [(name, STEPS[name][1](draw)) for name in names]


def do(world: World, step: Step) -> None:
    name, said = step
    match name, said:
        case "morning", ():
            morning(world)
        case "cut_hub_power", (when, commits):
            world.hub_power.cut(str(when), int(commits))  # type: ignore[call-overload]
        case "cut_city_power", (when, commits):
            world.city_power.cut(str(when), int(commits))  # type: ignore[call-overload]
        case "fill_city", (full,):
            world.disk.fill(bool(full))
        case "change_version", (which,):
            world.old_city, world.new_city = which == "old", which == "new"
        case "flap", (times,):
            for _ in range(int(times)):  # type: ignore[call-overload]
                world.cut_way("up")
                world.up()
                world.down()
                world.pass_time(1500)
        case "nine_days_dark", ():
            world.way = {"up": False, "down": False}
            for _ in range(9):
                world.work(2)
                world.pass_time(DAY_MS)
                world.look_at_clock()
                world.up()
                world.down()
            world.way = {"up": True, "down": True}
        case "old_files", ():
            world.back_up()
            world.work(6)
            world.up()
            world.up()
            world.hub_put_back(last=True)
            world.work(6)
        case "grant", (entries,):
            room = world.desk.admission.room
            world.desk.admission.room = type(room)(entries=int(entries))  # type: ignore[call-overload]
        case _:
            getattr(world, name)(*said)


def morning(world: World) -> None:
    """The catalogue, windows, a slot with a lease, and a city that knows of it."""
    day, at = world.hub.today, world.hub.now()
    lease = s.LeaseUnits(SLOTS_DAY, at, "s1.0", "s1", ("ABCD2345", "ABCD2346"), at + 72 * HOUR)
    for command in (
        PublishCatalogue((LISTED,), (Overlay("F-001", "C"),), at),
        q.OpenWindow(day, at, "101"),
        q.OpenWindow(day, at, "102"),
        s.PlanSlots(SLOTS_DAY, at, PLAN),
        lease,
    ):
        outcome = world.submit(command)
        assert outcome.ok, outcome.reply
    for _ in range(3):
        world.up()
        world.pass_time(1000)
    world.project()


def play(seed: int, steps: Sequence[Step]) -> World:
    """Raises ``AssertionError`` or whatever the code under test raises."""
    world = World(seed, snapshots=seed % 5 == 0)
    try:
        for step in steps:
            do(world, step)
            always(world)
        world.settle()
        at_rest(world)
    finally:
        world.close()
    return world


def broken_by(seed: int, steps: Sequence[Step]) -> str:
    """The last line of what went wrong; empty when nothing did."""
    try:
        play(seed, steps)
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} in {last.name}:{last.lineno}"
    return ""


def shrunk(seed: int, steps: Sequence[Step]) -> list[Step]:
    """The same fault with as few steps as leaving some out brings."""
    fault, kept, size = broken_by(seed, steps), list(steps), max(1, len(steps) // 2)
    assert fault, "only what breaks can be made short"
    while True:
        start, before = 0, len(kept)
        while start < len(kept):
            shorter = kept[:start] + kept[start + size :]
            if broken_by(seed, shorter) == fault:
                kept = shorter
            else:
                start += size
        if size == 1 and len(kept) == before:
            return kept
        size = max(1, size // 2)


def check(seeds: Sequence[int]) -> Counter[str]:
    """Play them; raises ``AssertionError`` with the seed and its shortest schedule."""
    seen: Counter[str] = Counter()
    for seed in seeds:
        steps = drawn(seed)
        try:
            world = play(seed, steps)
        except Exception as error:
            short = shrunk(seed, steps)
            lines = "\n".join(f"    {step}" for step in short)
            raise AssertionError(f"seed {seed}: {broken_by(seed, short)}\n{lines}") from error
        seen.update(name for name, _ in steps)
        seen.update(schedules=1, entries=world.log.head().position, cuts=world.cuts, persons=world.persons)
    return seen


def main() -> None:
    first, count = (int(word) for word in sys.argv[1:3])
    begun, faults, seen = time.perf_counter(), Counter[str](), Counter[str]()
    for seed in range(first, first + count):
        steps = drawn(seed)
        try:
            world = play(seed, steps)
        except Exception as error:
            fault = broken_by(seed, steps)
            faults[fault] += 1
            if faults[fault] <= 2:
                print(f"seed {seed}: {fault} {str(error)[:300]}", flush=True)
            continue
        seen.update(
            schedules=1, steps=len(steps), entries=world.log.head().position, cuts=world.cuts, persons=world.persons
        )
    print(f"{count} schedules in {time.perf_counter() - begun:.0f} s: {dict(seen)} faults: {dict(faults)}")


if __name__ == "__main__":
    main()
