"""Reruns side by side: every figure is one that can be counted by hand, and no policy looks good by leaving people."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from hub.core.policy_file import PolicyDraft
from hub.core.profile_file import default_profile
from hub.domain.hall.plan import PriorityClass
from hub.domain.trial.recorded import NoDay
from hub.domain.trial.rerun import rerun
from hub.domain.trial.script import Outcome
from hub.views.trial.chart import as_svg
from hub.views.trial.comparison import EDGES, Comparison, compare, figures_of
from hub.views.trial.table import as_bars, as_csv, as_table, changes_in_words, columns, group_of, spread_rows
from hub.views.trial.trial import try_draft
from hub.views.words import Words
from tests.domain.queue.plans import MINUTE
from tests.domain.trial.scripts import PLAN, script, served, visitor
from tests.views.trial.days import VISITS, busy_day

NOW, DRAFT = Words("现行", "now"), Words("草案", "draft")
FIRST_COME = replace(PLAN, policy=replace(PLAN.policy, classes=(), long_wait_minutes=None, rush_share=0))
ELDERS = replace(
    FIRST_COME, policy=replace(FIRST_COME.policy, classes=(PriorityClass("elderly", "老年人", "Elderly", 60),))
)


def small() -> Comparison:
    people = [visitor(n, n / 60, served(10)) for n in range(1, 5)]
    old = visitor(9, 1, served(10), priority="elderly", phone=True)
    day = script(*people, old)
    return compare(day, [(NOW, rerun(day, FIRST_COME)), (DRAFT, rerun(day, ELDERS))])


def test_figures_are_of_the_waits_and_count_who_was_never_called_too() -> None:
    waits = [Outcome(minutes * MINUTE, 0, True, True, "longest", "101") for minutes in range(1, 10)]
    left = Outcome(31 * MINUTE, 0, False, False, "", None)
    found = figures_of([*waits, left])
    assert (found.count, found.mean, found.p50, found.p90, found.longest) == (10, 7.6, 5.0, 9.0, 31.0)
    assert (found.over, found.unserved) == (0.1, 1)
    assert figures_of([]).count == 0


def test_who_gains_and_who_loses_is_counted_by_person_and_group() -> None:
    found = small()
    (change,) = found.changes
    assert (change.shorter, change.longer, change.same) == (1, 3, 1)
    assert sum(change.spread) == 5
    assert change.spread[0] == 1
    assert change.gains is not None
    assert change.loses is not None
    assert (change.gains.kind, change.gains.key) in {("class", "elderly"), ("phone", "yes")}
    assert (change.loses.kind, change.loses.key) in {("class", ""), ("phone", "no")}
    assert found.trust is None


def test_differences_fall_between_their_edges_shorter_first() -> None:
    (change,) = small().changes
    rows = spread_rows(change)
    assert len(rows) == len(EDGES) + 1
    assert [words.zh for words, _ in rows] == [
        "少等 30+ 分",
        "少等 10–30 分",
        "少等 5–10 分",
        "相差不到 5 分",
        "多等 5–10 分",
        "多等 10–30 分",
        "多等 30+ 分",
    ]


def test_a_table_lines_up_in_a_terminal_and_bars_mark_the_median() -> None:
    found = small()
    widths = {columns(line) for line in as_table(found).splitlines()}
    assert len(widths) == 1
    assert "全部 Everybody" in as_table(found)
    bars = as_bars(found).splitlines()
    assert all("|" in line for line in bars)
    said = changes_in_words(found)
    assert said[0].en == "draft: 1 wait at least 5 min shorter, 3 at least 5 min longer, 1 about the same."


def test_a_csv_holds_a_row_a_group_and_policy_and_no_formula() -> None:
    found = small()
    odd = replace(found.groups[0], words=Words("=1+1", "@x"))
    rows = as_csv(replace(found, groups=(odd, *found.groups[1:]))).splitlines()
    assert len(rows) == 1 + 2 * len(found.groups)
    assert "'=1+1" in rows[1]


def test_a_chart_is_well_formed_and_says_what_it_shows() -> None:
    found = small()
    hostile = replace(found.groups[0], words=Words("<b>&", "x"))
    root = ET.fromstring(as_svg(replace(found, groups=(hostile, *found.groups[1:]))))
    text = "".join(root.itertext())
    assert "<b>&" in text
    assert "受益最多" in text


def test_a_recorded_day_is_tried_under_a_draft_and_tells_how_far_to_trust_it() -> None:
    policy = default_profile().policy
    told: list[float] = []
    draft = PolicyDraft(replace(policy, long_wait_minutes=None, rush_share=0))
    trial = try_draft(busy_day(), draft, told.append)
    found = trial.comparison
    assert found.trust is not None
    assert (found.trust.count, found.over) == (VISITS, True)
    assert found.trust.median_apart < 0.5
    assert told == sorted(told)
    assert found.names[0].zh == "现行（第 1 版）"
    before, after = group_of(found, "all").figures  # type: ignore[union-attr]
    assert before.count == after.count == VISITS
    assert after.longest != before.longest
    assert found.changes[0].shorter
    assert found.changes[0].longer


def test_the_same_policy_changes_nobody_s_wait() -> None:
    (change,) = try_draft(busy_day(), PolicyDraft(default_profile().policy)).comparison.changes
    assert (change.shorter, change.longer) == (0, 0)


def test_a_draft_profile_that_lacks_a_category_leaves_those_people_out_and_says_so() -> None:
    profile = default_profile()
    without = replace(profile, categories=profile.categories[1:])
    found = try_draft(busy_day(), PolicyDraft(profile.policy, without)).comparison
    assert found.left_out[0] == 0
    assert found.left_out[1] > 0
    assert group_of(found, "all").figures[0].count == VISITS - found.left_out[1]  # type: ignore[union-attr]


def test_no_events_are_no_trial() -> None:
    with pytest.raises(NoDay):
        try_draft([], PolicyDraft(default_profile().policy))
