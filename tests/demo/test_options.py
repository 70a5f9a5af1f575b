"""What may be asked of the demo."""

from __future__ import annotations

import argparse
import socket
from contextlib import closing
from pathlib import Path

import pytest

from hub.demo.command import add_arguments
from hub.demo.options import DemoFailed, DemoOptions, demo_settings, options_of
from hub.settings import Settings


def asked(*words: str) -> DemoOptions:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return options_of(parser.parse_args(words))


def test_without_arguments_a_day_of_nine_hundred_visits_takes_a_quarter_of_an_hour() -> None:
    options = asked()
    assert (options.visits, options.speed, options.state, options.until_closed) == (900, 40.0, None, False)


def test_a_replay_runs_as_fast_as_the_machine_allows() -> None:
    options = asked("--day", "f.csv", "--office", "O", "--date", "2020-01-07")
    assert options.speed is None
    assert options.replay is not None
    assert asked("--day", "f.csv", "--office", "O", "--date", "2020-01-07", "--speed", "60").speed == 60


@pytest.mark.parametrize(
    "words",
    [
        ("--speed", "quick"),
        ("--speed", "0"),
        ("--speed", "100000"),
        ("--speed", "nan"),
        ("--visits", "0"),
        ("--visits", "1000000"),
        ("--day", "f.csv"),
        ("--office", "O"),
        ("--date", "tomorrow"),
    ],
)
def test_what_cannot_be_done_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(DemoFailed):
        asked(*words)


def test_headless_also_ends_after_the_report() -> None:
    assert asked("--headless").until_closed


def test_the_demo_never_writes_into_the_halls_own_log(tmp_path: Path) -> None:
    chosen = demo_settings(Settings(), tmp_path)
    assert chosen.log.url == f"sqlite:///{tmp_path}/hall.db"


def test_a_port_that_is_taken_is_replaced(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        settings = Settings.model_validate({"web": {"listen": f"127.0.0.1:{port}"}})
        chosen = demo_settings(settings, tmp_path)
    assert chosen.web.host == "127.0.0.1"
    assert chosen.web.port not in (0, port)
