"""The log by itself, beside the disk's floor: appending, loading, verifying, sealing.

`python -m benchmarks.log [--directory DIR] [--entries N]`: tickets as a kiosk's events make them (an entry, with or
without a sealed phone, and a device step with its reply), 1 to 1000 a commit, from a hundred devices, checkpoints from
another thread every second as in a hub. The floor is one fdatasync of 400 bytes appended to a file of that directory.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from benchmarks.machine import fdatasync
from hub.domain.personal import Personal
from hub.domain.queue.events import TicketIssued
from hub.log.chain import verify
from hub.log.entry import Batch, DeviceStep, Draft, Entry, Outcome
from hub.log.keys import Keys
from hub.log.names import hub_codec
from hub.log.sqlite import SqliteLog

NOW = 1_700_000_000_000
STREAM = "queue/2024-03-04"
REPLY = b'{"ticket":"%032x","number":"A012","ahead":7,"wait_minutes":{"p50":12,"p90":21},"printer":"printer-1"}'
DEVICES = 100


def ticket(number: int, phone: Personal | None) -> TicketIssued:
    return TicketIssued(
        f"{number:032x}", "A012", "A", "A/1", NOW, None, phone, (), "kiosk-1", "printer-1", 7, (12, 21)
    )  # fmt: skip


class Tickets:
    """Makes and appends batches; each ticket is of the next device, each phone of a new person."""

    def __init__(self, folder: Path, ahead: bool) -> None:
        self.log = SqliteLog(folder / "hall.db")
        self.keys = Keys(folder / "hall.keys.db")
        if ahead:
            self.keys.follow(self.log)
        self.codec = hub_codec(self.keys)
        self.made = 0

    def append(self, size: int, phones: bool) -> None:
        drafts: list[Draft] = []
        steps: list[DeviceStep] = []
        events: list[TicketIssued] = []
        for number in range(self.made, self.made + size):
            subject = f"{number:032x}"
            events.append(ticket(number, Personal(subject, "13800001111") if phones else None))
        if phones:
            self.keys.ensure({event.phone.subject for event in events if event.phone is not None})
        for event in events:
            self.made += 1
            wire, data = self.codec.encode(event, STREAM)
            cause = self.made.to_bytes(16, "big")
            drafts.append(Draft(STREAM, self.made, wire, NOW, "kiosk/kiosk-1", cause, data))
            seq, device = divmod(self.made - 1, DEVICES)
            outcome = Outcome(True, REPLY % self.made, self.made)
            steps.append(DeviceStep(f"kiosk-{device}", "e1", seq + 1, b"f" * 16, outcome, NOW))
        self.log.append(Batch(drafts, (), steps, NOW))

    def close(self) -> None:
        self.keys.close()
        self.log.close()


def appending(folder: Path, entries: int) -> None:
    print(f"one fdatasync of 400 bytes, p50: {fdatasync(folder) * 1e3:.3f} ms")
    print(
        f"{'a commit':>9} {'phones':>7} {'keys':>7} {'entries/s':>9} {'p50 ms':>7} {'p99 ms':>7} {'CPU µs/entry':>12}"
    )
    for size, total in ((1, entries // 20), (10, entries // 5), (100, entries), (1000, entries)):
        for phones, ahead in ((False, True), (True, True), (True, False)):
            with tempfile.TemporaryDirectory(dir=folder) as name, closing(Tickets(Path(name), ahead)) as tickets:
                stop = threading.Event()
                thread = threading.Thread(target=_checkpoints, args=(tickets.log, stop))
                thread.start()
                times: list[float] = []
                cpu = time.process_time()
                for _ in range(total // size):
                    begun = time.perf_counter()
                    tickets.append(size, phones)
                    times.append(time.perf_counter() - begun)
                cpu = (time.process_time() - cpu) / tickets.made * 1e6
                stop.set()
                thread.join()
            times.sort()
            rate, p50, p99 = total / sum(times), times[len(times) // 2] * 1e3, times[len(times) * 99 // 100] * 1e3
            first = f"{size:>9} {'yes' if phones else 'no':>7} {('ahead' if ahead else 'at once') if phones else '':>7}"
            print(f"{first} {rate:>9,.0f} {p50:>7.3f} {p99:>7.3f} {cpu:>12.1f}")


def _checkpoints(log: SqliteLog, stop: threading.Event) -> None:
    while not stop.wait(1):
        log.checkpoint()


def reading(folder: Path, entries: int) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as name, closing(Tickets(Path(name), True)) as tickets:
        for _ in range(entries // 1000):
            tickets.append(1000, True)
        log, codec = tickets.log, tickets.codec
        read: list[Entry] = []

        def load() -> None:
            while page := log.read(len(read), 1000):
                read.extend(page)

        each("load, by position", len(read) or entries // 1000 * 1000, load)
        each("load, one stream", len(read), lambda: list(log.read_stream(STREAM)))
        each("verify the chain", len(read), lambda: verify(read))
        each("decode", len(read), lambda: [codec.decode(entry) for entry in read])
        each("unseal a phone", 2000, lambda: [codec.unseal(entry) for entry in read[:2000]])
        tickets.keys.ensure([f"{1:032x}"])
        plain, personal = ticket(1, None), ticket(1, Personal(f"{1:032x}", "13800001111"))
        each("encode without a phone", 20_000, lambda: [codec.encode(plain, STREAM) for _ in range(20_000)])
        each("encode and seal a phone", 20_000, lambda: [codec.encode(personal, STREAM) for _ in range(20_000)])
        log.checkpoint()
        size = (Path(name) / "hall.db").stat().st_size
        print(f"{'size of the log':<26} {size / len(read):>7.0f} bytes/entry, its step included")


def each(what: str, count: int, work: Callable[[], object]) -> None:
    begun = time.perf_counter()
    work()
    print(f"{what:<26} {(time.perf_counter() - begun) / count * 1e6:>7.2f} µs/entry")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", type=Path, default=Path(), help="where the log is written: the disk to measure")
    parser.add_argument("--entries", type=int, default=40_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.directory) as folder:
        appending(Path(folder), options.entries)
        reading(Path(folder), options.entries)


if __name__ == "__main__":
    main()
