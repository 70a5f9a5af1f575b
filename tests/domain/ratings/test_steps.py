"""The table of the loop, looked at as a graph."""

from __future__ import annotations

from hub.domain.ratings import steps as s


def paths(state: str, seen: frozenset[str] = frozenset()) -> list[list[str]]:
    """Every way from a state to the end that takes no act twice."""
    if not s.TABLE[state]:
        return [[]]
    return [
        [act, *rest] for act, then in s.TABLE[state].items() if act not in seen for rest in paths(then, seen | {act})
    ]


def test_every_state_and_act_has_a_name_and_every_state_a_row() -> None:
    acts = {act for row in s.TABLE.values() for act in row}
    assert set(s.TABLE) == set(s.STATES)
    assert acts == set(s.ACTS)
    assert {then for row in s.TABLE.values() for then in row.values()} <= set(s.TABLE)


def test_every_way_to_the_end_verifies_first_and_voids_or_calls_back() -> None:
    ways = paths(s.UNOPENED)
    assert len(ways) > 10
    for way in ways:
        assert way[0] == s.OPEN
        assert way[1] in (s.FOUND, s.NOT_FOUND)
        assert way[-1] == s.CLOSE
        assert {s.VOID, s.SATISFIED, s.STILL_UNSATISFIED, s.GIVEN_UP} & set(way)


def test_a_rating_that_proved_founded_is_never_voided() -> None:
    assert not [way for way in paths(s.UNOPENED) if s.FOUND in way and s.VOID in way]


def test_no_state_but_the_end_is_a_trap() -> None:
    assert [state for state, row in s.TABLE.items() if not row] == [s.CLOSED]
    assert all(paths(state) for state in s.TABLE)


def test_a_call_back_gives_up_at_its_last_try() -> None:
    assert s.called_back(False, None, 3) == s.UNREACHED
    assert s.called_back(False, None, 1) == s.GIVEN_UP
    assert s.called_back(True, True, 1) == s.SATISFIED
    assert s.called_back(True, False, 3) == s.STILL_UNSATISFIED
