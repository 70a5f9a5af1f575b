from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.queue.lines import Key, Lane

KEYS = st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(-2, 2))
ACTS = st.lists(st.tuples(st.sampled_from(["insert", "remove", "first"]), KEYS), max_size=200)


def test_a_line_stands_by_key_whatever_the_order_of_coming() -> None:
    line = Lane()
    for key, ticket in [((20, 2, 0), "c"), ((10, 1, 0), "a"), ((10, 1, 5), "b"), ((30, 0, 0), "d")]:
        line.insert(key, ticket)
    assert list(line) == ["a", "b", "c", "d"]
    assert line.first() == "a"
    assert line.first_key() == (10, 1, 0)
    assert (line.nth(3), line.nth_key(1)) == ("d", (10, 1, 5))
    assert line.count_before((20, 2, 0)) == 2


def test_an_empty_line_has_nobody_first() -> None:
    line = Lane()
    assert (len(line), line.first(), line.first_key(), line.occupied) == (0, None, None, False)
    assert line.count_before((1, 1, 1)) == 0


def test_nobody_stands_past_the_end_or_before_the_head() -> None:
    line = Lane()
    line.insert((1, 0, 0), "a")
    for index in (1, -1):
        with pytest.raises(IndexError):
            line.nth(index)
        with pytest.raises(IndexError):
            line.nth_key(index)


def test_a_key_is_taken_once_and_removed_once() -> None:
    line = Lane()
    line.insert((1, 0, 0), "a")
    line.insert((2, 0, 0), "b")
    with pytest.raises(ValueError, match="two tickets"):
        line.insert((1, 0, 0), "c")
    line.remove((1, 0, 0))
    with pytest.raises(ValueError, match="no ticket"):
        line.remove((1, 0, 0))
    with pytest.raises(ValueError, match="no ticket"):
        line.remove((3, 0, 0))
    assert list(line) == ["b"]


def test_lines_are_equal_when_the_same_people_stand_in_them_however_they_came() -> None:
    one, other = Lane(), Lane()
    for index in range(200):
        one.insert((index, 0, 0), str(index))
    for index in range(150):
        one.remove((index, 0, 0))
    for index in range(199, 149, -1):
        other.insert((index, 0, 0), str(index))
    assert one == other
    other.remove((199, 0, 0))
    assert one != other
    assert one != "a line"
    assert repr(Lane()) == "Lane([])"


@given(ACTS)
def test_a_line_does_what_a_sorted_list_does(acts: list[tuple[str, Key]]) -> None:
    line, model = Lane(), dict[Key, str]()
    for act, key in acts:
        if act == "insert" and key not in model:
            model[key] = repr(key)
            line.insert(key, repr(key))
        elif act == "remove" and key in model:
            del model[key]
            line.remove(key)
        elif act == "first" and model:
            del model[min(model)]
            first = line.first_key()
            assert first is not None
            line.remove(first)
        ordered = sorted(model)
        assert list(line) == [model[each] for each in ordered]
        assert len(line) == len(ordered)
        assert line.occupied == bool(ordered)
        assert line.first_key() == (ordered[0] if ordered else None)
        assert line.count_before(key) == sum(each < key for each in ordered)
