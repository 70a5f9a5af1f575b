"""What newcomers really waited, by the rule that also scores wait estimates on this data. Pure.

The newcomer's ticket is the served number plus the people waiting; its wait ends at the first later sample whose
served number reaches it. Left out: samples with nobody waiting or no number yet, queues of under ten samples, queues
whose numbers run backwards in over a tenth of their samples, tickets that are never reached, waits over 240 minutes.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass

from hub.demo.office.office_file import QueueSamples

FEWEST, LONGEST = 10, 240


@dataclass(frozen=True, slots=True)
class Truth:
    """Somebody with ``number`` (of the data) who joined at ``minute`` of the local day waited ``waited`` minutes."""

    number: int
    minute: int
    waited: int


def truths_of(queue: QueueSamples) -> tuple[Truth, ...]:
    """The truths of one queue's day; none when its numbers cannot be trusted."""
    samples = queue.samples
    if len(samples) < FEWEST:
        return ()
    highest, served, backwards = 0, list[int](), 0
    for sample in samples:
        backwards += sample.serving < highest
        highest = max(highest, sample.serving)
        served.append(highest)
    if backwards > len(samples) / 10:
        return ()
    found: list[Truth] = []
    for i, sample in enumerate(samples):
        if sample.waiting < 1 or served[i] <= 0:
            continue
        number = served[i] + sample.waiting
        j = bisect.bisect_left(served, number, lo=i)
        if j < len(samples) and samples[j].minute - sample.minute <= LONGEST:
            found.append(Truth(number, sample.minute, samples[j].minute - sample.minute))
    return tuple(found)
