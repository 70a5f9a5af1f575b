"""One low rating from its opening to its end, and what is refused on the way."""

from __future__ import annotations

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.ratings import steps
from hub.domain.ratings.commands import CloseRectification, RatingsCommand
from hub.domain.ratings.decide import decide
from hub.domain.ratings.events import (
    CitizenCalledBack,
    RatingVerified,
    RatingVoided,
    RectificationClosed,
    RectificationOpened,
)
from hub.domain.ratings.evolve import evolve
from hub.domain.ratings.state import Rectification, overdue
from hub.domain.refusals import SENTENCES, Refused, sentence
from tests.domain.ratings.cases import (
    CLERK,
    MONDAY,
    TICKET,
    call,
    close,
    explain,
    fix,
    hall,
    opening,
    run,
    verify,
    void,
)


def refused(*asked: RatingsCommand) -> str:
    case, _ = run(*asked[:-1])
    with pytest.raises(Refused) as refusal:
        run(asked[-1], case=case)
    return refusal.value.code


def test_a_low_rating_opens_with_its_due_date_and_the_calendar_it_was_counted_with() -> None:
    _, (opened,) = run(opening())
    assert isinstance(opened, RectificationOpened)
    assert (opened.due, opened.calendar, opened.provisional) == ("2026-12-02", 0, True)
    assert opened.tries == 3


def test_opening_it_again_changes_nothing() -> None:
    case, happened = run(opening(), opening(at=MONDAY + 99), verify(), opening())
    assert len(happened) == 2
    assert case.state == steps.FOUNDED


@pytest.mark.parametrize("score", [3, 4, 5])
def test_a_rating_that_is_not_low_opens_nothing(score: int) -> None:
    assert refused(opening(score=score)) == "bad-value"


@pytest.mark.parametrize(
    ("asked", "outcome"),
    [
        ([verify(), fix(), call(), close()], "fixed"),
        ([verify(), explain(), call(), close()], "explained"),
        ([verify(False), explain(), call(satisfied=False), close()], "explained"),
        ([verify(False), void(), close()], "void"),
        ([verify(), fix(), call(False), call(False), call(False), close()], "fixed"),
        ([verify(), explain(), call(satisfied=False), fix(), call(), close()], "fixed"),
    ],
)
def test_the_ways_to_the_end(asked: list[RatingsCommand], outcome: str) -> None:
    case, happened = run(opening(), *asked)
    assert case.state == steps.CLOSED
    assert happened[-1] == RectificationClosed(TICKET, outcome, MONDAY)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ([verify()], "unknown-rectification"),
        ([opening(), fix()], "wrong-step"),
        ([opening(), void()], "wrong-step"),
        ([opening(), close()], "wrong-step"),
        ([opening(), verify(), verify()], "wrong-step"),
        ([opening(), verify(), void()], "wrong-step"),
        ([opening(), verify(False), fix()], "wrong-step"),
        ([opening(), verify(), fix(), close()], "wrong-step"),
        ([opening(), verify(), fix(), call(False), close()], "wrong-step"),
        ([opening(), verify(False), void(), call()], "wrong-step"),
        ([opening(), verify(), fix(), call(), close(), close()], "wrong-step"),
        ([opening(), verify(finding=" ")], "reason-needed"),
        ([opening(), verify(), fix("")], "reason-needed"),
        ([opening(), verify(False), void("")], "reason-needed"),
        ([opening(), verify(), fix(), call(satisfied=None)], "bad-value"),
        ([opening(), verify(by=CLERK)], "own-rating"),
        ([opening(), verify(False), void(by=CLERK)], "own-rating"),
    ],
)
def test_what_is_out_of_order_or_without_a_reason_is_refused(asked: list[RatingsCommand], code: str) -> None:
    assert refused(*asked) == code


def test_a_visitor_without_a_phone_is_tried_once() -> None:
    case, _ = run(opening(has_phone=False), verify(), fix(), call(False, said="没有留手机"))
    assert case.state == steps.TO_CLOSE


def test_answering_again_gives_the_call_back_its_tries_again() -> None:
    case, _ = run(opening(), verify(), fix(), call(False), call(False), call(satisfied=False), explain())
    assert case.tries_left == 3


def test_overdue_follows_from_the_due_moment_and_the_time() -> None:
    assert not overdue(100, None, 99)
    assert overdue(100, None, 100)
    assert not overdue(100, 99, 1000)
    assert overdue(100, 100, 1000)


def _is_readable(refusal: Refused) -> None:
    said = sentence(refusal.code, refusal.facts)
    assert refusal.code in SENTENCES
    assert "…" not in said.zh + said.en


STEPS = st.sampled_from(
    [
        opening(),
        verify(True),
        verify(False),
        verify(by=CLERK),
        fix(),
        fix(" "),
        explain(),
        void(),
        void(""),
        call(True, True),
        call(True, False),
        call(True, None),
        call(False),
        close(),
    ]
)


@given(script=st.lists(STEPS, max_size=25), has_phone=st.booleans())
def test_whatever_is_asked_it_never_closes_without_a_call_back_or_a_void(script, has_phone) -> None:
    case, happened = run(opening(has_phone=has_phone))
    opened_due = case.due
    for command in script:
        before = deepcopy(case)
        try:
            decided = decide(case, hall(), command)
        except Refused as refusal:
            _is_readable(refusal)
            assert case == before
            continue
        assert case == before, "deciding changes nothing"
        for event in decided.events:
            evolve(case, event)
            happened.append(event)
        assert decided.reply.state == case.state
    replayed = Rectification()
    for event in happened:
        evolve(replayed, event)
    assert replayed == case
    assert case.due == opened_due
    closed = [event for event in happened if isinstance(event, RectificationClosed)]
    assert len(closed) == (case.state == steps.CLOSED)
    if closed:
        called = [event for event in happened if isinstance(event, CitizenCalledBack)]
        voided = [event for event in happened if isinstance(event, RatingVoided)]
        assert bool(voided) == (closed[0].outcome == "void")
        assert voided or any(each.reached for each in called) or len(called) >= (3 if has_phone else 1)
        assert happened[-1] is closed[0], "nothing follows the end"
    assert sum(isinstance(event, RatingVerified) for event in happened) <= 1


@given(script=st.lists(STEPS, max_size=25))
def test_the_clerk_who_was_rated_never_gets_a_step_through(script) -> None:
    _, happened = run(opening())
    case, _ = run(opening())
    for command in script:
        if not hasattr(command, "by"):
            continue
        own = type(command)(**{**{f: getattr(command, f) for f in command.__slots__}, "by": CLERK})
        with pytest.raises(Refused):
            decide(case, None, own)
    assert len(happened) == 1


def test_closing_names_the_moment() -> None:
    case, _ = run(opening(), verify(False), void(), CloseRectification(TICKET, "wang", MONDAY + 7))
    assert case.closed_at == MONDAY + 7
