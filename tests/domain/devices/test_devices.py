import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.devices.commands import DeviceCommand, Page, RecordOutboxLost, RecordPages, RecordPaper
from hub.domain.devices.decide import decide
from hub.domain.devices.evolve import KEPT, evolve
from hub.domain.devices.state import DeviceState
from hub.domain.refusals import Refused

SHA = "a" * 64


def tell(state: DeviceState, command: DeviceCommand) -> bool:
    decided = decide(state, command)
    for event in decided.events:
        evolve(state, event)
    assert decided.reply.changed == bool(decided.events)
    return decided.reply.changed


def test_a_paper_level_is_recorded_when_it_changes():
    state = DeviceState()
    assert tell(state, RecordPaper("printer-1", 1, "low"))
    assert not tell(state, RecordPaper("printer-1", 2, "low"))
    assert tell(state, RecordPaper("printer-1", 3, "out"))
    assert (state.paper, state.paper_since) == ("out", 3)


def test_a_lost_range_is_recorded_once_and_counted_whole():
    state = DeviceState()
    assert tell(state, RecordOutboxLost("button-1", 1, "e1", 3, 7))
    assert not tell(state, RecordOutboxLost("button-1", 2, "e1", 3, 7))
    assert tell(state, RecordOutboxLost("button-1", 3, "e2", 3, 3))
    assert state.lost_events == 6


def test_a_scan_is_recorded_once():
    state = DeviceState()
    assert tell(state, RecordPages("scanner-1", 1, "s1", (Page(SHA, 10), Page(SHA, 20))))
    assert not tell(state, RecordPages("scanner-1", 2, "s1", (Page(SHA, 10),)))
    assert state.scans == {"s1": 2}


def test_an_empty_feeder_is_a_scan_without_pages():
    state = DeviceState()
    assert tell(state, RecordPages("scanner-1", 1, "s1", ()))
    assert state.scans == {"s1": 0}


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (RecordPaper("p", 1, "empty"), "level"),
        (RecordOutboxLost("p", 1, "e", 0, 4), "from"),
        (RecordOutboxLost("p", 1, "e", 5, 4), "to"),
        (RecordPages("p", 1, "", ()), "scan"),
        (RecordPages("p", 1, "s", (Page("A" * 64, 1),)), "pages[0].sha256"),
        (RecordPages("p", 1, "s", (Page(SHA, 1), Page(SHA, 0))), "pages[1].bytes"),
    ],
)
def test_a_bad_value_is_refused_by_its_name_on_the_wire(command: DeviceCommand, field: str):
    with pytest.raises(Refused) as refused:
        decide(DeviceState(), command)
    assert (refused.value.code, refused.value.facts["field"]) == ("bad-value", field)


@given(st.integers(KEPT + 1, KEPT * 2))
def test_a_device_that_loses_much_does_not_fill_the_memory(times: int):
    state = DeviceState()
    for n in range(times):
        tell(state, RecordOutboxLost("p", n, f"e{n}", 1, 2))
        tell(state, RecordPages("p", n, f"s{n}", ()))
    assert len(state.lost) == len(state.scans) == KEPT
    assert state.lost_events == 2 * times
    assert f"s{times - 1}" in state.scans
