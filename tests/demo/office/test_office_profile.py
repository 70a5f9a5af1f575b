"""The hall made of an office's day."""

from __future__ import annotations

from pathlib import Path

from hub.demo.office.flow import flow_of
from hub.demo.office.office_file import QueueSamples, Sample, read_office
from hub.demo.office.office_profile import LETTERS, places_of, profile_of
from hub.domain.hall.check import check

TINY = Path(__file__).with_name("tiny.csv")
OFFICE = read_office(TINY, "UD_Test", "2020-01-07")
FLOWS = [flow_of(queue) for queue in OFFICE.queues]


def test_queues_are_lettered_afresh_and_counters_become_windows() -> None:
    places = places_of(FLOWS)
    assert [(place.letter, place.windows) for place in places] == [("A", ("1",)), ("B", ("2", "3")), ("C", ("4",))]


def test_the_profile_may_be_published() -> None:
    profile = profile_of("UD_Test", "2020-01-07", places_of(FLOWS))
    assert check(profile) == []
    assert profile.hall.timezone == "Europe/Warsaw"
    assert profile.hall.calendar == "weekdays"
    assert profile.hours.opens == "08:00"


def test_long_names_are_cut_and_a_single_sample_still_makes_a_day() -> None:
    lone = flow_of(QueueSamples("1", "Bardzo długa nazwa kolejki, " * 5, (Sample(485, 0, 1, 0, 0.0),)))
    profile = profile_of("UD_Test", "2020-01-06", places_of([lone]))
    assert check(profile) == []
    assert profile.categories[0].en.endswith("…")


def test_only_as_many_queues_as_there_are_letters_have_a_place() -> None:
    assert len(places_of(FLOWS * 10)) == len(LETTERS)
