"""Reruns of one day side by side: who waits longer and who shorter. Waits in minutes, from the number to the call.

Who was never called counts with the time until they left or the hall closed, so that a policy cannot look better by
leaving people waiting. All reruns are compared over the tickets that came in every one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from hub.domain.trial.rerun import Rerun
from hub.domain.trial.script import Outcome, Script, Visitor
from hub.views.words import Words

LONG_MINUTES = 30
NOTICED_MINUTES = 5
"""A difference that a visitor notices."""
EDGES = (-30, -10, -NOTICED_MINUTES, NOTICED_MINUTES, 10, 30)
"""Of the distribution of differences, in minutes."""
_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Figures:
    """``over``: the share (0 to 1) that waited over ``LONG_MINUTES``; ``unserved``: whose visit was not finished."""

    count: int
    mean: float
    p50: float
    p90: float
    longest: float
    over: float
    unserved: int


@dataclass(frozen=True, slots=True)
class Group:
    """``kind``: all, category, class, phone or later; ``figures`` one a rerun."""

    kind: str
    key: str
    words: Words
    figures: tuple[Figures, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """From the first rerun to another: how many wait at least ``NOTICED_MINUTES`` shorter and longer, and the
    ``spread`` of all differences between ``EDGES`` (negative: shorter). ``gains`` and ``loses``: the groups whose
    mean falls and rises most, None when by less than a minute.
    """

    shorter: int
    longer: int
    same: int
    spread: tuple[int, ...]
    gains: Group | None
    loses: Group | None


@dataclass(frozen=True, slots=True)
class Trust:
    """How near the first rerun comes to what really happened: median difference of the waits, and both means."""

    count: int
    median_apart: float
    recorded_mean: float
    rerun_mean: float

    @property
    def noise(self) -> float:
        """Minutes below which a difference of means says nothing."""
        return max(self.median_apart, abs(self.recorded_mean - self.rerun_mean))


@dataclass(frozen=True, slots=True)
class Comparison:
    """``names`` one a rerun, the first is what was in force. ``left_out``: who could not come under each.

    ``over`` False: the day was not closed yet. ``trust`` None: nothing was recorded, the day was drawn.
    """

    day: str
    names: tuple[Words, ...]
    groups: tuple[Group, ...]
    changes: tuple[Change, ...]
    left_out: tuple[int, ...]
    trust: Trust | None
    over: bool


def compare(script: Script, runs: Sequence[tuple[Words, Rerun]]) -> Comparison:
    """The first of ``runs`` is what the others are held against."""
    reruns = [run for _, run in runs]
    shared = [each for each in script.visitors if all(each.ticket in run.outcomes for run in reruns)]
    groups = tuple(_groups(script, shared, reruns))
    return Comparison(
        day=script.plan.date,
        names=tuple(name for name, _ in runs),
        groups=groups,
        changes=tuple(_change(shared, groups, reruns, n) for n in range(1, len(reruns))),
        left_out=tuple(len(run.left_out) for run in reruns),
        trust=_trust(script.outcomes, reruns[0].outcomes),
        over=script.over,
    )


def figures_of(outcomes: Iterable[Outcome]) -> Figures:
    """Of the waits until the first call."""
    found = list(outcomes)
    return _figures([each.waited for each in found], sum(not each.served for each in found))


def _groups(script: Script, visitors: Sequence[Visitor], runs: Sequence[Rerun]) -> Iterable[Group]:
    def group(kind: str, key: str, words: Words, belongs: Callable[[Visitor], bool]) -> Iterable[Group]:
        mine = [each.ticket for each in visitors if belongs(each)]
        # A group that is everybody says nothing new.
        if mine and (kind == "all" or len(mine) < len(visitors)):
            found = tuple(figures_of(run.outcomes[ticket] for ticket in mine) for run in runs)
            yield Group(kind, key, words, found)

    yield from group("all", "", Words("全部", "Everybody"), lambda _: True)
    for queue in script.plan.queues:
        words = Words(f"{queue.letter} {queue.zh}", queue.en)
        yield from group("category", queue.letter, words, lambda each, letter=queue.letter: each.category == letter)
    yield from group("class", "", Words("普通", "Ordinary"), lambda each: not each.priority and each.slot is None)
    for name, words in _classes(runs):
        yield from group("class", name, words, lambda each, name=name: each.priority == name and each.slot is None)
    yield from group("class", "appointment", Words("预约", "Appointments"), lambda each: each.slot is not None)
    yield from group("phone", "yes", Words("有手机", "With a phone"), lambda each: each.phone)
    yield from group("phone", "no", Words("无手机", "Without a phone"), lambda each: not each.phone)
    again = [each.ticket for each in visitors if any(run.outcomes[each.ticket].later for run in runs)]
    if again:
        later = tuple(_figures([run.outcomes[ticket].later for ticket in again], 0) for run in runs)
        yield Group("later", "", Words("叫到后再等", "Waiting again after a call"), later)


def _classes(runs: Sequence[Rerun]) -> Iterable[tuple[str, Words]]:
    """Every class of any of the policies, once."""
    known: dict[str, Words] = {}
    for run in runs:
        for each in run.plan.policy.classes:
            known.setdefault(each.name, Words(each.zh, each.en))
    return known.items()


def _figures(waits: Sequence[int], unserved: int) -> Figures:
    minutes = sorted(wait / _MINUTE for wait in waits)
    if not minutes:
        return Figures(0, 0.0, 0.0, 0.0, 0.0, 0.0, 0)
    return Figures(
        count=len(minutes),
        mean=fmean(minutes),
        p50=_ranked(minutes, 0.5),
        p90=_ranked(minutes, 0.9),
        longest=minutes[-1],
        over=sum(each > LONG_MINUTES for each in minutes) / len(minutes),
        unserved=unserved,
    )


def _ranked(ordered: Sequence[float], part: float) -> float:
    """The nearest rank, so that it is somebody's wait."""
    return ordered[max(0, -int(-part * len(ordered) // 1) - 1)]


def _change(visitors: Sequence[Visitor], groups: Sequence[Group], runs: Sequence[Rerun], n: int) -> Change:
    before, after = runs[0].outcomes, runs[n].outcomes
    apart = [(after[each.ticket].waited - before[each.ticket].waited) / _MINUTE for each in visitors]
    spread = [0] * (len(EDGES) + 1)
    for each in apart:
        spread[sum(each > edge if edge < 0 else each >= edge for edge in EDGES)] += 1
    shorter = sum(each <= -NOTICED_MINUTES for each in apart)
    longer = sum(each >= NOTICED_MINUTES for each in apart)
    moved = sorted((each.figures[n].mean - each.figures[0].mean, i) for i, each in enumerate(groups) if i)
    gains = groups[moved[0][1]] if moved and moved[0][0] <= -1 else None
    loses = groups[moved[-1][1]] if moved and moved[-1][0] >= 1 else None
    return Change(shorter, longer, len(apart) - shorter - longer, tuple(spread), gains, loses)


def _trust(recorded: Mapping[str, Outcome], rerun: Mapping[str, Outcome]) -> Trust | None:
    both = [
        (recorded[ticket].waited / _MINUTE, rerun[ticket].waited / _MINUTE) for ticket in rerun if ticket in recorded
    ]
    if not both:
        return None
    return Trust(
        count=len(both),
        median_apart=median(abs(mine - theirs) for mine, theirs in both),
        recorded_mean=fmean(mine for mine, _ in both),
        rerun_mean=fmean(theirs for _, theirs in both),
    )
