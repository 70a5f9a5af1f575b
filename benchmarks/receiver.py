"""The city's receiver: entries a second into its storage, and a hundred halls that come back together over HTTP."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from benchmarks.cities import database_cpu, keys_of, receiver
from benchmarks.clusters import binaries, cluster
from benchmarks.figures import Figure
from benchmarks.processes import cpu_seconds, free_port, load, memory
from hub.log.chain import SALT_BYTES, extend
from hub.log.entry import Draft, Head
from hub.receiver.open import open_store
from hub.receiver.projecting import project
from hub.sync.envelope import CloudEvent, encode_batch, whole
from hub.sync.identity import new_identity, save_identity
from hub.sync.protocol import Opening

BATCH = 1000
HALLS = 100
AT = 1_764_000_000_000
DATA = (
    b'{"ticket":"%032x","number":"A012","category":"A","line":"A/1","at":1764000000000,"priority":null,"items":[],'
    b'"ahead":7,"wait":[12,21],"also":[],"slot":null,"late":false}'
)
_SOMEWHERE = Path("/var/tmp")
"""PostgreSQL runs as a user of its own, which cannot look into a folder of the caller's."""


def log_of(count: int, hall: str) -> list[CloudEvent]:
    """A hall's entries as its hub sends them: tickets, whole."""
    drafts = [
        Draft("queue/2025-11-24", n, "ticket-issued", AT, "kiosk/kiosk-1", bytes(16), DATA % n)
        for n in range(1, count + 1)
    ]
    entries = extend(Head(0, bytes(32)), drafts, AT, os.urandom(SALT_BYTES * count))
    return [whole(entry, f"/halls/{hall}/e1") for entry in entries]


def receiver_storage(folder: Path, quick: bool) -> list[Figure]:
    """Row 21."""
    events = log_of(4_000 if quick else 100_000, "hall-0")
    disk = _disk(folder, events)
    figures: list[Figure] = []
    with ExitStack() as stack:
        urls = [("SQLite", f"sqlite:///{folder}/receiver.db")]
        if binaries() is not None:
            urls.append(("PostgreSQL", stack.enter_context(cluster(_SOMEWHERE)).database()))
        for name, url in urls:
            appended, folded, cpu = _stored(url, events)
            figures.append(
                Figure(
                    21,
                    f"receiver append, {name}",
                    appended,
                    "entries/s",
                    ("≥", 15_000),
                    f"{disk:,.0f} written and synced to a file",
                    f"{BATCH} a transaction, chain followed; {cpu:.1f} µs CPU an entry; views {folded:,.0f}/s",
                    "CPU and the database's commit",
                )
            )
    if len(urls) == 1:
        figures.append(
            Figure(21, "receiver append, PostgreSQL", None, "", ("=", 0), note="PostgreSQL is not installed")
        )
    return figures


def _stored(url: str, events: Sequence[CloudEvent]) -> tuple[float, float, float]:
    with closing(open_store(url)) as store:
        store.open_epoch("hall-0", "e1", Opening(0, bytes(32).hex()), AT)
        begun, used = time.perf_counter(), time.process_time()
        for start in range(0, len(events), BATCH):
            store.append("hall-0", "e1", start + 1, events[start : start + BATCH], AT, 0)
        took, used = time.perf_counter() - begun, time.process_time() - used
        begun = time.perf_counter()
        while (hall := store.standing("hall-0")) is not None and project(store, hall, AT):
            pass
        return len(events) / took, len(events) / (time.perf_counter() - begun), used / len(events) * 1e6


def _disk(folder: Path, events: Sequence[CloudEvent]) -> float:
    """Entries a second when each batch's bytes are appended to a file and synced."""
    bodies = [encode_batch(events[start : start + BATCH]) for start in range(0, min(len(events), 20_000), BATCH)]
    with (folder / "floor").open("wb", buffering=0) as file:
        begun = time.perf_counter()
        for body in bodies:
            file.write(body)
            os.fdatasync(file.fileno())
        return len(bodies) * BATCH / (time.perf_counter() - begun)


def receiver_halls(folder: Path, quick: bool) -> list[Figure]:
    """Row 22."""
    halls, each = (8, 2_000) if quick else (HALLS, 4_000)
    with ExitStack() as stack:
        if binaries() is None:
            return [Figure(22, "halls back together", None, "", ("=", 0), note="PostgreSQL is not installed")]
        database = stack.enter_context(cluster(_SOMEWHERE))
        identities = {f"hall-{number}": new_identity() for number in range(halls)}
        keys, port = keys_of(folder / "keys", identities), free_port()
        for name, identity in identities.items():
            save_identity(identity, folder / "keys" / f"{name}.pem")
        process = stack.enter_context(receiver(folder, port, database.database(), keys))
        before = cpu_seconds(process.pid), database_cpu(database)
        found = load("receiver_halls", port, halls, each, folder / "keys", folder=folder)
        used, (_, highest) = cpu_seconds(process.pid) - before[0], memory(process.pid)
        kept = database_cpu(database) - before[1]
    rate = float(found["rate"])
    # a hall writes 33,000 entries in a day of eight hours; nine days dark are 300,000
    thousand = 1000 * 33_000 / 8 / 3600
    note = (
        f"{halls} halls × {each:,} entries, signed, batches of {found['batch']:,} in version 2; CPU an entry: receiver "
        f"{used / halls / each * 1e6:.0f} µs, database {kept / halls / each * 1e6:.0f} µs; 1,000 halls write "
        f"{thousand:,.0f}/s by day; {halls} halls after nine dark days ({halls * 300_000 / 1e6:.0f} million entries) "
        f"take {halls * 300_000 / rate / 3600:.1f} h"
    )
    floor = f"{float(found['made']):,.0f} entries/s made and encoded by the load"
    return [
        Figure(22, f"{halls} halls back together, PostgreSQL", rate, "entries/s", ("≥", 5_000), floor, note, "CPU"),
        Figure(22, "the last hall's time over the first's", float(found["spread"]), "×", ("≤", 1.5), floor),
        Figure(22, "receiver memory at its highest", highest, "MB", ("≤", 400), floor),
    ]


def main() -> None:
    """One of the rows alone, for a profiler: ``python -m benchmarks.receiver storage|halls FOLDER``."""
    import sys

    rows: dict[str, Callable[[Path, bool], list[Figure]]] = {"storage": receiver_storage, "halls": receiver_halls}
    for figure in rows[sys.argv[1]](Path(sys.argv[2]), False):
        print(json.dumps({"what": figure.what, "value": figure.value, "note": figure.note}, ensure_ascii=False))


if __name__ == "__main__":
    main()
