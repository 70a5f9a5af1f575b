"""From one queue's samples to arrivals and calls. Pure.

What a served number series means. ``serving`` is the number called last, ``waiting`` the people behind it, so the
newcomer holds ``serving + waiting`` and the number of people who ever came is the highest such sum so far. When the
served number moves on by k, k people were called since the last sample.

Its dirty spots, and what is made of them:

- No number shown (empty or 0): the last one stands; before the first there is none.
- Numbers that run backwards (…18, 87, 87, 20…: somebody was called out of another series): the fewest samples that
  make the rest run forwards are not believed (all but a longest non-decreasing run); in their place the last believed
  number stands. Their ``waiting`` still counts.
- Numbers that leap (…147, 955, 955 until the evening: a display that shows something else): an advance of over ``LEAP``
  more than were waiting is not believed either.
- A counter that goes on from the day before (first number over ``CARRIED_OVER``): counted from its first number.
- ``serving + waiting`` that falls: people left, or a call showed late. Nobody is taken back: the highest sum counts,
  and who left is called like everybody.
- More calls than the open counters can take at ``SHORTEST`` minutes each: the surplus was called and nobody came.
- Who is never reached by the served number waits until the office closes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from hub.demo.office.office_file import QueueSamples, Sample

CARRIED_OVER = 30
LEAP = 60
SHORTEST = 1.0
"""Minutes that a counter needs for a visitor who is there."""
BEFORE = 10
"""Minutes before the first sample over which those who are there already came."""
MINUTE = 60_000
_SECOND = 1000


@dataclass(frozen=True, slots=True)
class Call:
    """``at``: ms since the local midnight; ``shows_up`` False: nobody came."""

    at: int
    shows_up: bool


@dataclass(frozen=True, slots=True)
class Counters:
    """From ``at`` (ms since the local midnight) on, ``open`` counters are open."""

    at: int
    open: int


@dataclass(frozen=True, slots=True)
class Flow:
    """One queue's day. The n-th arrival gets number ``base + n + 1`` of the data, and the n-th call is its.

    Times in ms since the local midnight. ``disbelieved`` counts samples whose number was not believed.
    """

    queue_id: str
    name: str
    minutes: float
    base: int
    arrivals: tuple[int, ...]
    calls: tuple[Call, ...]
    counters: tuple[Counters, ...]
    disbelieved: int

    @property
    def windows(self) -> int:
        """The most counters open at once, at least one."""
        return max((each.open for each in self.counters), default=1)


def flow_of(queue: QueueSamples) -> Flow:
    """Arrivals, calls and counters of a queue's day."""
    samples = queue.samples
    believed = _believed([sample.serving for sample in samples], [sample.waiting for sample in samples])
    first = next((number for number in believed if number), 0)
    base = first - 1 if first > CARRIED_OVER else 0
    served = [max(number - base, 0) if number else 0 for number in believed]
    arrivals: list[int] = []
    calls: list[Call] = []
    before = (samples[0].minute - BEFORE) * MINUTE
    for sample, number in zip(samples, served, strict=True):
        until = sample.minute * MINUTE
        arrivals += _spread(before, until, number + sample.waiting - len(arrivals))
        calls += _calls(before, until, number - len(calls), max(sample.open, 1))
        before = until
    told = [sample.published_minutes for sample in samples if sample.published_minutes > 0]
    return Flow(
        queue_id=queue.queue_id,
        name=queue.name,
        minutes=min(max(sorted(told)[len(told) // 2], 0.5), 240.0) if told else 10.0,
        base=base,
        arrivals=tuple(arrivals),
        calls=_after_arrival(calls, arrivals),
        counters=_counters(samples),
        disbelieved=sum(s.serving > 0 and s.serving != b for s, b in zip(samples, believed, strict=True)),
    )


def _believed(numbers: Sequence[int], waiting: Sequence[int]) -> list[int]:
    """The numbers; the missing ones, those that break a longest non-decreasing run, and leaps replaced by the last."""
    tails: list[int] = []  # index of the smallest last number of a run of each length
    values: list[int] = []
    earlier: dict[int, int] = {}
    for index, number in enumerate(numbers):
        if number <= 0:
            continue
        place = bisect_right(values, number)
        if place:
            earlier[index] = tails[place - 1]
        if place == len(tails):
            tails.append(index)
            values.append(number)
        else:
            tails[place], values[place] = index, number
    kept: set[int] = set()
    index = tails[-1] if tails else -1
    while index >= 0:
        kept.add(index)
        index = earlier.get(index, -1)
    last, reach, found = 0, 0, list[int]()
    for index, number in enumerate(numbers):
        if index in kept and (last == 0 or number <= reach + LEAP):
            last = number
            reach = last + waiting[index]
        reach = max(reach, last + waiting[index])
        found.append(last)
    return found


def _spread(after: int, until: int, count: int) -> list[int]:
    """``count`` moments at equal distances, the last at ``until``; none when ``count`` is not positive."""
    return [after + (until - after) * n // count for n in range(1, count + 1)] if count > 0 else []


def _calls(after: int, until: int, count: int, counters: int) -> list[Call]:
    capacity = max(int(counters * (until - after) / MINUTE / SHORTEST), 1)
    moments = _spread(after, until, count)
    if count <= capacity:
        return [Call(at, True) for at in moments]
    return [Call(at, (n + 1) * capacity // count > n * capacity // count) for n, at in enumerate(moments)]


def _after_arrival(calls: Sequence[Call], arrivals: Sequence[int]) -> tuple[Call, ...]:
    """Nobody is called before they came, and nobody before the one ahead."""
    last, found = 0, list[Call]()
    for call, arrival in zip(calls, arrivals, strict=False):
        last = max(last, call.at, arrival + _SECOND)
        found.append(Call(last, call.shows_up))
    return tuple(found)


def _counters(samples: Sequence[Sample]) -> tuple[Counters, ...]:
    found: list[Counters] = []
    for sample in samples:
        opened = max(sample.open, 1)
        if not found or found[-1].open != opened:
            found.append(Counters(sample.minute * MINUTE, opened))
    return tuple(found)
