"""What was asked of the demo, checked once."""

from __future__ import annotations

import argparse
import socket
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from hub.demo.online.switch import Dark
from hub.settings import Settings, SyncSettings

DEFAULT_SPEED = 40.0
FASTEST = 400.0
MOST_VISITS = 20_000
_DAY_MINUTES = 24 * 60


class DemoFailed(Exception):
    """The demo cannot be done as asked; the message says why, in Chinese and English."""


@dataclass(frozen=True, slots=True)
class Replay:
    """``office`` and ``date`` as written in the file."""

    file: Path
    office: str
    date: str


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """``speed`` None: as fast as the machine allows. ``state`` None: a fresh directory, gone at the end.

    ``online``: with an online hall; ``dark``: when its line is cut.
    """

    speed: float | None
    visits: int
    seed: int
    state: Path | None
    profile: Path | None
    replay: Replay | None
    first_date: date | None
    report: Path | None
    until_closed: bool
    headless: bool
    online: bool = True
    dark: Dark | None = None


def options_of(arguments: argparse.Namespace) -> DemoOptions:
    """Raises ``DemoFailed``."""
    day = cast("Path | None", arguments.day)
    office, when = cast("str | None", arguments.office), cast("str | None", arguments.date)
    replay = None
    if day is not None:
        if not office or not when:
            raise DemoFailed("--day 还要 --office 和 --date。--day also needs --office and --date.")
        replay = Replay(day, office, when)
    elif office:
        raise DemoFailed("--office 只与 --day 一起用。--office goes with --day only.")
    visits = cast("int", arguments.visits)
    if not 1 <= visits <= MOST_VISITS:
        raise DemoFailed(f"--visits 应在 1 到 {MOST_VISITS} 之间。--visits must be 1 to {MOST_VISITS}.")
    headless = bool(arguments.headless)
    return DemoOptions(
        speed=_speed(cast("str | None", arguments.speed), replay is not None),
        visits=visits,
        seed=cast("int", arguments.seed),
        state=cast("Path | None", arguments.state),
        profile=cast("Path | None", arguments.profile),
        replay=replay,
        first_date=_date(when) if when is not None and replay is None else None,
        report=cast("Path | None", arguments.report),
        until_closed=bool(arguments.until_closed) or headless,
        headless=headless,
        online=not arguments.no_online,
        dark=_dark(cast("str | None", arguments.dark)),
    )


def demo_settings(settings: Settings, state: Path) -> Settings:
    """The hub's settings for a demo: its own log, no line to a real city, and free ports where the wanted are taken."""
    mqtt, web = settings.mqtt, settings.web
    if mqtt.embedded:
        port = _free(mqtt.host, mqtt.port)
        word = "" if mqtt.password is None else f"{mqtt.username or ''}:{mqtt.password}@"
        mqtt = mqtt.model_copy(update={"url": f"embedded://{word}{mqtt.host}:{port}"})
    web = web.model_copy(update={"listen": f"{web.listen.rpartition(':')[0]}:{_free(web.host, web.port)}"})
    log = settings.log.model_copy(update={"url": f"sqlite:///{(state / 'hall.db').absolute()}"})
    queue = settings.queue.model_copy(update={"hours": "profile"})
    return settings.model_copy(update={"mqtt": mqtt, "web": web, "log": log, "queue": queue, "sync": SyncSettings()})


def _free(host: str, port: int) -> int:
    """``port`` when nobody listens there, else one that the system chooses."""
    for wanted in (port, 0):
        with closing(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, wanted))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise DemoFailed(f"{host} 上不能监听。Nothing can listen on {host}.")


def _speed(text: str | None, replay: bool) -> float | None:
    if text is None:
        return None if replay else DEFAULT_SPEED
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0.1 <= speed <= FASTEST:
        raise DemoFailed(f"--speed 应是 0.1 到 {FASTEST:.0f} 或 max。--speed must be 0.1 to {FASTEST:.0f}, or max.")
    return speed


def _dark(text: str | None) -> Dark | None:
    if text is None:
        return None
    begins, _, ends = text.partition("-")
    if not begins.isdecimal() or not ends.isdecimal() or not int(begins) < int(ends) <= _DAY_MINUTES:
        raise DemoFailed("--dark 应写作 60-120（开门后的分钟）。--dark is minutes after opening, like 60-120.")
    return Dark(int(begins), int(ends))


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DemoFailed(f"{text} 不是日期。{text} is no date like 2026-11-23.") from None
