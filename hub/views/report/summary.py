"""What a day came to: the fold's numbers, windows and clerks as the report's figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from hub.domain.queue.state import ABANDONED, EXPIRED, FINISHED, OPEN, PAUSED, VOID
from hub.views.report.day_report import (
    CategoryRow,
    Cell,
    ClerkRow,
    DayReport,
    HourRow,
    Pause,
    Rates,
    Reason,
    Scores,
    Seat,
    Totals,
    WindowRow,
)
from hub.views.report.deeds import moment
from hub.views.report.fold import DayFold, Work
from hub.views.report.stretches import Place, Stretch, stretch, total, within
from hub.views.report.times import LONG_MS, Times, share, times_of
from hub.views.report.visits import Service, Visit


def report_of(fold: DayFold, day: str, now: int) -> DayReport:
    """The day as of ``now`` (ms), or as of its closing."""
    visits, plan = list(fold.visits.values()), fold.plan
    timezone = "UTC" if plan is None else plan.timezone
    as_of = fold.as_of(now)
    places = {number: place.until(as_of) for number, place in fold.places.items()}
    services = [service for visit in visits for service in visit.services]
    waits = times_of(wait for visit in visits if (wait := visit.wait()) is not None)
    totals, scores = _totals(visits, fold.unread), scores_of(fold.scores)
    return DayReport(
        day=day,
        timezone=timezone,
        version=fold.version,
        closed=fold.closed_at is not None,
        as_of=moment(as_of),
        opens=None if plan is None or plan.opens is None else moment(plan.opens),
        closes=None if plan is None or plan.closes is None else moment(plan.closes),
        totals=totals,
        rates=rates_of(totals, waits, scores),
        waits=waits,
        later=times_of(wait for visit in visits for _, wait in visit.later_waits),
        walk=_walks(services),
        service=_served(services),
        hold=_holds(services),
        scores=scores,
        categories=_categories(fold, visits, services),
        hours=_hours(visits, ZoneInfo(timezone)),
        cells=_cells(visits, ZoneInfo(timezone)),
        windows=_windows(fold, places, _opening(fold, as_of)),
        clerks=_clerks(fold, places),
        transfers=tuple(Reason(why, times) for why, times in fold.reasons.most_common()),
    )


def scores_of(counts: Mapping[int, int]) -> Scores:
    return Scores(*(counts.get(score, 0) for score in (5, 4, 3, 2, 1)))


def rates_of(totals: Totals, waits: Times, scores: Scores) -> Rates:
    wrong = share(totals.wrong_served, totals.served)
    return Rates(
        accuracy=None if wrong is None else round(1 - wrong, 4),
        one_window=share(totals.one_window, totals.served),
        one_window_several=share(totals.several_one_window, totals.several_served),
        long_share=waits.long_share,
        satisfaction=share(scores.good, scores.count),
        rated_share=share(scores.count, totals.served),
    )


def _totals(visits: Sequence[Visit], unread: int) -> Totals:
    ends = Counter(visit.end for visit in visits)
    served = [visit for visit in visits if visit.finished]
    several = [visit for visit in served if visit.several]
    return Totals(
        issued=len(visits),
        served=ends[FINISHED],
        abandoned=ends[ABANDONED],
        void=ends[VOID],
        expired=ends[EXPIRED],
        under_way=ends[""],
        hand=sum(visit.hand for visit in visits),
        appointments=sum(visit.appointment for visit in visits),
        priority=sum(visit.priority for visit in visits),
        late=sum(visit.late for visit in visits),
        called=sum(visit.first_called_at is not None for visit in visits),
        missed=sum(visit.missed > 0 for visit in visits),
        missed_times=sum(visit.missed for visit in visits),
        reinstated=sum(visit.reinstated > 0 for visit in visits),
        reinstated_times=sum(visit.reinstated for visit in visits),
        transferred=sum(visit.transfers > 0 for visit in visits),
        transferred_times=sum(visit.transfers for visit in visits),
        wrong_number=sum(visit.wrong_number for visit in visits),
        parked=sum(visit.parked > 0 for visit in visits),
        several=sum(visit.several for visit in visits),
        wrong_served=sum(visit.wrong_number for visit in served),
        one_window=sum(len(visit.stood_at) == 1 for visit in served),
        several_served=len(several),
        several_one_window=sum(len(visit.stood_at) == 1 for visit in several),
        unread=unread,
    )


def _walks(services: Iterable[Service]) -> Times:
    return times_of(each.started_at - each.called_at for each in services if each.started_at is not None)


def _served(services: Iterable[Service]) -> Times:
    return times_of(each.ended_at - each.started_at for each in services if each.started_at is not None)


def _holds(services: Iterable[Service]) -> Times:
    return times_of(each.ended_at - each.called_at for each in services)


def _categories(fold: DayFold, visits: Sequence[Visit], services: Sequence[Service]) -> tuple[CategoryRow, ...]:
    taken: defaultdict[str, list[Visit]] = defaultdict(list)
    done: defaultdict[str, list[Service]] = defaultdict(list)
    later: defaultdict[str, list[int]] = defaultdict(list)
    for visit in visits:
        taken[visit.category].append(visit)
        for category, wait in visit.later_waits:
            later[category].append(wait)
    for service in services:
        done[service.category].append(service)
    rows: list[CategoryRow] = []
    for letter in dict.fromkeys([*fold.names, *taken, *done, *later]):
        here, ends = taken[letter], Counter(visit.end for visit in taken[letter])
        zh, en = fold.names.get(letter, (letter, letter))
        rows.append(
            CategoryRow(
                category=letter,
                zh=zh,
                en=en,
                issued=len(here),
                served=ends[FINISHED],
                missed=sum(visit.missed > 0 for visit in here),
                abandoned=ends[ABANDONED],
                expired=ends[EXPIRED],
                wrong_number=sum(visit.wrong_number for visit in here),
                waits=times_of(wait for visit in here if (wait := visit.wait()) is not None),
                later=times_of(later[letter]),
                walk=_walks(done[letter]),
                service=_served(done[letter]),
                hold=_holds(done[letter]),
            )
        )
    return tuple(rows)


def _hour_of(at: int, zone: ZoneInfo) -> datetime:
    """The full hour of the hall's clock before ``at``; the second of a doubled hour is another one than the first."""
    return datetime.fromtimestamp(at / 1000, zone).replace(minute=0, second=0, microsecond=0)


def _hours(visits: Iterable[Visit], zone: ZoneInfo) -> tuple[HourRow, ...]:
    found: defaultdict[int, list[Visit]] = defaultdict(list)
    for visit in visits:
        found[int(_hour_of(visit.joined_at, zone).timestamp())].append(visit)
    clocks = {begins: datetime.fromtimestamp(begins, zone) for begins in found}
    shown = Counter(clock.strftime("%d %H") for clock in clocks.values())
    return tuple(
        HourRow(
            begins=moment(begins * 1000),
            hour=clocks[begins].hour,
            label=_label(clocks[begins], doubled=shown[clocks[begins].strftime("%d %H")] > 1),
            issued=len(found[begins]),
            waits=times_of(wait for visit in found[begins] if (wait := visit.wait()) is not None),
        )
        for begins in sorted(found)
    )


def _label(clock: datetime, *, doubled: bool) -> str:
    return clock.strftime("%H:%M (%z)" if doubled else "%H:%M")


def _cells(visits: Iterable[Visit], zone: ZoneInfo) -> tuple[Cell, ...]:
    found: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for visit in visits:
        wait = visit.wait()
        if wait is not None:
            found[visit.category, _hour_of(visit.joined_at, zone).hour].append(max(0, wait))
    return tuple(
        Cell(category, hour, len(waits), sum(waits), sum(wait > LONG_MS for wait in waits))
        for (category, hour), waits in sorted(found.items())
    )


def _opening(fold: DayFold, as_of: int) -> Stretch:
    """The opening hours as far as the day has come; without any, all of the day."""
    plan = fold.plan
    begins = fold.opened_at if plan is None or plan.opens is None else plan.opens
    ends = as_of if plan is None or plan.closes is None else min(plan.closes, as_of)
    return stretch(begins, ends)


def _windows(fold: DayFold, places: Mapping[str, Place], opening: Stretch) -> tuple[WindowRow, ...]:
    rows: list[WindowRow] = []
    for number in sorted({*fold.floors, *places, *fold.at_windows}):
        place, work = places.get(number, Place()), fold.at_windows.get(number, Work())
        opened = [each for each in place.states if each.what == OPEN]
        paused = [each for each in place.states if each.what == PAUSED]
        busy_open, scores = within(place.busy, opened), scores_of(work.scores)
        rows.append(
            WindowRow(
                window=number,
                floor=fold.floors.get(number, 0),
                open_ms=total(opened),
                paused_ms=total(paused),
                closed_ms=opening.ms - within(place.states, (opening,)),
                busy_ms=total(place.busy),
                busy_open_ms=busy_open,
                serving_ms=total(place.serving),
                busy_share=share(busy_open, total(opened)),
                calls=work.calls,
                finished=work.finished,
                legs=work.legs,
                missed=work.missed,
                scores=scores,
                satisfaction=share(scores.good, scores.count),
                pauses=_pauses(paused),
            )
        )
    return tuple(rows)


def _pauses(paused: Iterable[Stretch]) -> tuple[Pause, ...]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for each in paused:
        found[each.why].append(each.ms)
    return tuple(Pause(reason, len(times), sum(times)) for reason, times in sorted(found.items()))


def _clerks(fold: DayFold, places: Mapping[str, Place]) -> tuple[ClerkRow, ...]:
    seated: defaultdict[str, defaultdict[str, list[Stretch]]] = defaultdict(lambda: defaultdict(list))
    for number, place in places.items():
        for each in place.seats:
            seated[each.what][number].append(each)
    rows: list[ClerkRow] = []
    for clerk in sorted({*seated, *fold.by_clerks, *fold.deeds.by_clerk}):
        work, at = fold.by_clerks.get(clerk, Work()), seated[clerk]
        scores = scores_of(work.scores)
        rows.append(
            ClerkRow(
                clerk=clerk,
                signed_in_ms=sum(total(seats) for seats in at.values()),
                busy_ms=sum(within(places[number].busy, seats) for number, seats in at.items()),
                serving_ms=sum(within(places[number].serving, seats) for number, seats in at.items()),
                calls=work.calls,
                finished=work.finished,
                legs=work.legs,
                missed=work.missed,
                scores=scores,
                satisfaction=share(scores.good, scores.count),
                seats=tuple(Seat(number, total(seats)) for number, seats in sorted(at.items())),
                deeds=tuple(fold.deeds.by_clerk.get(clerk, ())),
            )
        )
    return tuple(rows)
