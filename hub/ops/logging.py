"""Logs for people at a terminal and JSON lines for everything else. No phone number and no token gets through.

A record's ``extra={"facts": {...}}`` become fields of the line.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from typing import TextIO, cast

# A second fence: nothing is meant to log these in the first place.
_NUMBER = re.compile(r"(?<![0-9A-Za-z.:])(?:\+|00)?[0-9](?:[ -]?[0-9]){8,14}(?![0-9A-Za-z:])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TOKEN = re.compile(r"hall_[A-Za-z0-9_-]{20,}")

_QUIET = ("asyncio", "uvicorn", "uvicorn.error", "paho", "multipart", "PIL", "httpx", "httpcore")


def clean(text: str) -> str:
    """``text`` with anything that looks like a phone number or a token struck out."""
    return _NUMBER.sub(_strike, _TOKEN.sub("[token]", text))


def _strike(found: re.Match[str]) -> str:
    return found[0] if _DATE.match(found[0]) else "[number]"


class JsonLines(logging.Formatter):
    """One object a line: ``at`` (RFC 3339, UTC), ``level``, ``logger``, ``message``, the facts, ``error``."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": _time(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": clean(record.getMessage()),
        }
        line.update({name: value for name, value in facts_of(record).items() if name not in line})
        if record.exc_info:
            line["error"] = clean(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


class Readable(logging.Formatter):
    """``09:00:00 warning hub.mqtt.intake unreadable event device=kiosk-1``."""

    def format(self, record: logging.LogRecord) -> str:
        at = time.strftime("%H:%M:%S", time.localtime(record.created))
        facts = "".join(f" {name}={value}" for name, value in facts_of(record).items())
        line = f"{at} {record.levelname.lower():8}{record.name} {clean(record.getMessage())}{facts}"
        return line + ("\n" + clean(self.formatException(record.exc_info)) if record.exc_info else "")


def facts_of(record: logging.LogRecord) -> dict[str, object]:
    """The record's facts, cleaned."""
    facts = cast("dict[str, object]", getattr(record, "facts", None) or {})
    return {name: clean(value) if isinstance(value, str) else value for name, value in facts.items()}


def set_up(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send all logs to ``stream`` (standard error): readable on a terminal, else JSON lines."""
    out = sys.stderr if stream is None else stream
    handler = logging.StreamHandler(out)
    handler.setFormatter(Readable() if out.isatty() else JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # anybody who reaches the port could fill the disk with its warnings about unreadable requests
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)


def _time(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds % 1 * 1000):03d}Z"
