"""Challenges: each count once, in bounded memory, by no clock but the receiver's own steady one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.sync.challenge import LIFE_SECONDS, LINES, SPAN, Challenges, NoChallenge, Replayed


class Steady:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.integers(1, 3 * SPAN), max_size=80))
def test_no_count_is_ever_taken_twice(counts: list[int]) -> None:
    challenges = Challenges()
    challenge = challenges.new()
    taken: list[int] = []
    for count in counts:
        try:
            challenges.take("dongcheng", f"{challenge}.{count}")
            taken.append(count)
        except Replayed:
            assert count in taken or count <= max(taken) - SPAN
    assert len(taken) == len(set(taken))


def test_counts_may_arrive_out_of_order_within_the_span() -> None:
    challenges = Challenges()
    challenge = challenges.new()
    for count in (3, 1, 2, SPAN, 4):
        challenges.take("dongcheng", f"{challenge}.{count}")


def test_a_challenge_ends_with_its_life_and_gives_way_at_half_of_it() -> None:
    steady = Steady()
    challenges = Challenges(steady)
    challenge = challenges.new()
    assert not challenges.take("dongcheng", f"{challenge}.1")
    steady.now += LIFE_SECONDS / 2 + 1
    assert challenges.take("dongcheng", f"{challenge}.2")
    steady.now += LIFE_SECONDS / 2
    with pytest.raises(NoChallenge):
        challenges.take("dongcheng", f"{challenge}.3")


def test_more_lines_than_there_is_room_for_open_no_hole() -> None:
    steady = Steady()
    challenges = Challenges(steady)
    made: list[str] = []
    for _ in range(LINES + 1):
        steady.now += 1
        made.append(challenges.new())
        challenges.take("dongcheng", f"{made[-1]}.1")
    with pytest.raises(NoChallenge):
        challenges.take("dongcheng", f"{made[0]}.1")
    for kept in made[1:]:
        with pytest.raises(Replayed):
            challenges.take("dongcheng", f"{kept}.1")
    challenges.take("xicheng", f"{made[0]}.1")


@given(st.text(max_size=60))
def test_what_is_no_challenge_is_refused_whatever_it_is(nonce: str) -> None:
    with pytest.raises(NoChallenge):
        Challenges().take("dongcheng", nonce)


def test_a_challenge_of_another_process_is_none_here() -> None:
    with pytest.raises(NoChallenge):
        Challenges().take("dongcheng", f"{Challenges().new()}.1")
