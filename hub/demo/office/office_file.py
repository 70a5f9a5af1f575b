"""The file of real offices: a row per office, date, queue and minute, as the city's public interface gave them."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COLUMNS = (
    "office",
    "date",
    "time",
    "queue_id",
    "queue_name",
    "open_counters",
    "waiting",
    "serving_number",
    "published_service_minutes",
)


class OfficeFileInvalid(Exception):
    """The file, the office or the date cannot be used; the message says what there is instead."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One row. ``minute`` of the local day; ``serving`` 0: no number was shown."""

    minute: int
    serving: int
    waiting: int
    open: int
    published_minutes: float


@dataclass(frozen=True, slots=True)
class QueueSamples:
    """One queue's day, in the order of time."""

    queue_id: str
    name: str
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class OfficeSamples:
    """One office's day: its queues in the order of ``queue_id``."""

    office: str
    date: str
    queues: tuple[QueueSamples, ...]


def read_office(file: Path, office: str, date: str) -> OfficeSamples:
    """One day of one office, out of a CSV or its gzip form. Raises ``OfficeFileInvalid``."""
    dates: dict[str, set[str]] = {}
    names: dict[str, str] = {}
    samples: dict[str, dict[int, Sample]] = {}
    try:
        for n, row in enumerate(_rows(file), start=2):
            dates.setdefault(row["office"], set()).add(row["date"])
            if row["office"] != office or row["date"] != date:
                continue
            queue = row["queue_id"]
            names.setdefault(queue, row["queue_name"].strip() or queue)
            sample = _sample(row, file, n)
            samples.setdefault(queue, {})[sample.minute] = sample  # the last one of a minute counts
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise OfficeFileInvalid(f"{file}: 无法读取 cannot be read: {error}") from None
    if office not in dates:
        known = ", ".join(sorted(dates)) or "–"
        raise OfficeFileInvalid(f"没有办事处 {office}，有：{known}。There is no office {office}; there are: {known}.")
    if date not in dates[office]:
        known = ", ".join(sorted(dates[office]))
        raise OfficeFileInvalid(
            f"{office} 没有 {date} 的数据，有：{known}。There is nothing of {date} for {office}; there is: {known}."
        )
    queues = [
        QueueSamples(queue, names[queue], tuple(samples[queue][minute] for minute in sorted(samples[queue])))
        for queue in sorted(samples, key=_queue_order)
    ]
    return OfficeSamples(office, date, tuple(queues))


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb") as raw:
        reader = csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8", newline=""))
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise OfficeFileInvalid(
                f"{file}: 缺少列 {', '.join(missing)}。The columns {', '.join(missing)} are missing."
            )
        yield from reader


def _sample(row: dict[str, str], file: Path, line: int) -> Sample:
    try:
        hours, minutes = row["time"].split(":")[:2]
        return Sample(
            minute=int(hours) * 60 + int(minutes),
            serving=int(float(row["serving_number"])) if row["serving_number"] else 0,
            waiting=max(int(row["waiting"] or 0), 0),
            open=max(int(row["open_counters"] or 0), 0),
            published_minutes=float(row["published_service_minutes"] or 0),
        )
    except (ValueError, TypeError) as error:
        raise OfficeFileInvalid(f"{file}:{line}: {error}") from None


def _queue_order(queue: str) -> tuple[int, int, str]:
    """By number; what is no number comes last."""
    return (0, int(queue), "") if queue.isdigit() else (1, 0, queue)
