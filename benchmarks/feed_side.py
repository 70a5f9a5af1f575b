"""The feed's own work on a log without a line: read, gate, encode, pack. Prints one JSON object.

python -m benchmarks.feed_side FOLDER
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import closing
from pathlib import Path

from benchmarks.memory_receiver import CREDIT
from hub.log.key_reader import KeyReader
from hub.log.names import EVENTS
from hub.log.open import open_reader
from hub.sync.allowed import ALLOWED
from hub.sync.batch import Batches
from hub.sync.egress import Egress
from hub.views.masks import masked_name


def main() -> None:
    folder = Path(sys.argv[1])
    with (
        closing(open_reader(f"sqlite:///{folder / 'hall.db'}")) as log,
        closing(KeyReader(folder / "hall.keys.db")) as keys,
    ):
        batches = Batches(log, Egress(EVENTS, ALLOWED, keys.clear, masked_name), "/halls/hall-0/e1")
        begun, used, at = time.perf_counter(), time.process_time(), 0
        while (sent := batches.after(at, CREDIT, 2)).last > at:
            at = sent.last
        took, used = time.perf_counter() - begun, time.process_time() - used
    print(json.dumps({"rate": at / took, "us": used / at * 1e6}))


if __name__ == "__main__":
    main()
