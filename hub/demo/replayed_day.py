"""A real office's real day: read, replayed through hub, broker and devices, reported beside the data."""

from __future__ import annotations

import sys
import time
from datetime import datetime
from zoneinfo import ZoneInfo

from hub.compose import running, stop_on_signals
from hub.core.clock import FastClock, ManualClock
from hub.demo.equipment import Equipment
from hub.demo.left_off import events_of, left_off
from hub.demo.office.comparison import Compared, compare, comparison_json, comparison_table
from hub.demo.office.flow import MINUTE, flow_of
from hub.demo.office.office_file import OfficeFileInvalid, read_office
from hub.demo.office.office_profile import TIMEZONE, places_of, profile_of
from hub.demo.office.replay import Replay
from hub.demo.office.truth import truths_of
from hub.demo.options import DemoFailed, DemoOptions, demo_settings
from hub.demo.report import Report, report_of
from hub.demo.simulated_day import (
    STEPPED_PACE,
    agenda_on,
    introduce,
    memory,
    say_line,
    say_nothing,
    state_of,
    tell_report,
    until,
)
from hub.demo.simulation import people_of, progress
from hub.domain.hall.check import check
from hub.settings import Settings

_EARLY_MS = 5 * MINUTE
_SHOWN = 10


async def run(options: DemoOptions, settings: Settings) -> int:
    """0 only when every arrival got one ticket and the log agrees with the data. Raises ``DemoFailed``."""
    assert options.replay is not None
    wanted = options.replay
    say = say_nothing if options.headless else say_line
    try:
        office = read_office(wanted.file, wanted.office, wanted.date)
    except OfficeFileInvalid as invalid:
        raise DemoFailed(str(invalid)) from None
    places = places_of([flow_of(queue) for queue in office.queues])
    profile = profile_of(office.office, office.date, places)
    problems = check(profile)
    if problems:
        told = "; ".join(f"{problem.path} {problem.en}" for problem in problems[:3])
        raise DemoFailed(f"这一天不能重放 This day cannot be replayed: {told}")
    left_out = office.queues[len(places) :]
    began = time.monotonic()
    with state_of(options.state) as state:
        chosen = demo_settings(settings, state)
        if left_off(chosen.log.url) is not None:
            raise DemoFailed(f"{state} 已有一天的记录，请换目录。{state} holds a day already; name another directory.")
        midnight = int(datetime.fromisoformat(office.date).replace(tzinfo=ZoneInfo(TIMEZONE)).timestamp()) * 1000
        first = min((p.flow.arrivals[0] for p in places if p.flow.arrivals), default=8 * 60 * MINUTE)
        start = midnight + max(first - _EARLY_MS, 0)
        clock = ManualClock(start) if options.speed is None else FastClock(start, options.speed)
        async with (
            Equipment(profile, settings.hall or profile.hall.id) as equipment,
            running(chosen, clock=clock, pace=options.speed or STEPPED_PACE, profile=profile) as hall,
        ):
            stop = stop_on_signals()
            async with people_of(hall, equipment) as api:
                introduce(hall, say)
                say(f"{office.office} {office.date} · 队列 queues {len(places)} · 窗口 windows {len(profile.windows)}")
                if left_out:
                    names = ", ".join(f"{queue.queue_id} {queue.name}" for queue in left_out)
                    say(f"字母只有 26 个，未重放 Only 26 letters; not replayed: {names}")
                plan = hall.hub.day().plan
                assert plan is not None
                assert plan.opens is not None
                assert plan.closes is not None
                replay = Replay(places, midnight, agenda_on(clock, hall), equipment, api)

                def tell() -> None:
                    say(progress(hall.hub.day_named(office.date), hall.hub.now(), TIMEZONE))

                if not await until(replay.run(plan.opens, plan.closes, tell), stop):
                    return 1
                tell()
                report = report_of(events_of(chosen.log.url, office.date, hall.hub.codec))
                truths = {queue.queue_id: truths_of(queue) for queue in office.queues}
                compared = compare(places, truths, report)
                say(memory())
                tell_report(report, options.report, {"beside_the_data": comparison_json(compared)})
                wrong = _verdict(replay, report, compared)
                say(f"重放用时 replayed in {time.monotonic() - began:.0f} s")
                if options.speed is not None and not options.until_closed:
                    await stop.wait()
    return 1 if wrong else 0


def _verdict(replay: Replay, report: Report, compared: tuple[Compared, ...]) -> list[str]:
    """What is wrong, told; empty when every arrival of the data got exactly one ticket and all totals agree."""
    wrong = list(replay.wrong)
    wrong += [
        f"{row.letter or 'total'}: {row.tickets}/{row.data_tickets} tickets, {row.called}/{row.data_called} calls"
        for row in compared
        if not row.agrees
    ]
    wrong += [f"{number} 重号 given twice" for number in report.repeated]
    wrong += [
        f"{row.letter}: {row.tickets} ≠ {row.served} + {row.abandoned} + {row.expired}"
        for row in report.rows
        if row.tickets != row.served + row.abandoned + row.expired  # who was missed and never came back expired
    ]
    sys.stdout.write(comparison_table(compared) + "\n\n")
    if wrong:
        shown = "\n".join(f"  {line}" for line in wrong[:_SHOWN])
        sys.stdout.write(f"与数据不符 {len(wrong)} 处 differ from the data:\n{shown}\n")
    else:
        total = compared[-1]
        sys.stdout.write(
            f"数据中每位来客都得到一个号，日志相符：{total.tickets} 个号，叫号 {total.called} 次\n"
            f"Every arrival of the data got exactly one ticket and the log agrees: {total.tickets} tickets, "
            f"{total.called} calls\n"
        )
    sys.stdout.flush()
    return wrong
