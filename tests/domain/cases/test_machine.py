"""The tables as a graph."""

from __future__ import annotations

import typing

import pytest

from hub.domain.cases import events as e
from hub.domain.cases import machine as m
from hub.domain.cases import review_events as r
from hub.domain.cases import tolerance_events as t
from hub.domain.cases.acts import state_after


def reached(state: str) -> set[str]:
    found, front = {state}, {state}
    while front:
        front = {then for each in front for then in m.MOVES[each].values()} - found
        found |= front
    return found


def test_every_state_is_reached_and_named_and_every_act_is_named() -> None:
    assert reached(m.UNOPENED) == set(m.MOVES) == set(m.STATES)
    acts = {act for moves in m.MOVES.values() for act in moves} | set(m.WITHIN)
    assert acts == set(m.ACTS)


@pytest.mark.parametrize("state", m.OPEN_STATES)
def test_from_every_open_state_a_case_can_be_withdrawn_or_terminated(state: str) -> None:
    assert m.may(state, m.WITHDRAW)
    assert m.may(state, m.TERMINATE)


@pytest.mark.parametrize("state", [m.NOT_ACCEPTED, m.WITHDRAWN, m.TERMINATED, m.REVOKED, m.ARCHIVED])
def test_no_end_leads_back(state: str) -> None:
    assert not reached(state) & {*m.OPEN_STATES, m.DECIDED, m.DELIVERED}


def test_a_decision_is_delivered_and_a_granted_one_may_be_revoked() -> None:
    assert m.MOVES[m.DECIDED] == {m.DELIVER: m.DELIVERED, m.REVOKE: m.REVOKED}


def test_every_event_moves_a_case_only_by_the_tables() -> None:
    events = {*typing.get_args(e.CaseEvent), *typing.get_args(r.ReviewEvent)}
    for kind in events:
        for state in m.MOVES:
            event = object.__new__(kind)
            if kind is t.ToleranceExpired:
                object.__setattr__(event, "outcome", m.RETURNED)
            if kind is e.MilestoneImported:
                object.__setattr__(event, "kind", m.DECIDED)
            then = state_after(state, event)
            allowed = {state, *m.MOVES[state].values(), *m.IMPORTED.get(state, ())}
            assert then in allowed
