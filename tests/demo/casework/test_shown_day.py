"""A demo day of a small hall with the shipped catalogue: a case of each kind, judged from its log."""

from __future__ import annotations

import json
import signal
import subprocess
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest

from hub.core.profile_file import default_profile, dump
from hub.demo.casework.stories import STORIES
from hub.domain.cases import events as e
from hub.domain.cases import tolerance_events as t
from hub.domain.cases.evolve import evolve
from hub.domain.cases.state import Case
from hub.domain.hall.profile import Device, HallProfile, Window
from hub.domain.queue import events as q
from hub.log.entry import Entry
from hub.log.export import verify
from hub.log.keys import Keys
from hub.log.names import hub_codec
from hub.log.open import open_reader
from tests.demo.test_simulated_day import command, surroundings

VISITS = 18
FILED_ONLINE = 3
"""As many as there are of a small day."""
SHOWN = "2026-11-23"


def small_hall() -> HallProfile:
    """Two comprehensive windows and one outlet a floor, advice where it is wanted, no printers and boards."""
    profile = default_profile()
    windows: list[Window] = []
    for window in profile.windows:
        alike = [each for each in windows if each.floor == window.floor and _sort(each) == _sort(window)]
        if len(alike) < (2 if _sort(window) == "" else 1):
            windows.append(window)
    numbers = {window.number for window in windows}
    devices: list[Device] = []
    for device in profile.devices:
        first = device.kind == "kiosk" and all(each.floor != device.floor for each in devices)
        if first or (device.kind in ("call_button", "rating_pad") and device.window in numbers):
            devices.append(device)
    hours = replace(profile.hours, closes="15:30")
    return replace(profile, hours=hours, windows=tuple(windows), devices=tuple(devices))


def _sort(window: Window) -> str:
    return window.home if window.home in "PQ" else ""


@dataclass(frozen=True)
class Told:
    """One case of the log: its entries, its events, and how it stands."""

    entries: list[Entry]
    events: list[object]
    case: Case

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


@dataclass(frozen=True)
class Day:
    """What a demo day left behind."""

    state: Path
    said: str
    report: list[dict[str, Any]]
    outlets: frozenset[str]

    def told(self, kind: str) -> Told:
        [row] = [each for each in self.report if each["kind"] == kind]
        entries = self.read(f"case/{row['case']}")
        events, case = self.decoded(entries), Case()
        for event in events:
            evolve(case, cast("e.CaseEvent", event))
        return Told(entries, events, case)

    def read(self, stream: str) -> list[Entry]:
        with closing(open_reader(f"sqlite:///{self.state / 'hall.db'}")) as reader:
            return list(reader.read_stream(stream))

    def decoded(self, entries: list[Entry]) -> list[object]:
        keys = Keys(None)
        try:
            return [hub_codec(keys).decode(entry) for entry in entries]
        finally:
            keys.close()


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """Killed while the people of the days before are at work, and on the day itself; then it runs to its report."""
    folder = tmp_path_factory.mktemp("demo")
    profile, report = folder / "hall.toml", folder / "report.json"
    hall = small_hall()
    profile.write_text(dump(hall), encoding="utf-8")
    words = command("--state", str(folder / "s"), "--report", str(report), "--date", SHOWN)
    words += ["--profile", str(profile), "--visits", str(VISITS)]
    for until in ("  2026-11-17", "11:00"):
        _killed_at(words, until)
    done = subprocess.run(words, env=surroundings(), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    outlets = frozenset(window.number for window in hall.windows if window.home == "P")
    return Day(folder / "s", done.stdout, json.loads(report.read_text(encoding="utf-8"))["cases"], outlets)


def _killed_at(words: list[str], line: str) -> None:
    with subprocess.Popen(
        words, env=surroundings(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        for said in process.stdout:
            if said.startswith(line):
                process.send_signal(signal.SIGKILL)
                return
        pytest.fail("it ended before it could be killed")


def test_every_kind_is_shown_once_and_the_report_says_where_to_look(day: Day) -> None:
    assert [each["kind"] for each in day.report] == [story.kind for story in STORIES]
    for each in day.report:
        assert each["shown"], (each, day.said)
        assert f"/cases/{each['case']}" in day.said
        assert each["number"] in day.said
    assert len({each["number"] for each in day.report}) == len(STORIES)
    with closing(open_reader(f"sqlite:///{day.state / 'hall.db'}")) as reader:
        assert len(reader.streams("case/")) == len(STORIES) + FILED_ONLINE, "no case was opened twice over the kills"
    assert verify(f"sqlite:///{day.state / 'hall.db'}").fault is None


def test_what_is_done_at_once_is_decided_and_handed_out_without_a_review(day: Day) -> None:
    told = day.told("immediate")
    assert told.case.state == "delivered"
    assert told.case.steps == {}
    assert told.case.ticket is not None


def test_a_promised_case_is_handed_out_at_the_outlet_and_its_visit_was_rated(day: Day) -> None:
    told = day.told("promised")
    [handed] = told.of(e.ResultDelivered)
    assert handed.window in day.outlets
    visit = day.decoded(day.read(f"queue/{SHOWN}"))
    assert [each.ticket for each in visit if isinstance(each, q.VisitRated)].count(told.case.ticket) == 1
    assert {step.verdict for step in told.case.steps.values()} == {"agree"}


def test_what_was_owed_came_before_the_decision(day: Day) -> None:
    told = day.told("tolerance")
    [pledged], [settled], [decided] = told.of(t.ToleranceGranted), told.of(t.OwedSettled), told.of(e.CaseDecided)
    assert settled.materials == pledged.pledge.materials
    assert settled.at < decided.at
    assert told.case.outcome == "granted"


def test_a_correction_was_told_once_and_answered(day: Day) -> None:
    told = day.told("correction")
    [notice] = told.of(e.CorrectionTold)
    assert len(notice.defects) == 2
    assert len(told.of(e.CaseSupplemented)) == 1
    assert told.case.state == "decided"


def test_a_special_procedure_stopped_the_clocks_over_days(day: Day) -> None:
    told = day.told("special")
    [started], [ended] = told.of(e.SpecialStarted), told.of(e.SpecialEnded)
    assert started.excluded
    assert set(started.stopped) >= {"legal", "promised"}
    accepted = {clock.clock: clock.due for clock in told.of(e.CaseAccepted)[0].clocks}
    moved = {due.clock: due.due for due in ended.dues}
    assert all(moved[clock] > accepted[clock] for clock in accepted)
    assert told.case.state == "decided"


def test_drawings_were_reviewed_side_by_side_and_corrected_by_one_merged_notice(day: Day) -> None:
    told = day.told("joint")
    [notice] = told.of(e.CorrectionTold)
    assert notice.in_review
    assert {defect.step for defect in notice.defects} == {"S2", "S3", ""}
    assert len({step.department for step in told.case.steps.values()}) == 4
    assert told.case.state == "decided"


def test_a_refusal_has_its_reason_and_basis(day: Day) -> None:
    told = day.told("refused")
    [refused] = told.of(e.AcceptanceRefused)
    assert refused.reason
    assert refused.basis
    assert told.case.state == "not-accepted"


def test_the_hubs_own_clock_deemed_accepted_what_nobody_looked_at(day: Day) -> None:
    told = day.told("deemed")
    [(entry, deemed)] = [
        pair for pair in zip(told.entries, told.events, strict=True) if isinstance(pair[1], e.CaseDeemedAccepted)
    ]
    assert entry.actor == "hub"
    [received] = told.of(e.CaseReceived)
    assert deemed.at == received.clocks[0].due_at, "dated by the limit"
    assert deemed.day == received.day, "from receipt"
    assert entry.recorded_at >= deemed.at


def test_a_case_of_another_system_has_its_news_and_no_clock(day: Day) -> None:
    told = day.told("external")
    assert [each.kind for each in told.of(e.MilestoneImported)] == ["accepted", "review", "decided"]
    assert told.case.clocks == []
    assert told.case.state == "delivered"
