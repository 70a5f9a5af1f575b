"""What a device tells of itself is recorded once."""

from __future__ import annotations

import re
from typing import assert_never

from hub.domain.decided import Decided
from hub.domain.devices.commands import DeviceCommand, RecordOutboxLost, RecordPages, RecordPaper
from hub.domain.devices.events import DeviceEvent, OutboxLost, PagesScanned, PaperChanged
from hub.domain.devices.replies import DeviceReply, Recorded
from hub.domain.devices.state import DeviceState
from hub.domain.refusals import Refused

PAPER_LEVELS = ("ok", "low", "out")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def decide(state: DeviceState, command: DeviceCommand) -> Decided[DeviceEvent, DeviceReply]:
    """Raises ``Refused`` with bad-value."""
    match command:
        case RecordPaper():
            return _paper(state, command)
        case RecordOutboxLost():
            return _outbox_lost(state, command)
        case RecordPages():
            return _pages(state, command)
        case _:
            assert_never(command)


def _paper(state: DeviceState, command: RecordPaper) -> Decided[DeviceEvent, DeviceReply]:
    if command.level not in PAPER_LEVELS:
        raise Refused("bad-value", field="level", problem=" | ".join(PAPER_LEVELS))
    if command.level == state.paper:
        return Decided((), Recorded(False))
    return Decided((PaperChanged(command.device, command.level, command.at),), Recorded(True))


def _outbox_lost(state: DeviceState, command: RecordOutboxLost) -> Decided[DeviceEvent, DeviceReply]:
    if command.first < 1:
        raise Refused("bad-value", field="from", problem=">= 1")
    if command.last < command.first:
        raise Refused("bad-value", field="to", problem=f">= {command.first}")
    told = (command.epoch, command.first, command.last)
    if any((each.epoch, each.first, each.last) == told for each in state.lost):
        return Decided((), Recorded(False))
    lost = OutboxLost(command.device, command.epoch, command.first, command.last, command.at)
    return Decided((lost,), Recorded(True))


def _pages(state: DeviceState, command: RecordPages) -> Decided[DeviceEvent, DeviceReply]:
    if not command.scan:
        raise Refused("bad-value", field="scan", problem="empty")
    for n, page in enumerate(command.pages):
        if not _SHA256.fullmatch(page.sha256):
            raise Refused("bad-value", field=f"pages[{n}].sha256", problem="64 x 0-9 a-f")
        if page.bytes < 1:
            raise Refused("bad-value", field=f"pages[{n}].bytes", problem=">= 1")
    if command.scan in state.scans:
        return Decided((), Recorded(False))
    return Decided((PagesScanned(command.device, command.scan, command.pages, command.at),), Recorded(True))
