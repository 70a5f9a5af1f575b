"""Telling systemd how the service is: sd_notify(3) over its datagram socket; nothing happens without systemd."""

from __future__ import annotations

import os
import socket


def notify(*words: str) -> None:
    """Send e.g. ``READY=1`` to the service manager that started this process, if one did. Never raises."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    name = "\0" + address[1:] if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.sendto("\n".join(words).encode(), name)
    except OSError:
        return


def watchdog_seconds() -> float | None:
    """How often systemd wants to hear ``WATCHDOG=1`` from this process at least; None: never."""
    interval, process = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", "")
    if not interval.isdecimal() or (process and process != str(os.getpid())):
        return None
    return int(interval) / 1_000_000
