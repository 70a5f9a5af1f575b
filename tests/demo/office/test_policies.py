"""An office's day as a script, and a real Warsaw day under three policies."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.demo.office.flow import Call, Counters, Flow
from hub.demo.office.office_file import read_office
from hub.demo.office.office_profile import Place, profile_of
from hub.demo.office.office_script import at_work, office_script, with_elderly
from hub.demo.office.policies import bounded, comprehensive, main, three_policies
from hub.domain.hall.calendar import CalendarVersion
from hub.domain.hall.planning import plan_for
from hub.domain.trial.rerun import rerun
from hub.domain.trial.script import MISSED, SERVED, Script
from hub.views.trial.table import group_of

TINY = Path(__file__).with_name("tiny.csv")
SHARED = Path(__file__).parents[3] / "../shared/data/warsaw_offices_2020.csv.gz"
NINE, MINUTE = 9 * 60 * 60_000, 60_000
MIDNIGHT = 1_578_351_600_000
"""2020-01-07 00:00 in Warsaw."""


def flow(arrivals: list[int], calls: list[Call], minutes: float = 5.0) -> Flow:
    counters = (Counters(NINE, 9),)
    return Flow("1", "Dowody", minutes, 0, tuple(NINE + at * MINUTE for at in arrivals), tuple(calls), counters, 0)


def called(at: float, shows_up: bool = True) -> Call:
    return Call(NINE + int(at * MINUTE), shows_up)


def scripted(day: Flow) -> Script:
    places = at_work([Place("A", day, tuple(str(n) for n in range(1, 10)))])
    plan = plan_for(profile_of("UD_Test", "2020-01-07", places), 1, CalendarVersion(0), "2020-01-07")
    return office_script(places, plan, MIDNIGHT)


def test_the_pace_says_how_many_of_the_open_counters_are_at_work() -> None:
    busy = flow(list(range(20)), [called(n * 2 + 1) for n in range(20)], minutes=5)
    (place,) = at_work([Place("A", busy, tuple("123456789"))])
    assert place.windows == ("1", "2", "3")  # 20 calls of 5 minutes within 38
    (lone,) = at_work([Place("B", flow([0], [called(1)]), ("7", "8"))])
    assert lone.windows == ("1",)


def test_a_service_is_the_time_between_calls_while_somebody_waited() -> None:
    script = scripted(flow([0, 0, 0, 60], [called(1), called(7), called(12), called(61)], minutes=5))
    held = [each.turns[0].held for each in script.visitors]
    assert held[:2] == [6 * MINUTE - 1000, 5 * MINUTE - 1000]
    assert held[2] == 5 * MINUTE - 1000, "the counter was idle afterwards: the median of the others"


def test_who_did_not_come_takes_no_time_and_who_was_never_called_waits_on() -> None:
    script = scripted(flow([0, 0, 0, 5], [called(1), called(3, shows_up=False), called(3.1)], minutes=1))
    ends = [[turn.end for turn in each.turns] for each in script.visitors]
    assert ends == [[SERVED], [MISSED], [SERVED], []]
    assert not rerun(script).outcomes[script.visitors[3].ticket].called


def test_a_script_rerun_under_its_own_plan_gives_the_waits_of_the_data() -> None:
    script = scripted(flow([0, 1, 2, 3, 30, 31], [called(n) for n in (4, 9, 15, 19, 31, 36)], minutes=5))
    found = rerun(script).outcomes
    for visitor in script.visitors:
        assert abs(found[visitor.ticket].waited - script.outcomes[visitor.ticket].waited) < 2 * MINUTE


def test_the_elderly_are_drawn_from_a_seed() -> None:
    script = scripted(flow(list(range(300)), []))
    drawn = with_elderly(script, 0.15, 1)
    share = sum(each.priority == "elderly" for each in drawn.visitors) / 300
    assert 0.08 < share < 0.22
    assert drawn == with_elderly(script, 0.15, 1)
    assert drawn != with_elderly(script, 0.15, 2)


def test_a_comprehensive_window_serves_every_queue() -> None:
    found = three_policies(read_office(TINY, "UD_Test", "2020-01-07"))
    assert len(found.names) == 3
    plan = scripted(flow([0], [called(1)])).plan
    assert all(set(each.categories) == {"A"} for each in comprehensive(plan).windows)
    assert bounded(plan.policy).rush_share == 3


def test_the_command_writes_chart_and_figures_and_lists_what_there_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chart = tmp_path / "policies.svg"
    words = [str(TINY), "UD_Test", "2020-01-07", "--chart", str(chart), "--csv", str(tmp_path / "p.csv")]
    assert main(words) == 0
    assert chart.read_text(encoding="utf-8").startswith("<svg")
    assert "全部 Everybody" in capsys.readouterr().out
    assert main([str(TINY), "UD_Nowhere", "2020-01-07"]) == 2
    assert "UD_Test" in capsys.readouterr().err


@pytest.mark.skipif(not SHARED.exists(), reason="the open data of the Warsaw offices is not here (DATA/)")
def test_a_real_warsaw_day_under_three_policies() -> None:
    found = three_policies(read_office(SHARED, "UD_Wola", "2020-01-07"))
    assert found.trust is not None
    assert found.trust.median_apart < 1
    assert abs(found.trust.recorded_mean - found.trust.rerun_mean) < 1
    own, whole, fair = group_of(found, "all").figures  # type: ignore[union-attr]
    assert own.count == 1413
    assert whole.mean < own.mean / 2, "one queue over all windows shortens the wait"
    assert fair.longest < own.longest
    elderly = group_of(found, "class", "elderly")
    ordinary = group_of(found, "class", "")
    assert elderly is not None
    assert ordinary is not None
    assert elderly.figures[2].mean < elderly.figures[1].mean / 2
    assert ordinary.figures[2].mean < ordinary.figures[1].mean + 5
