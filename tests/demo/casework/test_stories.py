"""The stories fit the shipped catalogue and its departments, and their applicants have numbers that pass."""

from __future__ import annotations

import pytest
from stdnum.cn import ric, uscc

from hub.core.default_catalogue import catalogue_for
from hub.core.profile_file import default_profile
from hub.demo.casework.applicants import applicant_of
from hub.demo.casework.sheets import sheet
from hub.demo.casework.stories import STORIES
from hub.demo.casework.story import DESK, EXTERNAL, HALL, Story
from hub.log.names import EVENTS

PROFILE = default_profile()
_CATALOGUE = catalogue_for(PROFILE)
assert _CATALOGUE is not None
ITEMS = {item.code: item for item in _CATALOGUE.items}
HOMES = {overlay.item: overlay.category for overlay in _CATALOGUE.overlays}
every = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.kind)


@every
def test_a_story_is_about_an_item_of_its_category_and_steps_of_its_route(story: Story) -> None:
    item = ITEMS[story.item]
    assert item.complete
    assert HOMES[story.item] == story.category
    assert bool(item.external) == (story.via == EXTERNAL)
    route = {step.id: step for step in item.route}
    for turn in story.turns:
        if turn.path.startswith("steps/"):
            step = route[turn.path.split("/")[1]]
            assert turn.who.startswith(step.department + "-")
            assert turn.who.endswith("-1") == (step.role == "approver")
    asked = {rule.code for rule in item.materials if rule.now}
    assert {each["material"] for each in story.materials} <= asked


@every
def test_who_acts_exists_and_what_shows_the_kind_is_a_name_of_the_log(story: Story) -> None:
    departments = {department.code for department in PROFILE.departments}
    assert {turn.who.partition("-")[0] for turn in story.turns if turn.who != DESK} <= departments
    assert set(story.shows) <= set(EVENTS)


def test_only_what_is_filed_at_the_hall_comes_from_a_ticket_of_the_day() -> None:
    assert all(story.before for story in STORIES if story.via not in (HALL, EXTERNAL))
    assert len({story.category for story in STORIES if not story.before}) == sum(not each.before for each in STORIES)


@pytest.mark.parametrize("about", [f"2026-11-{day}" for day in range(10, 30)])
def test_invented_numbers_have_right_check_digits_and_stay_the_same(about: str) -> None:
    person, firm = (applicant_of("某", firm=firm, about=about) for firm in (False, True))
    assert ric.is_valid(str(person["identity"]))
    assert uscc.is_valid(str(firm["identity"]))
    assert applicant_of("某", firm=True, about=about) == firm


def test_papers_of_one_title_differ_by_whose_they_are() -> None:
    assert sheet("申请表", "甲").startswith(b"\x89PNG")
    assert sheet("申请表", "甲") != sheet("申请表", "乙")
    assert sheet("申请表", "甲") == sheet("申请表", "甲")
