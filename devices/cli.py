"""`hallhub-device KIND --config FILE`: one device by itself, its glass and keys at the terminal."""

import argparse
import asyncio
import logging
import os
import signal
import stat
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from devices.config import ConfigError, DeviceConfig, example, read
from devices.kinds import KINDS, Device, kind_named
from devices.runner import Host, make_device

_NAME: Final = "device"


def main(argv: list[str] | None = None) -> int:
    """Returns 0 after SIGTERM or SIGINT, 2 for a file that cannot be used."""
    arguments = _parser().parse_args(argv)
    if arguments.example:
        print(example(arguments.kind))
        return 0
    logging.basicConfig(level=arguments.log.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s")
    if arguments.config is None:
        print("hallhub-device: --config FILE is needed (--example shows one)", file=sys.stderr)
        return 2
    try:
        config = read(arguments.kind, arguments.config)
        make_device(
            replace(config, state=None)
        ).close()  # what is wrong now is a sentence, not a device that restarts for ever
    except (ConfigError, ValueError) as error:
        print(f"hallhub-device: {error}", file=sys.stderr)
        return 2
    if arguments.check:
        print(f"{config.address.client_id} → {config.broker.host}:{config.broker.port}")
        return 0
    asyncio.run(_run(config))
    return 0


def _parser() -> argparse.ArgumentParser:
    usages = [f"  {name}\n" + "\n".join(f"    {line}" for line in _usage(name)) for name in KINDS]
    parser = argparse.ArgumentParser(
        prog="hallhub-device",
        description="Runs one device of a hall beside its metal, or simulated at this terminal.",
        epilog="kinds, and the lines each understands on its input:\n" + "\n".join(usages),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("kind", choices=list(KINDS), metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--config", type=Path, metavar="FILE", help="TOML: hall, id, [mqtt] url, state, [place], ...")
    parser.add_argument("--check", action="store_true", help="read the file, say which device it is, and end")
    parser.add_argument("--example", action="store_true", help="print a file for this kind, and end")
    parser.add_argument("--log", default="info", choices=["debug", "info", "warning", "error"], help="default: info")
    return parser


def _usage(name: str) -> list[str]:
    try:
        return kind_named(name).usage.splitlines()
    except ImportError:
        return ["(not in this installation)"]


async def _run(config: DeviceConfig) -> None:
    host = Host({_NAME: lambda: make_device(config, show=lambda line: print(line, flush=True))})
    running = asyncio.create_task(host.run())
    typing = asyncio.create_task(_obey_input(host))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, running.cancel)
    with suppress(asyncio.CancelledError):
        await running
    typing.cancel()
    with suppress(asyncio.CancelledError):
        await typing


async def _obey_input(host: Host) -> None:
    """Lines of a terminal or a pipe, until they end; the device lives on, as it does as a service without either."""
    mode = os.fstat(sys.stdin.fileno()).st_mode
    if not (sys.stdin.isatty() or stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        return
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        text = line.decode(errors="replace").strip()
        device: Device | None = host.device(_NAME)
        if text and device is not None:
            await device.type_line(text)


if __name__ == "__main__":
    sys.exit(main())
