"""A hub as its operator meets it: real processes, real signals, real files."""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hub.log.entry import Batch, Draft
from hub.log.open import open_log
from tests.ops.processes import HubProcess, hub_process


def take(hub: HubProcess, token: str, key: str, **data: object) -> dict[str, object]:
    status, ticket = hub.post("/api/v1/tickets", {"category": "A", **data}, token, key)
    assert status == 201, ticket
    return ticket


def test_a_start_names_the_page_and_the_first_password_once(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        hub.start()
        assert "administrator" in hub.stdout
        assert hub.get("/health/live") == (200, b'{"live":true}')
        assert hub.stop() < 1.0
        hub.start()
        assert "administrator" not in hub.stdout
        assert all(json.loads(line)["message"] for line in hub.stderr.splitlines())


def test_a_killed_hub_answers_a_repeated_key_with_the_same_ticket(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        hub.start()
        token = hub.token()
        first = take(hub, token, "key-1", phone="13812345678")
        hub.kill()
        begun = time.monotonic()
        hub.start()
        assert time.monotonic() - begun < 5.0
        assert take(hub, token, "key-1", phone="13812345678") == first
        assert take(hub, token, "key-2")["number"] != first["number"]
        verdict = hub.run("log", "verify").stdout
        assert "whole" in verdict
        assert len(hub.run("log", "export").stdout.splitlines()) == int(verdict.split("：")[1].split(" ")[0])
        assert hub.run("log", "export", "--after", "4").stdout.startswith('{"position":5,')


def test_a_second_hub_on_the_same_log_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        hub.start()
        refused = hub.run("run", check=75)
        assert "Stop it first" in refused.stderr
        assert "Traceback" not in refused.stderr


def test_a_taken_port_names_the_setting(tmp_path: Path) -> None:
    with closing(socket.socket()) as taken, hub_process(tmp_path) as hub:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        hub.environment["HALLHUB_WEB_LISTEN"] = address
        refused = hub.run("run", check=69)
        assert f"[web] listen = {address}" in refused.stderr
        hub.environment["HALLHUB_WEB_LISTEN"] = "127.0.0.1:0"
        hub.environment["HALLHUB_MQTT_URL"] = f"embedded://{address}"
        assert "[mqtt] url" in hub.run("run", check=69).stderr


@pytest.mark.parametrize(
    ("name", "value", "code", "said"),
    [
        ("HALLHUB_LOG_URL", "postgresql://x/y", 78, "sqlite:///PATH"),
        ("HALLHUB_WEB_LISTEN", "0.0.0.0:0", 78, "certificate"),
        ("HALLHUB_LGO_URL", "x", 78, "HALLHUB_LGO_URL"),
        ("HALLHUB_DEVICES_ADMISSION", "all", 78, "devices.admission"),
    ],
)
def test_settings_that_cannot_be_used_are_a_sentence(
    tmp_path: Path, name: str, value: str, code: int, said: str
) -> None:
    with hub_process(tmp_path, **{name: value}) as hub:
        refused = hub.run("run", check=code)
        assert said in refused.stderr
        assert "Traceback" not in refused.stderr


def test_an_unknown_key_of_the_file_is_named(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        hub.config.write_text(hub.config.read_text() + '[lgo]\nurl = "x"\n')
        assert "lgo: " in hub.run("run", check=78).stderr


def test_a_damaged_log_is_refused_and_left_alone(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        hub.log.parent.mkdir()
        hub.log.write_bytes(b"not a database" * 1000)
        assert "Traceback" not in hub.run("run", check=65).stderr
        assert hub.log.read_bytes() == b"not a database" * 1000


def test_a_log_that_was_changed_is_refused_by_position(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        hub.start()
        take(hub, hub.token(), "key-1")
        hub.kill()
        with closing(sqlite3.connect(hub.log)) as db:
            (position,) = db.execute("SELECT position FROM entry WHERE type = 'ticket-issued'").fetchone()
            db.execute("UPDATE entry SET type = 'uicket-issued' WHERE type = 'ticket-issued'")
            db.commit()
        said = hub.run("run", check=65).stderr
        assert f"Entry {position} of the log" in said
        assert "Traceback" not in said


def test_an_entry_of_a_later_program_is_a_sentence(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        hub.start()
        hub.kill()
        with closing(open_log(f"sqlite:///{hub.log}")) as log:
            *_, last = log.read_stream("hall")
            later = Draft("hall", last.version + 1, "hall-teleported", 0, "test", bytes(16), b"{}")
            log.append(Batch([later], [], [], 0))
        said = hub.run("run", check=65).stderr
        assert "hall-teleported" in said
        assert "Traceback" not in said


def test_accounts_that_are_no_database_are_named_and_views_that_are_none_begin_anew(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        hub.start()
        hub.kill()
        views, access = hub.log.with_name("hall.views.db"), hub.log.with_name("hall.access.db")
        for file in (views, access):
            file.with_name(file.name + "-wal").unlink(missing_ok=True)
            file.with_name(file.name + "-shm").unlink(missing_ok=True)
        kept = access.read_bytes()
        access.write_bytes(b"not a database" * 100)
        assert "hall.access.db" in hub.run("run", check=65).stderr
        access.write_bytes(kept)
        views.write_bytes(b"not a database" * 100)
        hub.start()
        assert views.with_name("hall.views.db.damaged").exists()


def test_verify_names_the_first_bad_position_beside_a_running_hub(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        hub.start()
        token = hub.token()
        for n in range(5):
            take(hub, token, f"key-{n}")
        with closing(sqlite3.connect(hub.log)) as db:
            db.execute("UPDATE entry SET actor = 'somebody' WHERE position = 6")
            db.commit()
        broken = hub.run("log", "verify", check=65)
        assert "position 6" in broken.stderr


def test_metrics_and_health_tell_what_the_hub_does(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        hub.start()
        take(hub, hub.token(), "key-1")
        status, body = hub.get("/metrics")
        figures = dict(line.rsplit(" ", 1) for line in body.decode().splitlines() if not line.startswith("#"))
        assert status == 200
        assert float(figures["hallhub_commands_total"]) >= 1
        assert float(figures["hallhub_log_position"]) >= 4
        assert float(figures['hallhub_tickets{state="waiting"}']) == 1
        assert hub.get("/metrics", **{"X-Forwarded-For": "10.0.0.9"})[0] == 401
        assert hub.get("/metrics", hub.token("clerk"), **{"X-Forwarded-For": "10.0.0.9"})[0] == 200


def test_requests_that_are_none_leave_no_lines_in_the_logs(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        hub.start()
        host, _, port = hub.web.removeprefix("http://").partition(":")
        for junk in (b"\x16\x03\x01\x02\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"):
            with socket.create_connection((host, int(port)), timeout=5) as caller:
                caller.sendall(junk)
                assert b" 400 " in caller.recv(200)
        hub.stop()
        assert "Invalid HTTP" not in hub.stderr


def test_the_control_socket_belongs_to_the_hub_alone(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        hub.start()
        path = hub.log.with_name("hall.sock")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        status = json.loads(hub.run("status").stdout)
        assert status["running"]
        assert status["ready"]
        hub.stop()
        assert not path.exists()
        hub.run("status", check=66)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 48 MB of its own."""
    disk = tmp_path / "state"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(disk)], check=False)
    if mounted.returncode != 0:
        pytest.skip("mounting a small file system needs root")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_is_refused_pages_stay_up_and_room_ends_it(small_disk: Path, tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        hub.start()
        assert hub.process is not None
        token = hub.token()
        take(hub, token, "before", phone="13812345678")
        ballast = small_disk / "ballast"
        room = shutil.disk_usage(small_disk).free
        ballast.write_bytes(bytes(room - 64 * 1024))
        answers: list[tuple[int, dict[str, object]]] = []
        for n in range(400):
            answers.append(hub.post("/api/v1/tickets", {"category": "A"}, token, f"key-{n}"))
            if answers[-1][0] != 201:
                break
        assert hub.process.poll() is None, hub.stderr[-2000:]
        assert (answers[-1][0], answers[-1][1]["code"]) == (507, "no-room")
        assert hub.get("/health/live")[0] == 200
        assert b"disk" in hub.get("/health/ready")[1]
        assert hub.get("/board/hall")[0] == 200
        ballast.unlink()
        hub.until(lambda: hub.get("/health/ready")[0] == 200)
        lost = len(answers) - 1
        again = hub.post("/api/v1/tickets", {"category": "A"}, token, f"key-{lost}")
        assert again[0] == 201
        assert again[1]["number"] == f"A{len(answers) + 1:03d}"
        hub.run("log", "verify")
        assert hub.stop() < 1.0


def test_a_start_on_a_full_disk_is_a_sentence(small_disk: Path, tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        (small_disk / "ballast").write_bytes(bytes(shutil.disk_usage(small_disk).free - 16 * 1024))
        refused = hub.run("run", check=74)
        assert "Traceback" not in refused.stderr
        assert "disk is full" in refused.stderr
