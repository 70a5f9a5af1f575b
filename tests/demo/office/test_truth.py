"""What newcomers really waited."""

from __future__ import annotations

from hub.demo.office.truth import Truth, truths_of
from tests.demo.office.test_flow import queue


def test_a_wait_ends_at_the_first_sample_whose_number_reaches_the_newcomers() -> None:
    rows = [(480 + 5 * n, 1 + n, 2) for n in range(12)]
    truths = truths_of(queue(*rows))
    assert truths[0] == Truth(number=3, minute=480, waited=10)
    assert len(truths) == 10  # the last two are never reached


def test_short_series_and_those_that_run_backwards_tell_nothing() -> None:
    assert truths_of(queue((480, 1, 1), (485, 2, 0))) == ()
    assert truths_of(queue(*[(480 + 5 * n, 9 if n % 2 else 1, 1) for n in range(12)])) == ()
