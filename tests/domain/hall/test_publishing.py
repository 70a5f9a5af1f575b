from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.calendar_source import from_package
from hub.domain.hall.commands import PublishCalendar, PublishProfile
from hub.domain.hall.decide import decide
from hub.domain.hall.events import CalendarPublished, HallEvent, ProfilePublished
from hub.domain.hall.evolve import evolve
from hub.domain.hall.planning import business_day
from hub.domain.hall.profile import HallProfile
from hub.domain.hall.replies import Published
from hub.domain.hall.state import HallState
from hub.domain.refusals import Refused, sentence
from tests.domain.hall.halls import DEFAULT, WARSAW, ms

MONDAY = ms("2026-03-02 10:00", "Asia/Shanghai")
DAY = 86_400_000


def renamed(name: str) -> HallProfile:
    return replace(DEFAULT, hall=replace(DEFAULT.hall, zh=name))


def publish(state: HallState, profile: HallProfile, effective: str = "now", at: int = MONDAY) -> Published:
    decided = decide(state, PublishProfile(profile, effective, at))
    for event in decided.events:
        evolve(state, event)
    return decided.reply


def ruling(state: HallState, day: str) -> tuple[int, str]:
    version = state.ruling(day)
    assert version is not None
    return version.version, version.profile.hall.zh


def test_the_first_profile_rules_at_once_however_it_was_published():
    state = HallState()
    assert publish(state, DEFAULT, "next-day") == Published(1, True, "2026-03-02")
    assert ruling(state, "2026-03-02")[0] == 1


def test_a_profile_for_the_next_day_leaves_today_alone():
    state = HallState()
    publish(state, DEFAULT)
    assert publish(state, renamed("新"), "next-day") == Published(2, True, "2026-03-03")
    assert ruling(state, "2026-03-02")[0] == 1
    assert ruling(state, "2026-03-03") == (2, "新")
    assert ruling(state, "2027-01-01") == (2, "新")


def test_a_profile_published_now_overtakes_one_that_was_to_rule_tomorrow():
    state = HallState()
    publish(state, DEFAULT)
    publish(state, renamed("明"), "next-day")
    publish(state, renamed("今"), "now")
    assert ruling(state, "2026-03-02") == (3, "今")
    assert ruling(state, "2026-03-03") == (3, "今")


def test_the_last_of_two_profiles_for_tomorrow_rules():
    state = HallState()
    publish(state, DEFAULT)
    publish(state, renamed("一"), "next-day")
    publish(state, renamed("二"), "next-day")
    assert ruling(state, "2026-03-02")[0] == 1
    assert ruling(state, "2026-03-03") == (3, "二")


def test_publishing_what_stands_already_is_no_event():
    state = HallState()
    publish(state, DEFAULT)
    assert publish(state, DEFAULT) == Published(1, False, "2026-03-02")
    assert publish(state, DEFAULT, "next-day") == Published(1, False, "2026-03-02")
    publish(state, renamed("明"), "next-day")
    assert publish(state, renamed("明"), "next-day") == Published(2, False, "2026-03-03")


def test_pulling_tomorrows_profile_forward_is_an_event():
    state = HallState()
    publish(state, DEFAULT)
    publish(state, renamed("明"), "next-day")
    assert publish(state, renamed("明"), "now") == Published(3, True, "2026-03-02")
    assert ruling(state, "2026-03-02") == (3, "明")


def test_a_profile_published_at_night_belongs_to_the_business_day_still_running():
    state = HallState()
    publish(state, DEFAULT)
    night = ms("2026-03-03 03:59", "Asia/Shanghai")
    assert publish(state, renamed("新"), "next-day", night).from_day == "2026-03-03"


def test_a_profile_in_another_time_zone_takes_over_by_the_old_ones_clock():
    state = HallState()
    publish(state, DEFAULT)
    at = ms("2026-03-03 05:00", "Asia/Shanghai")
    assert business_day(WARSAW, at) == "2026-03-02"
    assert publish(state, WARSAW, "now", at).from_day == "2026-03-03"


def test_an_invalid_profile_is_refused_by_its_first_problems():
    wrong = replace(DEFAULT, windows=tuple(replace(window, floor=9) for window in DEFAULT.windows))
    state = HallState()
    with pytest.raises(Refused) as refused:
        decide(state, PublishProfile(wrong, "now", MONDAY))
    assert refused.value.code == "profile-invalid"
    assert "windows[0].floor" in sentence(refused.value.code, refused.value.facts).zh
    assert isinstance(refused.value.facts["count"], int)
    assert refused.value.facts["count"] > 58
    assert state == HallState()


def test_another_word_for_when_is_refused():
    with pytest.raises(Refused) as refused:
        decide(HallState(), PublishProfile(DEFAULT, "tomorrow", MONDAY))
    assert (refused.value.code, refused.value.facts["field"]) == ("bad-value", "effective")


def test_a_calendar_is_published_whole_and_once():
    state = HallState()
    years = from_package()
    first = decide(state, PublishCalendar(years, MONDAY))
    evolve(state, first.events[0])
    assert state.calendar.version == 1
    assert decide(state, PublishCalendar(years, MONDAY)).events == ()
    evolve(state, decide(state, PublishCalendar(years[1:], MONDAY)).events[0])
    assert (state.calendar.version, state.calendar.years) == (2, years[1:])


def test_a_calendar_with_a_wrong_date_is_refused():
    with pytest.raises(Refused) as refused:
        decide(HallState(), PublishCalendar((replace(from_package()[0], workdays=("2020-13-01",)),), MONDAY))
    assert refused.value.facts["field"] == "calendar"


@pytest.mark.parametrize("kind", [ProfilePublished, CalendarPublished])
def test_events_come_back_from_json_as_they_were(kind: type):
    state = HallState()
    made: dict[type, HallEvent] = {
        ProfilePublished: decide(state, PublishProfile(WARSAW, "now", MONDAY)).events[0],
        CalendarPublished: decide(state, PublishCalendar(from_package(), MONDAY)).events[0],
    }
    assert msgspec.json.decode(msgspec.json.encode(made[kind]), type=kind) == made[kind]


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["now", "next-day"]), st.integers(0, 2)), max_size=12)
)
def test_on_every_day_the_newest_profile_meant_for_it_rules(script: list[tuple[str, str, int]]):
    state, at = HallState(), MONDAY
    meant: list[tuple[str, str]] = []
    for name, effective, days in script:
        at += days * DAY
        today = business_day(DEFAULT, at)
        tomorrow = business_day(DEFAULT, at + DAY)
        publish(state, renamed(name), effective, at)
        meant.append((tomorrow if effective == "next-day" and meant else today, name))
        for day in (today, tomorrow):
            assert ruling(state, day)[1] == [wanted for start, wanted in meant if start <= day][-1]
        assert len(state.profiles) <= 2
