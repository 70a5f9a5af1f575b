"""Who of a day's visitors comes for a story."""

from __future__ import annotations

from collections import Counter

import pytest

from hub.core.calendar_source import from_package
from hub.core.profile_file import default_profile
from hub.demo.casework.stories import STORIES
from hub.demo.casework.visitors import COLLECTS_AFTER_MS, with_stories
from hub.demo.visits import visits_of
from hub.domain.hall.calendar import CalendarVersion
from hub.domain.hall.planning import plan_for

PLAN = plan_for(default_profile(), 1, CalendarVersion(1, from_package()), "2026-11-23")
OF_THE_DAY = [story for story in STORIES if not story.before]


@pytest.mark.parametrize("count", [18, 60, 900])
def test_each_story_of_the_day_has_one_visitor_who_is_there_and_rates(count: int) -> None:
    drawn = visits_of(PLAN, "1[3-9][0-9]{9}", 1, count)
    visits, opens, collects = with_stories(drawn, PLAN, STORIES)
    by_index = {visit.index: visit for visit in visits}
    assert sorted(story.kind for story in opens.values()) == sorted(story.kind for story in OF_THE_DAY)
    for index, story in opens.items():
        visit = by_index[index]
        assert (visit.category, visit.shows_up, visit.meant, visit.copy_after) == (story.category, True, None, None)
        assert visit.score is not None
        assert visit.errand.items == (story.item,)
    [(index, story)] = collects.items()
    assert story.collected
    assert by_index[index].category == "P"
    assert by_index[index].at >= (PLAN.opens or 0) + COLLECTS_AFTER_MS


def test_others_come_as_they_were_drawn_and_turns_count_again() -> None:
    drawn = visits_of(PLAN, "1[3-9][0-9]{9}", 3, 200)
    visits, opens, collects = with_stories(drawn, PLAN, STORIES)
    chosen = {*opens, *collects}
    for before, after in zip(drawn, visits, strict=True):
        assert (before.index, before.at) == (after.index, after.at)
        if before.index not in chosen:
            assert (before.category, before.held, before.errand) == (after.category, after.held, after.errand)
    seen = Counter[str]()
    for visit in visits:
        assert visit.turn == seen[visit.category]
        seen[visit.category] += 1


def test_with_hardly_anybody_some_stories_have_no_visitor() -> None:
    drawn = visits_of(PLAN, "1[3-9][0-9]{9}", 1, 3)
    visits, opens, collects = with_stories(drawn, PLAN, STORIES)
    assert len(visits) == 3
    assert len(opens) + len(collects) <= 3
