"""The demo of a hall: from a fresh state or where its log left off, to the report."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import resource
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from hub.compose import Running, running, stop_on_signals
from hub.core.calendar_source import from_package
from hub.core.clock import Clock, FastClock, ManualClock
from hub.core.profile_file import ProfileFileInvalid, default_profile, load
from hub.demo.agenda import Agenda, Flowing, Stepped
from hub.demo.api_client import ApiClient
from hub.demo.casework.days_before import DaysBefore
from hub.demo.casework.judged import Judged, as_lines, failed, judged
from hub.demo.casework.ledger import keep
from hub.demo.casework.plan import CasePlan, case_plan
from hub.demo.casework.staff import Staff
from hub.demo.casework.stories import DAYS_BEFORE, STORIES
from hub.demo.casework.work import CaseWork
from hub.demo.equipment import Equipment
from hub.demo.left_off import events_of, left_off, people_of_day, starts_at
from hub.demo.offices import open_offices, reserve_numbers
from hub.demo.online.online_day import OnlineDay
from hub.demo.online.online_hall import FOLDER, OnlineHall, online_hall
from hub.demo.online.switch import Switch
from hub.demo.online.told import as_lines as online_lines
from hub.demo.options import DemoFailed, DemoOptions, demo_settings
from hub.demo.report import Report, as_json, as_table, report_of
from hub.demo.simulation import Simulation, people_of, progress, settler, signed_in
from hub.domain.hall.profile import HallProfile
from hub.domain.hall.registry import scopes
from hub.log.open import open_reader
from hub.settings import Settings
from hub.web.access.accounts import FIRST_ADMINISTRATOR

LEASED_PERCENT = 10
"""Of every slot's places, to the online hall: two or three in the hall that comes with the demo."""
STEPPED_PACE = 60.0
"""How often, against real time, a stepped hub looks at its business day."""


async def run(options: DemoOptions, settings: Settings) -> int:
    """0 after a day without a number given twice. Raises ``DemoFailed``."""
    say = say_nothing if options.headless else say_line
    # paper that is out is part of the day and told as such
    logging.getLogger("devices").setLevel(logging.ERROR)
    with state_of(options.state) as state:
        chosen = demo_settings(settings, state)
        profile = _profile(options.profile)
        years = from_package()
        left = left_off(chosen.log.url)
        wish = options.first_date or datetime.now(ZoneInfo(profile.hall.timezone)).date()
        plan = case_plan(state, profile, years, left, wish)
        clock = _clock(options, starts_at(profile, years, left, wish) if plan is None else plan.starts)
        hall_id = settings.hall or profile.hall.id
        if left is not None:
            say(f"从 {_moment(clock.now(), profile)} 接着演示 The demo goes on where it left off ({state})")
        async with (
            _online(options, state, hall_id, clock) as online,
            Equipment(profile, hall_id, state / "devices") as equipment,
            running(
                chosen if online is None else chosen.model_copy(update={"sync": online.settings}),
                clock=clock,
                pace=options.speed or STEPPED_PACE,
                profile=profile,
                papers=equipment.papers,
                switch=(switch := None if online is None else Switch(online.proxy, say)),
            ) as hall,
            _at_work(hall, plan, agenda_on(clock, hall), state) as cases,
        ):
            stop = stop_on_signals()
            introduce(hall, say)
            if online is not None and switch is not None and hall.line is not None:
                line = hall.line
                switch.again = lambda: line.act("resume")
                say(f"  网上大厅   online hall     {online.url}/")
                say(f"  线路开关   the line        {hall.web_url}/outage")
            await open_offices(hall, say)
            if cases is not None and plan is not None and plan.begins_before:
                say(f"先过此前 {DAYS_BEFORE} 个工作日 The {DAYS_BEFORE} working days before come first")
                if not await until(_days_before(hall, plan, cases, clock, say), stop):
                    return 0
            async with (
                people_of(hall, equipment) as api,
                signed_in(hall, "attendant") as tablet,
                contextlib.AsyncExitStack() as opened,
            ):
                agenda = agenda_on(clock, hall)
                people = people_of_day(state, hall.hub.today, options.seed, options.visits)
                day = Simulation(
                    hall, equipment, api, tablet, agenda, seed=people.seed, visits=people.visits, say=say, cases=cases
                )
                opens = day.day.plan.opens
                if switch is not None and opens is not None:
                    switch.expect(agenda, opens, options.dark)
                ready, known = equipment.ready, len(equipment.registered)
                say(f"设备 devices {ready}/{known} · 时刻 time {_moment(hall.hub.now(), profile)}")
                if online is not None:
                    day.online = await opened.enter_async_context(
                        _online_day(online, hall, agenda, api, day, state, seed=people.seed, visits=people.visits)
                    )
                if not await until(day.run(), stop):
                    return 0
                say(progress(hall.hub.day_named(day.day.plan.date), hall.hub.now(), profile.hall.timezone))
                report = report_of(events_of(chosen.log.url, day.day.plan.date, hall.hub.codec))
                wrong: tuple[str, ...] = ()
                seen = () if cases is None else _judged(chosen.log.url, cases, hall)
                tell_report(report, options.report, {"cases": [asdict(each) for each in seen]})
                if seen:
                    sys.stdout.write(as_lines(seen, hall.web_url) + "\n\n")
                if day.online is not None:
                    from_online = await day.online.report(say)
                    sys.stdout.write(online_lines(from_online) + "\n\n")
                    wrong = from_online.wrong
                say(memory())
                if not options.until_closed:
                    say("按 Ctrl-C 结束 Ctrl-C ends the demo")
                    await stop.wait()
        return 1 if report.repeated or failed(seen) or wrong else 0


@contextlib.asynccontextmanager
async def _online(
    options: DemoOptions, state: Path, hall: str, clock: FastClock | ManualClock
) -> AsyncGenerator[OnlineHall | None]:
    if not options.online:
        yield None
        return
    cut = options.dark is not None and options.dark.begins == 0
    async with online_hall(state, state / "hall.db", hall, clock, cut=cut) as online:
        yield online


@contextlib.asynccontextmanager
async def _online_day(
    online: OnlineHall,
    hall: Running,
    agenda: Agenda,
    api: ApiClient,
    day: Simulation,
    state: Path,
    *,
    seed: int,
    visits: int,
) -> AsyncGenerator[OnlineDay]:
    staff = Staff(hall.access, hall.web_url, hall.settings.web.certificate)
    await online.quiet(hall.hub.head())  # who asks online asks of a hall that is known there
    try:
        tickets = hall.hub.day_named(day.day.plan.date).tickets
        came = {code: tickets[ticket].number for code, ticket in day.checked_in().items()}
        folder = state / FOLDER
        yield OnlineDay(
            online, hall, agenda, staff, api, day.day.plan, day.public, folder, came, seed=seed, visits=visits
        )
    finally:
        await staff.close()


@contextlib.asynccontextmanager
async def _at_work(
    hall: Running, plan: CasePlan | None, agenda: Agenda, state: Path
) -> AsyncGenerator[CaseWork | None]:
    """The case work of a hall that has items."""
    if plan is None:
        yield None
        return
    keep(state, plan.ledger)
    staff = Staff(hall.access, hall.web_url, hall.settings.web.certificate)
    try:
        yield CaseWork(agenda, staff, plan.days, plan.ledger, state)
    finally:
        await staff.close()


async def _days_before(
    hall: Running, plan: CasePlan, cases: CaseWork, clock: FastClock | ManualClock, say: Callable[[str], None]
) -> None:
    async with signed_in(hall, "supervisor") as api:
        await DaysBefore(cases, clock, plan.days, api, hall.hub.profile(), say).run()
    await reserve_numbers(hall)  # the shown day may be the first of a year


def _judged(url: str, cases: CaseWork, hall: Running) -> tuple[Judged, ...]:
    """Stories that need days before are told of on the demo's first day only."""
    with closing(open_reader(url)) as reader:
        begun = cases.ledger.cases
        stories = [story for story in STORIES if not story.before or story.kind in begun]
        return judged(stories, cases.ledger, reader, hall.hub.codec)


@contextlib.contextmanager
def state_of(wanted: Path | None) -> Generator[Path]:
    """The directory of the demo's state; a fresh one is removed after an orderly end."""
    if wanted is not None:
        try:
            wanted.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DemoFailed(f"{wanted}: 无法建立 cannot be made: {error.strerror}") from None
        yield wanted
        return
    with tempfile.TemporaryDirectory(prefix="hallhub-demo-") as fresh:
        yield Path(fresh)


def agenda_on(clock: Clock, hall: Running) -> Agenda:
    """The way to let time pass that fits the clock."""
    if isinstance(clock, ManualClock):
        return Stepped(clock, settler(hall))
    assert isinstance(clock, FastClock)
    return Flowing(clock)


def introduce(hall: Running, say: Callable[[str], None]) -> None:
    """Which pages to open, and how to sign in."""
    url, profile = hall.web_url, hall.hub.profile()
    kiosk = next((device.id for device in profile.devices if device.kind == "kiosk"), None)
    printer = next((device.id for device in profile.devices if device.kind == "ticket_printer"), None)
    names = (profile.hall.zh, profile.hall.en) if profile.hall.zh != profile.hall.en else (profile.hall.zh,)
    say(f"\n{' '.join(names)}\n")
    say(f"  首页       start here      {url}/")
    for scope in scopes(profile)[:5]:
        say(f"  大屏       board           {url}/board/{scope.name}")
    if kiosk is not None:
        say(f"  取号       take a number   {url}/kiosk/{kiosk}")
    say(f"  窗口       window console  {url}/console")
    say(f"  引导       attendant       {url}/attend")
    say(f"  总览       overview        {url}/overview")
    if printer is not None:
        say(f"  号票       papers          {url}/printers/{printer}/papers")
    say(f"  接口       HTTP API        {url}/api/v1/openapi.json")
    if hall.first_password is not None:
        # a demo is for looking: its password may stay
        hashed = hall.access.password_hash(FIRST_ADMINISTRATOR) or ""
        hall.access.set_password(FIRST_ADMINISTRATOR, hashed, must_change=False)
        say(f"\n  登录 sign in as: {FIRST_ADMINISTRATOR}   密码 password: {hall.first_password}\n")
    else:
        say("\n  登录密码不变 the passwords are those of the first start\n")


def tell_report(report: Report, file: Path | None, more: dict[str, object] | None = None) -> None:
    """On the terminal, and as JSON into ``file``."""
    sys.stdout.write("\n" + as_table(report) + "\n\n")
    sys.stdout.flush()
    if report.repeated:
        sys.stdout.write(f"重号 numbers given twice: {', '.join(report.repeated)}\n")
    if file is not None:
        file.write_text(json.dumps({**as_json(report), **(more or {})}, ensure_ascii=False, indent=1), encoding="utf-8")


async def until(day: Coroutine[object, object, None], stop: asyncio.Event) -> bool:
    """Whether the day came to its end before ``stop``."""
    running_day = asyncio.ensure_future(day)
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({running_day, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if running_day.done():
        running_day.result()
        return True
    running_day.cancel()
    await asyncio.gather(running_day, return_exceptions=True)
    return False


def _clock(options: DemoOptions, start: int) -> FastClock | ManualClock:
    return ManualClock(start) if options.speed is None else FastClock(start, options.speed)


def _profile(file: Path | None) -> HallProfile:
    if file is None:
        profile = default_profile()
        groups = tuple(replace(each, online_percent=LEASED_PERCENT) for each in profile.appointments.groups)
        return replace(profile, appointments=replace(profile.appointments, groups=groups))
    try:
        return load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ProfileFileInvalid) as error:
        raise DemoFailed(f"{file}: {error}") from None


def _moment(at: int, profile: HallProfile) -> str:
    zone = ZoneInfo(profile.hall.timezone)
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M")


def memory() -> str:
    """The most memory this process has held."""
    return f"内存峰值 peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB"


def say_line(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def say_nothing(line: str) -> None:
    del line
