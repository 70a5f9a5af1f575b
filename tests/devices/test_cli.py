import asyncio
import os
import signal
import sys
from pathlib import Path

import aiomqtt
import pytest

from devices.cli import main
from devices.kinds import KINDS
from devices.wire.topics import Address, hub_filters, parse
from tests.devices.fakes import Intake

ROOT = Path(__file__).parents[2]


def write(tmp_path: Path, port: int = 1883, more: str = "") -> str:
    path = tmp_path / "device.toml"
    path.write_text(
        f'hall = "hall"\nid = "B1"\n{more}\n[mqtt]\nurl = "mqtt://127.0.0.1:{port}"\n[place]\nwindow="112"\n'
    )
    return str(path)


def test_a_file_is_checked_without_a_broker(tmp_path, capsys):
    assert main(["call_button", "--config", write(tmp_path), "--check"]) == 0
    assert capsys.readouterr().out == "hall:call_button:B1 → 127.0.0.1:1883\n"


def test_a_wrong_file_is_a_sentence_and_status_two(tmp_path, capsys):
    assert main(["call_button", "--config", write(tmp_path, more='colour = "red"')]) == 2
    assert "colour: unknown key" in capsys.readouterr().err
    assert main(["call_button"]) == 2
    assert "--config" in capsys.readouterr().err


def test_help_names_every_kind_and_what_it_understands(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    assert all(kind in text for kind in KINDS)
    assert "take CATEGORY" in text


@pytest.mark.mosquitto
async def test_a_device_runs_by_itself_obeys_its_terminal_and_ends_when_told(mosquitto, tmp_path):
    address = Address("hall", "call_button", "B1")
    intake = Intake("call_button")
    async with aiomqtt.Client("127.0.0.1", mosquitto.port) as hub:
        for filter_, qos in hub_filters("hall"):
            await hub.subscribe(filter_, qos)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "devices.cli",
            "call_button",
            "--config",
            write(tmp_path, mosquitto.port, f'state = "{tmp_path}"'),
            cwd=ROOT,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            async with asyncio.timeout(20):
                process.stdin.write(b"next\n")
                async for message in hub.messages:
                    topic = parse(message.topic.value)
                    if topic is not None and str(topic) == address.topic("event"):
                        break
                for channel, answer in intake.receive(message.payload):
                    await hub.publish(address.topic(channel), answer, qos=1)
                assert await process.stdout.readline() == b"call-next: A001\n"
                process.send_signal(signal.SIGTERM)
                assert await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()
